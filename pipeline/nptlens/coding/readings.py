"""The readings side by side: what a segment was coded directly, what its topic speaks of, and where the two part.

Both are read at two levels: constructs (codes with codes below them) and themes (codes with none above or below). A topic speaks of
the code whose weight stands highest above its base, among those whose whole interval lies above it; of none, and it is an orphan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nptlens.schemas.records import Codebook
from nptlens.schemas.tables import LEVELS, READING_KINDS, READINGS, TOPIC_READINGS, checked, empty


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`topics`: a row per topic and level (table TOPIC_READINGS); `segments`: a row per segment and level (table READINGS)."""

    topics: pd.DataFrame
    segments: pd.DataFrame


def levels(codebook: Codebook) -> dict[str, tuple[str, ...]]:
    """Return the codes of each level, in the codebook's order; codes below others (components) belong to none."""
    tops = [code.id for code in codebook if code.parent is None]
    found = dict(
        zip(LEVELS, (tuple(c for c in tops if codebook.children(c)), tuple(c for c in tops if not codebook.children(c))), strict=True)
    )
    return {level: codes for level, codes in found.items() if codes}


def read_side_by_side(topics: pd.DataFrame, topic_codes: pd.DataFrame, codings: pd.DataFrame, codebook: Codebook) -> SideBySide:
    """Return both readings of every segment, and per topic how far they say the same.

    A segment's reading is "same" where its topic's code is among the codes it was assigned, "undecided" where direct coding abstained
    from that code, "differ" where it was assigned other codes only, "topic only" where it was assigned none; "direct only"
    where its topic speaks of nothing (or it has no topic) and codes were assigned, "neither" where none were.
    """
    if not len(codings):
        return SideBySide(empty(TOPIC_READINGS), empty(READINGS))
    leads, segments = [], {}
    for level, codes in levels(codebook).items():
        lead = _leads(topics, topic_codes, level, codes)
        read = _segments(topics, codings, level, codes, dict(zip(lead["topic"], lead["code"], strict=True)))
        leads.append(_counted(lead, read))
        segments[level] = read
    if not segments:
        return SideBySide(empty(TOPIC_READINGS), empty(READINGS))
    place = np.tile(np.arange(len(topics)), len(segments))  # each level has a row per segment, in one order
    found = pd.concat([segments[level] for level in sorted(segments)], ignore_index=True).iloc[np.argsort(place, kind="stable")]
    told = pd.concat(leads, ignore_index=True).sort_values(["topic", "level"], kind="stable")
    return SideBySide(checked(TOPIC_READINGS, told) if len(told) else empty(TOPIC_READINGS), checked(READINGS, found))


def _leads(topics: pd.DataFrame, topic_codes: pd.DataFrame, level: str, codes: tuple[str, ...]) -> pd.DataFrame:
    """Return, per topic, the code it speaks of at this level ("" for none), its weight, and the others that stand above their base."""
    rows = []
    place = {code: number for number, code in enumerate(codes)}
    for number in sorted(int(each) for each in topics["topic"].unique() if each >= 0):
        own = topic_codes[(topic_codes["topic"] == number) & topic_codes["code"].isin(codes) & (topic_codes["low"] > topic_codes["base"])]
        ranked = sorted(own.to_dict("records"), key=lambda row: (-(row["weight"] - row["base"]), place[row["code"]]))
        lead = ranked[0] if ranked else {"code": "", "weight": None, "low": None, "high": None, "base": None}
        told = {name: lead[name] for name in ("code", "weight", "low", "high", "base")}
        others = "; ".join(str(row["code"]) for row in ranked[1:])
        rows.append({"topic": number, "level": level, **told, "others": others, "segments": int((topics["topic"] == number).sum())})
    return pd.DataFrame(rows, columns=TOPIC_READINGS.names()[:-4])


def _segments(
    topics: pd.DataFrame, codings: pd.DataFrame, level: str, codes: tuple[str, ...], speaks_of: Mapping[int, str]
) -> pd.DataFrame:
    own = codings[codings["code"].isin(codes)]
    assigned, abstained = (_codes_of(own[own["decision"] == decision]) for decision in ("assigned", "abstained"))
    rows = []
    for segment, topic in zip(topics["segment_id"].tolist(), topics["topic"].tolist(), strict=True):
        code, direct = speaks_of.get(topic, ""), assigned.get(segment, [])
        reading = _kind(code, direct, code in abstained.get(segment, []))
        rows.append((segment, level, topic, code, "; ".join(direct), reading))
    return pd.DataFrame(rows, columns=READINGS.names())


def _codes_of(codings: pd.DataFrame) -> dict[str, list[str]]:
    """Return the codes of each segment, the most probable first."""
    found: dict[str, list[str]] = {}
    ranked = codings.sort_values("probability", ascending=False, kind="stable")
    for segment, code in zip(ranked["segment_id"].tolist(), ranked["code"].tolist(), strict=True):
        found.setdefault(segment, []).append(code)
    return found


def _kind(topic_code: str, direct: list[str], undecided: bool) -> str:
    same, differ, abstained, topic_only, direct_only, neither = READING_KINDS
    if not topic_code:
        return direct_only if direct else neither
    if topic_code in direct:
        return same
    if undecided:
        return abstained
    return differ if direct else topic_only


def _counted(lead: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Add to each topic how many of its segments read the same, otherwise, undecided, or were not coded directly."""
    kinds = {"same": ("same",), "differ": ("differ",), "undecided": ("undecided",), "uncoded": ("topic only", "neither")}
    for name, among in kinds.items():
        counts = read[read["reading"].isin(among)].groupby("topic").size()
        lead[name] = [int(counts.get(number, 0)) for number in lead["topic"]]
    return lead
