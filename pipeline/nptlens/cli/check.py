"""nptlens check"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli import _show

if TYPE_CHECKING:
    from nptlens.study.check import CheckedFile, CheckResult

_EPILOG = "Examples:\n\n  nptlens check my-study --json\n\n  nptlens check my-study --show P07.docx"
_WIDTH = 56  # characters of a line that are shown


def check_cli(
    path: Annotated[Path, typer.Argument(help="A study, a folder of transcripts, or one transcript.", show_default="this folder")] = Path(),
    file: Annotated[Path | None, typer.Argument(help="One transcript of the study: only this is read.", show_default=False)] = None,
    show: Annotated[bool, typer.Option("--show", help="Of one transcript: its first lines, and beside each who is read to speak.")] = False,
    turns: Annotated[int, typer.Option("--turns", min=1, help="How many turns --show prints.")] = 12,
    json: _show.Json = False,
) -> None:
    """Read everything without computing anything: layouts, speakers and roles, turns, words, times, language, problems."""
    if show:
        _show_file(path, file, turns, json=json)
        return
    from nptlens.study.check import check

    result = check(path, file)
    if json:
        _show.as_json(result)
    else:
        _show.table(
            ["transcript", "format", "layout", "turns", "words", "times", "language", "speakers (role, turns)"],
            [
                [
                    file.transcript,
                    file.format,
                    file.layout,
                    file.turns,
                    file.words,
                    _times(file),
                    file.language or "–",
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


def _show_file(path: Path, file: Path | None, turns: int, *, json: bool) -> None:
    """Print the first lines of one transcript, and its problems."""
    from nptlens.study.shown import show

    shown = show(path, file, turns=turns)
    if json:
        _show.as_json(shown)
    else:
        _show.table(
            ["line", "as it stands", "speaker", "read as", "from"],
            [[each.line, _cut(each.text), each.speaker, each.role, _clock(each.start_s)] for each in shown.lines],
        )
        _show.problems(shown.problems)
    if shown.needs_a_look():
        raise typer.Exit(1)


def _cut(words: str) -> str:
    """Return the beginning of a line, so that a screen holds many."""
    plain = " ".join(words.split())
    return plain if len(plain) <= _WIDTH else f"{plain[: _WIDTH - 1]}…"


def _clock(start_s: float | None) -> str:
    return "" if start_s is None else f"{int(start_s) // 3600}:{int(start_s) // 60 % 60:02}:{int(start_s) % 60:02}"


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
