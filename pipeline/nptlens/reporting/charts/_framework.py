"""The framework matrix (Gale et al. 2013, BMC Med Res Methodol 13:117): cases down, codes across; the summary is the researcher's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nptlens.core.text import count_words
from nptlens.reporting._index import Coding, Index
from nptlens.reporting._places import place_of
from nptlens.reporting._topics import Exemplar
from nptlens.reporting._words import practice_column, practice_words
from nptlens.schemas.records import Code

_CASES = 60  # more cases than these are in the workbook alone
_WIDE = 5  # codes side by side


@dataclass(frozen=True, slots=True)
class FrameworkCell:
    """How many excerpts of a code a case has, and the shortest of them word by word (None where there is none), with its stance."""

    excerpts: int
    quote: Exemplar | None
    stance: str


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    """A case: its name, what is known of it, how many segments it has, a cell per code, and the researcher's summaries as (code, words)."""

    case: str
    about: str
    segments: int
    cells: tuple[FrameworkCell, ...]
    summaries: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FrameworkTable:
    """Some codes of the matrix, over all cases."""

    title: str
    codes: tuple[tuple[str, str], ...]
    rows: tuple[FrameworkRow, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """The matrix in tables that fit on a page; `kind` says what a case is; `cases` are how many there are, shown or not."""

    kind: str
    cases: int
    tables: tuple[FrameworkTable, ...]

    def summarised(self) -> bool:
        """Tell whether the researcher summed up anything."""
        return any(row.summaries for table in self.tables for row in table.rows)


def framework(index: Index) -> Framework:
    """Build the matrix of participants (transcripts where nobody is named), of practices where there are too many of those."""
    kind, case_of = _cases(index)
    names = sorted(set(case_of.values()))
    if not names or len(names) > _CASES:
        return Framework(kind, len(names), ())
    segments = Counter(case_of.values())
    about = _about(index, case_of)
    held: dict[tuple[str, str], list[Coding]] = defaultdict(list)
    for code, codings in index.assigned.items():
        for coding in codings:
            held[case_of[coding.segment.id], code].append(coding)
    tables = []
    for title, codes in _parts(index):
        rows = tuple(_row(index, name, about[name], segments[name], codes, held) for name in names)
        tables.append(FrameworkTable(title, tuple((code.id, code.name) for code in codes), rows))
    return Framework(kind, len(names), tuple(tables))


def _row(
    index: Index, name: str, about: str, segments: int, codes: Sequence[Code], held: Mapping[tuple[str, str], Sequence[Coding]]
) -> FrameworkRow:
    cells = tuple(_cell(index, held.get((name, code.id), ())) for code in codes)
    written = ((code.id, index.inputs.summaries.get((name, code.id), "")) for code in codes)
    return FrameworkRow(name, about, segments, cells, tuple(each for each in written if each[1]))


def _cases(index: Index) -> tuple[str, dict[str, str]]:
    each = index.segments.values()
    people = {segment.id: segment.participant or segment.transcript_id for segment in each}
    if len(set(people.values())) <= _CASES:
        return "participant", people
    return "practice", {segment.id: practice_column(segment.practice) for segment in each}


def _about(index: Index, case_of: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for segment in index.segments.values():
        case = case_of[segment.id]
        words = (segment.role, practice_words(segment.practice)) if case == (segment.participant or segment.transcript_id) else ()
        found.setdefault(case, ", ".join(word for word in words if word))
    return found


def _parts(index: Index) -> Iterator[tuple[str, Sequence[Code]]]:
    """Yield the codes that have none below them, those below one code together, in runs that fit on a page."""
    codebook = index.inputs.codebook
    groups: dict[str, list[Code]] = defaultdict(list)
    for code in codebook:
        if not codebook.children(code.id) and index.shown(code.id):
            groups[(codebook.ancestors(code.id) or ("",))[-1]].append(code)
    for parent, codes in groups.items():
        parts = -(-len(codes) // _WIDE)
        title = f"{parent} {codebook.get(parent).name}" if parent else "Codes that stand alone"
        for part in range(parts):
            run = codes[part * len(codes) // parts : (part + 1) * len(codes) // parts]
            yield (f"{title}, part {part + 1} of {parts}" if parts > 1 else title), run


def _cell(index: Index, codings: Sequence[Coding]) -> FrameworkCell:
    chosen = shortest(index, codings)
    if chosen is None:
        return FrameworkCell(0, None, "")
    segment = chosen.segment
    stance = chosen.stance if chosen.stance != "asserted" else ""
    return FrameworkCell(len(codings), Exemplar(segment.id, index.text(segment), place_of(index, segment)), stance)


def shortest(index: Index, codings: Sequence[Coding]) -> Coding | None:
    """Return the coding with the fewest words, the first of equals by place; asserted ones go first, None of none."""

    def rank(coding: Coding) -> tuple[bool, int, int]:
        text = index.transcripts[coding.segment.transcript_id].quote(coding.segment.span)
        return coding.stance not in {"", "asserted"}, count_words(text), coding.segment.position

    return min(codings, key=rank, default=None)
