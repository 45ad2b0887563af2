"""Where in the interview each code is spoken of, in tenths of the transcript."""

from __future__ import annotations

from collections import Counter
from functools import partial

from nptlens.reporting._index import Index, Segment
from nptlens.reporting._words import count, percent
from nptlens.reporting.charts._draw import Named, Shaded, picture, shaded
from nptlens.reporting.content import Cell, Paragraph, Row, Section, Table

TENTHS = 10
_NAMES = tuple(f"{10 * n}\N{EN DASH}{10 * n + 10}%" for n in range(TENTHS))
_TOLD = 3


def timeline(index: Index) -> Section:
    """Return in which tenth of its transcript (by characters, at the middle of the excerpt) each code stands."""
    codes = [code for code in index.inputs.codebook if index.assigned.get(code.id)]
    if not codes:
        return Section("timeline", "", ())
    rows = {code.id: _tenths(index, [coding.segment for coding in index.assigned[code.id]]) for code in codes}
    whole = _tenths(index, list(index.segments.values()))
    lines = [Row(code.name, _line(rows[code.id]), code.id, len(index.inputs.codebook.ancestors(code.id))) for code in codes]
    lines.append(Row("All segments, coded or not", _line(whole)))
    lead = "Each transcript is cut into ten parts of equal length, questions included; an excerpt counts where its middle stands."
    grid = Table("Excerpts by tenth of the transcript", lead, ("Code", *_NAMES), tuple(lines), folded=True)
    peaks = sorted(((max(row) / sum(row), code, row.index(max(row))) for code, row in rows.items() if sum(row) >= TENTHS), reverse=True)
    told = "; ".join(f"{code} at {_NAMES[at]} ({share:.0%} of its excerpts)" for share, code, at in peaks[:_TOLD])
    named = Named(
        "timeline",
        "Codes through the interview",
        "Numbers: excerpts. Shade: share of the code’s excerpts." + (f" Most gathered in one tenth: {told}." if told else ""),
        f"Table of {len(codes)} codes by ten tenths of the transcripts, each cell with its number of excerpts."
        + (f" Most gathered in one tenth: {told}." if told else ""),
    )
    ids = [*rows, "all segments"]
    counts = [*rows.values(), whole]
    drawn = Shaded(
        tuple(ids),
        tuple(name.removesuffix("%") for name in _NAMES),
        tuple(tuple(count(each) if each else "" for each in row) for row in counts),
        tuple(tuple(min(1.0, each / sum(row) / 0.4) if sum(row) else 0.0 for each in row) for row in counts),
        "percent of the transcript, from its start to its end",
    )
    drawing = picture(index.inputs.pictures, partial(shaded, drawn), named, grid)
    return Section("timeline", "Codes through the interview", (Paragraph(lead + _CAUTION), drawing))


_CAUTION = (
    " A topic guide asks about one thing after another, so where a code stands says as much about the guide as about those who were asked."
)


def _tenths(index: Index, segments: list[Segment]) -> tuple[int, ...]:
    at = Counter(_tenth(index, segment) for segment in segments)
    return tuple(at[tenth] for tenth in range(TENTHS))


def _tenth(index: Index, segment: Segment) -> int:
    length = max(len(index.transcripts[segment.transcript_id].text), 1)
    return min(TENTHS - 1, (segment.span.start + segment.span.end) * TENTHS // (2 * length))


def _line(row: tuple[int, ...]) -> tuple[Cell, ...]:
    return tuple(Cell(count(each), percent(each, sum(row)) if each else "") for each in row)
