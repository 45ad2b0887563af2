"""How results are shown: tables or JSON on stdout, talk on stderr."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli._hints import remember, whole
from nptlens.safety.terminal import printable
from nptlens.schemas.records import Problem, Severity

if TYPE_CHECKING:
    from nptlens.study.run.stage import Progress

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
_STUDY = "The study folder (the one with study.toml)."
StudyFolder = Annotated[Path, typer.Argument(help=_STUDY, show_default="this folder", callback=remember)]
NamedStudy = Annotated[Path, typer.Argument(help=_STUDY, show_default=False, callback=remember)]
StudyOption = Annotated[Path, typer.Option("--study", help=_STUDY, show_default="this folder", callback=remember)]

_BEAT_S = 1.0


def as_json(value: object) -> None:
    """Print a result object as JSON; NaN, which JSON lacks, is null."""
    typer.echo(printable(json.dumps(_plain(value), indent=2, ensure_ascii=False)))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return value if isinstance(value, str | int | bool | None) else str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "") -> None:
    """Print a table on stdout, numbers to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for number, column in enumerate(columns):
        right = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        shown.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(_cell(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(shown)


def _cell(cell: object) -> str:
    if isinstance(cell, float):
        return "–" if math.isnan(cell) else f"{cell:.2f}"
    return printable(str(cell))


def problems(found: Sequence[Problem], *, most: int = 30) -> None:
    """Print problems on stderr, those that need a person first."""
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    ordered = sorted(set(found), key=lambda problem: (rank[problem.severity], problem))
    for problem in ordered[:most]:
        hint = f" · hint: {whole(problem.hint)}" if problem.hint else ""
        line = f"{problem.severity.value}: {problem.where}: {problem.what}{hint}"
        typer.echo(printable(line).replace("\n", "\\n"), err=True)
    if len(ordered) > most:
        typer.echo(f"… and {len(ordered) - most} more; all are in the report and in --json", err=True)


def next_step(text: str) -> None:
    """Name the verb that comes next, on stderr."""
    typer.echo(printable(f"next: {whole(text)}"), err=True)


@contextmanager
def _lines() -> Iterator[Progress]:
    from nptlens.cli._pace import Log
    from nptlens.study.run.pipeline import units

    log, lock, over = Log(time.monotonic(), units()), threading.Lock(), threading.Event()

    def tell(stage: str, done: int, total: int) -> None:
        with lock:
            log.told(stage, done, total, at_s=time.monotonic())

    def beat() -> None:  # a stage may be silent for minutes
        while not over.wait(_BEAT_S):
            with lock:
                line = log.line(time.monotonic())
            if line:
                try:
                    print(line, file=sys.stderr, flush=True)  # noqa: T201 - one write from a thread of its own
                except (OSError, ValueError):  # nobody reads it any more
                    return

    heart = threading.Thread(target=beat, name="progress", daemon=True)
    heart.start()
    try:
        yield tell
    finally:
        over.set()
        heart.join()


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """Give a function that shows progress on stderr, its rate and the time left; `quiet` shows none on a terminal.

    Where stderr is no terminal, or one that cannot move its cursor, a plain line tells of it every ten seconds: a log should say that a
    long run is alive, whatever goes to stdout.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        with _lines() as tell:
            yield tell
        return
    if quiet:
        from nptlens.study.run.runner import silent

        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from nptlens.cli._pace import Pacer
    from nptlens.study.run.pipeline import units

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[pace]}"))
    pacer, counted = Pacer(), units()
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, pace="")

        def show(stage: str, done: int, total: int) -> None:
            if bar.tasks[0].description != stage:
                bar.reset(task, total=None)  # the time of each stage is its own
            pace = pacer.told(stage, done, total, at_s=time.monotonic())
            bar.update(task, description=stage, completed=done, total=total or None, pace=pace.shown(counted.get(stage, "")))

        yield show
