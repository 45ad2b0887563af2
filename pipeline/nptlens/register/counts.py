"""How many projects of each kind, and which of them lasted: counts with the intervals that small numbers need."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from nptlens.register.proportions import fisher, newcombe, wilson
from nptlens.schemas.fieldwork import AttributeTally, CrossRow, CrossTable, HandCheck, ValueTally
from nptlens.schemas.records import Codebook


def tallies(codings: pd.DataFrame, codebook: Codebook, *, confidence: float) -> tuple[AttributeTally, ...]:
    """Return, per attribute, how many projects have each value, out of those decided, from a project codings table."""
    found = []
    for attribute, own in _by_attribute(codings):
        counts = own["code"].value_counts()
        decided = int((own["code"] != "").sum())
        by = own["decided_by"].value_counts()
        values = tuple(
            ValueTally(
                code=value.id,
                name=value.name,
                share=wilson(int(counts.get(value.id, 0)), decided, confidence),
                people=int(((own["code"] == value.id) & (own["decided_by"] == "person")).sum()),
                machine=int(((own["code"] == value.id) & (own["decided_by"] == "machine")).sum()),
                machine_alone=int((own["claim"] == value.id).sum()),
            )
            for value in codebook.children(attribute)
        )
        people, machine, undecided = (int(by.get(name, 0)) for name in ("person", "machine", "undecided"))
        name = codebook.get(attribute).name
        found.append(AttributeTally(attribute, name, values, people, machine, undecided, hand_check(own, confidence=confidence)))
    return tuple(found)


def hand_check(codings: pd.DataFrame, *, confidence: float) -> HandCheck:
    """Return how the machine's claims of one attribute compare with people's values, where both looked at a project."""
    both = codings[(codings["decided_by"] == "person") & (codings["likeliest"] != "")]
    decided = both[both["claim"] != ""]
    return HandCheck(
        compared=len(both),
        abstained=len(both) - len(decided),
        same=wilson(int((decided["claim"] == decided["code"]).sum()), len(decided), confidence),
        kappa=_kappa(decided["claim"], decided["code"]),
    )


def _kappa(first: pd.Series[str], second: pd.Series[str]) -> float:
    """Cohen 1960; NaN where chance alone would agree on everything."""
    n = len(first)
    if not n:
        return math.nan
    observed = float((first == second).sum()) / n
    shares = [each.value_counts() / n for each in (first, second)]
    expected = sum(float(share) * float(shares[1].get(value, 0.0)) for value, share in sorted(shares[0].items()))
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan


def cross_tables(
    codings: pd.DataFrame,
    codebook: Codebook,
    *,
    outcome: tuple[str, str],
    all_of: Sequence[str],
    any_of: Sequence[str],
    confidence: float,
) -> tuple[CrossTable, ...]:
    """Return groups of projects by outcome: first those with every value of `all_of` against those with any of `any_of`, then by attribute.

    `outcome` names the value that is yes and the one that is no; a project with neither is left out and counted. A project with a value
    of `any_of` is never in the first group. Empty where the codebook lacks the outcome; the first table is made only where it knows all
    the values.
    """
    if not all(value in codebook for value in outcome):
        return ()
    values: dict[str, set[str]] = {}
    for project, code in zip(codings["project_id"], codings["code"], strict=True):
        values.setdefault(project, set()).add(code)

    def row(name: str, member: Callable[[set[str]], bool]) -> CrossRow:
        group = [each for each in values.values() if member(each)]
        yes, no = (sum(value in each for each in group) for value in outcome)
        return CrossRow(name, yes, no, len(group) - yes - no, wilson(yes, yes + no, confidence))

    made = []
    if all_of and any_of and all(value in codebook for value in (*all_of, *any_of)):
        wanted, other = set(all_of), set(any_of)
        names = [" and ".join(_names(all_of, codebook)), " or ".join(_names(any_of, codebook))]
        rows = (
            row(names[0], lambda each: wanted <= each and not each & other),
            row(names[1], lambda each: bool(each & other)),
            row("neither, or undecided", lambda each: not wanted <= each and not each & other),
        )
        made.append(_table(f"{names[0]} against {names[1]}", rows))
    for attribute in dict.fromkeys(codings["attribute"]):
        if attribute == codebook.get(outcome[0]).parent:
            continue
        children = codebook.children(attribute)
        known = frozenset(value.id for value in children)
        by_value = [row(value.name, partial(_has, value.id)) for value in children]
        made.append(_table(codebook.get(attribute).name, (*by_value, row("undecided", known.isdisjoint))))
    return tuple(made)


def _has(value: str, values: set[str]) -> bool:
    return value in values


def _names(values: Sequence[str], codebook: Codebook) -> list[str]:
    return [codebook.get(value).name.casefold() for value in values]


def _table(title: str, rows: Sequence[CrossRow]) -> CrossTable:
    """Return the table; the last row holds the projects of no group."""
    first, second, *others = rows[0].share, rows[1].share, *rows[2:]
    two = len(others) == 1 and first.of > 0 and second.of > 0
    return CrossTable(title, tuple(rows), newcombe(first, second) if two else None, fisher(first, second) if two else None)


def _by_attribute(codings: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(name, codings[codings["attribute"] == name]) for name in dict.fromkeys(codings["attribute"])]
