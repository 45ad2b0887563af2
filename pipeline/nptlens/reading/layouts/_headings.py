"""The first rows of a table into its heading: which row names the columns, what they hold, and where the turns begin.

A heading is told by its names; else by questions over open answers, as surveys are exported; else, with a warning, by what stands in the
columns.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nptlens.core.delimited import header_at, plain_name
from nptlens.core.text import count_words
from nptlens.reading.layouts._column_names import SPEAKERS, column_called, spellings
from nptlens.reading.layouts._columns import Cell, Columns, columns_of, shown
from nptlens.reading.layouts._times import cell_seconds

HEAD = 25  # rows that may hold titles and headers
_IDS = ("responseid", "respondentid", "participantid", "caseid", "id", "collectorid", "code", "pseudonym")
_IMPORT = re.compile(r'\s*\{\s*"ImportId"\s*:\s*"(?P<id>[^"]*)"')
_LETTER = re.compile(r"[^\W\d_]")
_OPEN, _NAMED_OPEN = 15, 8  # letters in a usual cell of open answers, and in one whose column is called a question
_QUESTION = re.compile(r"q\d{1,3}([._ -]?\w{1,8})?", re.IGNORECASE)
_LEAST_ROWS, _MOST_LABEL, _MOST_SPEAKERS = 4, 80, 30


@dataclass(frozen=True, slots=True)
class Heading:
    """What a table's columns hold. Rows from `below` on are turns; `titles` rows stand above the row that names the columns.

    `asked` are a survey's columns of open answers and their questions, in their order. `told` says that nothing names the columns,
    `score` how much the names tell, 0 where questions alone do.
    """

    columns: Columns
    below: int
    names: tuple[str, ...]
    titles: int = 0
    asked: Mapping[int, str] = field(default_factory=dict)
    told: bool = False
    score: int = 0

    def used(self) -> frozenset[int]:
        """Return the columns that are read."""
        return self.columns.used() | set(self.asked)

    def repeats(self, cells: Sequence[Cell]) -> bool:
        """Tell whether a row names the columns once more, as where a table goes on over a page."""
        words = self.columns.words
        if words >= len(cells) or words >= len(self.names) or shown(cells[words]).strip() != self.names[words]:
            return False
        used = [column for column in self.used() if column < len(self.names) and self.names[column]]
        return len(used) > 1 and all(column < len(cells) and shown(cells[column]).strip() == self.names[column] for column in used)


def find_heading(rows: Sequence[Sequence[Cell]]) -> Heading | None:
    """Return the heading of a table, None where neither names nor questions nor the columns themselves show one."""
    return named_heading(rows) or _told_heading(rows)


def named_heading(rows: Sequence[Sequence[Cell]]) -> Heading | None:
    """Return the heading that the first rows name, or whose columns are questions; None where there is none."""
    imports = next((at for at, row in enumerate(rows[:HEAD]) if at and _is_import(row)), None)
    if imports is not None:
        return _import_heading(rows, imports)
    at = header_at(rows, _score)
    if at is None:
        return _questions_heading(rows)
    columns = columns_of(rows[at])
    if columns is None:
        return None
    body = rows[at + 1 :]
    if columns.question is not None and columns.question not in _spoken(body, 3):
        columns = replace(columns, question=None)
    heading = Heading(columns, at + 1, _names(rows[at]), _filled(rows[:at]), score=_score(rows[at]))
    return _with_questions(heading, rows[at], body)


def _score(row: Sequence[Cell]) -> int:
    """Return how many columns a row names, 0 where it names none of words; a lone name counts only where nothing stands beside it."""
    columns = columns_of(row)
    if columns is None:
        return 0
    return 2 * len(columns.used()) - 1 + (_filled([row[: columns.words], row[columns.words + 1 :]]) > 0)


def _is_import(row: Sequence[Cell]) -> bool:
    cells = [cell for cell in row if shown(cell).strip()]
    return bool(cells) and all(isinstance(cell, str) and _IMPORT.match(cell) for cell in cells)


def _import_heading(rows: Sequence[Sequence[Cell]], imports: int) -> Heading | None:
    """Return the heading of a survey whose third header row holds the program's own ids of the columns."""
    names, questions = rows[max(0, imports - 2)], rows[imports - 1]
    body = rows[imports + 1 :]
    typed = {column for column, cell in enumerate(rows[imports]) if (found := _IMPORT.match(shown(cell))) and found["id"].endswith("_TEXT")}
    opened = sorted(_spoken(body, _OPEN, different=True) | (typed & _spoken(body, 1)))
    by_name = columns_of(names)
    if not opened and by_name is None:
        return None
    asked = {column: _at(questions, column) for column in opened or [by_name.words if by_name else 0]}
    return _survey(names, asked, imports + 1, titles=max(0, imports - 2))


def _questions_heading(rows: Sequence[Sequence[Cell]]) -> Heading | None:
    """Return the heading of a survey whose first row of several cells holds questions, over open answers."""
    at = next((at for at, row in enumerate(rows[:HEAD]) if _filled([[cell] for cell in row]) > 1), None)
    if at is None or len(rows) < at + 2:
        return None
    below = at + 1
    if any(_is_time(_at(rows[at], column)) or _comes_again(rows, at, column) for column in range(len(rows[at]))):
        return None  # a turn, whose speaker speaks again
    if _filled([[cell] for cell in rows[below]]) and all("respon" in plain_name(cell) for cell in rows[below] if shown(cell).strip()):
        below += 1  # a second row of "Open-Ended Response"
    opened = [column for column in sorted(_spoken(rows[below:], _NAMED_OPEN, different=True)) if _asks(_at(rows[at], column))]
    if not opened:
        return None
    asked = {column: _at(rows[at], column) for column in opened}
    return replace(_survey(rows[at], asked, below, titles=_filled(rows[:at])), score=0)


def _comes_again(rows: Sequence[Sequence[Cell]], at: int, column: int) -> bool:
    name = _at(rows[at], column)
    return name != "" and any(_at(row, column) == name for row in rows[at + 1 :])


def _with_questions(heading: Heading, header: Sequence[Cell], body: Sequence[Sequence[Cell]]) -> Heading:
    """Return a heading with further columns of open answers to questions, where one column of words is only the first of several."""
    columns = heading.columns
    if columns.question is not None or columns.start is not None:
        return heading
    opened = _spoken(body, _OPEN, different=True) - columns.used()
    more = [column for column in opened if _at(header, column).endswith("?")]
    if not more:
        return heading
    asked = {column: _at(header, column) for column in sorted([columns.words, *more])}
    survey = _survey(header, asked, heading.below, titles=heading.titles)
    return replace(survey, score=heading.score)


def _survey(names: Sequence[Cell], asked: Mapping[int, str], below: int, *, titles: int) -> Heading:
    header = _names(names)
    plain = [plain_name(name) for name in header]
    rest = [() if column in asked else spellings(name) for column, name in enumerate(header)]
    person = next((plain.index(name) for name in _IDS if name in plain and plain.index(name) not in asked), None)
    person = person if person is not None else column_called(rest, SPEAKERS)
    return Heading(Columns(next(iter(asked)), person, None, None), below, header, titles, asked, score=2)


def _told_heading(rows: Sequence[Sequence[Cell]]) -> Heading | None:
    """Return columns told by what stands in them: who speaks recurs in one, most letters are in another."""
    width = max(map(len, rows), default=0)
    if len(rows) < _LEAST_ROWS or width < 2:
        return None
    cells = [[shown(row[column]).strip() if column < len(row) else "" for row in rows] for column in range(width)]
    words = max(range(width), key=lambda column: (sum(map(_letters, cells[column])), -column))
    if sum(map(_letters, cells[words])) < _OPEN * sum(map(bool, cells[words])):
        return None
    timed = [column for column in range(width) if column != words and _are_times([row[column] for row in rows if column < len(row)])]
    speaker = next((c for c in range(width) if c != words and c not in timed and _recur(cells[c])), None)
    if speaker is None:
        return None
    headed = cells[speaker].count(cells[speaker][0]) == 1 and _letters(cells[words][0]) < _OPEN and not any(
        cell_seconds(cells[column][0]) is not None for column in timed
    )
    start, end = (*timed, None, None)[:2]
    return Heading(Columns(words, speaker, start, end), int(headed), _names(rows[0]) if headed else (), told=True)


def _recur(cells: Sequence[str]) -> bool:
    named = [cell for cell in cells if cell]
    labels = Counter(named)
    short = all(len(label) <= _MOST_LABEL and count_words(label) <= 10 and _LETTER.search(label) for label in labels)
    return short and 2 <= len(labels) <= _MOST_SPEAKERS and len(labels) * 2 <= len(named) + 1 and len(named) * 3 >= len(cells)


def _are_times(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if shown(cell).strip()]
    times = sum(isinstance(cell, datetime.time | datetime.timedelta | float) or _is_time(shown(cell)) for cell in filled)
    return len(filled) * 2 > len(cells) and times * 5 >= len(filled) * 4


def _is_time(cell: str) -> bool:
    return cell_seconds(cell) is not None and (":" in cell or "." in cell)


def _spoken(rows: Iterable[Sequence[Cell]], least: int, *, different: bool = False) -> set[int]:
    """Return the columns whose filled cells have at least so many letters in the mean and, where asked for, are mostly different."""
    filled: dict[int, list[str]] = {}
    for row in rows:
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell.strip():
                filled.setdefault(column, []).append(cell.strip())
    return {
        column
        for column, cells in filled.items()
        if sum(map(_letters, cells)) >= least * len(cells) and (not different or len(set(cells)) * 2 > len(cells))
    }


def _asks(name: str) -> bool:
    return name.endswith("?") or count_words(name) > 3 or _QUESTION.fullmatch(name) is not None


def _letters(cell: str) -> int:
    return len(_LETTER.findall(cell))


def _names(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(shown(cell).strip() for cell in row)


def _at(row: Sequence[Cell], column: int) -> str:
    return shown(row[column]).strip() if column < len(row) else ""


def _filled(rows: Iterable[Sequence[Cell]]) -> int:
    return sum(any(shown(cell).strip() for cell in row) for row in rows)
