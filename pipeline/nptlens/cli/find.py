"""nptlens find"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command
from nptlens.safety.terminal import printable

_EPILOG = 'Examples:\n\n  nptlens find "run chart" --study my-study\n\n  nptlens find pharmac --part --participants --json'


def find_cli(
    words: Annotated[str, typer.Argument(help="Words that follow each other; case, accents and signs do not count.")],
    study: _show.StudyOption = Path(),
    part: Annotated[bool, typer.Option("--part", help="The last word may go on: pharmac finds pharmacy and pharmacist.")] = False,
    participants: Annotated[bool, typer.Option("--participants", help="Only in what participants said.")] = False,
    json: _show.Json = False,
) -> None:
    """Find words in the transcripts: where they stand, who said them, and what stands around them."""
    from nptlens.study.find import find
    from nptlens.study.folder import open_study

    found = find(open_study(study), words, whole=not part, interviewers=not participants)
    if json:
        _show.as_json(found)
        return
    rows = [
        [each.place, each.speaker, each.turn, printable(" ".join(f"{each.before}»{each.words}«{each.after}".split()))] for each in found
    ]
    if rows:
        _show.table(["place", "speaker", "turn", "words"], rows)
    typer.echo(f"places: {len(found)}, transcripts: {len({each.transcript_id for each in found})}")
    held = next((each.segment_id for each in found if each.segment_id), "")
    if held:
        _show.next_step(f"ask how such an excerpt was coded: {command('why', held, '--study', study)}")
    if not found and not part:
        _show.next_step(f"look for the beginning of a word: {command('find', words, '--part', '--study', study)}")


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("find", epilog=_EPILOG)(find_cli)
