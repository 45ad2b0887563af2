"""How the files of results/ come to be: as one set, never over a person's words, and within the limit on quotation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from nptlens.core.errors import UsageError
from nptlens.core.hints import command
from nptlens.reporting import LIMIT, REPORT_FILES
from nptlens.reporting.validation import VALIDATION_FILES
from nptlens.schemas.records import Problem
from nptlens.store.outputs import OutputFile, Outputs, Written
from nptlens.study.folder import Study
from nptlens.study.results.unfinished import INCOMPLETE, VALIDATION_INCOMPLETE

SELECTED = "selected"


def put_report(
    study: Study, files: Sequence[OutputFile], folder: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> Written:
    """Put a report into `folder`; what was written elsewhere under a laxer limit on quotation is taken away."""
    again = command("run", study.root) if folder == study.results else f"{command('report', study.root)}, with the options it had"
    written = _put(study, files, folder, REPORT_FILES, INCOMPLETE, again, progress)
    return Written(written.paths, (*written.problems, *_within_limit(study)))


def refuse_folder(study: Study, folder: Path) -> None:
    """Raise UsageError where a report in `folder` would lie among what the study is made from, and be taken for it."""
    wanted, transcripts = folder.resolve(), study.transcript_root().resolve()
    among = transcripts != study.root and wanted.is_relative_to(transcripts)
    if among or wanted == study.root or wanted.is_relative_to(study.store):
        raise UsageError("a report must not lie among what the study is made from", where=str(folder), hint="name another folder")


def put_validation(study: Study, files: Sequence[OutputFile], folder: Path) -> Written:
    """Put a validation into `folder`."""
    return _put(study, files, folder, VALIDATION_FILES, VALIDATION_INCOMPLETE, command("validate", study.root), lambda done, total: None)


def _put(
    study: Study,
    files: Sequence[OutputFile],
    folder: Path,
    names: Sequence[str],
    marker: str,
    again: str,
    progress: Callable[[int, int], None],
) -> Written:
    own = folder.resolve().is_relative_to(study.results.resolve())
    return Outputs(study.store).write_set(folder, files, names=names, marker=marker, again=again, own=own, progress=progress)


def _within_limit(study: Study) -> tuple[Problem, ...]:
    most = study.settings.report.most_quoted_words
    if not most:
        return ()
    return Outputs(study.store).withdraw(LIMIT, str(most), "it was written under another limit on quotation", "write it again")
