"""What a zip-based file (docx, xlsx, qdpx, an encoder's zip) must be like before it may be opened."""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import ReadingError

_ENCRYPTED = 0x1  # zip's general purpose flag, bit 0


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Limits against archive bombs: number of members, bytes unpacked, ratio of unpacked to packed."""

    members: int = 5_000
    total_bytes: int = 512 * 1024 * 1024
    ratio: float = 200.0


def open_archive(data: bytes | Path, *, where: str, limits: ArchiveLimits | None = None) -> zipfile.ZipFile:
    """Return `data`, or the file at that path, as a zip archive whose directory keeps the limits and whose names stay inside.

    Raises ReadingError that names the rule which does not hold. Nothing is unpacked.
    """
    limits = limits or ArchiveLimits()
    try:
        archive = zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ReadingError("not a readable archive", where=where, hint="save the file again") from error
    try:
        _check(archive.infolist(), where, limits)
    except ReadingError:
        archive.close()  # a file that stays open cannot be removed everywhere
        raise
    return archive


def _check(members: list[zipfile.ZipInfo], where: str, limits: ArchiveLimits) -> None:
    if len(members) > limits.members:
        raise ReadingError(f"the archive has {len(members)} members, more than {limits.members}", where=where)
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        raise ReadingError(f"the archive unpacks to {total} bytes, more than {limits.total_bytes}", where=where)
    for member in members:
        if _leaves(member.filename):
            raise ReadingError("a member's name leads out of the archive", where=where, hint="do not trust this file")
        if member.flag_bits & _ENCRYPTED:
            raise ReadingError("a member is locked with a password", where=where, hint="save it without a password")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ReadingError("a member is a link", where=where, hint="do not trust this file")
        # Small members compress well without harm; only a large one can be a bomb.
        if member.file_size > 1_000_000 and member.file_size > limits.ratio * max(1, member.compress_size):
            raise ReadingError(f"a member is packed more than {limits.ratio:.0f} to one", where=where)


def _leaves(name: str) -> bool:
    return "\0" in name or name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name[:3]
