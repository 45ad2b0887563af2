"""nptlens status"""

from __future__ import annotations

from pathlib import Path

import typer

from nptlens.cli import _show
from nptlens.core.hints import command

_EPILOG = "Examples:\n\n  nptlens status my-study\n\n  nptlens status --json"

_NEXT = {
    (): "open results/report.html",
    ("report",): "nptlens report STUDY",
    ("validation",): "nptlens validate STUDY",
    ("report", "validation"): "nptlens validate STUDY; then: nptlens report STUDY",
}


def status_cli(study: _show.StudyFolder = Path(), json: _show.Json = False) -> None:
    """Show which stages are up to date, and why the others are not."""
    from nptlens.study.folder import open_study
    from nptlens.study.run.states import status

    found = status(open_study(study))
    if json:
        _show.as_json(found)
        return
    rows = [[each.stage, "up to date" if each.up_to_date else "to run", each.why, each.seconds or 0.0] for each in found]
    _show.table(["stage", "state", "why", "seconds when last run"], rows)
    stale = [each.stage for each in found if not each.up_to_date]
    _show.next_step(_NEXT.get(tuple(stale), command("run", study)))


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("status", epilog=_EPILOG)(status_cli)
