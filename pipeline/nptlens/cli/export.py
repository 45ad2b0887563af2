"""nptlens export"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command

_EPILOG = "Examples:\n\n  nptlens export my-study --to qdpx\n\n  nptlens export --to csv --out codings.csv --json"


class Kind(StrEnum):
    """The formats."""

    QDPX = "qdpx"
    QDC = "qdc"
    TAGUETTE_CSV = "taguette-csv"
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    WIDE_CASES = "wide-cases"
    WIDE_EXCERPTS = "wide-excerpts"
    WIDE_XLSX = "wide-xlsx"


def export_cli(
    to: Annotated[Kind, typer.Option("--to", help="The format: a REFI-QDA project or codebook, a table, or a wide table of 0 and 1.")],
    study: _show.StudyFolder = Path(),
    out: Annotated[Path | None, typer.Option("--out", help="The file to write.", show_default="in the results folder")] = None,
    json: _show.Json = False,
) -> None:
    """Write codings for another tool: the machine's that were assigned, under a user of their own, and those of people."""
    from nptlens.study.folder import open_study
    from nptlens.study.transfer.import_project import export_study

    result = export_study(open_study(study), to.value, out)
    if json:
        _show.as_json(result)
    else:
        _show.table(
            ["transcripts", "codes", "codings of the machine", "of people", "coders"],
            [[result.transcripts, result.codes, result.machine, result.manual, ", ".join(result.coders)]],
        )
        typer.echo(result.path)
        _show.problems(result.problems)
        _show.next_step(f"open the file in your own tool; bring its codings back with: {command('import', 'FILE', study)}")
    if result.needs_a_look():
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("export", epilog=_EPILOG)(export_cli)
