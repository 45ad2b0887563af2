"""Code × practice: how many excerpts of each code come from each practice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nptlens.reporting._index import Index
from nptlens.reporting._words import NO_PRACTICE, SEVERAL, practice_column

_SHADES = 5
_WIDE = 12  # columns of a table that fit on a printed page


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """The counts of one code, practice by practice; `shades` run from 0 to 5, relative to the largest count."""

    code: str
    name: str
    level: int
    counts: tuple[int, ...]
    shades: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts of assigned codings; `segments` are the denominators: all segments of each practice, coded or not."""

    practices: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[int, ...]
    total: int
    segments: tuple[int, ...]

    def known(self) -> bool:
        """Tell whether anybody's practice is known."""
        return bool(set(self.practices) - {NO_PRACTICE})

    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Return the columns in blocks that fit on a page."""
        return blocks(len(self.practices), _WIDE)


def blocks(number: int, size: int) -> tuple[tuple[int, ...], ...]:
    """Return 0..number-1 in as few runs of at most `size` as hold them, none longer than another by more than one."""
    parts = -(-number // size)
    return tuple(tuple(range(part * number // parts, (part + 1) * number // parts)) for part in range(parts))


def matrix(index: Index) -> Matrix:
    """Count the assigned codings; participants of several practices share a column, so that totals add up."""
    per_practice = Counter(practice_column(segment.practice) for segment in index.segments.values())
    practices = tuple(sorted(per_practice, key=lambda name: (name == NO_PRACTICE, name == SEVERAL, name)))
    counts = Counter(
        (code, practice_column(coding.segment.practice))
        for code, codings in index.assigned.items()
        for coding in codings
    )
    codebook = index.inputs.codebook
    most = max((number for (code, _), number in counts.items() if code in codebook), default=0)
    rows = []
    for code in codebook:
        numbers = tuple(counts[code.id, practice] for practice in practices)
        rows.append(
            MatrixRow(
                code=code.id,
                name=code.name,
                level=len(codebook.ancestors(code.id)),
                counts=numbers,
                shades=tuple(-(-_SHADES * number // most) if most else 0 for number in numbers),
                total=sum(numbers),
            )
        )
    totals = tuple(sum(row.counts[column] for row in rows) for column in range(len(practices)))
    return Matrix(practices, tuple(rows), totals, sum(totals), tuple(per_practice[practice] for practice in practices))
