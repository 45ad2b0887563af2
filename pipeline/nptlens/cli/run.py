"""nptlens run"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nptlens.cli import _show
from nptlens.study.run.pipeline import titles

_EPILOG = "Examples:\n\n  nptlens run my-study --keep first\n\n  nptlens run my-study --again discover --json"


def run_cli(
    study: _show.StudyFolder = Path(),
    again: Annotated[list[str] | None, typer.Option("--again", metavar="STAGE", help=f"Run a stage again: {', '.join(titles())}.")] = None,
    keep: Annotated[str, typer.Option("--keep", metavar="NAME", help="Keep what was coded, for nptlens diff.")] = "",
    json: _show.Json = False,
) -> None:
    """Run the study: read, segment, embed, discover, name, code, map, compare, stance, report. What is up to date is not done again."""
    from nptlens.study.folder import open_study

    show_run(open_study(study), tuple(again or ()), json=json, keep=keep)


def show_run(study: object, again: tuple[str, ...], *, json: bool, keep: str = "") -> None:
    """Run an opened study and print what it did; exits with 1 where a person must look."""
    from nptlens.core.close_names import meant
    from nptlens.core.errors import UsageError
    from nptlens.study.folder import Study
    from nptlens.study.run.runner import run

    assert isinstance(study, Study)
    known = titles()
    unknown = [stage for stage in again if stage not in known]
    if unknown:
        raise UsageError(f"no stage {unknown[0]!r}{meant(unknown[0], known)}", hint=f"stages are {', '.join(known)}")
    if keep:
        from nptlens.study.snapshots import free_name

        free_name(study, keep)
    with _show.progress(quiet=json) as progress:
        result = run(study, again=again, progress=progress)
    if keep:
        from nptlens.study.snapshots import keep as keep_run

        keep_run(study, keep)
    if json:
        _show.as_json(result)
    else:
        rows = [[stage.stage, known[stage.stage], stage.why or "up to date", round(stage.seconds, 2)] for stage in result.stages]
        _show.table(["stage", "what", "why", "seconds"], rows)
        if result.agreement:
            _show.table(
                ["coder", "against", "transcripts", "units", "uncoded", "codes", "mean kappa", "macro F1"],
                [
                    [
                        each.coder, each.against, each.transcripts, each.units, each.uncoded, each.codes,
                        f"{each.mean_kappa.value:.2f} [{each.mean_kappa.low:.2f}, {each.mean_kappa.high:.2f}]",
                        f"{each.macro_f1.value:.2f} [{each.macro_f1.low:.2f}, {each.macro_f1.high:.2f}]",
                    ]
                    for each in result.agreement
                ],
                title="Agreement" + (" (invented data: an upper bound)" if study.settings.study.invented else ""),
            )
        for path in result.outputs:
            typer.echo(path)
        _show.problems(result.problems)
        _show.next_step("open results/report.html; then look at the seeds: nptlens seeds doctor STUDY")
    if result.needs_a_look():
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("run", epilog=_EPILOG)(run_cli)
