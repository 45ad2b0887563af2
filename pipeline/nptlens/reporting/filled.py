"""What people may fill in or correct in a report, and how it is read back: summaries, answers to checklists, values of projects.

A cell has a name made of what its row says (`cell`), wherever the row stands: a workbook may be sorted, filtered or saved by another
program. What is compared are words without the white space around them, in canonical form.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reporting._checklist_files import checklists
from nptlens.reporting._checklists import OPEN, TOLD
from nptlens.reporting._wordxml import qn, text_of
from nptlens.reporting.charts.tables import SUMMARY
from nptlens.reporting.verify._xlsx import UNKNOWN, sheet_rows
from nptlens.safety.archives import open_archive
from nptlens.safety.workbooks import LONGEST
from nptlens.safety.xml import parse_xml

if TYPE_CHECKING:
    from lxml import etree

FRAMEWORK, ANSWERED, VALUED = "excerpts.xlsx", "report.docx", "projects_coded.csv"
"""The files of a report that people fill in or correct."""
_CASE = ("case", "code", SUMMARY)
_HEADER_ROWS = 20
_GONE = ("del", "moveFrom")


@dataclass(frozen=True, slots=True)
class Filled:
    """The cells of a file by name, and the names of those that cannot be told: a formula without a result, a row that comes twice."""

    cells: Mapping[str, str]
    unclear: tuple[str, ...] = ()


def cell(*parts: str) -> str:
    """Return a cell's name."""
    return "\t".join(parts)


def open_answer(text: str) -> bool:
    """Tell whether an item of a checklist has no answer."""
    return text.strip(" .[]").casefold() in ("", OPEN)


def tidy(text: str) -> str:
    """Return words as they are compared."""
    return canonical(text).strip()


def framework_base(summaries: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Return the cells of summaries as a workbook holds them."""
    return {cell(*key): tidy(text[:LONGEST]) for key, text in summaries.items()}


def framework_cells(data: bytes, *, where: str) -> Filled:
    """Return the summaries of a workbook by case and code, empty ones among them.

    Raises ReadingError where it is no acceptable workbook or has no sheet with the columns case, code and summary (yours).
    """
    for _, rows in sheet_rows(data, where=where):
        for number, row in enumerate(rows[:_HEADER_ROWS]):
            header = [tidy(each).casefold() for each in row]
            if all(name in header for name in _CASE):
                return _framework(rows[number + 1 :], [header.index(name) for name in _CASE])
    what = f"it has no sheet with the columns {', '.join(_CASE)}"
    raise ReadingError(what, where=where, hint="keep the first row of the sheet Framework")


def _framework(rows: Sequence[Sequence[str]], places: Sequence[int]) -> Filled:
    found: dict[str, str] = {}
    unclear: set[str] = set()
    for row in rows:
        case, code, text = (tidy(row[place]) if place < len(row) else "" for place in places)
        if not case or not code:
            continue
        name = cell(case, code)
        if UNKNOWN in text or found.get(name, text) != text:
            unclear.add(name)
        found.setdefault(name, text)
    return Filled({name: text for name, text in found.items() if name not in unclear}, tuple(sorted(unclear)))


def checklist_cells(data: bytes, *, where: str) -> Filled:
    """Return the answers of the checklists in a Word file by checklist and number, without what nptlens adds to a person's answer.

    Raises ReadingError where it is no acceptable Word file. A checklist that is not in it has no cells.
    """
    with open_archive(data, where=where) as archive:
        try:
            root = parse_xml(archive.read("word/document.xml"), where=where)
        except (KeyError, RuntimeError, zipfile.BadZipFile, NotImplementedError, zlib.error) as error:
            raise ReadingError(f"a damaged Word file ({type(error).__name__})", where=where) from None
    found: dict[str, str] = {}
    for table in root.iter(qn("tbl")):
        rows = [[tidy(_words(each)) for each in row.iter(qn("tc"))] for row in table.iter(qn("tr"))]
        for checklist in checklists():
            topics = {(item.number, item.topic) for item in checklist.items}
            if sum(tuple(row[:2]) in topics for row in rows) * 2 > len(topics):
                found |= {cell(checklist.name, row[0]): row[3] for row in rows if len(row) >= 4 and tuple(row[:2]) in topics}
    return Filled(found)


def _words(element: etree._Element) -> str:
    """Return the words of a table's cell, a line for each paragraph; what was taken out under tracked changes is not among them."""
    lines = [line for paragraph in element.iter(qn("p")) for line in _text(paragraph).split("\n")]
    return "\n".join(line for line in lines if not line.startswith(TOLD))


def _text(paragraph: etree._Element) -> str:
    return "".join(text_of(run) for run in _runs(paragraph))


def _runs(paragraph: etree._Element) -> Iterator[etree._Element]:
    for run in paragraph.iter(qn("r")):
        if not any(parent.tag in {qn(name) for name in _GONE} for parent in run.iterancestors()):
            yield run
