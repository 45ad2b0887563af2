"""Codes by role, practice, adopter category, project type and the study's own columns: shares with their intervals."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from nptlens.core.delimited import plain_name
from nptlens.core.ids import digest
from nptlens.reporting._complementary_suppression import Shown, hide_parts
from nptlens.reporting._groups import Groups, groups_by, is_built_in, wilson
from nptlens.reporting._index import Index
from nptlens.reporting._matrix import blocks as in_blocks
from nptlens.reporting._words import count, lower_first
from nptlens.reporting.attributes import attribute_named, attributes
from nptlens.reporting.charts._draw import Named, picture
from nptlens.reporting.content import Block, Cell, Heading, Paragraph, Picture, Row, Section, Table
from nptlens.reporting.drawing._panels import Panels, panels
from nptlens.reporting.drawing._plots import Point
from nptlens.schemas.records import Code

_COLUMNS = ("role", "practice", "adopter", "project")
_FEWEST = 5  # participants whose groups are named as far apart
_MOST = 12  # groups that are drawn
_WIDE = 4  # groups side by side


@dataclass(frozen=True, slots=True)
class _Part:
    """One code in one group: excerpts with their share and its interval, participants with theirs."""

    assigned: int
    segments: int
    low: float
    high: float
    people: Shown
    heard: Shown


def by_group(index: Index) -> Section:
    """Return the section; a column that the study does not know, or of one group alone, is left out."""
    codes = [code for code in index.inputs.codebook if index.assigned.get(code.id)]
    found: list[Block] = []
    own = attributes(index.inputs.participants, index.inputs.speakers)
    for by in (*_COLUMNS, *(each.name for each in own if each.groups() and not is_built_in(each.name))):
        dealt = groups_by(index, by) if by != "project" or index.inputs.projects or attribute_named(by, own) else None
        if codes and dealt is not None and len(dealt.names) > 1:
            found += _blocks(index, dealt, codes)
    if found:
        lead = (
            "Shares of the excerpts of each group, and of its participants. Groups differ in whom they hold and in what they were "
            "asked; intervals that lie apart are a reason to read, not a finding. Intervals: of excerpts by drawing whole "
            f"{index.inputs.sampling.cluster}s again (none where there are fewer than five), of participants by Wilson’s score."
        )
        found.insert(0, Paragraph(lead))
    return Section("by-group", "Codes by group", tuple(found))


def _blocks(index: Index, dealt: Groups, codes: Sequence[Code]) -> list[Block]:
    parts = {code.id: _parts(index, dealt, code.id) for code in codes}
    return [Heading(f"By {lower_first(dealt.title)}"), *_pictures(index, dealt, codes, parts)]


def _parts(index: Index, dealt: Groups, code: str) -> tuple[_Part, ...]:
    codings = index.assigned.get(code, ())
    counts = Counter(dealt.of[coding.segment.id] for coding in codings)
    who = {(dealt.of[coding.segment.id], coding.segment.participant) for coding in codings if coding.segment.participant}
    spoke = Counter(name for name, _ in who)
    people = [spoke[name] for name in dealt.names]
    heard = [dealt.heard[name] for name in dealt.names]
    least = index.inputs.settings.smallest_cell
    all_people = len({coding.segment.participant for coding in codings} - {""})
    everybody = len({segment.participant for segment in index.segments.values()} - {""})
    shown, _ = hide_parts(people, all_people, least)
    whole, _ = hide_parts(heard, everybody, least)
    nothing = (math.nan, math.nan)
    return tuple(
        _Part(
            counts[name],
            dealt.segments[name],
            *dealt.intervals.get((code, name), nothing),
            shown[place],
            whole[place],
        )
        for place, name in enumerate(dealt.names)
    )


def _pictures(index: Index, dealt: Groups, codes: Sequence[Code], parts: Mapping[str, tuple[_Part, ...]]) -> list[Block]:
    """Return a picture with its table for each few groups, all to one scale; of very many groups the tables alone."""
    title = f"Codes by {lower_first(dealt.title)}"
    runs = in_blocks(len(dealt.names), _WIDE)
    titles = [f"{title}{f', part {at} of {len(runs)}' if len(runs) > 1 else ''}" for at in range(1, len(runs) + 1)]
    grids = tuple(_grid(index, dealt, codes, parts, run, name) for run, name in zip(runs, titles, strict=True))
    if len(dealt.names) > _MOST:
        return [Picture("", title, "There are too many groups for a picture.", grids)]
    points = {code.id: tuple(map(_point, parts[code.id])) for code in codes}
    ends = [(point.value, point.high) for row in points.values() for point in row if point]
    most = max(value if math.isnan(high) else max(value, high) for value, high in ends)
    told = _farthest(dealt, {code: [point.value if point else 0.0 for point in row] for code, row in points.items()})
    lead = f"Number and dot: share of the group’s excerpts in percent; line: its interval. {_hollow(index)}"
    found: list[Block] = []
    for at, (run, name, data) in enumerate(zip(runs, titles, grids, strict=True)):
        names = tuple(dealt.names[column] for column in run)
        alt = f"Dots with intervals: the share of {len(codes)} codes among the excerpts of {', '.join(names)}. The table holds the figures."
        drawn = Panels(
            tuple(code.id for code in codes),
            names,
            tuple(dealt.segments[each] for each in names),
            tuple(tuple(points[code.id][column] for column in run) for code in codes),
            most,
        )
        named = Named(f"by-{_key(dealt.by)}{f'-{at + 1}' if at else ''}", name, lead if at else lead + told, alt if at else alt + told)
        found.append(picture(index.inputs.pictures, partial(panels, drawn), named, data))
    return found


def _key(by: str) -> str:
    name = plain_name(by)
    return name if re.fullmatch("[0-9a-z]+", name) else digest(name)[:8]


def _hollow(index: Index) -> str:
    return f"Hollow dot: no interval, of fewer than five {index.inputs.sampling.cluster}s."


def _point(part: _Part) -> Point | None:
    return Point(0.0, part.assigned / part.segments, part.low, part.high) if part.segments else None


def _grid(
    index: Index, dealt: Groups, codes: Sequence[Code], parts: Mapping[str, tuple[_Part, ...]], run: Sequence[int], title: str
) -> Table:
    confidence, depth = index.inputs.sampling.confidence, {code.id: len(index.inputs.codebook.ancestors(code.id)) for code in codes}
    lines = tuple(
        Row(code.name, tuple(_cell(parts[code.id][column], confidence) for column in run), code.id, depth[code.id]) for code in codes
    )
    caption = "Share of the group’s excerpts, its interval, how many they are; participants with the code, the interval of their share."
    return Table(title, caption, ("Code", *(dealt.names[column] for column in run)), lines, folded=True)


def _farthest(dealt: Groups, shares: Mapping[str, Sequence[float]]) -> str:
    """Return the codes whose shares lie farthest apart, among groups of a few people at least; "" where fewer than two are such."""
    columns = [place for place, name in enumerate(dealt.names) if dealt.heard[name] >= _FEWEST]
    if len(columns) < 2:
        return ""
    found = []
    for code, row in shares.items():
        low, high = min(columns, key=row.__getitem__), max(columns, key=row.__getitem__)
        found.append((row[high] - row[low], code, f"{code} ({dealt.names[high]} {row[high]:.0%}, {dealt.names[low]} {row[low]:.0%})"))
    words = "; ".join(words for _, _, words in sorted(found, reverse=True)[:3])
    return f" Farthest apart, of groups of {_FEWEST} participants or more: {words}."


def _cell(part: _Part, confidence: float) -> Cell:
    if not part.segments:
        return Cell("–")
    interval = "" if math.isnan(part.low) else f"{100 * part.low:.1f} to {100 * part.high:.1f}; "
    people = f"participants {count(part.people)} of {count(part.heard)}"
    if isinstance(part.people, int) and isinstance(part.heard, int) and part.heard:
        low, high = wilson(part.people, part.heard, confidence)
        people += f"; {100 * low:.0f} to {100 * high:.0f}%"
    below = f"{count(part.assigned)} of {count(part.segments)}; {people}"
    return Cell(f"{100 * part.assigned / part.segments:.1f}%", f"{interval}{below}")
