"""nptlens validate STUDY, nptlens validate sheet, nptlens validate import"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from nptlens.cli import _show

if TYPE_CHECKING:
    from nptlens.study.sheets.blind import SheetResult
    from nptlens.study.sheets.filled import SheetImport
    from nptlens.study.validation.validate import Validated

_STUDY = (
    "Examples:\n\n  nptlens validate my-study\n\n"
    "  nptlens validate my-study --coder ann --cluster practice --json\n\n"
    "Verbs: sheet (units to code blind, or mismatches to decide) and import (a filled sheet); see nptlens validate --help"
)
_GROUP = "Examples:\n\n  nptlens validate my-study\n\n  nptlens validate sheet my-study --coder ann --number 200 --out ann.xlsx"
_WORDS = {
    "mean_kappa": "mean kappa", "alpha_masi": "alpha (MASI)", "macro_f1": "macro F1", "macro_ap": "mean average precision",
    "unitizing_alpha": "unitizing alpha",
}  # fmt: skip
_SHEET = (
    "Examples:\n\n  nptlens validate sheet my-study --coder ann --number 200 --out ann.xlsx\n\n"
    "  nptlens validate sheet --mismatches ann ben --out discuss.xlsx --json"
)
_IMPORT = (
    "Examples:\n\n  nptlens validate import my-study ann.xlsx\n\n"
    "  nptlens validate import my-study ann.xlsx --replace --json"
)


class _Verbs(TyperGroup):
    """`nptlens validate STUDY` means `nptlens validate study STUDY`, where the first word names no other: a folder may be named study."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the verb before arguments that name none."""
        others = {*self.commands, "-h", "--help"} - {"study"}
        if "study" in self.commands and not (args and args[0] in others):
            args = ["study", *args]
        return super().parse_args(ctx, args)


def study_cli(
    study: _show.StudyFolder = Path(),
    coder: Annotated[str, typer.Option("--coder", metavar="A", help="Only pairs with this coder (or machine).")] = "",
    against: Annotated[
        str, typer.Option("--against", metavar="B", help="Only pairs with this one: a coder, or machine; people measure the machine.")
    ] = "",
    cluster: Annotated[
        Literal["transcript", "participant", "practice"] | None,
        typer.Option("--cluster", help="What intervals resample.", show_default="the study's"),
    ] = None,
    learning: Annotated[
        str, typer.Option("--learning", metavar="CODER", help="Also teach by more and more of this coder's transcripts (takes minutes).")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where to write.", show_default="the study's results")] = None,
    json: _show.Json = False,
) -> None:
    """Compare all who coded the study, and the machine: where, which code, which case, with intervals and the human ceiling."""
    from nptlens.api.study import open_study

    opened = open_study(study)
    with _show.progress(quiet=json) as progress:
        result = opened.validate(coder=coder, against=against, cluster=cluster, out=out, learn_from=learning, progress=progress)
    if json:
        _show.as_json(result)
    else:
        _figures(result, invented=opened.settings.study.invented)
        for path in result.outputs:
            typer.echo(path)
        _show.problems(result.problems)
        page = next((path for path in result.outputs if path.suffix == ".html"), result.outputs[0])
        again = f"; write the report again, with these figures: nptlens report {study}" if result.report_is_stale else ""
        _show.next_step(f"open {page}{again}; decide mismatches: nptlens validate sheet {study} --mismatches A B")
    if result.needs_a_look():
        raise typer.Exit(1)


def _figures(result: Validated, *, invented: bool) -> None:
    """Print the figures of all codes together with their frames."""
    rows = [
        [
            each.coder, each.against, each.level, each.frame, each.n, each.uncoded, each.clusters,
            _WORDS.get(each.statistic, each.statistic), f"{each.value:.2f} [{each.low:.2f}, {each.high:.2f}]".replace("nan", "–"),
        ]
        for each in result.headlines
    ]  # fmt: skip
    title = "All codes together" + (" (invented data: an upper bound)" if invented else "")
    _show.table(["coder", "against", "level", "frame", "units", "uncoded", "clusters", "figure", "value"], rows, title=title)


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
    from nptlens.core.errors import UsageError
    from nptlens.study.folder import open_study
    from nptlens.study.sheets.adjudication import ADJUDICATED, mismatch_sheet
    from nptlens.study.sheets.blind import blind_sheet

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
        str, typer.Option("--coder", metavar="NAME", help="Whose coding it is.", show_default="the one the sheet was written for")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Let it take the place of other coding of this coder, and say what that changes.")
    ] = False,
    json: _show.Json = False,
) -> None:
    """Bring a filled sheet back as manual coding; a row without code was not read, and is missing.

    A row that does not fit is told with what is wrong in it, and the others are taken: correct the sheet and import it again.
    """
    from nptlens.study.folder import open_study
    from nptlens.study.sheets.filled import import_sheet

    result = import_sheet(open_study(study), file, coder=coder, replace=replace)
    if json:
        _show.as_json(result)
    else:
        _counts(result)
        if result.path:
            typer.echo(result.path)
        _show.problems(result.problems)
        again = f"nptlens validate import {study} {file}"
        if result.refused:
            _show.next_step(f"correct the rows named above, then: {again}")
        else:
            _show.next_step(f"nptlens run {study}" if result.path else f"fill in the sheet, then: {again}")
    if result.needs_a_look():
        raise typer.Exit(1)


def _counts(result: SheetImport) -> None:
    columns = ["coder", "units read", "of them coded", "agreed before", "not filled in", "refused"]
    _show.table(columns, [[result.coder, result.read, result.coded, result.agreed, result.empty, result.refused]])


def add_to(app: typer.Typer) -> None:
    """Register the verbs about validation."""
    told = "How far the coding can be trusted: agreement, blind sheets, adjudication."
    group = typer.Typer(cls=_Verbs, help=told, no_args_is_help=True, epilog=_GROUP)
    group.command("study", epilog=_STUDY)(study_cli)
    group.command("sheet", epilog=_SHEET)(sheet_cli)
    group.command("import", epilog=_IMPORT)(import_cli)
    app.add_typer(group, name="validate")
