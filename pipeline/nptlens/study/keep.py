"""A run kept under a name, so that later ones can be compared with it: codings, thresholds, places and salted digests, no words."""

from __future__ import annotations

import hashlib
import hmac
import re
import shutil
from dataclasses import replace
from pathlib import Path

from nptlens.errors import IntegrityError, UsageError
from nptlens.ids import digest, digest_file
from nptlens.records import HeadCard
from nptlens.runs import RUN_SEGMENTS, KeptRun, StageMade
from nptlens.store.files import read_records, read_table, write_records, write_table
from nptlens.store.ledger import Entry, Ledger
from nptlens.store.lock import study_lock
from nptlens.store.salt import study_salt
from nptlens.study.folder import Study
from nptlens.tables import CODINGS, SEGMENTS, STANCES_OF_CODINGS

RUNS = "runs"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NEEDED = ("segment", "embed", "code", "stance")
_SALT = "salt.json"  # which salt the digests of words were made with; a run kept by an earlier version has none


def free_name(study: Study, name: str) -> None:
    """Raise UsageError where `name` is no name for a run, or a run is kept under it."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a run", hint="use letters, digits, - and _")
    folder = _folder(study) / name
    if folder.exists():
        raise UsageError(f"a run is kept as {name} already", where=str(folder), hint="take another name, or delete that folder")


def kept_names(study: Study) -> tuple[str, ...]:
    """Return the names of the runs that are kept."""
    return tuple(sorted(path.name for path in _folder(study).glob("*") if path.is_dir() and _NAME.fullmatch(path.name)))


def keep(study: Study, name: str) -> Path:
    """Keep what the last run coded under `name` and return the folder; it is whole or not there.

    Raises UsageError for a name that is taken or none, or where there is no whole run; LockedError where another run holds the study.
    """
    free_name(study, name)
    with study_lock(study.store):
        salt = study_salt(study.store)
        unfinished = _folder(study) / f".{name}"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_records(unfinished / _SALT, _name_of(salt))
        write_run(unfinished, with_salt(current_run(study, name), salt))
        return unfinished.rename(_folder(study) / name)


def write_run(folder: Path, run: KeptRun) -> None:
    """Write the files of a kept run, each whole; one that is there is replaced."""
    write_table(folder / "segments.parquet", RUN_SEGMENTS, run.segments)
    write_table(folder / "codings.parquet", CODINGS, run.codings)
    write_table(folder / "stances.parquet", STANCES_OF_CODINGS, run.stances)
    write_records(folder / "heads.json", run.heads)
    write_records(folder / "stages.json", run.stages)
    write_records(folder / "settings.json", run.settings)


def with_salt(run: KeptRun, salt: bytes) -> KeptRun:
    """Return a run whose digests of words are keyed by a salt (HMAC-SHA256): without it, likely words cannot be tried."""
    digests = [hmac.new(salt, each.encode(), hashlib.sha256).hexdigest() for each in run.segments["text_digest"]]
    return replace(run, segments=run.segments.assign(text_digest=digests), salted=True)


def _name_of(salt: bytes) -> str:
    return digest(salt)[:16]


def kept_run(study: Study, name: str) -> KeptRun:
    """Return a run that is kept, its digests of words salted unless an earlier version kept it.

    Raises UsageError where there is none of that name, IntegrityError where it cannot be read or was kept with a salt that is gone.
    """
    if name not in kept_names(study):
        raise UsageError(f"no run is kept as {name}", where=str(_folder(study)), hint=_hint(study))
    folder = _folder(study) / name
    is_salted = (folder / _SALT).exists()
    if is_salted and read_records(folder / _SALT, str) != _name_of(study_salt(study.store)):
        what = f"the run kept as {name} cannot be compared: the study's salt is not the one it was kept with"
        raise IntegrityError(what, where=str(folder), hint="bring back .nptlens/salt, or delete that folder and keep a run again")
    return KeptRun(
        salted=is_salted,
        name=name,
        segments=read_table(folder / "segments.parquet", RUN_SEGMENTS),
        codings=read_table(folder / "codings.parquet", CODINGS),
        stances=read_table(folder / "stances.parquet", STANCES_OF_CODINGS),
        heads=read_records(folder / "heads.json", tuple[HeadCard, ...]),
        stages=read_records(folder / "stages.json", tuple[StageMade, ...]),
        settings=read_records(folder / "settings.json", tuple[tuple[str, str], ...]),
    )


def current_run(study: Study, name: str) -> KeptRun:
    """Return what the last run of a study coded, whatever was changed since; digests of its words are not salted, so keep it in memory.

    Raises UsageError where it never ran or its last run was interrupted, IntegrityError where an artefact was altered.
    """
    entries = _entries(study)
    _check_whole(study, entries)
    segments = read_table(study.store / "segments.parquet", SEGMENTS)
    index = segments[["segment_id", "transcript_id", "start", "end"]].assign(text_digest=[digest(text) for text in segments["text"]])
    stages = tuple(StageMade(entry.name, tuple(sorted(entry.ingredients.items()))) for entry in entries.values())
    return KeptRun(
        name=name,
        segments=index,
        codings=read_table(study.store / "codings.parquet", CODINGS),
        stances=read_table(study.store / "stances.parquet", STANCES_OF_CODINGS),
        heads=read_records(study.store / "heads.json", tuple[HeadCard, ...]),
        stages=stages,
        settings=_settings(study, stages),
    )


def _entries(study: Study) -> dict[str, Entry]:
    path = study.store / "ledger.sqlite"
    if not path.is_file():
        raise UsageError("the study was never run", where=str(study.root), hint="run: nptlens run")
    ledger = Ledger(path)
    try:
        found = {stage: ledger.get(stage) for stage in ("read", "segment", "manual", "embed", "code", "stance")}
    finally:
        ledger.close()
    return {stage: entry for stage, entry in found.items() if entry is not None}


def _check_whole(study: Study, entries: dict[str, Entry]) -> None:
    for stage in _NEEDED:
        if stage not in entries:
            raise UsageError(f"stage {stage} never ran", where=str(study.root), hint="run: nptlens run")
        entry = entries[stage]
        for name, fingerprint in entry.ingredients.items():
            before = entries.get(name.removeprefix("stage "))
            if name.startswith("stage ") and before is not None and before.fingerprint != fingerprint:
                what = f"stage {stage} is of an earlier run than stage {before.name}"
                raise UsageError(what, where=str(study.root), hint="run: nptlens run")
        for file, sha256 in entry.artefacts.items():
            path = study.store / file
            if not path.is_file() or digest_file(path) != sha256:
                raise IntegrityError(f"{file} is not what stage {stage} made", where=str(study.root), hint="run: nptlens run")


def _settings(study: Study, stages: tuple[StageMade, ...]) -> tuple[tuple[str, str], ...]:
    """Return settings that the run was made with, as far as study.toml still says them; the ledger holds their digests only."""
    made = {name: value for stage in stages for name, value in stage.ingredients if name.startswith("settings ")}
    held = study.settings.model_dump()
    found = {}
    for section, values in held.items():
        for key, value in values.items():
            name = f"settings {section}.{key}"
            if isinstance(value, bool | int | float | str) and made.get(name) == digest(repr(value)):
                found[name] = str(value) or "(empty)"
    return tuple(sorted(found.items()))


def _folder(study: Study) -> Path:
    return study.store / RUNS


def _hint(study: Study) -> str:
    names = kept_names(study)
    return f"kept are: {', '.join(names)}" if names else "keep one: nptlens run --keep NAME"
