"""Content hashes and stable ids: what makes a rerun recognisable."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from nptlens.core.plain_file import open_plain

# Control characters, line ends, marks that turn the direction of writing, bytes that are no text; what parts a path, an id from its
# offsets, and ids in a cell.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff:;/\\\\]")
_SPACES = re.compile(r"\s+")
_FORMULA = re.compile("[=+\\-@＝＋－＠']")  # a cell that begins with one of them is no plain text to a spreadsheet


def digest(data: bytes | str) -> str:
    """Return the sha256 of bytes (or of text as UTF-8) as 64 hexadecimal digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def digest_file(path: Path) -> str:
    """Return the sha256 of a file's bytes, read in blocks; an OSError names the file."""
    try:
        with open_plain(path) as file:
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


def transcript_id(name: str) -> str:
    """Return a name as the id of a transcript: NFC, and nothing in it that breaks ``TRANSCRIPT:start-end``, a path or a cell.

    Ids come back as they are. What is looked up by a transcript's name goes through here too, so that all spellings of it agree.
    """
    kept = _SPACES.sub(" ", _UNSAFE.sub("_", unicodedata.normalize("NFC", name))).strip()
    return f"_{kept[1:]}" if _FORMULA.match(kept) else kept or "_"


def find_segment_id(name: str) -> str:
    """Return a segment's id as a person wrote it in the form that the tables have."""
    transcript, colon, offsets = name.strip().rpartition(":")
    return f"{transcript_id(transcript)}:{offsets}" if colon else name


def segment_id(transcript_id: str, start: int, end: int) -> str:
    """Return the id of a stretch: transcript, then code-point offsets, so that it can be read."""
    return f"{transcript_id}:{start}-{end}"
