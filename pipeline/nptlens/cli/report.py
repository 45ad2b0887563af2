"""nptlens report"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.schemas.report_formats import ReportFormat

_EPILOG = "Examples:\n\n  nptlens report my-study --json\n\n  nptlens report my-study --format docx --codes F1,F3 --by role --out team"


def report_cli(
    study: _show.StudyFolder = Path(),
    formats: Annotated[
        list[ReportFormat] | None, typer.Option("--format", help="A format; again for more.", show_default="the study's")
    ] = None,
    codes: Annotated[
        list[str] | None, typer.Option("--codes", metavar="CODE,…", help="Only the excerpts of these codes.", show_default="all")
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="COLUMN",
            help="Count and quote each code by this column: role, practice, adopter, project, or one of your own in participants.csv.",
            show_default="together",
        ),
    ] = "",
    max_excerpts: Annotated[
        int | None,
        typer.Option("--max-excerpts", min=1, metavar="N", help="Excerpts of a code, or of each group.", show_default="the study's"),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="The full report, where the study's is a short one.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder to write to.", show_default="with an option a folder in results/selected")
    ] = None,
    json: _show.Json = False,
) -> None:
    """Write the reports again from what the last run made; with an option, another report beside them."""
    from nptlens.api.study import open_study

    result = open_study(study).report(
        formats=[each.value for each in formats] if formats else None,
        codes=[part.strip() for each in codes for part in each.split(",") if part.strip()] if codes else None,
        by=by,
        excerpts=max_excerpts,
        full=full,
        out=out,
    )
    if json:
        _show.as_json(result.outputs)
    else:
        for path in result.outputs:
            typer.echo(path)
    _show.problems(result.problems)
    if not json:
        part = any((formats, codes, by, max_excerpts, full, out))
        _show.next_step(f"open {result.outputs[0].name}" if part else "open results/report.html")
    if result.needs_a_look():
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("report", epilog=_EPILOG)(report_cli)
