"""nptlens check"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli import _show

if TYPE_CHECKING:
    from nptlens.study.check import CheckedFile, CheckResult

_EPILOG = "Examples:\n\n  nptlens check my-study\n\n  nptlens check interviews/P07.docx --json"


def check_cli(
    path: Annotated[Path, typer.Argument(help="A study, a folder of transcripts, or one transcript.", show_default="this folder")] = Path(),
    json: _show.Json = False,
) -> None:
    """Read everything without computing anything: layouts, speakers and roles, turns, words, times, language, problems."""
    from nptlens.study.check import check

    result = check(path)
    if json:
        _show.as_json(result)
    else:
        _show.table(
            ["transcript", "format", "layout", "turns", "words", "times", "language", "speakers (role, turns)"],
            [
                [
                    file.transcript, file.format, file.layout, file.turns, file.words, _times(file), file.language or "–",
                    ", ".join(f"{s.label or 'unnamed'} ({s.role}, {s.turns})" for s in file.speakers),
                ]
                for file in result.files
            ],
        )
        _show.table(["speaker", "role", "why", "transcripts", "turns"], _roles(result))
        _show.problems(result.problems)
        _show.next_step("nptlens run" if result.files else "put transcripts into the folder")
    if not result.files:
        raise typer.Exit(3)
    if result.needs_a_look():
        raise typer.Exit(1)


def _times(file: CheckedFile) -> str:
    again = f", {file.restarts + 1} runs" if file.restarts else ""
    return f"{file.timed:.0%}{again}" if file.timed else "none"


def _roles(result: CheckResult) -> list[list[object]]:
    """Return a row for each label, role and reason, in the order of the files."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    for file in result.files:
        for speaker in file.speakers:
            row = counts.setdefault((speaker.label or "unnamed", speaker.role, speaker.why), [0, 0])
            row[0] += 1
            row[1] += speaker.turns
    return [[*key, *count] for key, count in counts.items()]


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("check", epilog=_EPILOG)(check_cli)
