"""Hostile archives: what a zip-based file (docx, odt, xlsx, qdpx) can do to a program that opens it."""

from __future__ import annotations

import io
import random
import stat
import zipfile
from collections.abc import Callable, Sequence

Member = tuple[zipfile.ZipInfo | str, bytes]

_DATE = (2020, 1, 1, 0, 0, 0)
_MEGABYTE = 1024 * 1024


def is_zip(data: bytes) -> bool:
    """Tell whether `data` is an archive that Python opens."""
    return zipfile.is_zipfile(io.BytesIO(data))


def members(data: bytes) -> list[tuple[str, bytes]]:
    """Return the names and bytes of all members."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def packed(parts: Sequence[Member]) -> bytes:
    """Return an archive of `parts`, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def body_of(parts: Sequence[tuple[str, bytes]]) -> int:
    """Return the index of the member that holds the words: the main part of the known kinds, else the largest."""
    known = ("word/document.xml", "content.xml", "project.qde", "xl/sharedStrings.xml")
    names = [name for name, _ in parts]
    return next((names.index(name) for name in known if name in names), max(range(len(parts)), key=lambda i: len(parts[i][1])))


def with_body(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return the archive with its main part changed."""
    parts = members(data)
    index = body_of(parts)
    parts[index] = (parts[index][0], change(parts[index][1]))
    return packed(parts)


def swapped(data: bytes, rng: random.Random) -> bytes:
    """Give two members each other's bytes."""
    parts = members(data)
    one, two = rng.choice(range(len(parts))), rng.choice(range(len(parts)))
    one = body_of(parts) if rng.random() < 0.5 else one
    parts[one], parts[two] = (parts[one][0], parts[two][1]), (parts[two][0], parts[one][1])
    return packed(parts)


def dropped(data: bytes, rng: random.Random) -> bytes:
    """Leave a member out, or two."""
    parts = members(data)
    for _ in range(rng.randint(1, min(2, len(parts)))):
        parts.pop(rng.randrange(len(parts)))
    return packed(parts)


def mutated_member(data: bytes, rng: random.Random, change: Callable[[bytes], bytes]) -> bytes:
    """Change the unpacked bytes of one member, so that the damage gets past the checksum."""
    parts = members(data)
    index = body_of(parts) if rng.random() < 0.7 else rng.randrange(len(parts))
    parts[index] = (parts[index][0], change(parts[index][1]))
    return packed(parts)


def slipping(data: bytes, rng: random.Random) -> bytes:
    """Give a member a name that leads out of the archive."""
    names = (
        "../../evil.txt",
        "/etc/evil.txt",
        "..\\..\\evil.txt",
        "C:\\evil.txt",
        "word/../../evil.xml",
        "\\\\host\\share\\evil",
        "a/" * 2_000 + "b",
    )
    return packed([*members(data), (rng.choice(names), b"evil")])


def linking(data: bytes, rng: random.Random) -> bytes:
    """Add a member that is a symbolic link, or give the main part the mode of one."""
    parts: list[Member] = list(members(data))
    index = body_of(members(data)) if rng.random() < 0.5 else len(parts)
    name = str(parts[index][0]) if index < len(parts) else "Sources/link.txt"
    info = zipfile.ZipInfo(name, _DATE)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    parts[index : index + 1] = [(info, b"/etc/hostname")]
    return packed(parts)


def misnamed(data: bytes, rng: random.Random) -> bytes:
    """Put NUL, a right-to-left override or a control character into a member's name, in both of its headers."""
    parts = members(data)
    index = body_of(parts) if rng.random() < 0.5 else rng.randrange(len(parts))
    name = parts[index][0].encode()
    odd = rng.choice((b"\0", b"\x1b", b"\xff", b"\n"))
    return packed(parts).replace(name, name[:1] + odd + name[2:])


def doubled(data: bytes, rng: random.Random) -> bytes:
    """Give two members one name: which of them is meant?"""
    import warnings

    parts = members(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return packed([*parts, (parts[rng.randrange(len(parts))][0], rng.randbytes(200))])


def lying(data: bytes, rng: random.Random) -> bytes:
    """Claim other sizes, methods or flags in the directory than what is there."""
    whole = bytearray(data)
    start = 0
    while (start := whole.find(b"PK\x01\x02", start)) >= 0 and start + 46 <= len(whole):
        offset, length = rng.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (42, 4)))
        if rng.random() < 0.5:
            whole[start + offset : start + offset + length] = rng.choice((b"\1", b"\0", b"\xff", b"\x63")) * length
        start += 46
    return bytes(whole)


def bomb(data: bytes, rng: random.Random) -> bytes:
    """Return an archive that is small and unpacks to very much, in one of six ways."""
    way = rng.randrange(6)
    parts = members(data)
    index = body_of(parts)
    if way == 0:  # one large member
        return packed([*parts, ("word/media/big.bin", bytes(300 * _MEGABYTE))])
    if way == 1:  # many members, none of them large by itself
        return packed([*parts, *((f"extra/{n}.xml", b"<a>" + b" " * 900_000 + b"</a>") for n in range(300))])
    if way == 2:  # too many members
        return packed([*parts, *((f"extra/{n}", b"") for n in range(6_000))])
    if way == 3:  # archives in an archive
        inner = bytes(2 * _MEGABYTE)
        for level in range(6):
            inner = packed([(f"{level}-{n}.zip", inner) for n in range(4)])
        return packed([*parts, ("inner.zip", inner)])
    if way == 4:  # the main part blown up, below the ratio
        return with_body(data, lambda body: _blown(body, 8 * _MEGABYTE, rng))
    blown = with_body(data, lambda body: _blown(body, 60 * _MEGABYTE, rng))  # and with a directory that plays it down
    start = blown.rfind(b"PK\x01\x02", 0, blown.find(parts[index][0].encode(), blown.find(b"PK\x01\x02")))
    return blown[: start + 24] + (1_000).to_bytes(4, "little") + blown[start + 28 :]


def _blown(body: bytes, size: int, rng: random.Random) -> bytes:
    """Repeat the middle of a document with a little noise, so that it packs well but not suspiciously."""
    end = body.rfind(b"</", 0, max(0, body.rfind(b"</")))
    piece = b"<x a='" + rng.randbytes(12).hex().encode() + b"'/>" * 1
    return body[: max(end, 0)] + (piece + b"<y/>" * 60) * (size // (len(piece) + 240)) + body[max(end, 0) :]
