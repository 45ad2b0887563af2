"""nptlens seeds doctor, nptlens seeds suggest, nptlens seeds import"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command
from nptlens.schemas.records import STANCES

if TYPE_CHECKING:
    from nptlens.coding import SeedExam

_DOCTOR = "Examples:\n\n  nptlens seeds doctor my-study\n\n  nptlens seeds doctor --json"
_SUGGEST = "Examples:\n\n  nptlens seeds suggest my-study --to label.xlsx\n\n  nptlens seeds suggest --number 10 --json"
_IMPORT = "Examples:\n\n  nptlens seeds import label.xlsx my-study\n\n  nptlens seeds import label.csv --json"
_MOST = 12


def seeds_doctor_cli(study: _show.StudyFolder = Path(), json: _show.Json = False) -> None:
    """Examine the seed set: how many, near copies, contradictions, leaks, codes hard to tell apart, and what to write next."""
    from nptlens.study.folder import open_study
    from nptlens.study.seeds import examine_seeds

    result = examine_seeds(open_study(study))
    if json:
        _show.as_json(result)
    else:
        _exam(result)
        _show.problems(result.problems)
        _show.next_step(f"mend the seeds, then: {command('run', study)}")
    if result.needs_a_look():
        raise typer.Exit(1)


def _exam(exam: SeedExam) -> None:
    """Print what the doctor found, a table per kind; a kind without finding is left out."""
    _show.table(
        ["code", "seeds", *STANCES, "nearest code", "seeds closer to another code"],
        [[each.code, each.seeds, *each.stances, each.nearest_code, each.closer_to_other] for each in exam.findings],
    )
    pairs = [[each.first, each.second, each.cosine, each.jaccard, each.kind.value] for each in exam.pairs]
    _some(["seed", "and seed", "cosine", "words shared", "what"], pairs, "Near copies")
    strays = [[each.seed, each.code, each.own, each.other, each.others] for each in exam.strays]
    _some(["seed", "its code", "cosine", "closer to", "cosine"], strays, "Seeds closer to another code, the farthest first")
    leaks = [[each.seed, each.segment_id, each.run, each.share] for each in exam.leaks]
    _some(["seed", "segment", "words in a row", "share"], leaks, "Seeds whose words stand in the transcripts: figures there are flattering")
    poor = [
        [each.first, each.second, f"{each.auc.value:.2f} [{each.auc.low:.2f}, {each.auc.high:.2f}]", " ".join(each.crossing[:6])]
        for each in exam.confusions
        if each.poor()
    ]
    _some(["code", "and code", "AUC", "seeds on the wrong side (the first six)"], poor, "Codes that the seeds cannot tell apart")
    _show.table(["what to write next"], [[each.sentence()] for each in exam.advice])


def _some(columns: list[str], rows: Sequence[Sequence[object]], title: str) -> None:
    if rows:
        more = f" ({_MOST} of {len(rows)}; all are in --json)" if len(rows) > _MOST else ""
        _show.table(columns, rows[:_MOST], title=title + more)


def seeds_suggest_cli(
    study: _show.StudyFolder = Path(),
    number: Annotated[int, typer.Option("--number", min=1, max=1000, help="How many excerpts.")] = 30,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write them to a .csv or .xlsx file to fill in.")] = None,
    guesses: Annotated[bool, typer.Option("--guesses", help="Show which codes the machine takes them for.")] = False,
    json: _show.Json = False,
) -> None:
    """List the excerpts of the study whose label would help most, as a sheet to fill in."""
    from nptlens.study.folder import open_study
    from nptlens.study.sheets.labelling import suggest_labels

    result = suggest_labels(open_study(study), number=number, path=to, guesses=guesses)
    if json:
        _show.as_json(result)
    else:
        columns = ["excerpt id", "participant", "excerpt", *(["suggested codes"] if guesses else []), "why"]
        _show.table(
            columns,
            [
                [each.segment_id, each.participant_id, each.text, *([each.codes()] if guesses else []), each.why()]
                for each in result.suggestions
            ],
        )
        if result.path:
            typer.echo(result.path)
        _show.problems(result.problems)
        if result.path:
            _show.next_step(f"fill in codes and stance, then: {command('seeds', 'import', result.path, study)}")
        else:
            _show.next_step(f"write them to a sheet: {command('seeds', 'suggest', study, '--to', 'label.xlsx')}")
    if result.needs_a_look():
        raise typer.Exit(1)


def seeds_import_cli(
    file: Annotated[Path, typer.Argument(help="The filled sheet that `nptlens seeds suggest` wrote.")],
    study: _show.StudyFolder = Path(),
    json: _show.Json = False,
) -> None:
    """Add the labels of a filled sheet to the study's own seeds, in seeds_labelled.csv; nothing is overwritten or added twice."""
    from nptlens.study.folder import open_study
    from nptlens.study.sheets.labelling import import_labels

    result = import_labels(open_study(study), file)
    if json:
        _show.as_json(result)
    else:
        refused = len(result.problems)
        _show.table(["added", "here already", "not filled in", "problems"], [[result.added, result.here_already, result.empty, refused]])
        typer.echo(result.path)
        _show.problems(result.problems)
        _show.next_step(command("run", study))
    if result.needs_a_look():
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verbs about seeds."""
    group = typer.Typer(help="Work on the labelled seed set.", no_args_is_help=True)
    group.command("doctor", epilog=_DOCTOR)(seeds_doctor_cli)
    group.command("suggest", epilog=_SUGGEST)(seeds_suggest_cli)
    group.command("import", epilog=_IMPORT)(seeds_import_cli)
    app.add_typer(group, name="seeds")
