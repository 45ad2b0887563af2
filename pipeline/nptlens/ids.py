"""Content hashes and stable ids: what makes a rerun recognisable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def digest(data: bytes | str) -> str:
    """Return the sha256 of bytes (or of text as UTF-8) as 64 hexadecimal digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def digest_file(path: Path) -> str:
    """Return the sha256 of a file's bytes, read in blocks; an OSError names the file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        error.filename = str(path)  # where reading fails, and not opening, the system names none
        raise


def digest_ids(ids: Iterable[str]) -> str:
    """Return one digest for an ordered column of ids; it ties a matrix's rows to its table."""
    return digest("\n".join(ids))


def digest_json(value: object) -> str:
    """Return the digest of a JSON-able value, whatever the order of its keys."""
    return digest(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def segment_id(transcript_id: str, start: int, end: int) -> str:
    """Return the id of a stretch: transcript, then code-point offsets, so that it can be read."""
    return f"{transcript_id}:{start}-{end}"
