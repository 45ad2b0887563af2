"""Files that are either wholly written or not there."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from nptlens.errors import IntegrityError
from nptlens.tables import Table, checked

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_T = TypeVar("_T")
_MAPPED = 64_000_000  # bytes from which a matrix stays on disk and is read where it is looked at


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to be written so that a crash leaves the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes | memoryview) -> None:
    """Write a file so that a crash leaves the old one or the new one, never a part."""
    with _whole(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically, with ``\\n`` line ends."""
    write_bytes(path, text.encode("utf-8"))


def write_table(path: Path, table: Table, frame: pd.DataFrame) -> None:
    """Check a table and write it as Parquet (deterministic bytes, no pandas metadata)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(checked(table, frame), preserve_index=False).replace_schema_metadata(None)
    buffer = io.BytesIO()
    pq.write_table(arrow, buffer, compression="zstd")
    write_bytes(path, buffer.getbuffer())


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """Read a Parquet table and check it; raises IntegrityError where it does not hold."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        frame = pq.read_table(path).to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise IntegrityError(f"{path.name} cannot be read", hint="delete the .nptlens folder and run again") from error
    return checked(table, frame)


def write_array(path: Path, array: NDArray[np.float32]) -> None:
    """Write a matrix as ``.npy``, without pickle."""
    import numpy as np

    with _whole(path) as file:
        np.save(file, array, allow_pickle=False)


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
    except (OSError, ValueError) as error:
        raise IntegrityError(f"{path.name} cannot be read", hint="delete the .nptlens folder and run again") from error
    if array.dtype != np.float32:
        raise IntegrityError(f"{path.name} must hold float32, got {array.dtype}")
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
        return TypeAdapter(kind).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise IntegrityError(f"{path.name} cannot be read", hint="delete the .nptlens folder and run again") from error
