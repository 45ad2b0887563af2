"""A run kept under a name, so that later ones can be compared with it: codings, thresholds, places and salted digests, no words."""

from __future__ import annotations

import hashlib
import hmac
import re
import shutil
from dataclasses import replace
from pathlib import Path

from nptlens.core.errors import IntegrityError, UsageError
from nptlens.core.ids import digest, digest_file
from nptlens.schemas.records import HeadCard
from nptlens.schemas.run_comparison import RUN_SEGMENTS, KeptRun, StageMade
from nptlens.schemas.tables import CODINGS, STANCES_OF_CODINGS
from nptlens.store.files import read_records, read_table, write_records, write_table
from nptlens.store.ledger import digest_if_there
from nptlens.store.salt import study_salt
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run
from nptlens.study.run.pipeline import of_the_codings

RUNS = "runs"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DIGESTS = "digests.json"
_KEEP = "keep one: nptlens run STUDY --keep NAME"
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
    with last_run(study, whole=("code", "stance")) as artefacts:
        salt = study_salt(study.store)
        run = with_salt(_run(artefacts, name), salt)
        unfinished = _folder(study) / f".{name}"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_records(unfinished / _SALT, _name_of(salt))
        write_run(unfinished, run)
        return unfinished.rename(_folder(study) / name)


def write_run(folder: Path, run: KeptRun) -> None:
    """Write the files of a kept run, each whole; one that is there is replaced."""
    (folder / _DIGESTS).unlink(missing_ok=True)  # until all are of one run
    write_table(folder / "segments.parquet", RUN_SEGMENTS, run.segments)
    write_table(folder / "codings.parquet", CODINGS, run.codings)
    write_table(folder / "stances.parquet", STANCES_OF_CODINGS, run.stances)
    write_records(folder / "heads.json", run.heads)
    write_records(folder / "stages.json", run.stages)
    write_records(folder / "settings.json", run.settings)
    kept = sorted(path for path in folder.iterdir() if path.suffix in (".json", ".parquet") and path.name != _DIGESTS)
    write_records(folder / _DIGESTS, [(path.name, digest_file(path)) for path in kept])


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
    _check(folder)
    salted_too = (folder / _SALT).exists()
    if salted_too and read_records(folder / _SALT, str) != _name_of(study_salt(study.store)):
        what = f"the run kept as {name} cannot be compared: the study's salt is not the one it was kept with"
        raise IntegrityError(what, where=str(folder), hint="bring back .nptlens/salt, or delete that folder and keep a run again")
    try:
        return _read(name, folder, salted_too)
    except IntegrityError as error:
        raise IntegrityError(error.what, where=error.where, hint=f"this one run is lost: delete {folder}, and keep another") from error


def _read(name: str, folder: Path, is_salted: bool) -> KeptRun:
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

    Raises UsageError where it never ran or its last run was interrupted, IntegrityError where an artefact was altered, LockedError where
    a run holds the study.
    """
    with last_run(study, whole=("code", "stance")) as artefacts:
        return _run(artefacts, name)


def _run(artefacts: Artefacts, name: str) -> KeptRun:
    assert artefacts.ledger is not None
    segments = artefacts.segments
    index = segments[["segment_id", "transcript_id", "start", "end"]].assign(text_digest=[digest(text) for text in segments["text"]])
    entries = [entry for stage in of_the_codings() if (entry := artefacts.ledger.get(stage)) is not None]
    stages = tuple(StageMade(entry.name, tuple(sorted(entry.ingredients.items()))) for entry in entries)
    return KeptRun(
        name=name,
        segments=index,
        codings=artefacts.codings,
        stances=artefacts.stances,
        heads=artefacts.heads,
        stages=stages,
        settings=_settings(artefacts.study, stages),
    )


def _check(folder: Path) -> None:
    """Raise IntegrityError where a file of a kept run is not as it was kept; a run that an older version kept has no digests."""
    if not (folder / _DIGESTS).is_file():
        return
    for name, sha256 in read_records(folder / _DIGESTS, tuple[tuple[str, str], ...]):
        if digest_if_there(folder / name) != sha256:
            raise IntegrityError(f"{name} is not what was kept", where=str(folder), hint=f"delete that folder, and: {_KEEP}")


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
    return f"kept are: {', '.join(names)}" if names else _KEEP
