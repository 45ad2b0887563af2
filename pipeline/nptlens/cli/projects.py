"""nptlens projects"""

from __future__ import annotations

from pathlib import Path

import typer

from nptlens.cli import _show
from nptlens.core.hints import command

_EPILOG = "Examples:\n\n  nptlens projects my-study\n\n  nptlens projects my-study --json"


def projects_cli(study: _show.StudyFolder = Path(), json: _show.Json = False) -> None:
    """Count the register of projects as the last run coded it: how many of each kind, which lasted, what is still undecided."""
    from nptlens.study.folder import open_study
    from nptlens.study.projects import projects

    opened = open_study(study)
    found = projects(opened)
    if json:
        _show.as_json(found)
        return
    rows = [
        [
            tally.name, value.name, value.share.n, value.share.value, value.share.low, value.share.high,
            value.people, value.machine, tally.undecided,
        ]
        for tally in found.tallies
        for value in tally.values
    ]  # fmt: skip
    columns = ["attribute", "value", "projects", "share", "low", "high", "by people", "by the machine", "undecided"]
    _show.table(columns, rows, title="Projects" + (" (invented data)" if opened.settings.study.invented else ""))
    for cross in found.crosses:
        counted = [[row.name, row.yes, row.no, row.left_out, row.share.value] for row in cross.rows]
        _show.table(["projects", *found.outcome, "neither", "share"], counted, title=cross.title)
    if found.open:
        columns = ["project", "attribute", "most probable", "probability", "why open"]
        _show.table(columns, [list(each) for each in found.open], title="Undecided")
    _show.next_step(f"correct code and coder in a copy of results/projects_coded.csv beside study.toml, then: {command('run', study)}")


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("projects", epilog=_EPILOG)(projects_cli)
