"""The sheets of a workbook, whatever its format, into turns: which is read, and what is hidden, struck out, wrong or left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nptlens.core.errors import ReadingError
from nptlens.core.text import count_words
from nptlens.reading.layouts._columns import Cell, no_columns, shown
from nptlens.reading.layouts._grid import Grid, turns_of_grid
from nptlens.reading.layouts._headings import find_heading, named_heading
from nptlens.reading.layouts._parsed import Shaped
from nptlens.schemas.records import Problem, Severity

MOST_ROWS, MOST_COLUMNS = 200_000, 200
_LISTED = 10  # addresses and names of sheets that are told


@dataclass(slots=True)
class Sheet:
    """A sheet as it is shown: its visible rows that hold anything, with what is hidden or struck out taken out and counted.

    `covered` are the lower parts of merged cells by place in `rows`, `formulas` and `errors` the addresses of cells without a stored
    value and with an error for a value, `beyond` the cells to the right of what is read.
    """

    name: str
    hidden: bool = False
    rows: list[list[Cell]] = field(default_factory=list)
    covered: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: int = 0
    hidden_columns: int = 0
    hidden_words: int = 0
    struck_words: int = 0
    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    beyond: int = 0

    def words(self) -> int:
        """Return the number of words in its visible cells."""
        return sum(count_words(cell) for row in self.rows for cell in row if isinstance(cell, str))


def address(row: int, column: int) -> str:
    """Return a cell's address, both counted from 0: ``A1``, ``AB12``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def turns_of_sheets(sheets: Sequence[Sheet], *, where: str) -> Shaped:
    """Return the turns of the first visible sheet that has a column of words; raises ReadingError where none has."""
    visible = [sheet for sheet in sheets if not sheet.hidden]
    if sheets and not visible:
        raise ReadingError("all of its sheets are hidden", where=where, hint="show the one with the transcript")
    found = [(sheet, heading) for sheet in visible if (heading := named_heading(sheet.rows))]
    if not found:
        found = [(sheet, heading) for sheet in visible if (heading := find_heading(sheet.rows))][:1]
    if not found:
        raise no_columns(where)
    sheet, heading = found[0]
    problems = [*_others(sheet, [each for each, _ in found[1:]], sheets, where), *_hidden(sheet, where), *_wrong(sheet, where)]
    return turns_of_grid(Grid(sheet.rows, sheet.covered), heading, where=where, problems=problems)


def _others(read: Sheet, alike: Sequence[Sheet], sheets: Sequence[Sheet], where: str) -> Iterator[Problem]:
    """Yield what the other sheets hold: further interviews, words without a heading, and words that are hidden."""
    if alike:
        words = sum(sheet.words() for sheet in alike)
        what = f"{len(alike)} more sheets with a column of words are left out, with {words} words: {_named(alike)}"
        yield Problem(where, what, f"only sheet {shown(read.name)} is read: save each of them as a file of its own")
    rest = [sheet for sheet in sheets if sheet is not read and sheet not in alike and not sheet.hidden and sheet.words()]
    if rest:
        words = sum(sheet.words() for sheet in rest)
        what = f"{len(rest)} other sheets are not read, with {words} words: {_named(rest)}"
        yield Problem(where, what, "", Severity.WARNING if words > read.words() / 2 else Severity.NOTE)
    secret = [sheet for sheet in sheets if sheet.hidden and sheet.words() + sheet.hidden_words]
    if secret:
        words = sum(sheet.words() + sheet.hidden_words for sheet in secret)
        what = f"{len(secret)} hidden sheets are not read, with {words} words"
        yield Problem(where, what, "show them if they are to be read", Severity.NOTE)


def _hidden(sheet: Sheet, where: str) -> Iterator[Problem]:
    if sheet.hidden_words:
        kinds = ((sheet.hidden_rows, "rows"), (sheet.hidden_columns, "columns"))
        places = " and ".join(f"{number} hidden {kind}" for number, kind in kinds if number) or "hidden cells"
        hint = "hidden for the participant's sake? show them, or clear the filter, if they are to be read"
        yield Problem(where, f"{sheet.hidden_words} words in {places} are not read", hint)
    if sheet.struck_words:
        hint = "struck out for the participant's sake? take the line off if they are to be read"
        yield Problem(where, f"{sheet.struck_words} struck-out words are not read", hint)


def _wrong(sheet: Sheet, where: str) -> Iterator[Problem]:
    if sheet.formulas:
        what = f"formulas without a stored value in sheet {sheet.name}, so that words may be lost: {_addresses(sheet.formulas)}"
        yield Problem(where, what, "type an apostrophe before words that begin with = or -, or open the workbook and save it again")
    if sheet.errors:
        what = f"error values in sheet {sheet.name} are not read as words: {_addresses(sheet.errors)}"
        yield Problem(where, what, "type the words there, with an apostrophe before a sign such as = or -")
    if sheet.beyond:
        yield Problem(where, f"{sheet.beyond} cells beyond column {MOST_COLUMNS} are not read", "move them to the left")


def _named(sheets: Sequence[Sheet]) -> str:
    names = ", ".join(sheet.name for sheet in sheets[:_LISTED])
    return names + (f" and {len(sheets) - _LISTED} more" if len(sheets) > _LISTED else "")


def _addresses(listed: Sequence[str]) -> str:
    return ", ".join(listed[:_LISTED]) + (f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else "")
