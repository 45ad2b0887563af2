"""Install nptlens in clean environments, the full way and the light one, and print seconds and size: `make install-size`.

The full way is that of the Makefile: constraints.txt. The light way is that of docs/installation.md: requirements-light.lock, with every
digest checked. Nothing is taken from pip's cache, so seconds hold the downloads. In each environment the demo study is then run.
Arguments name the ways (full, light); without any, both are measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.lock import ROOT

PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir")
WAYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "full": (("-c", "constraints.txt", "torch"), ("-c", "constraints.txt", ".")),
    "light": (("--no-deps", "--require-hashes", "-r", "requirements-light.lock"), ("--no-deps", "--no-build-isolation", ".")),
}
"""What pip is given, command by command."""
_SHOWN = 6  # of the largest packages


def size_of(path: Path) -> int:
    """Return the bytes of a file or of all files in a folder; links are not followed."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.lstat().st_size for each in files if each.is_file() and not each.is_symlink())


def largest(packages: Path) -> list[tuple[str, int]]:
    """Return names and bytes of what is largest in a folder of installed packages."""
    sizes = sorted(((size_of(each), each.name) for each in packages.iterdir()), reverse=True)
    return [(name, size) for size, name in sizes[:_SHOWN]]


def measure(way: str, folder: Path) -> None:
    """Install one way in a new environment, run the demo, and print what that took."""
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)  # noqa: S603
    python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    empty, started = size_of(folder / "env"), time.perf_counter()
    for step in WAYS[way]:
        subprocess.run([python, *PIP, *step], check=True, cwd=ROOT)  # noqa: S603
    seconds = time.perf_counter() - started
    found = subprocess.run([python, "-c", _WHERE], check=True, capture_output=True, text=True, env=_clean())  # noqa: S603
    packages = Path(found.stdout.strip())
    count = len(list(packages.glob("*.dist-info")))
    print(f"{way}: {count} packages, {(size_of(folder / 'env') - empty) / 1e6:,.0f} MB, {seconds:.0f} s to install")
    print("  largest: " + ", ".join(f"{name} {size / 1e6:,.0f} MB" for name, size in largest(packages)))
    started = time.perf_counter()
    demo = subprocess.run(  # noqa: S603
        [python, "-m", "nptlens", "demo", folder / "demo", "--json"], check=False, capture_output=True, text=True, env=_clean(), cwd=folder
    )
    written = (folder / "demo" / "results" / "report.html").is_file()
    outcome = "report written" if written else "NO REPORT"
    print(f"  nptlens demo: exit code {demo.returncode}, {outcome}, {time.perf_counter() - started:.0f} s")
    if demo.returncode not in (0, 1) or not written:
        sys.exit(demo.stderr)


_WHERE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def _clean() -> dict[str, str]:
    """Return the environment without what would let a program find another installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def main(ways: Sequence[str]) -> None:
    """Measure the ways named, all without any."""
    for way in ways or WAYS:
        with tempfile.TemporaryDirectory(prefix="nptlens-install-") as folder:
            measure(way, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
