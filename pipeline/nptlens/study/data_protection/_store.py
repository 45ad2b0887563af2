"""What the store holds of a transcript, removed: what a run makes anew goes whole, kept runs lose the transcript's part."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from nptlens.coding import definition, load_seeds
from nptlens.core.errors import NptlensError
from nptlens.core.ids import digest
from nptlens.embedding import vectors_key
from nptlens.reading import read_projects
from nptlens.reading.codebooks import codebook_of_file
from nptlens.schemas.records import Embedded
from nptlens.schemas.run_comparison import KeptRun
from nptlens.schemas.tables import SEGMENTS
from nptlens.store.files import read_table, temporary_of
from nptlens.store.outputs import CELLS, KEPT, PENDING, RECORD
from nptlens.store.vectors import VectorCache
from nptlens.study.data_protection._removal_plan import PLAN, Done, Removed, Subject, files_below
from nptlens.study.data_protection._tables import without_places
from nptlens.study.folder import STORE, Study
from nptlens.study.run.plan import encoder_card
from nptlens.study.snapshots import RUNS, kept_names, kept_run, write_run

_VECTORS = "vectors.sqlite"
_STAYS = frozenset({PLAN, "lock", "salt"})
_BLOCK = 1000


def forget_in_store(study: Study, subject: Subject, *, dry: bool) -> Done:
    """Remove the vectors, the parts of kept runs and all artefacts that hold something of the subject."""
    if not subject.transcripts and not subject.participants:
        return Done()
    # Vectors first: which of them are still needed is read from the segments.
    return thin_vectors(study, subject, dry=dry) + thin_runs(study, subject, dry=dry) + _artefacts(study, dry=dry)


def thin_vectors(study: Study, subject: Subject, *, dry: bool) -> Done:
    """Write the cache of vectors anew with what the rest of the study needs; earlier versions of texts go too.

    A new file is written, so that no page of the old one stays; where that cannot be, the cache goes whole.
    """
    path = study.store / _VECTORS
    fresh = temporary_of(path)
    _drop(fresh, dry=dry)
    if not path.exists():
        _drop(path, dry=dry)
        return Done()
    before, kept = _rows_in(path), 0
    try:
        kept = _copied(study, subject, path, None if dry else fresh)
    except (NptlensError, sqlite3.Error, OSError, ValueError):
        _drop(fresh, dry=dry)
    _drop(path, dry=dry)
    if fresh.exists():
        fresh.rename(path)
    what = "vectors that the rest of the study does not need"
    return Done((Removed(f"{STORE}/{_VECTORS}", what, before - kept),) if before > kept else ())


def _copied(study: Study, subject: Subject, path: Path, fresh: Path | None) -> int:
    """Copy the vectors that the rest of the study needs, and return their number."""
    card = encoder_card(study)
    keys = sorted({digest(text) for text in _texts(study, subject)})
    count = 0
    with closing(VectorCache(path, vectors_key(card))) as old:
        for start in range(0, len(keys), _BLOCK):
            rows = list(old.rows(keys[start : start + _BLOCK]))
            count += len(rows)
            if rows and fresh is not None:
                made = Embedded(np.stack([row[1] for row in rows]), np.stack([row[2] for row in rows]))
                with closing(VectorCache(fresh, vectors_key(card))) as new:
                    new.put([row[0] for row in rows], made)
    return count


def _texts(study: Study, subject: Subject) -> Iterator[str]:
    """Yield the texts that the rest of the study embeds: its segments, seeds, definitions and projects."""
    segments = read_table(study.store / "segments.parquet", SEGMENTS)
    yield from segments.loc[~segments["transcript_id"].isin(subject.transcripts), "text"]
    codebook = study.codebook()
    yield from (definition(code) for code in codebook)
    seeds = load_seeds(study.seed_files(), codebook).seeds
    yield from (seed.text for seed in seeds if not subject.is_place(seed.id) and not subject.is_transcript(seed.group))
    register = study.projects_file()
    if register is not None:
        of_projects = codebook_of_file(study.project_codebook_file())
        yield from (definition(code) for code in of_projects)
        yield from (seed.text for seed in load_seeds(study.project_seed_files(), of_projects).seeds)
        yield from read_projects(register)["description"]


def _rows_in(path: Path) -> int:
    try:
        with closing(sqlite3.connect(path)) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return sum(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names)  # noqa: S608
    except sqlite3.Error:
        return 1


def _drop(path: Path, *, dry: bool) -> None:
    """Remove a database and what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        if not dry:
            path.with_name(path.name + end).unlink(missing_ok=True)


def thin_runs(study: Study, subject: Subject, *, dry: bool) -> Done:
    """Take the transcripts' rows out of the runs that are kept; a run that cannot be read goes whole."""
    removed: list[Removed] = []
    for name in kept_names(study):
        place = f"{STORE}/{RUNS}/{name}"
        try:
            run = kept_run(study, name)
        except NptlensError:
            removed.append(Removed(place, "a kept run that cannot be read", 1))
            if not dry:
                shutil.rmtree(study.store / RUNS / name)
            continue
        shorter = _without(run, subject)
        gone = len(run.segments) - len(shorter.segments)
        if gone or shorter.stages != run.stages or not shorter.codings.equals(run.codings):
            removed.append(Removed(place, "excerpts of the kept run, with their codings", gone))
            if not dry:
                write_run(study.store / RUNS / name, shorter)
    return Done(tuple(removed))


def _without(run: KeptRun, subject: Subject) -> KeptRun:
    stays = ~run.segments["transcript_id"].isin(subject.transcripts)
    ids = set(run.segments.loc[~stays, "segment_id"])
    codings = run.codings[~run.codings["segment_id"].isin(ids) & ~run.codings["segment_id"].map(subject.is_place).astype(bool)]
    nearest = [without_places(cell, subject) for cell in codings["nearest_seeds"]]
    stages = (
        replace(stage, ingredients=tuple((name, value) for name, value in stage.ingredients if name not in subject.sources))
        for stage in run.stages
    )
    stances = run.stances[~run.stances["segment_id"].map(subject.is_place).astype(bool)]
    return replace(
        run,
        segments=run.segments[stays].reset_index(drop=True),
        codings=codings.assign(nearest_seeds=nearest).reset_index(drop=True),
        stances=stances.reset_index(drop=True),
        stages=tuple(stages),
    )


def _artefacts(study: Study, *, dry: bool) -> Done:
    """Remove everything else in the store: the next run makes it anew, without the transcripts."""
    store = study.store
    vectors = {_VECTORS, *(f"{_VECTORS}{end}" for end in ("-wal", "-shm", "-journal"))}
    stays = _STAYS | vectors | {RECORD, KEPT, CELLS, PENDING}
    gone = [path for path in files_below(store, [store / RUNS]) if path.relative_to(store).as_posix() not in stays]
    if not dry:
        for path in gone:
            path.unlink(missing_ok=True)
        for path in sorted((each for each in store.rglob("*") if each.is_dir() and not each.is_relative_to(store / RUNS)), reverse=True):
            path.rmdir()
    return Done((Removed(STORE, "files that the next run makes anew", len(gone)),) if gone else ())
