"""Codings as wide tables of 0 and 1, a column a code: a row for each transcript and coder, or for each excerpt and coder.

A 1 says that this coder gave this code there, whatever the stance; codes below it do not count for it. A coder has a row for each
transcript that they coded or read (``none``), the machine for every transcript: a row of zeros was read, an absent row was not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from nptlens.core.delimited import as_opened, delimited
from nptlens.core.errors import UsageError
from nptlens.exchange.outgoing import OutgoingCoding, OutgoingProject
from nptlens.safety.cells import guarded
from nptlens.safety.workbooks import add_sheet, new_workbook
from nptlens.schemas.records import NONE_CODE

_Cell = str | int
_Row = tuple[_Cell, ...]
_CASES = ("transcript", "coder")
_EXCERPTS = ("transcript", "start", "end", "coder", "text")
_READ_ELSEWHERE = ("excerpt", "segment_id")  # `nptlens verify` looks for words and places in columns of these names
_CODEBOOK = ("id", "name", "definition", "parent")
_MOST_ROWS, _MOST_COLUMNS = 1_048_575, 16_384  # of a sheet, below the header
MARK = "code: "
"""What stands before a code's id as a heading where the id alone would be the heading of another column."""


def write_cases_csv(project: OutgoingProject) -> bytes:
    """Return a row for each transcript and coder as CSV."""
    return _csv(_heading(project, _CASES), _cases(project))


def write_excerpts_csv(project: OutgoingProject) -> bytes:
    """Return a row for each excerpt and coder as CSV."""
    return _csv(_heading(project, _EXCERPTS), _excerpts(project))


def write_wide_xlsx(project: OutgoingProject) -> bytes:
    """Return both tables and the codebook as a workbook; raises UsageError where a sheet cannot hold them."""
    excerpts, cases = list(_excerpts(project)), list(_cases(project))
    if max(len(excerpts), len(cases)) > _MOST_ROWS or len(project.codebook.codes) + len(_EXCERPTS) > _MOST_COLUMNS:
        raise UsageError("a sheet cannot hold that many rows or codes", hint="export --to wide-excerpts")
    codes: list[_Row] = [(code.id, code.name, code.definition, code.parent or "") for code in project.codebook]
    sheets: tuple[tuple[str, Sequence[str], Sequence[_Row]], ...] = (
        ("excerpts", _heading(project, _EXCERPTS), excerpts),
        ("transcripts", _heading(project, _CASES), cases),
        ("codebook", _CODEBOOK, codes),
    )
    book, buffer = new_workbook(project.name)
    for name, heading, rows in sheets:
        add_sheet(book, name, [heading, *rows])
    book.close()
    return buffer.getvalue()


def _heading(project: OutgoingProject, columns: Sequence[str]) -> tuple[str, ...]:
    own = {*_CASES, *_EXCERPTS, *_READ_ELSEWHERE}
    return (*columns, *(f"{MARK}{code}" if code.casefold() in own else code for code in project.codebook.ids()))


def _cases(project: OutgoingProject) -> Iterator[_Row]:
    machines = {coding.user() for coding in project.codings if coding.claim is not None}
    held: dict[tuple[str, str], set[str]] = {(source.id, user): set() for source in project.sources for user in machines}
    for coding in project.codings:
        held.setdefault((coding.transcript, coding.user()), set()).add(coding.code)
    for (transcript, coder), codes in sorted(held.items()):
        yield (transcript, coder, *_marks(project, codes))


def _excerpts(project: OutgoingProject) -> Iterator[_Row]:
    texts: Mapping[str, str] = {source.id: source.text for source in project.sources}
    held: dict[tuple[str, int, int, str], list[OutgoingCoding]] = defaultdict(list)
    for coding in project.codings:
        if coding.code != NONE_CODE:
            held[coding.transcript, coding.span.start, coding.span.end, coding.user()].append(coding)
    for (transcript, start, end, coder), codings in sorted(held.items()):
        withheld = any(coding.withheld for coding in codings)
        words = "" if withheld else codings[0].span.of(texts[transcript])
        yield (transcript, start, end, coder, words, *_marks(project, {coding.code for coding in codings}))


def _marks(project: OutgoingProject, codes: set[str]) -> tuple[int, ...]:
    return tuple(int(code in codes) for code in project.codebook.ids())


def _csv(heading: Sequence[str], rows: Iterator[_Row]) -> bytes:
    lines = ([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return as_opened(delimited([[guarded(cell) for cell in heading], *lines]))
