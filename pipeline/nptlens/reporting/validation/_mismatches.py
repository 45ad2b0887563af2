"""Excerpts that two coders coded differently, side by side: exact slices, the hardest first."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from nptlens.core.errors import IntegrityError
from nptlens.reporting._words import NO_PARTICIPANT, NO_ROLE, counted, decimal, practice_words
from nptlens.reporting.content import Block, Heading, Paragraph, Quotation, Quotations, Section, Speech
from nptlens.reporting.validation._shelf import Shelf


@dataclass(frozen=True, slots=True)
class Disputed:
    """A mismatch joined with its segment; `text` is "" where the words are withheld."""

    coder: str
    against: str
    codes: str
    codes_against: str
    hardness: float
    reason: str
    segment_id: str
    transcript: str
    start: int
    end: int
    participant: str
    role: str
    practice: str
    text: str


def disputed(shelf: Shelf, segments: pd.DataFrame, withheld: Collection[str] = ()) -> tuple[Disputed, ...]:
    """Return all mismatches in order, those of `withheld` segments without words.

    Raises IntegrityError where one names a segment that is not there.
    """
    wanted = shelf.validation.mismatches
    places = {each: row for row, each in enumerate(segments["segment_id"])}
    missing = sum(each not in places for each in wanted["segment_id"])
    if missing:
        raise IntegrityError(f"{counted(missing, 'mismatch', 'mismatches')} of a segment that is not there", hint="run: nptlens run STUDY")
    columns = ("transcript_id", "start", "end", "participant_id", "role", "practice", "text")
    held = segments.iloc[[places[each] for each in wanted["segment_id"]]]
    held = held.assign(text=held["text"].where(~held["segment_id"].isin(list(withheld)), ""))
    joined = zip(wanted.itertuples(index=False, name=None), held[list(columns)].itertuples(index=False, name=None), strict=True)
    return tuple(
        Disputed(coder, against, codes, others, hardness, reason, segment, *place)
        for (coder, against, segment, codes, others, hardness, reason), place in joined
    )


def mismatches(shelf: Shelf, rows: tuple[Disputed, ...], most: int) -> Section:
    """Return the first `most` of each pair; the workbook holds all."""
    blocks: list[Block] = []
    for pair, group in groupby(rows, key=lambda row: (row.coder, row.against)):
        held = list(group)
        first, second = (shelf.who(each) for each in pair)
        blocks.append(Heading(f"{first[:1].upper()}{first[1:]} and {second}"))
        shown = held[:most]
        rest = f" The first {len(shown):,} are shown; validation.xlsx holds all." if len(shown) < len(held) else ""
        blocks.append(Paragraph(f"{counted(len(held), 'excerpt')} coded differently.{rest}"))
        if shown:
            blocks.append(Quotations(tuple(_entries(shelf, shown)), numbered=True))
    told = Paragraph(
        "To discuss and to adjudicate: both codings of the same excerpt side by side, the hardest first. Neither side is marked as right."
    )
    return Section("mismatches", "Excerpts coded differently", (told, *blocks) if blocks else ())


def _entries(shelf: Shelf, rows: list[Disputed]) -> Iterator[Quotation]:
    for row in rows:
        who = " · ".join((row.participant or NO_PARTICIPANT, row.role or NO_ROLE, practice_words(row.practice), row.transcript))
        reason = f"{row.reason} · " if row.reason else ""
        yield Quotation(
            (Speech("", "", row.segment_id, row.text, segment=True),),
            (f"{who}, characters {row.start}–{row.end}",),
            sides=((shelf.who(row.coder), shelf.code_cell(row.codes)), (shelf.who(row.against), shelf.code_cell(row.codes_against))),
            remark=f"{reason}hardness {decimal(row.hardness)}",
        )
