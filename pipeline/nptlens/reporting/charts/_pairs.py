"""Codes given to the same excerpts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from nptlens.reporting._index import Index
from nptlens.reporting._words import count
from nptlens.reporting.charts._draw import Named, Shaded, picture, shaded
from nptlens.reporting.content import Block, Cell, Paragraph, Row, Section, Table, estimate

_MOST = 40  # codes that fit in one picture
_TOLD = 3


def pairs(index: Index) -> Section:
    """Return how often two codes are given to the same excerpt, as a picture and a table with intervals."""
    return Section("together", "Codes in the same excerpt", tuple(_blocks(index)))


def _blocks(index: Index) -> list[Block]:
    table = index.inputs.patterns.pairs
    if table is None or table.empty or not table["both_n"].any():
        return []
    order = {code: place for place, code in enumerate(index.inputs.codebook.ids())}
    met = table[table["both_n"] > 0]
    used = sorted({*met["first"], *met["second"]}, key=lambda code: order.get(code, len(order)))
    ranked = met.sort_values(["jaccard", "both_n", "first", "second"], ascending=[False, False, True, True], kind="stable")
    top = [ranked.head(_TOLD)[name].tolist() for name in ("first", "second", "both_n")]
    most = "; ".join(f"{first} with {second} ({count(both)})" for first, second, both in zip(*top, strict=True))
    lead = Paragraph(
        "How often the machine gave two codes to the same excerpt, of codes that have none below them. Jaccard: of the excerpts with "
        "either, the share with both. Phi: the correlation of the two as yes and no (0: none). Intervals come from drawing whole "
        f"{index.inputs.sampling.cluster}s again. Codes whose definitions touch go together by their wording."
    )
    grid = Table(
        "Pairs of codes in the same excerpt",
        "Pairs that met at least once, the highest Jaccard index first. There is no interval where a code has hardly any excerpts.",
        ("Code", "With", "Excerpts with both", "Jaccard", "Phi"),
        tuple(_line(index, row) for row in ranked.itertuples(index=False)),
        frozenset({1}),
        folded=True,
    )
    if len(used) > _MOST:
        return [lead, grid]
    named = Named(
        "together",
        "Excerpts with both codes",
        f"Numbers: excerpts with both. Shade: Jaccard index, the darkest the highest. Most alike: {most}.",
        f"Half a square of {len(used)} by {len(used)} codes with the number of excerpts that have both. Most alike: {most}. "
        "The table below holds all pairs.",
    )
    return [lead, picture(index.inputs.pictures, partial(shaded, _square(met, used)), named, grid)]


def _square(met: pd.DataFrame, used: Sequence[str]) -> Shaded:
    rows = zip(met["first"], met["second"], met["both_n"], met["jaccard"], strict=True)
    held = {(first, second): (int(both), float(jaccard)) for first, second, both, jaccard in rows}
    most = max(jaccard for _, jaccard in held.values())
    cells = [[held.get((other, one)) or held.get((one, other)) for other in used] for one in used]
    return Shaded(
        down=tuple(used[1:]),
        across=tuple(used[:-1]),
        texts=tuple(tuple(count(cell[0]) if cell and x < y else "" for x, cell in enumerate(row[:-1])) for y, row in enumerate(cells) if y),
        shades=tuple(
            tuple((cell[1] / most if cell else 0.0) if x < y else None for x, cell in enumerate(row[:-1]))
            for y, row in enumerate(cells)
            if y
        ),
    )


def _line(index: Index, row: Any) -> Row:
    codebook = index.inputs.codebook
    cells = (
        Cell(f"{row.second} {codebook.get(row.second).name}"),
        Cell(count(int(row.both_n)), f"of {count(int(row.first_n))} and {count(int(row.second_n))}"),
        estimate(row.jaccard, row.jaccard_low, row.jaccard_high),
        estimate(row.phi, row.phi_low, row.phi_high),
    )
    return Row(codebook.get(row.first).name, cells, row.first)
