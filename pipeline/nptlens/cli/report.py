"""nptlens report"""

from __future__ import annotations

from pathlib import Path

import typer

from nptlens.cli import _show

_EPILOG = "Examples:\n\n  nptlens report my-study\n\n  nptlens report my-study --json"


def report_cli(study: _show.StudyFolder = Path(), json: _show.Json = False) -> None:
    """Write the reports again from what the last run made."""
    from nptlens.errors import UsageError
    from nptlens.study.folder import open_study
    from nptlens.study.run import run
    from nptlens.study.status import status

    opened = open_study(study)
    stale = [each for each in status(opened) if not each.up_to_date and each.stage != "report"]
    if stale:
        raise UsageError(f"stage {stale[0].stage} is not up to date ({stale[0].why})", hint="run: nptlens run")
    result = run(opened, again=("report",))
    if json:
        _show.as_json(result.outputs)
        return
    for path in result.outputs:
        typer.echo(path)
    _show.next_step("open results/report.html")


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("report", epilog=_EPILOG)(report_cli)
