"""nptlens doctor"""

from __future__ import annotations

import typer

from nptlens.cli import _show

_EPILOG = "Examples:\n\n  nptlens doctor\n\n  nptlens doctor --json"


def doctor_cli(json: _show.Json = False) -> None:
    """Look whether this installation can do the work: Python, libraries, shipped data, the encoder's files."""
    from nptlens.study.doctor import diagnose

    found = diagnose()
    if json:
        _show.as_json(found)
    else:
        _show.table(["what", "well", "found", "hint"], [[each.name, "yes" if each.well else "NO", each.found, each.hint] for each in found])
        _show.next_step("nptlens demo")
    if not all(each.well for each in found):
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("doctor", epilog=_EPILOG)(doctor_cli)
