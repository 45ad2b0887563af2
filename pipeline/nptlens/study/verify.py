"""Is every quotation of a finished report the exact slice of its source?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import IntegrityError, UsageError
from nptlens.core.hints import command
from nptlens.core.ids import digest
from nptlens.core.quotations import Fault, Quotation, faults
from nptlens.exchange.quotations import qdpx_quotations
from nptlens.reporting.verify import READERS, quotations
from nptlens.safety.paths import plain_file
from nptlens.store.files import read_records
from nptlens.store.outputs import kept_outputs, located
from nptlens.study.folder import is_study, open_study
from nptlens.study.results.unfinished import INCOMPLETE, incomplete
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run

_PROJECT = ".qdpx"
_UNCHECKED = (".md",)
SUFFIXES = (*READERS, _PROJECT)
"""The kinds of files that can be verified."""


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many quotations of a kind a file holds, and how many of them do not hold."""

    kind: str
    checked: int
    faulty: int


@dataclass(frozen=True, slots=True)
class VerifiedFile:
    """One file of a report: what was checked in it, and what is wrong."""

    path: Path
    counts: tuple[KindCount, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """All files that were verified against one study; `unchecked` are files of a folder in which no quotation names a place."""

    study: Path
    sources: int
    files: tuple[VerifiedFile, ...]
    unchecked: tuple[str, ...] = ()

    def holds(self) -> bool:
        """Tell whether every quotation is exact."""
        return not any(each.faults for each in self.files)


def verify(report: Path, study: Path | None = None) -> Verified:
    """Check each quotation of `report`, a file or a folder of them, against the transcripts of its study.

    Without `study` it is the nearest folder above the report that has a study.toml. The sources come first: raises IntegrityError naming
    those that are not what the last run read. Raises UsageError where there is no study or the report holds no quotation, and as
    `last_run`.
    """
    if not report.is_dir() and plain_file(report) is None:
        raise UsageError(f"no such file or folder: {report}", hint="check the path")
    opened = open_study(study or _study_of(report))
    _refuse_incomplete(report, opened.root)
    with last_run(opened, whole=("segment",)) as artefacts:
        sources = _same_sources(artefacts)
        texts = {transcript.id: transcript.text for transcript in artefacts.reading.transcripts}
        segments = frozenset(artefacts.segments["segment_id"])
    limited = opened.settings.report.most_quoted_words > 0
    files, unchecked = [], []
    kept = {located(opened.store, name) for name in kept_outputs(opened.store)}  # renamed, since a person changed them: of earlier runs
    for path in _files(report):
        if path != report and path.resolve() in kept:
            unchecked.append(path.name)
            continue
        found = _quotations(path, texts) if path.suffix.lower() not in _UNCHECKED or path == report else ()
        if not found:
            unchecked.append(path.name)
        else:
            files.append(_checked(path, found, tuple(faults(found, texts, segments, limited=limited))))
    if not files:
        raise UsageError("it holds no quotation that could be checked", where=str(report), hint=f"name a report: {', '.join(SUFFIXES)}")
    return Verified(opened.root, sources, tuple(files), tuple(unchecked))


def _study_of(report: Path) -> Path:
    for folder in report.resolve().parents if report.is_file() else (report.resolve(), *report.resolve().parents):
        if is_study(folder):
            return folder
    raise UsageError("no study above the report", where=str(report), hint="name the study: --study DIR")


def _refuse_incomplete(report: Path, root: Path) -> None:
    folder = report if report.is_dir() else report.parent
    marker = incomplete(folder)
    if marker:
        verb = "run" if marker == INCOMPLETE else "validate"
        what = "writing these files was interrupted: they are of two runs"
        raise IntegrityError(what, where=str(folder / marker), hint=f"run: {command(verb, root)}")


def _same_sources(artefacts: Artefacts) -> int:
    """Return how many sources the last run read; raises IntegrityError where one is gone or no longer gives the same text."""
    known = read_records(artefacts.path("transcripts.json"), tuple[tuple[str, str, str, str, str, str], ...])
    now = {each.source: (each.source_sha256, each.id, digest(each.text)) for each in artefacts.reading.transcripts}
    changed = sorted(source for name, source, sha256, text, *_ in known if now.get(source) != (sha256, name, text))
    if changed:
        more = f" (with {len(changed) - 1} more)" if len(changed) > 1 else ""
        told = "can no longer be read" if changed[0] not in now else "changed, or is read in another way"
        hint = f"put it back, or run: {command('run', artefacts.study.root)}"
        raise IntegrityError(f"a source{more} {told} since the last run", where=changed[0], hint=hint)
    return len(known)


def _files(report: Path) -> list[Path]:
    if report.is_file():
        return [report]
    return sorted(path for path in report.iterdir() if path.is_file() and path.suffix.lower() in (*SUFFIXES, *_UNCHECKED))


def _quotations(path: Path, texts: dict[str, str]) -> tuple[Quotation, ...]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be opened: {error.strerror}", where=str(path)) from None
    if path.suffix.lower() == _PROJECT:
        return qdpx_quotations(data, texts, where=path.name)
    return quotations(data, texts, where=path.name)


def _checked(path: Path, found: tuple[Quotation, ...], wrong: tuple[Fault, ...]) -> VerifiedFile:
    faulty = Counter(each.kind for each in wrong)
    counts = tuple(KindCount(kind, number, faulty[kind]) for kind, number in Counter(each.kind for each in found).items())
    return VerifiedFile(path, counts, wrong)
