"""The program: its verbs, its errors, its exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

from nptlens import __version__
from nptlens.cli import check, demo, doctor, init, report, run, seeds, status
from nptlens.errors import NptlensError

_SOFTWARE = 70  # sysexits.h EX_SOFTWARE: a fault of ours

app = typer.Typer(
    name="nptlens",
    help="Read interview transcripts through a theory's lens: from a folder of transcripts to coded excerpts.",
    epilog="Start with: nptlens demo  (an invented study)  or: nptlens init my-study",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nptlens {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback where something fails.")] = False,
) -> None:
    if debug:
        os.environ["NPTLENS_DEBUG"] = "1"


for _verb in (init, check, run, status, report, demo, doctor):
    _verb.add_to(app)
seeds.add_to(app)


def main() -> NoReturn:
    """Run the program and exit with the code that design and README name."""
    try:
        app()
    except NptlensError as error:
        if os.environ.get("NPTLENS_DEBUG"):
            raise
        _say(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("interrupted; run the same command again to go on", err=True)
        sys.exit(130)
    except Exception as error:
        if os.environ.get("NPTLENS_DEBUG"):
            raise
        # The message of a foreign error may hold words of a transcript: only its kind is shown.
        typer.echo(f"error: this is a fault in nptlens ({type(error).__name__})\nhint: run again with --debug", err=True)
        sys.exit(_SOFTWARE)
    sys.exit(0)


def _say(error: NptlensError) -> None:
    typer.echo(f"error: {error.what}", err=True)
    if error.where:
        typer.echo(f"where: {error.where}", err=True)
    if error.hint:
        typer.echo(f"hint: {error.hint}", err=True)
