"""Which source of another tool's project is which transcript of the study; those that are none become one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nptlens.core.close_names import nearest
from nptlens.core.errors import NptlensError, UsageError
from nptlens.core.ids import digest, transcript_id
from nptlens.exchange.project import ImportedSource
from nptlens.reading.files import read_file
from nptlens.safety.paths import list_files, plain_file
from nptlens.schemas.records import Problem, Severity, Transcript
from nptlens.store.files import write_bytes
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import transcript_ids

_SUFFIX = re.compile(r"\.(txt|docx?|rtf|odt|pdf|md|html?|csv|vtt|srt)\Z", re.IGNORECASE)
_NUMBERED = re.compile(r"\A(?:[A-Z] ?)?\d{1,5}(?:\s*:\s*|\s+)", re.IGNORECASE)  # how ATLAS.ti counts documents
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|results|__pycache__)\Z", re.IGNORECASE)
_MOST_BYTES = 120
_LONG_LINE, _FEWEST_LINES, _MOST_LINES = 25, 3, 0.8


@dataclass(frozen=True, slots=True)
class Matched:
    """A source, its transcript (None where there is none), how it was found, and the file that was added for it."""

    source: ImportedSource
    transcript: Transcript | None
    how: str
    added: Path | None = None


def match_sources(sources: Iterable[ImportedSource], transcripts: Sequence[Transcript]) -> list[Matched]:
    """Return each source with its transcript: that of the same text, else of the same words, else of the same name."""
    texts = {_digest(t.text): t for t in reversed(transcripts)}
    words = {_words(t.text): t for t in reversed(transcripts)}
    names = {_name(name): t for t in reversed(transcripts) for name in (_short(t.id), PurePosixPath(t.source).name, t.id)}
    found = []
    for source in sources:
        named = ("same name", next((names[name] for name in _spellings(source.name) if name in names), None))
        ways: tuple[tuple[str, Transcript | None], ...] = ()
        if source.text.strip():
            ways = ("same text", texts.get(_digest(source.text))), ("same words", words.get(_words(source.text)))
        how, transcript = next((way for way in (*ways, named) if way[1] is not None), ("no transcript", None))
        if transcript is None and (near := _of_most_lines(source.text, transcripts)) is not None:
            how, transcript = "most of its lines", near
        if named[1] is not None and transcript is not None and transcript.text == named[1].text:
            transcript = named[1]  # of several transcripts with one text, the one of that name
        found.append(Matched(source, transcript, how))
    return found


def nearest_name(name: str, transcripts: Sequence[Transcript]) -> str:
    """Return the id of the transcript whose name is most like that of a source, "" where none is near."""
    known = {_name(transcript.id): transcript.id for transcript in transcripts}
    return known.get(nearest(_spellings(name)[-1], known), "")


def _short(transcript: str) -> str:
    """Return what annotated.docx calls a transcript whose id does not fit into a tag."""
    return f"sha256-{digest(transcript)[:16]}"


def _of_most_lines(text: str, transcripts: Sequence[Transcript]) -> Transcript | None:
    """Return the one transcript that holds most lines of a text: a copy that somebody added a title or a word to."""
    lines = {folded for line in text.splitlines() if len(folded := " ".join(line.split()).casefold()) >= _LONG_LINE}
    if len(lines) < _FEWEST_LINES:
        return None
    wanted = _MOST_LINES * len(lines)
    holding = []
    for transcript in transcripts:
        held = " ".join(transcript.text.split()).casefold()
        if sum(line in held for line in lines) >= wanted:
            holding.append(transcript)
    return holding[0] if len(holding) == 1 else None


def add_source(study: Study, source: ImportedSource) -> tuple[Matched, list[Problem]]:
    """Write a source that has a text as a transcript of the study and read it back; a file of another content is never overwritten.

    Raises UsageError where the study's transcripts are one file.
    """
    root = study.transcript_root()
    if root.is_file():
        raise UsageError("the study's transcripts are one file: nothing can be added", where=str(root), hint="name a folder in study.toml")
    data = source.text.encode("utf-8", "replace")
    stems = [path.stem for path in list_files(root)] if root.is_dir() else []
    taken = {name.casefold() for stem in stems for name in (stem, transcript_id(stem))}
    given = transcript_ids(study)
    taken |= {row.transcript.casefold() for row in given.rows} if given else set()
    stem, path, number = (base := file_stem(source.name)), root, 1
    while True:
        path = root / f"{stem}.txt"
        same = plain_file(path) is not None and path.read_bytes() == data
        if same or stem.casefold() not in taken:
            break
        number += 1
        stem = f"{base}_{number}"
    if not same:
        write_bytes(path, data)
    try:
        limit = study.settings.reading.max_megabytes
        return Matched(source, read_file(path, transcript_id=transcript_id(stem), source=path.name, max_megabytes=limit), "added", path), []
    except NptlensError as error:
        return Matched(source, None, "added, but no transcript", path), [Problem(path.name, error.what, error.hint, Severity.ERROR)]


def file_stem(name: str) -> str:
    """Return a name that any computer takes as a file's, from one that another tool gave."""
    kept = (c if unicodedata.category(c)[0] in "LMN" or c in " -_.()" else "_" for c in unicodedata.normalize("NFC", _SUFFIX.sub("", name)))
    stem = " ".join("".join(kept).split()).encode()[:_MOST_BYTES].decode("utf-8", "ignore").strip(" ._-")
    return f"source {stem}".strip() if not stem or _RESERVED.match(stem) else stem


def _spellings(name: str) -> list[str]:
    r"""Return a source's name as tools write it: ``Files\\W4`` (NVivo), ``1 W4``, ``D 1: W4`` and ``1:W4`` (ATLAS.ti), a path, or bare."""
    last = re.split(r"[\\/]+", name.strip())[-1]
    bare = _NUMBERED.sub("", last)
    return list(dict.fromkeys(_name(each) for each in (name, last, bare)))


def _name(name: str) -> str:
    return unicodedata.normalize("NFC", _SUFFIX.sub("", name)).strip().casefold()


def _digest(text: str) -> str:
    return digest(text.encode("utf-8", "replace"))


def _words(text: str) -> str:
    return _digest(" ".join(text.split()))
