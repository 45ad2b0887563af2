"""Whether the machine's stances may be shown as found: from their agreement with a person to yes or no, and why (docs/statistics.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nptlens.reporting._words import count, counted, decimal
from nptlens.schemas.records import STANCES

FEWEST, FEWEST_OTHER, FEWEST_CLUSTERS = 20, 5, 5
"""Codings with a stance by both, those among them that the person did not assert, and their transcripts: of fewer nothing is said."""


@dataclass(frozen=True, slots=True)
class StanceTrust:
    """Whether stances of the machine are shown as found, and a sentence that says why or why not."""

    shown: bool = False
    sentence: str = ""


def stance_trust(table: pd.DataFrame, named: str = "") -> StanceTrust:
    """Return the verdict on the machine's stances against the person `named`, else against the one with the most in common.

    `table` is a STANCE_AGREEMENT.
    """
    rows = [row for row in table.to_dict("records") if str(row["coder"]).startswith("machine") and not row["code"]]
    rows.sort(key=lambda row: (row["against"] != named, -row["n"], row["against"]))
    if not rows:
        return StanceTrust(False, "The machine’s stances are not shown as found: no person gave a stance to what it coded.")
    return _judged(rows[0])


def _judged(row: dict[Any, Any]) -> StanceTrust:
    n, other, clusters, person = int(row["n"]), int(row["not_asserted"]), int(row["clusters"]), row["against"]
    if n < FEWEST or other < FEWEST_OTHER or clusters < FEWEST_CLUSTERS:
        read = f"{counted(n, 'coding')} of {counted(clusters, 'transcript')} have a stance by it and by {person}, {count(other)} of them "
        needed = f"{FEWEST} of {FEWEST_CLUSTERS} transcripts with {FEWEST_OTHER} of these are needed"
        return StanceTrust(False, f"The machine’s stances are not shown as found: {read}not {STANCES[0]}; {needed}.")
    told = (
        f"it is right in {100 * row['agreed']:.1f}% of {counted(n, 'coding')} that {person} judged too, always saying “{STANCES[0]}” in "
        f"{100 * row['asserted']:.1f}% (difference {decimal(row['difference'])}, {decimal(row['difference_low'])} to "
        f"{decimal(row['difference_high'])}; kappa {decimal(row['kappa'])}, {decimal(row['kappa_low'])} to {decimal(row['kappa_high'])})"
    )
    if math.isnan(row["difference_low"]) or row["difference_low"] <= 0:
        return StanceTrust(False, f"The machine’s stances are not shown as found: {told}.")
    return StanceTrust(True, f"The machine’s stances are shown: {told}.")
