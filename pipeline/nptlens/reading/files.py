"""One source, or a folder of them, into transcripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nptlens.core.errors import NptlensError, ReadingError
from nptlens.core.ids import digest
from nptlens.core.text import count_words
from nptlens.reading._captions import read_srt, read_vtt
from nptlens.reading._csv import read_csv, read_tsv
from nptlens.reading._docx import read_docx
from nptlens.reading._html import read_html
from nptlens.reading._json import read_json
from nptlens.reading._lrc import read_lrc
from nptlens.reading._odt import read_odt
from nptlens.reading._ohms import read_ohms
from nptlens.reading._parsed import HEADER, Shaped
from nptlens.reading._pdf import read_pdf
from nptlens.reading._plain import read_plain
from nptlens.reading._rtf import read_rtf
from nptlens.reading._xlsx import read_xlsx
from nptlens.reading.transcript_ids import TranscriptIds, assign_ids, list_equal, list_safe, refuse_equal
from nptlens.safety.paths import Sources, list_sources, printable_path, read_bytes
from nptlens.schemas.records import Problem, Severity, Transcript
from nptlens.schemas.settings import ReadingSettings

_MUCH_HEADER = 0.25


class _Reader(Protocol):
    def __call__(self, data: bytes, *, where: str) -> Shaped: ...


_READERS: dict[str, _Reader] = {
    ".txt": read_plain,
    ".md": read_plain,
    ".docx": read_docx,
    ".odt": read_odt,
    ".rtf": read_rtf,
    ".pdf": read_pdf,
    ".vtt": read_vtt,
    ".srt": read_srt,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".xlsx": read_xlsx,
    ".json": read_json,
    ".lrc": read_lrc,
    ".html": read_html,
    ".htm": read_html,
    ".xml": read_ohms,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The transcripts of a study, sorted by id, and what a person should know about its sources."""

    transcripts: tuple[Transcript, ...]
    problems: tuple[Problem, ...] = ()


def kinds() -> tuple[str, ...]:
    """Return the file suffixes that can be read."""
    return tuple(_READERS)


def read_file(path: Path, *, transcript_id: str, source: str, max_megabytes: int) -> Transcript:
    """Return one source as a transcript; `source` is the path that messages and records show.

    Raises ReadingError where it cannot be read or holds no words, IntegrityError where a reader lost a part of it.
    """
    return _read(path, transcript_id=transcript_id, source=source, max_megabytes=max_megabytes)[0]


def _untold(done: int, total: int) -> None:
    """Tell nobody of the progress."""


def iter_transcripts(
    root: Path,
    *,
    settings: ReadingSettings,
    progress: Callable[[int, int], None] = _untold,
    ids: TranscriptIds | None = None,
    loose: bool = False,
) -> Iterator[Transcript | Problem]:
    """Yield the transcripts under `root` (a folder or one file) one by one, and what a person should know as Problems.

    Only the transcript last yielded is held in memory. The order is that of the paths. What needs all transcripts, as
    finding the same text twice does, is left to `read`. `progress` is told the number of files
    done and their total. `ids` are those that the study gives; all else is called by its file's name. Raises UsageError where `root`
    does not exist, and for files whose names give one id, which `loose` lists as Problems; SettingsError for a row of `ids` without a file.
    """
    found = list_sources(root)
    paths = {_source(path, root): path for path in found.files if _kind(path, root) == "read"}
    kind = list(_READERS)
    preferred = sorted(paths, key=lambda source: (kind.index(paths[source].suffix.lower()), source))
    assigned = assign_ids(preferred, ids or TranscriptIds())
    if not loose:
        refuse_equal(assigned, root)
    yield from _not_read(found, root)
    yield from list_equal(assigned)
    yield from list_safe(assigned)
    for number, (source, path) in enumerate(paths.items()):
        progress(number, len(paths))
        try:
            transcript, told = _read(
                path, transcript_id=assigned.ids[source], source=source, max_megabytes=settings.max_megabytes
            )
        except NptlensError as error:
            yield Problem(source, error.what, error.hint, Severity.ERROR)
            continue
        yield transcript
        yield from told
    progress(len(paths), len(paths))


def read(
    root: Path,
    *,
    settings: ReadingSettings,
    progress: Callable[[int, int], None] = _untold,
    ids: TranscriptIds | None = None,
    loose: bool = False,
) -> Reading:
    """Return all transcripts under `root` (a folder or one file); a source that cannot be read becomes a Problem.

    `progress` is told the number of files done and their total. `ids`, `loose` and what is raised are as for `iter_transcripts`.
    """
    transcripts: list[Transcript] = []
    problems: list[Problem] = []
    for found in iter_transcripts(root, settings=settings, progress=progress, ids=ids, loose=loose):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            transcripts.append(found)
    transcripts.sort(key=lambda transcript: transcript.id)
    problems += _doubles(transcripts)
    problems += _headers(transcripts)
    return Reading(tuple(transcripts), tuple(sorted(problems)))


def _read(path: Path, *, transcript_id: str, source: str, max_megabytes: int) -> tuple[Transcript, tuple[Problem, ...]]:
    suffix = path.suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        raise ReadingError("unsupported kind of file", where=source, hint=f"known kinds: {', '.join(_READERS)}")
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


def _kind(path: Path, root: Path) -> str:
    """Return "read", or why a file is not: its name holds bytes that are no text, or nothing here knows its kind."""
    if printable_path(path.relative_to(root)) != str(path.relative_to(root)):
        return "no text"
    return "read" if path.suffix.lower() in _READERS else "unsupported"


def _not_read(found: Sources, root: Path) -> Iterator[Problem]:
    for path in found.files:
        if _kind(path, root) == "no text":
            yield Problem(_source(path, root), "the name of the file is no text", "give it another name", Severity.ERROR)
        elif _kind(path, root) == "unsupported":
            yield Problem(_source(path, root), "unsupported kind of file", f"known kinds: {', '.join(_READERS)}")
    for each in found.refused:
        yield Problem(_source(each.path, root), each.what, each.hint, Severity.NOTE if each.harmless else Severity.ERROR)


def _source(path: Path, root: Path) -> str:
    return printable_path(path.name if root.is_file() else path.relative_to(root).as_posix())


def _doubles(transcripts: Sequence[Transcript]) -> Iterator[Problem]:
    first: dict[str, Transcript] = {}
    for transcript in transcripts:
        other = first.setdefault(digest(transcript.text), transcript)
        if other is not transcript:
            yield Problem(
                transcript.source, f"the same text as {other.source}", "remove one of them, or both are counted"
            )


def _headers(transcripts: Sequence[Transcript]) -> Iterator[Problem]:
    for transcript in transcripts:
        header = sum(count_words(transcript.quote(f.span)) for f in transcript.furniture if f.kind == HEADER)
        if header > _MUCH_HEADER * (header + transcript.words()):
            yield Problem(
                transcript.source, f"{header} words stand outside of any turn and are not coded", "look at its layout"
            )
