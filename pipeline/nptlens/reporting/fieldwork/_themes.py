"""The result page of a codebook whose themes are linked to other codes: how often, confirming and contrary, and what each goes with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nptlens.reporting._complementary_suppression import hide
from nptlens.reporting._index import Index
from nptlens.reporting._words import NO_PRACTICE, SEVERAL, count, counted, percent, practice_column
from nptlens.reporting.content import Block, Cell, Heading, ItemList, Paragraph, Row, Section, Table, estimate
from nptlens.schemas.records import STANCES

_STRONGEST = 3
"""Links beside the expected ones that are shown of each theme."""


def themes_section(index: Index, links: pd.DataFrame) -> Section:
    """Return the section, made of a links table."""
    return Section("themes", "Themes and what they go with", tuple(_blocks(index, links)))


def _blocks(index: Index, links: pd.DataFrame) -> Iterator[Block]:
    found = index.inputs.fieldwork
    own = list(dict.fromkeys(links["theme"]))
    yield Paragraph(
        f"The codebook links {counted(len(own), 'theme')} to other codes. How often each was found, how often it was "
        "contradicted, and how it goes with "
        "the other codes are measured here; the links that the codebook expects are marked and change nothing."
    )
    yield _found(index, own)
    without = tuple(filter(None, (_none_contrary(index, theme) for theme in own)))
    yield from [ItemList(without)] if without else []
    yield Heading("What each theme goes with")
    yield Paragraph(
        "Lift: how many times as often as if the two had nothing to do with each other (1). Phi: their correlation as yes and no "
        "(0: none). "
        f"Intervals ({found.links_confidence:.0%}) come from drawing whole {found.links_cluster}s again, of participants from "
        "drawing participants; there is none where the two "
        "never met, or hardly anybody has, or lacks, one of them. "
        f"Shown are the links that the codebook expects and the {_STRONGEST} others of the highest phi."
    )
    yield _links(index, _chosen(links), "Expected and strongest links", folded=False)
    yield _links(index, links, "All links", folded=True)
    yield Heading("What these interviews cannot show")
    yield ItemList(_cannot(index))


def _found(index: Index, own: Sequence[str]) -> Table:
    least = index.inputs.settings.smallest_cell
    segments = len(index.inputs.segments)
    lines = []
    for theme in own:
        codings = index.assigned.get(theme, ())
        stances = Counter(coding.stance or "not judged" for coding in codings)
        people = len({coding.segment.participant for coding in codings} - {""})
        practices = len({practice_column(coding.segment.practice) for coding in codings} - {SEVERAL, NO_PRACTICE})
        manual = index.manual.get(theme, ())
        by_people = Counter(coding.stance or "asserted" for coding in manual)
        cells = (
            Cell(count(len(codings)), percent(len(codings), segments)),
            Cell(count(hide(people, least))),
            Cell(count(hide(practices, least))),
            *(Cell(count(stances[name]) if index.stance.shown else "–") for name in STANCES),
            Cell(f"{count(by_people['contrary'])} of {count(len(manual))}" if manual else "–"),
        )
        lines.append(Row(_name(index, theme), cells, theme))
    columns = ("Theme", "Excerpts", "Participants", "Practices", "Confirming", "Contrary", "Mixed", "Hypothetical", "Contrary, by people")
    caption = (
        "Excerpts that the machine assigned, and their share of all; stances are the machine’s, the last column is manual coding "
        "of all coders."
    )
    if not index.stance.shown:
        caption += f" {index.stance.sentence}"
    return Table("Themes, confirming and contrary", caption, columns, tuple(lines))


def _none_contrary(index: Index, theme: str) -> str:
    codings = index.assigned.get(theme, ())
    if any(coding.stance == "contrary" for coding in codings) or any(each.stance == "contrary" for each in index.manual.get(theme, ())):
        return ""
    judged = sum(bool(coding.stance) for coding in codings)
    among = f"{counted(judged, 'excerpt')} that the machine judged and {counted(len(index.manual.get(theme, ())), 'manual coding')}"
    return f"{theme} {_name(index, theme)}: no contrary excerpt was found among {among}."


def _chosen(links: pd.DataFrame) -> pd.DataFrame:
    excerpts = links[links["level"] == "excerpts"]
    others = excerpts[~excerpts["expected"] & excerpts["phi"].notna()].sort_values(["phi", "code"], ascending=[False, True], kind="stable")
    strongest = others.groupby("theme", sort=False).head(_STRONGEST)
    kept = set(zip(strongest["theme"], strongest["code"], strict=True))
    kept |= set(zip(links.loc[links["expected"], "theme"], links.loc[links["expected"], "code"], strict=True))
    return links[np.array([pair in kept for pair in zip(links["theme"], links["code"], strict=True)], dtype=bool)]


def _links(index: Index, links: pd.DataFrame, title: str, *, folded: bool) -> Table:
    least = index.inputs.settings.smallest_cell
    cases = {(row.theme, row.code): row for row in links[links["level"] == "participants"].itertuples(index=False)}
    order = {theme: number for number, theme in enumerate(dict.fromkeys(links["theme"]))}
    excerpts = links[links["level"] == "excerpts"]
    ranked = excerpts.assign(place=excerpts["theme"].map(order), rank=-excerpts["phi"].fillna(-2.0), told=~excerpts["expected"])
    rows = ranked.sort_values(["place", "told", "rank", "code"], kind="stable").itertuples(index=False)
    lines = tuple(_link(index, row, cases[row.theme, row.code], least) for row in rows)
    both = ("Excerpts with both", "Lift", "Phi", "Participants with both", "Phi among participants")
    columns = ("Theme", "Goes with", "By the codebook", *both)
    caption = "Excerpts with both, out of those with the theme. n/d: one of the two is given to nobody or to everybody."
    return Table(title, caption, columns, lines, frozenset({1, 2}), folded)


def _link(index: Index, row: Any, case: Any, least: int) -> Row:
    return Row(
        _name(index, row.theme),
        (
            Cell(f"{row.code} {_name(index, row.code)}"),
            Cell("expected" if row.expected else "–"),
            Cell(count(int(row.both_n)), f"of {count(int(row.theme_n))}"),
            estimate(row.lift, row.lift_low, row.lift_high),
            estimate(row.phi, row.phi_low, row.phi_high),
            Cell(count(hide(int(case.both_n), least)), f"of {count(hide(int(case.theme_n), least))}"),
            estimate(case.phi, case.phi_low, case.phi_high),
        ),
        row.theme,
    )


def _cannot(index: Index) -> tuple[str, ...]:
    frame = index.inputs.fieldwork.sampling
    unmet = f" Nobody was met in {counted(len(frame.gaps), 'part')} of the sampling frame." if frame is not None and frame.gaps else ""
    return (
        "Whether a benefit is unique to what was studied, or comes from it: these are interviews about it alone, and nothing in "
        "them says what would "
        "have been without it or with something else.",
        "That one thing leads to another: two codes in one excerpt were spoken of together. Codes whose definitions touch go "
        "together by their wording.",
        "How common a theme is among those who were not interviewed: participants were chosen, they answered a topic guide, and "
        "silence is not absence."
        + unmet,
        "More than the coding is worth: these are the machine’s codings. What it confuses goes together, or falls apart, for "
        "that reason too; see Agreement.",
        *(("Anything about real people: this study is invented.",) if index.inputs.invented else ()),
    )


def _name(index: Index, code: str) -> str:
    return index.inputs.codebook.get(code).name
