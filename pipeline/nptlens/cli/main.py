"""The program: its verbs, its errors, its exit codes."""

from __future__ import annotations

import gc
import io
import os
import sys
import traceback
from typing import Annotated, Any, NoReturn

import typer

from nptlens.cli import (
    _show,
    check,
    demo,
    diff,
    doctor,
    export,
    find,
    forget,
    import_,
    init,
    inventory,
    memo,
    models,
    projects,
    report,
    run,
    seeds,
    status,
    topics,
    validate,
    verify,
    why,
)  # fmt: skip
from nptlens.cli._hints import remember, whole
from nptlens.core.errors import NptlensError, StorageError, UsageError, storage_error
from nptlens.core.hints import command
from nptlens.core.version import __version__
from nptlens.safety.terminal import printable

_SOFTWARE = 70  # sysexits.h EX_SOFTWARE: a fault of ours
_INTERRUPTED = 130
_UNREAD = 1  # as Typer ends where the reader of stdout is gone
_OWNER_ALONE = 0o077  # what libraries write is nobody else's to read either
_SURROGATE = "surrogates not allowed"  # a name that is no UTF-8, on its way into a file that is
_CYCLES = 50_000  # new objects after which cycles are looked for: libraries make many at import, and hardly any cycles
# The base of all errors of use that Typer finds itself; the Click inside Typer has no public name.
_WRONG_USE: type[Exception] = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "UsageError")

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
    remember(None)
    if debug:
        os.environ["NPTLENS_DEBUG"] = "1"


for _verb in (init, check, run, status, find, memo, why, projects, report, verify, diff, import_, export, inventory, forget, demo, doctor):
    _verb.add_to(app)
seeds.add_to(app)
topics.add_to(app)
models.add_to(app)
validate.add_to(app)


def main() -> NoReturn:
    """Run the program and exit with the code that docs/reference/commands.md names."""
    gc.set_threshold(_CYCLES)
    os.umask(_OWNER_ALONE)
    _print_anything()
    try:
        code = app(prog_name="nptlens", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()  # here a full disk or a reader that is gone is told; at the end of the process nothing would tell it
    except BrokenPipeError:
        _leave_stdout()
        sys.exit(_UNREAD)
    except _WRONG_USE as error:
        _say_wrong_use(error)
        sys.exit(UsageError.exit_code)
    except Exception as error:
        if os.environ.get("NPTLENS_DEBUG"):
            traceback.print_exc()
        sys.exit(_end(error))
    if code == _INTERRUPTED:
        typer.echo("interrupted; what was finished is kept", err=True)
        _show.next_step(command(*sys.argv[1:]))
    sys.exit(code or 0)


def _end(error: Exception) -> int:
    """Say what ended the program, and return its exit code."""
    if isinstance(error, OSError):
        _leave_stdout()
        error = storage_error(error)
    elif isinstance(error, MemoryError):
        error = StorageError("not enough memory", hint="close other programs, then run the same command again: what was finished is kept")
    elif isinstance(error, UnicodeEncodeError) and error.reason == _SURROGATE:
        error = UsageError("the name of a file or folder is no valid text", hint="give it another name in plain letters")
    if isinstance(error, NptlensError):
        _say(error)
        return error.exit_code
    # The message of a foreign error may hold words of a transcript: only its kind is shown.
    typer.echo(f"error: this is a fault in nptlens ({type(error).__name__})\nhint: run again with --debug", err=True)
    return _SOFTWARE


def _print_anything() -> None:
    """Let a character that the terminal or the file behind stdout does not know be written as its escape, and not end a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _leave_stdout() -> None:
    """Give up what cannot be printed: Python would try, and fail, once more at its end."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _say(error: NptlensError) -> None:
    for name, words in (("error", error.what), ("where", error.where), ("hint", whole(error.hint))):
        if words:
            typer.echo(printable(f"{name}: {words}"), err=True)


def _say_wrong_use(error: Any) -> None:
    message = error.format_message()
    if message:  # without any argument the help was shown, and there is nothing to say
        command = error.ctx.command_path if error.ctx else "nptlens"
        _say(UsageError(message, hint=f"run: {command} --help"))
