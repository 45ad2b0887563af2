"""What a study leaves behind: one printable HTML file, Word files, Markdown, a workbook, CSVs, JSON lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

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

REPORT_FILES = (
    "report.html", ANSWERED, "annotated.docx", "report.md", "codings.csv", "topics.csv", VALUED, "excerpts.jsonl", FRAMEWORK
)  # fmt: skip
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
    return tuple(_file(name, make, _cells(index, name), limit) for name, make in _files(index, build_view(index)))


def quota_of(inputs: ReportInputs) -> Quota:
    """Return the limit on quotation as the report has used it up, for other files about the same study."""
    index = build_index(inputs)
    return Quota(index, build_view(index))


def _file(name: str, make: Callable[[], str | bytes], cells: Callable[[bytes], Cells], limit: Cells) -> OutputFile:
    def made() -> bytes:
        content = make()
        return content if isinstance(content, bytes) else content.encode("utf-8")

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


def _complete(view: ReportView, formats: Collection[str]) -> tuple[str, ...]:
    """Return the files that list every excerpt; where there are too many, the workbook does not."""
    whole = view.figures.assigned + view.figures.abstained <= ROWS
    files = (("csv", "codings.csv"), ("jsonl", "excerpts.jsonl"), ("xlsx", "excerpts.xlsx"))
    return tuple(name for kind, name in files if kind in formats and (whole or kind != "xlsx"))


def _files(index: Index, view: ReportView) -> Iterator[tuple[str, Callable[[], str | bytes]]]:
    """Yield each file's name and what makes it."""
    formats = index.inputs.settings.formats
    if "html" in formats:
        yield "report.html", lambda: html(document(view), pack(index, view.codes), _complete(view, formats))
    if "docx" in formats:
        yield "report.docx", lambda: docx(document(view), index.inputs.template)
        if not index.inputs.settings.most_quoted_words:  # it quotes everybody in full
            yield "annotated.docx", lambda: annotated(index, view.title, view.notice)
    if "md" in formats:
        yield "report.md", lambda: markdown(document(view))
    if "csv" in formats:
        yield "codings.csv", lambda: codings_csv(index)
        yield "topics.csv", lambda: topics_csv(view.topics)
        register = index.inputs.fieldwork.register
        if register is not None:
            yield "projects_coded.csv", lambda: projects_csv(register)
    if "jsonl" in formats:
        yield "excerpts.jsonl", lambda: excerpts_jsonl(index)
    if "xlsx" in formats:
        yield "excerpts.xlsx", lambda: workbook(index, view)
