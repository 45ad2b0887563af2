"""What a study holds, in a form that can be compared; where the rows of an SQLite file lie."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path

Snapshot = dict[str, str]
"""Name of a file below the study → digest of what it holds."""
STORE = ".nptlens/"
RESULTS = "results/"
_CORRUPT = "corrupt"
_LEDGER = "ledger.sqlite"
_JOURNALS = ("-wal", "-shm", "-journal")
_INTERIOR, _LEAVES = 0x02, (0x0A, 0x0D)


def is_cache(name: str) -> bool:
    """Tell whether a file of the store (by its name below the study) holds nothing but what can be computed again."""
    base = name.rsplit("/", 1)[-1]
    return name.startswith(STORE) and (base.startswith("topic_stability") or (base.endswith(".sqlite") and base != _LEDGER))


def is_record(name: str) -> bool:
    """Tell whether a file of the store says what was written or kept where, or salts digests: no stage makes it, no answer hangs on it."""
    return name.startswith((f"{STORE}outputs.", f"{STORE}salt"))


def is_temporary(name: str) -> bool:
    """Tell whether a file is one that is still being written."""
    return name.rsplit("/", 1)[-1].endswith((".tmp", ".part", "~"))


def content(path: Path) -> str:
    """Return the digest of what a file holds: of the ledger its rows without times, of a cache the number of its rows.

    Pages of SQLite lie as they were written, and the keys of caches may be salted study by study.
    """
    if path.suffix != ".sqlite":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with tempfile.TemporaryDirectory() as folder:  # on a copy: the journal of a killed run is rolled back where it lies
        for name in (path.name, *(path.name + end for end in _JOURNALS)):
            if path.with_name(name).exists():
                shutil.copyfile(path.with_name(name), Path(folder) / name)
        try:
            with closing(sqlite3.connect(Path(folder) / path.name)) as database:
                return _rows(database, whole=path.name == _LEDGER)
        except sqlite3.DatabaseError as error:
            return f"{_CORRUPT}: {error}"


def _rows(database: sqlite3.Connection, *, whole: bool) -> str:
    if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        return _CORRUPT
    told: list[object] = []
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        if not whole:
            told.append((table, database.execute(f"SELECT count(*) FROM {table}").fetchone()))  # noqa: S608
            continue
        columns = [each[1] for each in database.execute(f"PRAGMA table_info({table})") if each[1] != "seconds"]
        told.append((table, sorted(map(repr, database.execute(f"SELECT {', '.join(columns)} FROM {table}")))))  # noqa: S608
    return hashlib.sha256(repr(told).encode()).hexdigest()


def snapshot(study: Path) -> Snapshot:
    """Return what all files below a study hold, the lock and SQLite's journals left out."""
    found: Snapshot = {}
    for path in sorted(study.rglob("*")):
        name = path.relative_to(study).as_posix()
        if path.is_file() and not name.endswith(_JOURNALS) and name != f"{STORE}lock":
            found[name] = content(path)
    return found


def differences(expected: Mapping[str, str], found: Mapping[str, str], *, without: Collection[str] = ()) -> list[str]:
    """Return the names of files that one lacks or that hold something else, temporary ones left out."""
    names = sorted({*expected, *found} - {*without})
    return [name for name in names if expected.get(name) != found.get(name) and not is_temporary(name)]


def temporaries(found: Mapping[str, str]) -> list[str]:
    """Return the names of the files that are still being written."""
    return [name for name in found if is_temporary(name)]


def corrupt(found: Mapping[str, str]) -> list[str]:
    """Return the names of SQLite files that do not hold."""
    return [name for name, held in found.items() if held.startswith(_CORRUPT)]


def generations(old: Mapping[str, str], new: Mapping[str, str], found: Mapping[str, str]) -> tuple[list[str], bool]:
    """Return the results that are of neither generation, and whether old and new ones lie beside each other.

    A result that both generations hold alike tells nothing; one that only one of them has tells by being there or not.
    """
    names = sorted(name for name in {*old, *new} if name.startswith(RESULTS) and old.get(name) != new.get(name))
    torn = [name for name in names if found.get(name) not in (old.get(name), new.get(name))]
    of_new = {found.get(name) == new.get(name) for name in names if name not in torn}
    return torn, len(of_new) > 1


def row_spans(data: bytes) -> list[tuple[int, int]]:
    """Return where the rows of an SQLite file lie: start and end of each payload as far as it lies on its own page.

    Rows are the cells of b-tree leaves and of the inner pages of tables without row ids (SQLite's file format, section 1.6).
    """
    size = int.from_bytes(data[16:18], "big")
    size = 65_536 if size == 1 else size
    return [span for start in range(0, len(data), size) for span in _cells(data, start, min(start + size, len(data)))]


def _cells(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    head = start + (100 if start == 0 else 0)
    kind = data[head]
    if kind != _INTERIOR and kind not in _LEAVES:
        return
    first = head + (12 if kind == _INTERIOR else 8)
    for number in range(int.from_bytes(data[head + 3 : head + 5], "big")):
        at = start + int.from_bytes(data[first + 2 * number : first + 2 * number + 2], "big") + (4 if kind == _INTERIOR else 0)
        length, at = _varint(data, at)
        if kind == _LEAVES[1]:
            at = _varint(data, at)[1]
        if at < min(at + length, end):
            yield at, min(at + length, end)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(9):
        if at + step >= len(data):
            return 0, len(data)
        byte = data[at + step]
        if step == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + step + 1
    raise AssertionError


def flipped(path: Path, at: int, bit: int) -> None:
    """Flip one bit of a file in place."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)
