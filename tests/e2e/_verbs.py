"""Run as a program: each verb on a study that was run, one after the other in one process; prints the exit codes as JSON."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
from pathlib import Path

from nptlens.cli.main import main


def call(*words: str) -> int:
    """Run the program's own entry with these words and return its exit code; only what it says of errors is printed."""
    sys.argv = ["nptlens", *words]
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)


def fill(path: str, column: str, value: str) -> None:
    """Write a value into each empty cell of a column of a sheet."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, column: row[column] or value} for row in rows)


def verbs() -> dict[str, int]:
    """Return the exit code of each verb."""
    with Path("study/results/codings.csv").open(encoding="utf-8-sig", newline="") as file:
        segment = next(csv.DictReader(file))["segment_id"]
    codes: dict[str, int] = {}

    def verb(*words: str) -> None:
        codes[" ".join(words)] = call(*words)

    verb("--version")
    verb("doctor")
    verb("models")
    verb("init", "new")
    verb("check", "study")
    verb("status", "study")
    verb("inventory", "study")
    verb("find", "the", "--study", "study")
    verb("memo", "TEAM", "words of ours", "--study", "study")
    verb("why", segment, "TEAM", "--study", "study")
    verb("topics", "--study", "study")
    verb("projects", "study")
    verb("seeds", "doctor", "study")
    verb("verify", "study/results")
    verb("export", "study", "--to", "qdpx", "--out", "out.qdpx")
    verb("export", "study", "--to", "csv", "--out", "out.csv")
    verb("import", "out.qdpx", "new")
    verb("report", "study", "--format", "docx", "--by", "role", "--out", "team")
    verb("seeds", "suggest", "study", "--to", "label.csv")
    verb("validate", "./study")
    verb("validate", "sheet", "study", "--coder", "ann", "--number", "4", "--out", "ann.csv")
    fill("ann.csv", "codes", "TEAM")
    verb("validate", "import", "study", "ann.csv", "--coder", "ann")
    fill("label.csv", "codes", "TEAM")
    verb("seeds", "import", "label.csv", "study")
    verb("topics", "rename", "0", "The team", "--study", "study")
    verb("topics", "merge", "1", "2", "--study", "study")
    verb("run", "study")
    verb("diff", "study", "before", "--out", "changes.xlsx")
    verb("forget", "study", "P01", "--yes")
    return codes


if __name__ == "__main__":
    sys.stdout.write(json.dumps(verbs()))
