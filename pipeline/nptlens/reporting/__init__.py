"""What a study leaves behind: one printable HTML file, CSVs of machine codings and topics, a workbook."""

from __future__ import annotations

from pathlib import Path

from nptlens.reporting._csv import codings_csv, topics_csv
from nptlens.reporting._html import html
from nptlens.reporting._index import build_index
from nptlens.reporting._view import build_view
from nptlens.reporting._xlsx import workbook
from nptlens.reporting.inputs import Provenance, ReportInputs
from nptlens.store.files import write_bytes, write_text

__all__ = ["Provenance", "ReportInputs", "report"]


def report(inputs: ReportInputs, folder: Path) -> tuple[Path, ...]:
    """Write the formats that the settings name into `folder`, each file whole or not at all, and return their paths.

    The same inputs give the same bytes: no clock is read. Raises IntegrityError where a coding names a segment that is
    not there.
    """
    index = build_index(inputs)
    view = build_view(index)
    written: list[Path] = []
    if "html" in inputs.settings.formats:
        written.append(folder / "report.html")
        write_text(written[-1], html(view))
    if "csv" in inputs.settings.formats:
        written.append(folder / "codings.csv")
        write_text(written[-1], codings_csv(index))
        written.append(folder / "topics.csv")
        write_text(written[-1], topics_csv(view.topics))
    if "xlsx" in inputs.settings.formats:
        written.append(folder / "excerpts.xlsx")
        write_bytes(written[-1], workbook(index, view))
    return tuple(written)
