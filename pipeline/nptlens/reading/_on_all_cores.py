"""Many files into transcripts by several processes, in the order of the files, each as one process alone would read it.

Only a few transcripts wait at a time. A file that a child cannot answer for is read in this process instead, so that what is told of it is
the same too.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nptlens.core.errors import NptlensError, ReadingError
from nptlens.core.text import Span
from nptlens.reading.one_file import Found, read_one
from nptlens.safety.children import DiedError, TookTooLongError, child, end_all
from nptlens.schemas.records import Furniture, Problem, Severity, Transcript, Utterance

_WORTH_BYTES = 30_000_000  # of plain text: a smaller folder is read before children have started
_SLOW, _TIMES = {".pdf", ".rtf", ".docx", ".odt", ".xlsx", ".html", ".htm"}, 8  # a byte of these takes longer
_AHEAD = 2  # transcripts that may wait, for each process
_AN_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be read: its path, the id of its transcript and the name that messages show."""

    path: Path
    transcript_id: str
    source: str
    max_megabytes: int


def read_in_order(jobs: Sequence[Job], *, threads: int) -> Iterator[Found | NptlensError]:
    """Yield what is found in each file, or why it cannot be read; `threads` is the number of processes, 0 for all cores."""
    processes = min(threads or os.cpu_count() or 1, len(jobs))
    if processes < 2 or sum(map(_work, jobs)) < _WORTH_BYTES:
        yield from map(_here, jobs)
        return
    pool = ThreadPoolExecutor(processes)
    waiting: deque[Future[Found | NptlensError]] = deque()
    try:
        for job in jobs:
            waiting.append(pool.submit(_there, job))
            if len(waiting) >= processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
        pool.shutdown()
        end_all()


def answer(call: bytes) -> str:
    """Return what is found in one file as JSON; runs in the child."""
    path, transcript_id, source, max_megabytes = json.loads(call)
    found = _here(Job(Path(path), transcript_id, source, max_megabytes))
    if isinstance(found, NptlensError):
        if not isinstance(found, ReadingError):
            raise found
        return json.dumps({"refused": [found.what, found.hint, found.where]})
    transcript, problems = found
    return json.dumps(
        {
            "sha256": transcript.source_sha256,
            "format": transcript.format,
            "layout": transcript.layout,
            "text": transcript.text,
            "utterances": [[u.span.start, u.span.end, u.speaker, u.start_s, u.end_s] for u in transcript.utterances],
            "furniture": [[piece.span.start, piece.span.end, piece.kind] for piece in transcript.furniture],
            "problems": [[problem.where, problem.what, problem.hint, problem.severity] for problem in problems],
        }
    )


def _work(job: Job) -> int:
    try:
        size = job.path.stat().st_size
    except OSError:
        return 0
    return size * _TIMES if job.path.suffix.lower() in _SLOW else size


def _here(job: Job) -> Found | NptlensError:
    try:
        return read_one(job.path, transcript_id=job.transcript_id, source=job.source, max_megabytes=job.max_megabytes)
    except NptlensError as error:
        return error


def _there(job: Job) -> Found | NptlensError:
    """Let a child read a file; where it fails in any way of its own, read it here."""
    call = json.dumps([os.fspath(job.path.absolute()), job.transcript_id, job.source, job.max_megabytes]).encode()
    try:
        with child(0) as one:
            told = one.call(f"{__name__}:answer", call, cpu_s=_AN_HOUR_S, wall_s=_AN_HOUR_S)
    except (DiedError, TookTooLongError, OSError):
        return _here(job)
    return _found(job, json.loads(told["text"])) if "text" in told else _here(job)


def _found(job: Job, told: dict[str, Any]) -> Found | NptlensError:
    if "refused" in told:
        what, hint, where = told["refused"]
        return ReadingError(what, where=where, hint=hint)
    transcript = Transcript(
        id=job.transcript_id,
        source=job.source,
        source_sha256=told["sha256"],
        format=told["format"],
        layout=told["layout"],
        text=told["text"],
        utterances=tuple(Utterance(Span(start, end), *rest) for start, end, *rest in told["utterances"]),
        furniture=tuple(Furniture(Span(start, end), kind) for start, end, kind in told["furniture"]),
    )
    return transcript, tuple(Problem(where, what, hint, Severity(severity)) for where, what, hint, severity in told["problems"])
