"""nptlens demo"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.cli._hints import remember

_EPILOG = "Examples:\n\n  nptlens demo\n\n  nptlens demo /tmp/demo --json"


def demo_cli(
    folder: Annotated[Path, typer.Argument(help="Where the demo study is put.", callback=remember)] = Path("nptlens-demo"),
    json: _show.Json = False,
) -> None:
    """Copy the invented demo study to a folder and run it: 26 transcripts, 27 participants, ten practices."""
    from nptlens.cli.run import show_run
    from nptlens.study.demo import prepare_demo

    show_run(prepare_demo(folder), (), json=json)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("demo", epilog=_EPILOG)(demo_cli)
