"""One file into a transcript and what a person should know about it."""

from __future__ import annotations

from pathlib import Path

from nptlens.core.errors import NptlensError, ReadingError
from nptlens.core.ids import digest
from nptlens.reading.formats import READERS
from nptlens.reading.other_kinds import advice
from nptlens.safety.paths import read_bytes
from nptlens.schemas.records import Problem, Transcript

Found = tuple[Transcript, tuple[Problem, ...]]


def read_one(path: Path, *, transcript_id: str, source: str, max_megabytes: int) -> Found:
    """Return one source as a transcript, and its problems; `source` is the path that messages and records show.

    Raises ReadingError where it cannot be read or holds no words, IntegrityError where a reader lost a part of it.
    """
    suffix = path.suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        what, hint = advice(suffix, READERS)
        raise ReadingError(what, where=source, hint=hint)
    data = read_bytes(path, max_megabytes=max_megabytes)
    try:
        shape = reader(data, where=source)
    except NptlensError:
        raise
    except Exception as error:  # a parser's own error may quote the source: only its type is told
        raise ReadingError(
            f"cannot be read as {suffix} ({type(error).__name__})", where=source, hint="open it and save it again"
        ) from None
    if not shape.utterances:
        raise ReadingError("no words were found", where=source)
    transcript = Transcript(
        id=transcript_id,
        source=source,
        source_sha256=digest(data),
        format=suffix.removeprefix("."),
        layout=shape.layout,
        text=shape.text,
        utterances=shape.utterances,
        furniture=shape.furniture,
    )
    transcript.verify()
    return transcript, (*(Problem(source, note) for note in shape.notes), *shape.problems)
