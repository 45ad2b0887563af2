"""nptlens seeds doctor"""

from __future__ import annotations

from pathlib import Path

import typer

from nptlens.cli import _show
from nptlens.records import STANCES

_EPILOG = "Examples:\n\n  nptlens seeds doctor my-study\n\n  nptlens seeds doctor --json"


def seeds_doctor_cli(study: _show.StudyFolder = Path(), json: _show.Json = False) -> None:
    """Examine the seed set: how many per code and stance, near copies, codes that are hard to tell apart."""
    from nptlens.study.folder import open_study
    from nptlens.study.seeds import examine_seeds

    result = examine_seeds(open_study(study))
    if json:
        _show.as_json(result)
    else:
        _show.table(
            ["code", "seeds", *STANCES, "nearest code", "seeds closer to another code"],
            [[each.code, each.seeds, *each.stances, each.nearest_code, each.closer_to_other] for each in result.findings],
        )
        _show.problems(result.problems)
        _show.next_step("mend the seeds, then: nptlens run")
    if result.needs_a_look():
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verbs about seeds."""
    group = typer.Typer(help="Work on the labelled seed set.", no_args_is_help=True)
    group.command("doctor", epilog=_EPILOG)(seeds_doctor_cli)
    app.add_typer(group, name="seeds")
