"""What a study leaves behind: one printable HTML file, Word files, Markdown, a workbook, CSVs, JSON lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from nptlens.reporting._annotated import annotated
from nptlens.reporting._csv import codings_csv, topics_csv
from nptlens.reporting._docx import docx
from nptlens.reporting._html import html
from nptlens.reporting._index import Index, build_index
from nptlens.reporting._jsonl import jsonl
from nptlens.reporting._markdown import markdown
from nptlens.reporting._packed import pack
from nptlens.reporting._quota import withheld
from nptlens.reporting._view import ReportView, build_view
from nptlens.reporting._xlsx import workbook
from nptlens.reporting.around.tables import projects_csv
from nptlens.reporting.charts import drawer
from nptlens.reporting.inputs import Provenance, ReportInputs, Sampling
from nptlens.store.files import write_bytes

__all__ = ["Provenance", "ReportInputs", "Sampling", "drawer", "report"]


def report(
    inputs: ReportInputs, folder: Path, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Path, ...]:
    """Write the formats that the settings name into `folder`, each file whole or not at all, and return their paths.

    The same inputs give the same bytes: no clock is read. `progress` is told the number of files done and their total. Raises
    IntegrityError where a coding names a segment that is not there, UsageError where the settings name a code or a column that the
    study lacks, SettingsError for a template that cannot be used.
    """
    index = build_index(inputs)
    index = replace(index, withheld=withheld(index, build_view(index))) if inputs.settings.most_quoted_words else index
    view = build_view(index)
    written: list[Path] = []
    files = tuple(_files(index, view))
    for number, (name, make) in enumerate(files):
        progress(number, len(files))
        content = make()
        written.append(folder / name)
        write_bytes(written[-1], content if isinstance(content, bytes) else content.encode("utf-8"))
    progress(len(files), len(files))
    return tuple(written)


def _files(index: Index, view: ReportView) -> Iterator[tuple[str, Callable[[], str | bytes]]]:
    """Yield each file's name and what makes it."""
    formats = index.inputs.settings.formats
    if "html" in formats:
        yield "report.html", lambda: html(view, pack(index, view.codes), formats)
    if "docx" in formats:
        yield "report.docx", lambda: docx(view, index.inputs.template)
        if not index.inputs.settings.most_quoted_words:  # it quotes everybody in full
            yield "annotated.docx", lambda: annotated(index, view.title, view.notice)
    if "md" in formats:
        yield "report.md", lambda: markdown(view)
    if "csv" in formats:
        yield "codings.csv", lambda: codings_csv(index)
        yield "topics.csv", lambda: topics_csv(view.topics)
        register = index.inputs.fieldwork.register
        if register is not None:
            yield "projects_coded.csv", lambda: projects_csv(register)
    if "jsonl" in formats:
        yield "excerpts.jsonl", lambda: jsonl(index)
    if "xlsx" in formats:
        yield "excerpts.xlsx", lambda: workbook(index, view)
