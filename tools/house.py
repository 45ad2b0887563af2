"""Print the figures of the package's structure for this checkout and, with ``--beside``, for another one.

``python -m tools.house [--beside PATH] [--files]``; `make house` runs it. What is counted and how:

- a module is a ``.py`` file of the package, its length the number of its lines;
- a package is whatever lies directly in ``nptlens``, folder or module; an import edge joins two of them where a module of one imports a
  module of the other, however often (grimp reads the imports, so those inside functions count); a circle is a set of modules that import
  each other, directly or on a way around;
- a short module with one user has fewer than 60 lines and one other module imports it; ``__init__`` and ``__main__`` are no such modules;
- files for a change are those of ``pipeline/`` and ``config/`` that name a thing of the same kind that is there already (`PROBES`), since
  who adds another must look at each of them. Each probe is a pattern, and there are several for a kind: the median over these is what to
  compare, and ``--files`` lists the files. Tests and pages that name it are counted beside.
"""

from __future__ import annotations

import argparse
import importlib
import re
import statistics
import sys
from functools import cache
from pathlib import Path

import grimp
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "nptlens"
SHORT = 60
PROBES: dict[str, dict[str, str]] = {
    "a stage": {
        "discover": r"[\"']discover[\"']|topics_found",
        "links": r"[\"']links[\"']|code_links|CODE_LINKS",
        "sampling": r"[\"']sampling[\"']|sampling\.(?:parquet|json)",
        "manual": r"[\"']manual[\"']|[\"']manual\.parquet",
    },
    "an output column": {name: rf"\b{name}\b" for name in ("nearest_seeds", "runner_up", "stance_probability")},
    "a report format": {
        "md": r"[\"']md[\"']|report\.md\b|markdown",
        "docx": r"[\"']docx[\"']|report\.docx\b|\A\S*reporting/\S*docx\w*\.py\n|reporting\.[\w.]*docx",
    },
    "a verb": {
        name: rf"[\"']{name}[\"']\)|\A\S*/(?:cli|study)/(?:\w+/)?{name}\.py\n|\b(?:cli|study)\.(?:\w+\.)?{name}\b|\n    {name},\n"
        for name in ("doctor", "why", "verify")
    },
    "a reader": {name: rf"\.{name}\b|_{name}\b|[\"']{name}[\"']" for name in ("lrc", "odt", "rtf")},
}
"""For each kind of change: things of that kind, and the pattern that finds a file which names one, in its path, a newline and its text."""
PLACES = {"an output column": ("pipeline/nptlens/reporting", "pipeline/nptlens/schemas", "config")}
"""Where to count if not in all of the program: who computes or reads a column is not who lays out a new one."""
_TEXTS = {".py", ".toml", ".j2", ".js", ".css", ".md", ".json", ".csv"}


@cache
def texts(root: Path, *folders: str) -> tuple[tuple[str, str], ...]:
    """Return the name and the text of every text file below some folders of a checkout; pages at its root count as the folder ``.``."""
    found = [path for folder in folders for path in sorted((root / folder).glob("*.md" if folder == "." else "**/*"))]
    kept = [path for path in found if path.suffix in _TEXTS and path.is_file()]
    return tuple((path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="replace")) for path in kept)


def lengths(root: Path) -> dict[str, int]:
    """Return the number of lines of each module of a checkout, by its dotted name; an ``__init__`` bears its folder's."""
    source = root / "pipeline"
    found = {}
    for path in sorted((source / PACKAGE).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8").count("\n")
    return found


def imports(root: Path) -> dict[str, set[str]]:
    """Return which modules each module of a checkout imports."""
    sys.path.insert(0, str(root / "pipeline"))
    try:
        importlib.invalidate_caches()
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]
        graph = grimp.build_graph(PACKAGE, cache_dir=None)
    finally:
        sys.path.pop(0)
    return {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def circles(imported: dict[str, set[str]]) -> list[list[str]]:
    """Return the sets of modules that import each other."""
    names = sorted(imported)
    number = {name: i for i, name in enumerate(names)}
    pairs = np.array([(number[name], number[other]) for name in names for other in imported[name]]).reshape(-1, 2)
    matrix = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(names), len(names)))
    _, which = connected_components(matrix, directed=True, connection="strong")
    sets = [[name for name, own in zip(names, which, strict=True) if own == i] for i in np.unique(which)]
    return [each for each in sets if len(each) > 1]


def short_with_one_user(root: Path, imported: dict[str, set[str]]) -> dict[str, str]:
    """Return the short modules that one other module imports, and that module."""
    users: dict[str, list[str]] = {}
    for name, others in sorted(imported.items()):
        for other in others:
            users.setdefault(other, []).append(name)
    packages = {name.rpartition(".")[0] for name in imported}
    counted = {name: n for name, n in lengths(root).items() if name not in packages and not name.endswith("__main__")}
    return {name: users[name][0] for name, n in sorted(counted.items()) if n < SHORT and len(users.get(name, [])) == 1}


def structure(root: Path, imported: dict[str, set[str]]) -> dict[str, float]:
    """Return the figures of a checkout's modules and of the imports between its packages."""
    lines = lengths(root)
    top = {name: name.split(".")[1] for name in lines if "." in name}
    edges = {(top[name], top[other]) for name in top for other in imported[name] if other in top and top[name] != top[other]}
    return {
        "modules": len(lines),
        "lines": sum(lines.values()),
        "median lines of a module": statistics.median(lines.values()),
        "lines of the largest": max(lines.values()),
        f"modules under {SHORT} lines": sum(n < SHORT for n in lines.values()),
        "  of these with one user": len(short_with_one_user(root, imported)),
        "modules at the package's root": sum(path.is_file() for path in (root / "pipeline" / PACKAGE).glob("[!_]*.py")),
        "lines of reporting/ (Python)": sum(n for name, n in lines.items() if name.startswith(f"{PACKAGE}.reporting")),
        "lines of reporting/ (with templates)": sum(text.count("\n") for _, text in texts(root, f"pipeline/{PACKAGE}/reporting")),
        "packages": len(set(top.values())),
        "import edges between packages": len(edges),
        "import circles of modules": len(circles(imported)),
    }


def files_for(root: Path, pattern: str, *folders: str) -> list[str]:
    """Return the files below some folders that a pattern is found in."""
    return [name for name, text in texts(root, *folders) if re.search(pattern, f"{name}\n{text}")]


def changes(root: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Return, for each probe, the files of the program that name it, and the tests and pages that do."""
    return {
        f"{kind}: {name}": (
            files_for(root, pattern, *PLACES.get(kind, ("pipeline", "config"))),
            files_for(root, pattern, "tests", "docs", "."),
        )
        for kind, probes in PROBES.items()
        for name, pattern in probes.items()
    }


def show(rows: list[tuple[str, list[str]]], heads: list[str]) -> None:
    """Print a table: a name and one cell a checkout."""
    width = max(len(name) for name, _ in rows)
    for name, cells in [("", heads), *rows]:
        print(name.ljust(width), *(cell.rjust(14) for cell in cells))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--beside", type=Path, help="another checkout, printed in a column of its own")
    parser.add_argument("--files", action="store_true", help="list what was counted: files, circles, short modules")
    asked = parser.parse_args()
    roots = [ROOT, *([asked.beside.resolve()] if asked.beside else [])]
    imported = [imports(root) for root in roots]
    figures = [structure(root, own) for root, own in zip(roots, imported, strict=True)]
    counted = [changes(root) for root in roots]
    rows = [(name, [f"{each[name]:,g}" for each in figures]) for name in figures[0]]
    rows.append(("files for a change: median [each], tests and pages", ["" for _ in roots]))
    for kind, probes in PROBES.items():
        of = [[each[f"{kind}: {name}"] for name in probes] for each in counted]
        cells = [f"{statistics.median(len(own) for own, _ in found):g} {[len(own) for own, _ in found]}" for found in of]
        tests = [statistics.median(len(other) for _, other in found) for found in of]
        rows.append((f"  {kind} ({', '.join(probes)})", [f"{cell}, {n:g}" for cell, n in zip(cells, tests, strict=True)]))
    show(rows, ["here", *(["beside"] if asked.beside else [])])
    if asked.files:
        for name, (own, others) in counted[0].items():
            print(f"\n{name}", *own, *(f"({other})" for other in others), sep="\n  ")
        print("\ncircles", *(" ".join(each) for each in circles(imported[0])), sep="\n  ")
        print("\nshort modules with one user", *(f"{n} < {by}" for n, by in short_with_one_user(ROOT, imported[0]).items()), sep="\n  ")


if __name__ == "__main__":
    main()
