"""A grid of cells under its heading into turns: a row each, or a cell each where a row answers several questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nptlens.core.text import count_words
from nptlens.reading.layouts._blank_speakers import fill_blanks
from nptlens.reading.layouts._columns import INTERVIEWER, Cell, Row, shape_rows, shown
from nptlens.reading.layouts._headings import Heading
from nptlens.reading.layouts._parsed import Shaped
from nptlens.schemas.records import Problem, Severity

_NAMED, _LONGEST = 12, 40  # names of columns that are told, and characters of each
_MUCH, _TALKATIVE = 0.2, 3  # of the words read, and words a cell: a column that is not read and has as many asks for a look


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table; `covered` are the lower parts of merged cells, by row and column, and what stands in the uppermost."""

    rows: Sequence[Sequence[Cell]]
    covered: Mapping[tuple[int, int], Cell] = field(default_factory=dict)


def turns_of_grid(
    grid: Grid, heading: Heading, *, where: str, notes: Sequence[str] = (), problems: Sequence[Problem] = ()
) -> Shaped:
    """Return the turns of a table, and which of its columns and rows are not read; raises ReadingError as `shape_rows`."""
    numbers = [at for at in range(heading.below, len(grid.rows)) if not heading.repeats(grid.rows[at])]
    repeated = len(grid.rows) - heading.below - len(numbers)
    survey = bool(heading.asked)
    rows, found = _answers(grid, heading, numbers, where) if survey else _turns(grid, heading, numbers, where)
    told = [*problems, *_of_heading(heading, where), *_repeated(repeated, where), *found]
    told += [*_values(grid, heading, numbers, where), *_unread(grid, heading, numbers, where)]
    above = next(iter(heading.asked.values())) if len(heading.asked) == 1 else ""
    layout, milliseconds = heading.columns.layout(), heading.columns.milliseconds
    return shape_rows(rows, where=where, layout=layout, milliseconds=milliseconds, notes=notes, problems=told, above=above)


def _turns(grid: Grid, heading: Heading, numbers: Sequence[int], where: str) -> tuple[list[Row], list[Problem]]:
    """Return a turn a row, with the question before it where the table has one, and what is told of speakers."""
    columns = heading.columns
    spoken = [(at, row) for at in numbers if (row := columns.row(grid.rows[at])).words.strip()]
    if columns.speaker is None:
        filled = fill_blanks([], [])
        rows = [row for _, row in spoken]
    else:
        merged = [not row.speaker.strip() and (at, columns.speaker) in grid.covered for at, row in spoken]
        labels = [
            shown(grid.covered[at, columns.speaker]) if covers else row.speaker
            for (at, row), covers in zip(spoken, merged, strict=True)
        ]
        filled = fill_blanks([label.strip() for label in labels], [row.words for _, row in spoken])
        rows = [Row(row.words, label, row.start, row.end) for (_, row), label in zip(spoken, filled.labels, strict=True)]
        if sum(merged):
            told = f"{sum(merged)} rows below the top of a merged cell have its speaker"
            return _asked(grid, heading, spoken, rows), [Problem(where, told, "", Severity.NOTE), *filled.problems(where)]
    return _asked(grid, heading, spoken, rows), filled.problems(where)


def _asked(grid: Grid, heading: Heading, spoken: Sequence[tuple[int, Row]], rows: Sequence[Row]) -> list[Row]:
    """Return the rows with each row's question before its answer; a question that goes on from the row above is not asked again."""
    if heading.columns.question is None:
        return list(rows)
    answered = {at: row for (at, _), row in zip(spoken, rows, strict=True)}
    found: list[Row] = []
    before = ("", "")
    for at in range(heading.below, len(grid.rows)):
        if heading.repeats(grid.rows[at]):
            continue
        question = heading.columns.asked(grid.rows[at])
        answer = answered.get(at)
        asked = (question.strip(), answer.speaker if answer else "")
        if question.strip() and asked != before:
            start = answer.start if answer else None
            found.append(Row(question, INTERVIEWER, start))
        before = asked if question.strip() else before
        found += [answer] if answer else []
    return found


def _answers(grid: Grid, heading: Heading, numbers: Sequence[int], where: str) -> tuple[list[Row], list[Problem]]:
    """Return a turn for each open answer of a survey, its question before it where there are several; the question is context."""
    rows: list[Row] = []
    several = len(heading.asked) > 1
    for at in numbers:
        cells = grid.rows[at]
        person = heading.columns.row(cells).speaker
        for column, question in heading.asked.items():
            answer = shown(cells[column]) if column < len(cells) else ""
            if count_words(answer):
                rows += [Row(question, INTERVIEWER)] if several and question else []
                rows.append(Row(answer, person))
    what = f"answers to {len(heading.asked)} open questions are read, a turn each"
    how = "the question stands before each as the interviewer's" if several else "the question stands above them"
    problems = [Problem(where, f"{what}; {how} and is not coded", "", Severity.NOTE)]
    if heading.columns.speaker is None:
        lacks = "no column says who answers: all answers count as one person's"
        problems.append(Problem(where, lacks, "add a column with the name respondent"))
    return rows, problems


def _of_heading(heading: Heading, where: str) -> Iterator[Problem]:
    if heading.titles:
        yield Problem(where, f"{heading.titles} rows above the header row are left out", "", Severity.NOTE)
    if heading.told:
        what = "no row names its columns: which holds speakers and which words is told by what stands in them"
        yield Problem(where, what, "write speaker, text and start above them")
    if heading.columns.question is not None:
        what = "questions of its table are read as the interviewer's, and are not coded; the answers are"
        yield Problem(where, what, "", Severity.NOTE)


def _repeated(rows: int, where: str) -> Iterator[Problem]:
    if rows:
        yield Problem(where, f"{rows} rows name the columns once more and are left out", "", Severity.NOTE)


def _values(grid: Grid, heading: Heading, numbers: Sequence[int], where: str) -> Iterator[Problem]:
    """Yield a note where cells of words hold values, which a sheet may show in another form."""
    texts = {heading.columns.words, *heading.asked}
    cells = (cell for at in numbers for column, cell in enumerate(grid.rows[at]) if column in texts)
    values = sum(cell is not None and not isinstance(cell, str) for cell in cells)
    if values:
        what = f"{values} cells of words hold a number, a date or TRUE or FALSE; the sheet may show it in another form"
        yield Problem(where, what, "", Severity.NOTE)


def _unread(grid: Grid, heading: Heading, numbers: Sequence[int], where: str) -> Iterator[Problem]:
    """Yield which columns hold something and are not read, as a warning where they hold as many words as speech would."""
    used = heading.used()
    filled: dict[int, int] = {}
    words: dict[int, int] = {}
    width = max((len(grid.rows[at]) for at in numbers), default=0)
    others = [column for column in range(width) if column not in used]
    for at in numbers if others else ():
        cells = grid.rows[at]
        for column in others:
            cell = cells[column] if column < len(cells) else None
            if cell is not None and (text := shown(cell).strip()):
                filled[column] = filled.get(column, 0) + 1
                words[column] = words.get(column, 0) + (count_words(text) if isinstance(cell, str) else 0)
    if not filled:
        return
    texts = [heading.columns.words, *heading.asked]
    read = sum(count_words(shown(grid.rows[at][column])) for at in numbers for column in set(texts) if column < len(grid.rows[at]))
    much = [column for column in filled if words[column] > _MUCH * read and words[column] >= _TALKATIVE * filled[column]]
    for columns, severity in ((much, Severity.WARNING), ([column for column in filled if column not in much], Severity.NOTE)):
        if columns:
            said = f", with {sum(words[column] for column in columns)} words" if severity is Severity.WARNING else ""
            what = f"columns that are not read{said}: {_listed(columns, heading)}"
            hint = f"the words are read from {_called(heading.columns.words, heading)}: rename the columns if that is wrong" if said else ""
            yield Problem(where, what, hint, severity)


def _listed(columns: Sequence[int], heading: Heading) -> str:
    names = [_called(column, heading) for column in sorted(columns)]
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _called(column: int, heading: Heading) -> str:
    name = heading.names[column] if column < len(heading.names) else ""
    name = " ".join(name.split())
    return (name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…") or f"column {column + 1}"
