"""Confusion and calibration: each a picture with its figures as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from nptlens.reporting._matrix import blocks as in_blocks
from nptlens.reporting._words import count, counted, decimal, visible
from nptlens.reporting.content import Block, Cell, Paragraph, Picture, Row, Section, Table, estimate
from nptlens.reporting.drawing._plots import Point, Scale, Series, curves, heat, number_of
from nptlens.reporting.validation._shelf import NOT_CODED, Shelf

_WIDE = 10  # columns of a table of counts that fit on a printed page
_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def confusion(shelf: Shelf) -> Section:
    """Return a heat map per pair of coders: which codes one gave where the other gave which."""
    rows = shelf.validation.confusion.itertuples(index=False, name=None)
    groups = [(key, list(group)) for key, group in groupby(rows, key=lambda row: (row[0], row[1], row[2]))]
    found: list[Block] = [
        Paragraph(
            "A row is what the first coder gave, a column what the second gave to the same units; the outlined diagonal is where they "
            "agree. A unit with several codes is shared out, first among the codes that both gave it, so counts may be fractions."
        )
    ]
    for number, ((coder, against, scope), held) in enumerate(groups):
        found.append(_confusion(shelf, (coder, against), [(*row[3:],) for row in held], f"{scope}s", number))
    return Section("confusion", "Which codes are taken for which", tuple(found) if groups else ())


def _confusion(shelf: Shelf, pair: tuple[str, str], rows: Sequence[Any], what: str, number: int) -> Picture:
    used = {code for one, other, n in rows for code in (one, other) if n}
    codes = [code for code in shelf.codebook.ids() if code in used] + sorted(used - {"", *shelf.codebook.ids()})
    codes += [""] if "" in used else []
    n = {(one, other): value for one, other, value in rows}
    counts = [[n.get((one, other), 0.0) for other in codes] for one in codes]
    names = [visible(code) or NOT_CODED for code in codes]
    first, second = (shelf.who(each) for each in pair)
    title = f"Confusion of {what}: {shelf.against(pair)}"
    apart = sorted(
        ((value, one, other) for (one, other), value in n.items() if one != other and one and other and value), key=lambda e: (-e[0], e[1:])
    )
    most = "; ".join(
        f"{visible(one)} by {first} where {second} gave {visible(other)} ({number_of(value)})" for value, one, other in apart[:3]
    )
    alt = f"Heat map of {len(codes)} by {len(codes)} {what}. " + (
        f"Most often taken for each other: {most}." if most else f"No two {what} were confused."
    )
    svg = heat(names, counts, f"columns: {second}", f"rows: {first}", f"confusion{number}", alt)
    caption = f"Numbers: units. Shade: share of the row. Rows: {first}; columns: {second}. " + (
        f"Most often: {most}." if most else f"No two {what} were confused."
    )
    parts = in_blocks(len(codes), _WIDE)
    grids = tuple(
        Table(
            f"{title}{f', part {at} of {len(parts)}' if len(parts) > 1 else ''}",
            f"Units. Rows: {first}; columns: {second}.",
            (first, *(names[column] for column in part), *(("all",) if at == len(parts) else ())),
            tuple(
                Row(
                    "" if codes[row] else NOT_CODED,
                    (
                        *(Cell(number_of(counts[row][column]) if counts[row][column] else "0") for column in part),
                        *((Cell(number_of(sum(counts[row]))),) if at == len(parts) else ()),
                    ),
                    codes[row],
                )
                for row in range(len(codes))
            ),
            folded=True,
        )
        for at, part in enumerate(parts, start=1)
    )
    return Picture(svg, title, caption, grids)


def calibration(shelf: Shelf) -> Section:
    """Return calibration curves: of all excerpts with a probability near p, how many a person gave the code."""
    rows = list(shelf.validation.calibration.to_dict("records"))
    whole = [row for row in rows if row["code"] == ""]
    if not rows:
        return Section("calibration", "Calibration", ())
    found: list[Block] = [
        Paragraph(
            "Of the excerpts to which the machine gives a probability near 0.7, about 70% should have the code in a person’s eyes. "
            "Below the dotted diagonal the machine is surer than it should be, above it less sure."
        )
    ]
    errors = [figure for figure in shelf.figures if figure.statistic == "ece" and figure.scope == "overall"]
    for figure in errors:
        told = estimate(figure.value, figure.low, figure.high, digits=3)
        between = f" ({shelf.interval()} {told.below})" if told.below else ""
        found.append(Paragraph(f"Expected calibration error, {shelf.against((figure.coder, figure.against))}: {told.text}{between}."))
    for number, (against, group) in enumerate(groupby(whole, key=lambda row: row["against"])):
        found.append(_calibration(shelf, str(against), list(group), number))
    codes = len({row["code"] for row in rows} - {""})
    if codes:
        found.append(Paragraph(f"Curves of {counted(codes, 'code')} one by one are in validation.xlsx.", "note"))
    return Section("calibration", "Calibration", tuple(found))


def _calibration(shelf: Shelf, against: str, rows: list[dict[Any, Any]], number: int) -> Picture:
    points = tuple(Point(row["probability"], row["share"], row["share_low"], row["share_high"]) for row in rows)
    who = shelf.who(against)
    title = f"Calibration, all codes together, against {who}"
    known = [f"{decimal(point.x)}: {decimal(point.value)}" for point in points if not math.isnan(point.x) and not math.isnan(point.value)]
    alt = f"Calibration curve. Mean probability and share that {who} gave the code: {'; '.join(known) or 'none determined'}."
    x, y = Scale("mean probability of the machine", _SHARES, 1), Scale("share coded by the person", _SHARES, 1)
    held = tuple(point for point in points if not math.isnan(point.x))
    svg = curves((Series(title, held),), x, y, f"calibration{number}", alt, diagonal=True)
    lines = tuple(
        Row(
            f"{decimal(row['low'])} to {decimal(row['high'])}",
            (Cell(count(row["n"])), Cell(decimal(row["probability"])), estimate(row["share"], row["share_low"], row["share_high"])),
        )
        for row in rows
    )
    caption = (
        f"Circle: share of each bin that {who} gave the code; vertical line: {shelf.interval()}; dotted: perfect calibration. An empty "
        "bin has no circle."
    )
    grid = Table(
        title, "Units are pairs of an excerpt and a code.", ("Probability", "n", "Mean probability", "Share coded"), lines, folded=True
    )
    return Picture(svg, title, caption, (grid,))
