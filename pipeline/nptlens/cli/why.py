"""nptlens why"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command
from nptlens.safety.terminal import printable

_EPILOG = "Examples:\n\n  nptlens why S06:1031-1288\n\n  nptlens why S06:1031-1288 CARI --study my-study --json"
_WORDS = 12


def why_cli(
    segment: Annotated[str, typer.Argument(help="A segment's id, as in results/codings.csv.")],
    code: Annotated[str, typer.Argument(help="A code's id; without it the most probable code.", show_default=False)] = "",
    study: _show.StudyOption = Path(),
    json: _show.Json = False,
) -> None:
    """Ask why a segment has a code, or has it not: views, words, seeds."""
    from nptlens.api.study import open_study

    found = open_study(study).why(segment, code)
    if json:
        _show.as_json(found)
        return
    reasons = found.why
    typer.echo(f"{found.segment_id}\n\n  {printable(found.text)}\n")
    decision = found.decision.replace("_", " ")
    typer.echo(f"{reasons.code}: {decision}, probability {found.probability:.2f}, threshold {reasons.threshold:.2f}")
    if found.probability > reasons.probability + 1e-6:
        typer.echo(f"its own head says {reasons.probability:.2f}; it was lifted to the code below it")
    typer.echo(f"runner-up {found.runner_up}, {abs(found.margin):.2f} {'below' if found.margin >= 0 else 'above'}\n")
    _show.table(["view", "adds to the log odds"], [[name, round(value, 2)] for name, value in reasons.views])
    shown = [[printable(each.word), round(each.loss, 3)] for each in reasons.words[:_WORDS]]
    _show.table(["word", "probability lost without it"], shown)
    seeds = [[each.seed_id, round(each.similarity, 2), round(each.loss, 3)] for each in reasons.seeds]
    _show.table(["seed", "similarity", "probability lost without it"], seeds)
    _show.next_step(command("seeds", "doctor", study))


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("why", epilog=_EPILOG)(why_cli)
