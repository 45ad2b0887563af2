"""nptlens import"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command

_EPILOG = "Examples:\n\n  nptlens import project.qdpx my-study\n\n  nptlens import codebook.qdc --json"


def import_cli(
    file: Annotated[Path, typer.Argument(help="A coded project, a codebook or a table of codings that another tool wrote.")],
    study: _show.StudyFolder = Path(),
    json: _show.Json = False,
) -> None:
    """Bring sources, codes and codings of another tool into a study, and say what was not found."""
    from nptlens.study.folder import open_study
    from nptlens.study.transfer.import_project import import_file

    result = import_file(open_study(study), file)
    if json:
        _show.as_json(result)
    else:
        _show.table(
            ["source", "transcript", "known by", "codings", "found"],
            [[each.source, each.transcript, each.how, each.codings, each.found] for each in result.sources],
            title=f"{result.tool}: {result.codes} codes ({result.new_codes} new), coders: {', '.join(result.coders) or 'none'}",
        )
        _show.table(
            ["same place", "exact words", "nearly the words", "not found", "here already", "of the machine, left out"],
            [[result.same, result.exact, result.tolerant, result.not_found, result.repeated, result.machine]],
        )
        for path in result.written:
            typer.echo(path)
        _show.problems(result.problems)
        first = "name the new codebook in study.toml, then: " if result.new_codes else ""
        _show.next_step(f"{first}{command('check', study)}")
    if result.needs_a_look():
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("import", epilog=_EPILOG)(import_cli)
