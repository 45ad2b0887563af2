"""nptlens validate sheet, nptlens validate import"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from nptlens.cli import _show

if TYPE_CHECKING:
    from nptlens.study.sheet_import import SheetImport
    from nptlens.study.sheets import SheetResult

_SHEET = (
    "Examples:\n\n  nptlens validate sheet my-study --coder ann --number 200 --out ann.xlsx\n\n"
    "  nptlens validate sheet --mismatches ann ben --out discuss.xlsx --json"
)
_IMPORT = (
    "Examples:\n\n  nptlens validate import my-study ann.xlsx --coder ann\n\n"
    "  nptlens validate import my-study discuss.xlsx --json"
)


class _Verbs(TyperGroup):
    """`nptlens validate STUDY` means `nptlens validate study STUDY`, where the group has that verb and the first word names no other."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the verb before arguments that name none."""
        if "study" in self.commands and not (args and args[0] in (*self.commands, "-h", "--help")):
            args = ["study", *args]
        return super().parse_args(ctx, args)


def sheet_cli(  # noqa: PLR0913, PLR0917 - an option each
    study: _show.StudyFolder = Path(),
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The .csv or .xlsx file to write.")] = Path("sheet.xlsx"),
    coder: Annotated[str, typer.Option("--coder", metavar="NAME", help="Who is to code it.")] = "",
    number: Annotated[int, typer.Option("--number", min=1, max=100_000, help="How many units are drawn.")] = 200,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same seed gives every coder the same units.", show_default="the study's")
    ] = None,
    transcripts: Annotated[list[str] | None, typer.Option("--transcripts", metavar="ID", help="Draw from this one (repeatable).")] = None,
    neighbours: Annotated[int, typer.Option("--neighbours", min=0, max=5, help="Units before and after each drawn one that come too.")] = 0,
    mismatches: Annotated[
        tuple[str, str] | None,
        typer.Option("--mismatches", metavar="A B", help="Instead of a draw: where two coders (or machine) differ, to decide."),
    ] = None,
    json: _show.Json = False,
) -> None:
    """Write a sheet for a person: drawn units to code blind, or the mismatches of two coders to decide."""
    from nptlens.errors import UsageError
    from nptlens.study.adjudication import ADJUDICATED, mismatch_sheet
    from nptlens.study.folder import open_study
    from nptlens.study.sheets import blind_sheet

    opened = open_study(study)
    if mismatches:
        result = mismatch_sheet(opened, *mismatches, path=out, coder=coder or ADJUDICATED)
    elif coder:
        result = blind_sheet(
            opened, coder, number=number, path=out, seed=seed, transcripts=tuple(transcripts or ()), neighbours=neighbours
        )
    else:
        raise UsageError("a blind sheet needs the name of its coder", hint="add: --coder NAME")
    _show_sheet(result, study, json=json)


def _show_sheet(result: SheetResult, study: Path, *, json: bool) -> None:
    if json:
        _show.as_json(result)
    else:
        _show.table(["kind of unit", "units", "on the sheet"], [[each.kind, each.population, each.units] for each in result.strata])
        typer.echo(result.path)
        typer.echo(result.design)
        _show.problems(result.problems)
        _show.next_step(f"fill in the sheet, then: nptlens validate import {study} {result.path} --coder {result.coder}")
    if result.needs_a_look():
        raise typer.Exit(1)


def import_cli(
    study: Annotated[Path, typer.Argument(help="The study folder (the one with study.toml).")],
    file: Annotated[Path, typer.Argument(help="The filled sheet.")],
    coder: Annotated[
        str, typer.Option("--coder", metavar="NAME", help="Whose coding it is.", show_default="adjudicated, for decisions on mismatches")
    ] = "",
    json: _show.Json = False,
) -> None:
    """Bring a filled sheet back as manual coding; a row without code was not read, and is missing."""
    from nptlens.study.folder import open_study
    from nptlens.study.sheet_import import import_sheet

    result = import_sheet(open_study(study), file, coder=coder)
    if json:
        _show.as_json(result)
    else:
        _counts(result)
        typer.echo(result.path)
        _show.problems(result.problems)
        _show.next_step(f"nptlens run {study}")
    if result.needs_a_look():
        raise typer.Exit(1)


def _counts(result: SheetImport) -> None:
    columns = ["coder", "units read", "of them coded", "agreed before", "not filled in", "refused"]
    _show.table(columns, [[result.coder, result.read, result.coded, result.agreed, result.empty, result.refused]])


def add_to(app: typer.Typer) -> None:
    """Register the verbs about validation."""
    group = typer.Typer(cls=_Verbs, help="Blind coding and adjudication.", no_args_is_help=True)
    group.command("sheet", epilog=_SHEET)(sheet_cli)
    group.command("import", epilog=_IMPORT)(import_cli)
    app.add_typer(group, name="validate")
