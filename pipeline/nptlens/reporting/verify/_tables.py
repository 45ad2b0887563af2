"""Quotations of tables: a row names its place in `transcript`, `start` and `end`, and holds its words in `excerpt` or `text`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nptlens.core.errors import ReadingError
from nptlens.core.ids import segment_id
from nptlens.core.quotations import Quotation, place_of
from nptlens.safety.cells import bare, guarded

_PLACE = ("transcript", "start", "end")
_WORDS = ("excerpt", "text")
_SEGMENT = "segment_id"
_AGAIN = "write it again: nptlens report STUDY, or: nptlens export STUDY --to KIND"
_MOST_IN_A_FIELD = 64 * 1024 * 1024


def csv_quotations(data: bytes, *, where: str) -> tuple[Quotation, ...]:
    """Return the quotations of a CSV file with guarded cells; raises ReadingError where it is not UTF-8 or no CSV."""
    before = csv.field_size_limit(_MOST_IN_A_FIELD)  # a turn may be longer than the module's own limit
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReadingError(f"no table ({type(error).__name__})", where=where, hint=_AGAIN) from None
    finally:
        csv.field_size_limit(before)
    return tuple(rows_quotations("row", rows, guards=frozenset(_WORDS))) if rows else ()


def json_quotations(data: bytes, *, where: str) -> tuple[Quotation, ...]:
    """Return the quotations of JSON lines; raises ReadingError where a line is no JSON object."""
    found: list[Quotation] = []
    try:
        for number, line in enumerate(data.decode("utf-8").split("\n"), start=1):
            if line:
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise ValueError
                found += _quotations("line", f"line {number}", record)
                found += _turns(f"line {number}", record)
    except ValueError as error:  # bad UTF-8 and bad JSON are both
        raise ReadingError(f"no JSON lines ({type(error).__name__})", where=where, hint=_AGAIN) from None
    return tuple(found)


def rows_quotations(kind: str, rows: Sequence[Sequence[str]], *, guards: frozenset[str], cell: bool = False) -> Iterator[Quotation]:
    """Yield the quotations of rows under a header; `guards` are the columns of words whose presence says that cells are guarded.

    `cell` says that words are cut where a workbook's cell ends.
    """
    header = rows[0]
    guard = any(name in guards for name in header)
    for number, row in enumerate(rows[1:], start=2):
        if any(row):
            named = dict(zip(header, (*row, *[""] * (len(header) - len(row))), strict=False))
            yield from _quotations(kind, f"row {number}" if kind == "row" else f"{kind}, row {number}", named, guard=guard, cell=cell)


def _quotations(kind: str, at: str, row: Mapping[str, object], *, guard: bool = False, cell: bool = False) -> Iterable[Quotation]:
    """Return the quotation of a row, or the segment that it names; nothing where it does neither."""
    words = next((name for name in _WORDS if name in row), "")
    placed = all(name in row for name in _PLACE)
    if not words or (words != _WORDS[0] and not placed):
        named = _plain(row.get(_SEGMENT), guard=guard)
        return [Quotation(kind, at, named, None, segment=True)] if _SEGMENT in row else []
    place = _place(row, guard=guard) if placed else ""
    text, doubt = str(row[words]), ""
    if guard:
        shown, text = text, bare(text)
        doubt = "" if guarded(text) == shown else "its cell is not guarded as it should be, so its words cannot be told"
    if placed and _SEGMENT in row and _plain(row[_SEGMENT], guard=guard) != place:
        doubt = "its place and the id of its segment differ"
    if row[words] in ("", None):  # left out where a limit on what is quoted of one person is reached
        return [Quotation(f"{kind}, withheld", at, place, None, segment=_SEGMENT in row, withheld=True, doubt=doubt)]
    return [Quotation(kind, at, place, text, segment=_SEGMENT in row, cell=cell, doubt=doubt)]


def _turns(at: str, record: Mapping[str, object]) -> Iterator[Quotation]:
    """Yield the quotations of a record whose words stand turn by turn, each with a place within its own."""
    turns = record.get("turns")
    whole = place_of(_place(record, guard=False)) if all(name in record for name in _PLACE) else None
    for turn in turns if isinstance(turns, list) else ():
        place, text = (turn.get("place"), turn.get("text")) if isinstance(turn, dict) else ("", None)
        found = place_of(str(place))
        outside = whole is None or found is None or found[0] != whole[0] or found[1].overlap(whole[1]) < len(found[1])
        doubt = "its place is not within that of the coding" if outside else ""
        kind = "turn" if text else "turn, withheld"
        yield Quotation(kind, at, str(place), str(text) if text else None, withheld=not text, doubt=doubt)


def _place(row: Mapping[str, object], *, guard: bool) -> str:
    transcript = _plain(row["transcript"], guard=guard)
    start, end = (str(row[name]) for name in ("start", "end"))
    if not (start.isascii() and start.isdecimal() and end.isascii() and end.isdecimal()):
        return f"{transcript}:?"
    return segment_id(transcript, int(start), int(end))


def _plain(value: object, *, guard: bool) -> str:
    text = "" if value is None else str(value)
    return bare(text) if guard else text
