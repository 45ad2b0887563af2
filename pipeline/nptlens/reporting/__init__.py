"""What a study leaves behind: one printable HTML file, Word files, Markdown, a workbook, CSVs, JSON lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nptlens.core.delimited import as_opened
from nptlens.core.errors import ReadingError
from nptlens.reporting._annotated import annotated
from nptlens.reporting._codings import codings_csv, excerpts_jsonl, topics_csv
from nptlens.reporting._docx import docx
from nptlens.reporting._html import html
from nptlens.reporting._index import Index, build_index
from nptlens.reporting._markdown import markdown
from nptlens.reporting._packed import pack
from nptlens.reporting._quotation_limit import LIMIT, Quota, withheld
from nptlens.reporting._truncation import ROWS
from nptlens.reporting._view import ReportView, build_view
from nptlens.reporting._xlsx import workbook
from nptlens.reporting.charts import drawer
from nptlens.reporting.fieldwork.tables import project_cells, projects_csv
from nptlens.reporting.filled import ANSWERED, FRAMEWORK, VALUED, checklist_cells, framework_base
from nptlens.reporting.inputs import Provenance, ReportInputs, Sampling
from nptlens.reporting.sections import document
from nptlens.store.files import write_bytes
from nptlens.store.outputs import Cells, OutputFile

__all__ = ["LIMIT", "REPORT_FILES", "Provenance", "Quota", "ReportInputs", "Sampling", "drawer", "quota_of", "report", "report_files"]


@dataclass(frozen=True, slots=True)
class _Made:
    """A file of a report: the format that it belongs to, its name, what makes it, and whether a study has it."""

    format: str
    name: str
    make: Callable[[Index, ReportView], str | bytes]
    has: Callable[[Index], bool] = lambda index: True


_FILES = (
    _Made("html", "report.html", lambda index, view: html(document(view), pack(index, view.codes), _complete(index, view))),
    _Made("docx", ANSWERED, lambda index, view: docx(document(view), index.inputs.template)),
    _Made(
        "docx",
        "annotated.docx",
        lambda index, view: annotated(index, view.title, view.notice),
        lambda index: not index.inputs.settings.most_quoted_words,  # it quotes everybody in full
    ),
    _Made("md", "report.md", lambda index, view: markdown(document(view))),
    _Made("csv", "codings.csv", lambda index, view: codings_csv(index)),
    _Made("csv", "topics.csv", lambda index, view: topics_csv(view.topics)),
    _Made("csv", VALUED, lambda index, view: _projects(index), lambda index: index.inputs.fieldwork.register is not None),
    _Made("jsonl", "excerpts.jsonl", lambda index, view: excerpts_jsonl(index)),
    _Made("xlsx", FRAMEWORK, workbook),
)
REPORT_FILES = tuple(each.name for each in _FILES)
"""The names that files of a report may have."""


def report(inputs: ReportInputs, folder: Path) -> tuple[Path, ...]:
    """Write the files of a report into `folder`, whatever is there, and return their paths; raises as `report_files`."""
    written = []
    for file in report_files(inputs):
        written.append(folder / file.name)
        write_bytes(written[-1], file.make())
    return tuple(written)


def report_files(inputs: ReportInputs) -> tuple[OutputFile, ...]:
    """Return the files of a report in the formats that the settings name; they are made when they are asked for.

    The same inputs give the same bytes: no clock is read. Raises IntegrityError where a coding names a segment that is not there,
    UsageError where the settings name a code or a column that the study lacks, SettingsError for a template that cannot be used.
    """
    index = build_index(inputs)
    index = replace(index, withheld=withheld(index, build_view(index))) if inputs.settings.most_quoted_words else index
    limit = {LIMIT: str(inputs.settings.most_quoted_words)}
    view, formats = build_view(index), inputs.settings.formats
    files = (each for each in _FILES if each.format in formats and each.has(index))
    return tuple(_file(each.name, partial(each.make, index, view), _cells(index, each.name), limit) for each in files)


def quota_of(inputs: ReportInputs) -> Quota:
    """Return the limit on quotation as the report has used it up, for other files about the same study."""
    index = build_index(inputs)
    return Quota(index, build_view(index))


def _file(name: str, make: Callable[[], str | bytes], cells: Callable[[bytes], Cells], limit: Cells) -> OutputFile:
    def made() -> bytes:
        content = make()
        if isinstance(content, bytes):
            return content
        return as_opened(content) if name.endswith(".csv") else content.encode("utf-8")

    return OutputFile(name, made, lambda data: {**cells(data), **limit})


def _cells(index: Index, name: str) -> Callable[[bytes], Cells]:
    """Return what tells the cells of a file that a person may fill in."""
    register = index.inputs.fieldwork.register
    if name == FRAMEWORK:
        return lambda data: framework_base(index.inputs.summaries)
    if name == ANSWERED:
        return _answers
    if name == VALUED and register is not None:
        return lambda data: project_cells(register)
    return lambda data: {}


def _answers(data: bytes) -> Cells:
    try:
        return checklist_cells(data, where=ANSWERED).cells
    except ReadingError:  # too large to be read back: nothing will be taken from it
        return {}


def _projects(index: Index) -> str:
    register = index.inputs.fieldwork.register
    return projects_csv(register) if register is not None else ""


def _complete(index: Index, view: ReportView) -> tuple[str, ...]:
    """Return the files that list every excerpt; where there are too many, the workbook does not."""
    whole = view.figures.assigned + view.figures.abstained <= ROWS
    files = (("csv", "codings.csv"), ("jsonl", "excerpts.jsonl"), ("xlsx", FRAMEWORK))
    return tuple(name for kind, name in files if kind in index.inputs.settings.formats and (whole or kind != "xlsx"))
