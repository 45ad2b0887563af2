"""Small-cell suppression: counts of participants and practices below a limit are hidden wherever the report shows them.

The excerpts' participant ids still tell who spoke; `report.excerpts`, `report.all_excerpts` and
`report.most_quoted_words` limit those.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from nptlens.reporting._codes import CodeView
from nptlens.reporting._complementary_suppression import Hidden, Shown, hide, hide_parts
from nptlens.reporting._figures import Figures, Tally
from nptlens.reporting._groups import GroupView
from nptlens.reporting._topics import Topics, TopicView


def hidden_codes(codes: Sequence[CodeView], figures: Figures, least: int) -> tuple[CodeView, ...]:
    """Return the codes with every count of participants or practices below `least` hidden, and those that would give one away."""
    people = _whole(figures.participants)
    return tuple(_code(code, people, least) for code in codes) if least > 1 else tuple(codes)


def hidden_topics(found: Topics, least: int) -> Topics:
    """Return the topics with small counts of people hidden."""
    return replace(found, cards=tuple(_topic(card, least) for card in found.cards)) if least > 1 else found


def _whole(number: Shown) -> int:
    return 0 if isinstance(number, Hidden) else number


def hidden_figures(figures: Figures, least: int) -> Figures:
    """Return the study's figures with small counts of people hidden."""
    if least < 2:
        return figures
    people = _whole(figures.participants)
    roles, total = _tallies(figures.roles, people, least)
    described = []
    for column in figures.described:
        groups, of_column = _tallies(column.groups, people, least)
        described.append(replace(column, groups=groups))
        total = total if isinstance(total, Hidden) else of_column  # one table that cannot bear the total hides it in all
    return replace(
        figures,
        participants=figures.participants if total is None else total,
        roles=roles,
        described=tuple(described),
        practices=hide(_whole(figures.practices), least),
        unheard=hide(_whole(figures.unheard), least) if figures.unheard else 0,
    )


def _tallies(tallies: Sequence[Tally], people: int, least: int) -> tuple[tuple[Tally, ...], Shown | None]:
    parts, total = hide_parts([_whole(tally.count) for tally in tallies], people, least)
    return tuple(replace(tally, count=count) for tally, count in zip(tallies, parts, strict=True)), total


def _code(code: CodeView, people: int, least: int) -> CodeView:
    parts, total = hide_parts([_whole(group.participants) for group in code.groups], _whole(code.participants), least)
    heard, _ = hide_parts([_whole(group.heard) for group in code.groups], people, least)
    return replace(
        code,
        participants=hide(_whole(code.participants), least) if not code.groups or total is None else total,
        practices=hide(_whole(code.practices), least),
        groups=tuple(_group(*each) for each in zip(code.groups, parts, heard, strict=True)),
    )


def _group(group: GroupView, participants: Shown, heard: Shown) -> GroupView:
    if isinstance(participants, Hidden) or isinstance(heard, Hidden):
        return replace(group, participants=participants, heard=heard, person_low=math.nan, person_high=math.nan)
    return group


def _topic(card: TopicView, least: int) -> TopicView:
    return replace(card, participants=hide(_whole(card.participants), least), transcripts=hide(_whole(card.transcripts), least))
