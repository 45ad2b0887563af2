"""nptlens memo"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command
from nptlens.safety.terminal import printable

_EPILOG = 'Examples:\n\n  nptlens memo TEAM "Mostly mornings" --by ann --json\n\n  nptlens memo P07:474-564 "Not so later"'


def memo_cli(
    about: Annotated[str, typer.Argument(help="A code, a participant, a transcript, or a place.", show_default="list them")] = "",
    memo: Annotated[str, typer.Argument(help="What to note.", show_default=False)] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who notes it.", show_default="nobody named")] = "",
    study: _show.StudyOption = Path(),
    json: _show.Json = False,
) -> None:
    """Note something about an excerpt, a code or a case, in memos.csv; without words, list the memos."""
    from nptlens.study.folder import open_study
    from nptlens.study.memos import MEMOS, add_memo, list_memos

    opened = open_study(study)
    if about:
        found = add_memo(opened, about, memo, by=by)
        if json:
            _show.as_json(found)
            return
        typer.echo(opened.root / MEMOS)
        _show.next_step(f"see it in the report: {command('run', study)}; change or delete it in {MEMOS}")
        return
    memos, problems = list_memos(opened)
    if json:
        _show.as_json({"memos": memos, "problems": problems})
    else:
        rows = [[each.kind.value, each.about, printable(each.memo), each.by] for each in memos]
        if rows:
            _show.table(["about", "which", "memo", "by"], rows)
        typer.echo(f"memos: {len(memos)}")
        _show.problems(problems)
    if problems:
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("memo", epilog=_EPILOG)(memo_cli)
