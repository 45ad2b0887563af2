"""One source, or a folder of them, into transcripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from nptlens.core.errors import NptlensError
from nptlens.core.ids import digest
from nptlens.core.text import count_words
from nptlens.reading._on_all_cores import Job, read_in_order
from nptlens.reading.formats import READERS
from nptlens.reading.layouts._parsed import HEADER
from nptlens.reading.one_file import read_one
from nptlens.reading.other_kinds import advice
from nptlens.reading.transcript_ids import TranscriptIds, assign_ids, list_equal, list_safe, refuse_equal
from nptlens.safety.paths import Sources, list_sources, printable_path
from nptlens.schemas.records import Problem, Severity, Transcript
from nptlens.schemas.settings import ReadingSettings

_MUCH_HEADER = 0.25


@dataclass(frozen=True, slots=True)
class Reading:
    """The transcripts of a study, sorted by id, and what a person should know about its sources."""

    transcripts: tuple[Transcript, ...]
    problems: tuple[Problem, ...] = ()


def kinds() -> tuple[str, ...]:
    """Return the file suffixes that can be read."""
    return tuple(READERS)


def read_file(path: Path, *, transcript_id: str, source: str, max_megabytes: int) -> Transcript:
    """Return one source as a transcript; `source` is the path that messages and records show.

    Raises ReadingError where it cannot be read or holds no words, IntegrityError where a reader lost a part of it.
    """
    return read_one(path, transcript_id=transcript_id, source=source, max_megabytes=max_megabytes)[0]


def _untold(done: int, total: int) -> None:
    """Tell nobody of the progress."""


def iter_transcripts(
    root: Path,
    *,
    settings: ReadingSettings,
    progress: Callable[[int, int], None] = _untold,
    ids: TranscriptIds | None = None,
    loose: bool = False,
    threads: int = 0,
    only: str = "",
) -> Iterator[Transcript | Problem]:
    """Yield the transcripts under `root` (a folder or one file) one by one, and what a person should know as Problems.

    Only a few transcripts are held in memory: a large folder is read by `threads` processes (0: all cores), with the same result as by
    one. The order is that of the paths. What needs all transcripts, as
    finding the same text twice does, is left to `read`. `progress` is told the number of files
    done and their total. `ids` are those that the study gives; all else is called by its file's name. `only` names one file by its path
    among the transcripts: no other is opened, and it has the id that it has among them all. Raises UsageError where `root`
    does not exist, and for files whose names give one id, which `loose` lists as Problems; SettingsError for a row of `ids` without a file.
    """
    found = list_sources(root)
    paths = {_source(path, root): path for path in found.files if _kind(path, root) == "read"}
    kind = list(READERS)
    preferred = sorted(paths, key=lambda source: (kind.index(paths[source].suffix.lower()), source))
    assigned = assign_ids(preferred, ids or TranscriptIds())
    if not loose:
        refuse_equal(assigned, root)
    told = chain(_not_read(found, root), list_equal(assigned), list_safe(assigned))
    yield from (problem for problem in told if only in ("", problem.where))
    wanted = {source: path for source, path in paths.items() if only in ("", source)}
    jobs = [Job(path, assigned.ids[source], source, settings.max_megabytes) for source, path in wanted.items()]
    progress(0, len(jobs))
    for number, (job, each) in enumerate(zip(jobs, read_in_order(jobs, threads=threads), strict=True), 1):
        if isinstance(each, NptlensError):
            yield Problem(job.source, each.what, each.hint, Severity.ERROR)
        else:
            yield each[0]
            yield from each[1]
        if number < len(jobs):
            progress(number, len(jobs))
    progress(len(jobs), len(jobs))


def read(
    root: Path,
    *,
    settings: ReadingSettings,
    progress: Callable[[int, int], None] = _untold,
    ids: TranscriptIds | None = None,
    loose: bool = False,
    threads: int = 0,
    only: str = "",
) -> Reading:
    """Return all transcripts under `root` (a folder or one file); a source that cannot be read becomes a Problem.

    `progress` is told the number of files done and their total. `ids`, `loose`, `threads`, `only` and what is raised are as for
    `iter_transcripts`.
    """
    transcripts: list[Transcript] = []
    problems: list[Problem] = []
    for found in iter_transcripts(root, settings=settings, progress=progress, ids=ids, loose=loose, threads=threads, only=only):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            transcripts.append(found)
    transcripts.sort(key=lambda transcript: transcript.id)
    problems += _doubles(transcripts)
    problems += _headers(transcripts)
    return Reading(tuple(transcripts), tuple(sorted(problems)))


def _kind(path: Path, root: Path) -> str:
    """Return "read", or why a file is not: its name holds bytes that are no text, or nothing here knows its kind."""
    if printable_path(path.relative_to(root)) != str(path.relative_to(root)):
        return "no text"
    return "read" if path.suffix.lower() in READERS else "unsupported"


def _not_read(found: Sources, root: Path) -> Iterator[Problem]:
    for path in found.files:
        if _kind(path, root) == "no text":
            yield Problem(_source(path, root), "the name of the file is no text", "give it another name", Severity.ERROR)
        elif _kind(path, root) == "unsupported":
            yield Problem(_source(path, root), *advice(path.suffix, READERS))
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
