"""nptlens diff"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli import _show
from nptlens.cli._hints import remember
from nptlens.core.hints import command
from nptlens.safety.terminal import printable

if TYPE_CHECKING:
    from nptlens.schemas.run_comparison import RunDifference

_EPILOG = "Examples:\n\n  nptlens diff my-study before-new-seeds\n\n  nptlens diff my-study copy-of-my-study --out changes.xlsx --json"
_MOST = 20


def diff_cli(
    study: Annotated[Path, typer.Argument(metavar="RUN1", help="A study folder.", show_default=False, callback=remember)],
    other: Annotated[
        str, typer.Argument(metavar="RUN2", help="A run it kept (nptlens run --keep NAME), or another study folder.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write every change to a .csv, .xlsx or .json file.", show_default=False)
    ] = None,
    json: _show.Json = False,
) -> None:
    """Compare two runs: which excerpts changed code, and what went in differently. Exit code 1 where any did.

    All of it reads before → after: a kept run is before the last run of its study, of two folders the first is before.
    """
    from nptlens.reporting.changes import as_records
    from nptlens.study.diff import diff, write_changes

    found = diff(study, other)
    written = write_changes(study, found, out) if out else None
    if json:
        _show.as_json(as_records(found))
    else:
        _print(found)
        for note in found.notes:
            typer.echo(f"note: {printable(note)}", err=True)
        if written:
            typer.echo(out)
            _show.problems(written.problems)
        if found.same():
            _show.next_step("nothing to look at: every excerpt has the codes it had")
        else:
            every = "" if written else f"; all changes: {command('diff', study, other, '--out', 'changes.xlsx')}"
            _show.next_step(f"{command('why', 'SEGMENT', 'CODE', '--study', study)}{every}")
    if not found.same() or (written and written.problems):
        raise typer.Exit(1)


def _print(found: RunDifference) -> None:
    counts = found.excerpts
    typer.echo(printable(f"before → after: {found.before} → {found.after}"))
    typer.echo(f"changes: {len(found.changes):,}")
    typer.echo(
        f"excerpts: {counts.same:,} the same words, {counts.edited:,} edited, "
        f"{counts.only_before:,} only before, {counts.only_after:,} only after"
    )
    _show.table(
        ["what differs", "which", "goes into", "before", "after"],
        [[each.kind, each.name, ", ".join(each.stages), each.before or "–", each.after or "–"] for each in found.causes],
        title="" if found.causes else "Nothing went in differently.",
    )
    names = ["code", "before", "after", "kept", "gained", "lost", "stance", "abstention", "new", "gone"]
    ends = ["threshold_before", "threshold_after", "most_moved"]
    rows = found.codes[[*names, *ends]].itertuples(index=False, name=None)
    _show.table([*names, "threshold before", "threshold after", "most moved"], [list(row) for row in rows])
    shown = found.changes.head(_MOST)
    columns = ["segment_before", "segment_after", "code", "change", "why", "probability_before", "probability_after"]
    if len(shown):
        _show.table([name.replace("_", " ") for name in columns], [list(row) for row in shown[columns].itertuples(index=False, name=None)])
    if len(found.changes) > _MOST:
        typer.echo(f"… and {len(found.changes) - _MOST:,} more; --out or --json has all", err=True)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("diff", epilog=_EPILOG)(diff_cli)
