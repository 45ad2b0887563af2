"""nptlens init"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command, quoted

_EPILOG = "Examples:\n\n  nptlens init my-study\n\n  nptlens init . --json"


def init_cli(
    folder: Annotated[Path, typer.Argument(help="The folder to make (or an existing one).")],
    json: _show.Json = False,
) -> None:
    """Make a study folder: study.toml, participants.csv and a folder for transcripts."""
    from nptlens.study.init import init

    made = init(folder)
    if json:
        _show.as_json(made)
        return
    for path in made:
        typer.echo(path)
    _show.next_step(f"put transcripts into {quoted(folder / 'transcripts')}, then: {command('check', folder)}")


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("init", epilog=_EPILOG)(init_cli)
