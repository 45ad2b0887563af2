"""The verbs of the program as the parts call them: those that read what a run made, and those that write."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash.bench import Bench


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: its name, its words (`{study}`, `{segment}`, `{other}`, `{out}` are filled in), what must be there before it."""

    name: str
    words: tuple[str, ...]
    before: Callable[[Bench, Path], None] | None = None

    def filled(self, places: dict[str, str]) -> list[str]:
        """Return the words of a command line."""
        return [word.format(**places) for word in self.words]


def places(bench: Bench, study: Path) -> dict[str, str]:
    """Return what a verb's words are filled with; `out` is a folder beside the study."""
    with (bench.whole / "results" / "codings.csv").open(encoding="utf-8-sig", newline="") as file:
        segment = next(row["segment_id"] for row in csv.DictReader(file))
    return {"study": str(study), "segment": segment, "other": str(bench.whole), "out": str(bench.work / "out")}


def _filled_sheet(bench: Bench, study: Path) -> None:
    """Write a sheet of suggested excerpts with a code each, made once."""
    made = bench.work / "label.csv"
    if not made.exists():
        bench.run("seeds", "suggest", str(study), "--number", "5", "--to", str(made))
        with made.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, fields = list(reader), list(reader.fieldnames or ())
        with made.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fields, lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, "codes": "COIN", "stance": "asserted"} for row in rows)
    shutil.copyfile(made, study / "label.csv")


def _project(bench: Bench, study: Path) -> None:
    """Put a project of another tool into the study folder, made once."""
    made = bench.work / "project.qdpx"
    if not made.exists():
        bench.run("export", str(study), "--to", "qdpx", "--out", str(made))
    shutil.copyfile(made, study / "project.qdpx")


READING = (
    Verb("status", ("status", "{study}", "--json")),
    Verb("why", ("why", "{segment}", "--study", "{study}", "--json")),
    Verb("topics", ("topics", "--study", "{study}", "--json")),
    Verb("export", ("export", "{study}", "--to", "csv", "--out", "{out}/codings.csv", "--json")),
    Verb("report --by", ("report", "{study}", "--by", "role", "--format", "csv", "--format", "html", "--out", "{out}/selected", "--json")),
    Verb("validate", ("validate", "{study}", "--out", "{out}/validation", "--json")),
    Verb("verify", ("verify", "{study}/results", "--json")),
    Verb("diff", ("diff", "{study}", "first", "--json")),
    Verb("projects", ("projects", "{study}", "--json")),
    Verb("run", ("run", "{study}", "--json")),
)
WRITING = (
    Verb("run --keep", ("run", "{study}", "--keep", "second")),
    Verb("export qdpx", ("export", "{study}", "--to", "qdpx")),
    Verb("export csv", ("export", "{study}", "--to", "csv")),
    Verb("validate", ("validate", "{study}")),
    Verb("validate sheet", ("validate", "sheet", "{study}", "--coder", "ann", "--number", "10", "--out", "{study}/ann.xlsx")),
    Verb("topics rename", ("topics", "rename", "1", "Mornings", "--study", "{study}")),
    Verb("seeds suggest", ("seeds", "suggest", "{study}", "--number", "5", "--to", "{study}/suggested.xlsx")),
    Verb("seeds import", ("seeds", "import", "{study}/label.csv", "{study}"), _filled_sheet),
    Verb("report --by", ("report", "{study}", "--by", "role")),
    Verb("import", ("import", "{study}/project.qdpx", "{study}"), _project),
)
DURING = (
    Verb("status", ("status", "{study}", "--json")),
    Verb("why", ("why", "{segment}", "--study", "{study}", "--json")),
    Verb("topics", ("topics", "--study", "{study}", "--json")),
    Verb("export", ("export", "{study}", "--to", "csv", "--out", "{out}/codings.csv", "--json")),
    Verb("report --by", ("report", "{study}", "--by", "role", "--format", "csv", "--out", "{out}/selected", "--json")),
    Verb("validate", ("validate", "{study}", "--out", "{out}/validation", "--json")),
    Verb("verify", ("verify", "{study}/results", "--json")),
    Verb("diff", ("diff", "{study}", "{other}", "--json")),
    Verb("check", ("check", "{study}", "--json")),
    Verb("seeds suggest", ("seeds", "suggest", "{study}", "--number", "5", "--json")),
)
