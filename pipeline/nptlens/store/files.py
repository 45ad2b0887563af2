"""Files that are either wholly written or not there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from nptlens.core.errors import IntegrityError, in_use, storage_error
from nptlens.schemas.tables import Table, checked
from nptlens.store.folders import make_folder, mode_of, new_file, sync_folder

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_T = TypeVar("_T")
_LONGEST = 255  # bytes of a file's name, in most systems
_MAPPED = 64_000_000  # bytes from which a matrix stays on disk and is read where it is looked at


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to be written so that a crash leaves the old one or the new one, never a part.

    A new file is its owner's alone; one that is there keeps its mode. Raises StorageError where the disk or a right does not let it.
    """
    make_folder(path.parent)
    temporary = temporary_of(path)
    try:
        try:
            temporary.unlink(missing_ok=True)  # of a process that had this number before
            with open(new_file(temporary), "wb") as file:  # noqa: PTH123 - a descriptor
                yield file
                file.flush()
                os.fsync(file.fileno())
            _replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise storage_error(error, path) from error


def temporary_of(path: Path) -> Path:
    """Return the name under which this process writes a file before it takes its place; see `leftovers`."""
    room = _LONGEST - len(f"..{os.getpid()}.tmp")
    name = path.name.encode("utf-8", "surrogateescape")[:room].decode("utf-8", "ignore")
    return path.with_name(f".{name}.{os.getpid()}.tmp")


def _replace(temporary: Path, path: Path) -> None:
    mode = mode_of(path)
    if mode is not None:
        temporary.chmod(mode)
    try:
        os.replace(temporary, path)  # noqa: PTH105 - tests put another in its place
    except PermissionError as error:  # the temporary file could be made, so the folder can be written
        raise in_use(path) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, never a part; raises StorageError where it cannot be written."""
    with _whole(path) as file:
        file.write(data)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file of the store; raises IntegrityError where it is not there, StorageError where it cannot be read."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise storage_error(error, path) from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically, with ``\\n`` line ends."""
    write_bytes(path, text.encode("utf-8"))


def write_table(path: Path, table: Table, frame: pd.DataFrame) -> None:
    """Check a table and write it as Parquet (deterministic bytes, no pandas metadata)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(checked(table, frame), preserve_index=False).replace_schema_metadata(None)
    sink = pa.BufferOutputStream()  # not BytesIO: Python before 3.12.2 may crash when a view of its bytes is in a cycle (gh-77894)
    pq.write_table(arrow, sink, compression="zstd")
    write_bytes(path, sink.getvalue())


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """Read a Parquet table and check it; raises IntegrityError where it does not hold."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = read_bytes(path)
    try:
        frame = pq.read_table(pa.BufferReader(data)).to_pandas()
    except (OSError, pa.ArrowException) as error:  # of bytes in memory, both say that these are damaged
        raise _damaged(path) from error
    return checked(table, frame)


def write_array(path: Path, array: NDArray[np.float32]) -> None:
    """Write a matrix as ``.npy``, without pickle."""
    import numpy as np

    with _whole(path) as file:
        np.lib.format.write_array(_Plain(file), array, allow_pickle=False)


class _Plain:
    """A file that numpy does not know as one: into a real one it writes by itself, and a full disk then has no number."""

    def __init__(self, file: IO[bytes]) -> None:
        self.write = file.write


def read_array(path: Path) -> NDArray[np.float32]:
    """Read a ``.npy`` matrix of float32, for reading only where it is so large that it stays on disk and is read as it is looked at.

    Raises IntegrityError where it is something else.
    """
    import numpy as np

    try:
        if path.stat().st_size >= _MAPPED:
            array = np.asarray(np.lib.format.open_memmap(path, mode="r"))
        else:
            with path.open("rb") as file:
                array = np.lib.format.read_array(file, allow_pickle=False)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise storage_error(error, path) from error
    if array.dtype != np.float32:
        raise IntegrityError(f"{path.name} must hold float32, got {array.dtype}", where=str(path), hint="run: nptlens run STUDY")
    result: NDArray[np.float32] = array
    return result


def write_records(path: Path, records: object) -> None:
    """Write dataclasses (or lists of them) as JSON with sorted keys."""
    from dataclasses import asdict, is_dataclass

    def plain(value: object) -> object:
        return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)

    write_text(path, json.dumps(records, default=plain, sort_keys=True, indent=1, ensure_ascii=False) + "\n")


def read_records(path: Path, kind: type[_T]) -> _T:
    """Read what `write_records` wrote, checked against its type; raises IntegrityError where it does not hold."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(json.loads(read_bytes(path).decode("utf-8")))
    except (ValueError, ValidationError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> IntegrityError:
    # A run finds by its digest what is missing or altered, and makes that alone again.
    return IntegrityError(f"{path.name} cannot be read", where=str(path), hint="run: nptlens run STUDY")
