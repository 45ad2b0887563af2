"""nptlens inventory"""

from __future__ import annotations

from pathlib import Path

import typer

from nptlens.cli import _show
from nptlens.cli._hints import whole
from nptlens.core.hints import command

_EPILOG = "Examples:\n\n  nptlens inventory my-study\n\n  nptlens inventory my-study --json"


def inventory_cli(study: _show.StudyFolder = Path(), json: _show.Json = False) -> None:
    """List every place with words, names, vectors or digests of them: what it holds, how long it is kept, how to remove it."""
    from nptlens.study.data_protection.inventory import inventory
    from nptlens.study.folder import open_study

    found = inventory(open_study(study))
    if json:
        _show.as_json(found)
    else:
        known = [each for each in found.places if each.path not in found.unknown]
        rows = [[each.path, ", ".join(each.holds), each.kept, whole(each.remove)] for each in known]
        _show.table(["place", "holds", "kept", "how to remove it"], rows)
        if found.unknown:
            _show.table(["not made by nptlens; look yourself"], [[each] for each in found.unknown])
        _show.next_step(f"see what an erasure would remove: {command('forget', study, 'TRANSCRIPT', '--dry-run')}")
    if found.needs_a_look():
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("inventory", epilog=_EPILOG)(inventory_cli)
