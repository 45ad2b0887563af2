"""nptlens check"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show

_EPILOG = "Examples:\n\n  nptlens check my-study\n\n  nptlens check interviews/P07.docx --json"


def check_cli(
    path: Annotated[Path, typer.Argument(help="A study, a folder of transcripts, or one transcript.", show_default="this folder")] = Path(),
    json: _show.Json = False,
) -> None:
    """Read everything without computing anything: layouts, speakers and roles, turns, words, problems."""
    from nptlens.study.check import check

    result = check(path)
    if json:
        _show.as_json(result)
    else:
        _show.table(
            ["transcript", "format", "layout", "turns", "words", "timed", "speakers (role, turns)"],
            [
                [
                    file.transcript, file.format, file.layout, file.turns, file.words, f"{file.timed:.0%}",
                    ", ".join(f"{s.label or 'unnamed'} ({s.role}, {s.turns})" for s in file.speakers),
                ]
                for file in result.files
            ],
        )
        _show.problems(result.problems)
        _show.next_step("nptlens run" if result.files else "put transcripts into the folder")
    if not result.files:
        raise typer.Exit(3)
    if result.needs_a_look():
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("check", epilog=_EPILOG)(check_cli)
