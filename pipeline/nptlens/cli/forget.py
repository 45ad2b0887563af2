"""nptlens forget"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command
from nptlens.safety.terminal import printable

if TYPE_CHECKING:
    from nptlens.study.data_protection.forget import Forgotten

_EPILOG = "Examples:\n\n  nptlens forget my-study P07 --dry-run\n\n  nptlens forget my-study P07 --yes --json"


class _Kind(StrEnum):
    TRANSCRIPT = "transcript"
    PARTICIPANT = "participant"


def forget_cli(
    study: _show.NamedStudy,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="TRANSCRIPT|PARTICIPANT...", help="Ids, or names of transcript files.", show_default=False)
    ] = None,
    kind: Annotated[_Kind | None, typer.Option("--as", help="What a name is that may be either.", show_default=False)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be removed, and remove nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
    json: _show.Json = False,
) -> None:
    """Remove every trace of transcripts or participants: their files, rows of tables, vectors, kept runs, results. It cannot be undone."""
    from nptlens.core.errors import UsageError
    from nptlens.study.data_protection.forget import forget
    from nptlens.study.folder import open_study

    opened, wanted, meant = open_study(study), names or [], kind.value if kind else ""
    if not dry_run and not yes:
        if json or not _is_asked():
            what = "nobody can be asked here, and what is forgotten cannot be brought back"
            raise UsageError(what, where=str(study), hint="look with --dry-run, then add --yes")
        _print(forget(opened, wanted, kind=meant, dry_run=True))
        typer.confirm("Remove all this? It cannot be undone", abort=True, err=True)
    result = forget(opened, wanted, kind=meant, dry_run=dry_run)
    if json:
        _show.as_json(result)
    else:
        _print(result)
        again = command("forget", study, *wanted, *(["--as", meant] if meant else []), "--yes")
        _show.next_step(again if dry_run else command("run", study))
    if result.needs_a_look():
        raise typer.Exit(1)


def _is_asked() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _print(result: Forgotten) -> None:
    ids = [*result.transcripts, *(each for each in result.participants if each not in result.transcripts)]
    title = f"{'Would be forgotten' if result.dry_run else 'Forgotten'}: {', '.join(ids)}"
    _show.table(["place", "what", "number"], [[each.path, each.what, each.number] for each in result.removed], title=printable(title))
    for each in result.left:
        typer.echo(printable(f"look: {each.path}: {each.why}"), err=True)
    typer.echo("What nptlens cannot know, and you may have to remove:")
    for line in result.unknown:
        typer.echo(f"- {line}")


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("forget", epilog=_EPILOG)(forget_cli)
