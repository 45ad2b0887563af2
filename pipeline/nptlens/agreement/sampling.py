"""Drawing units for a person to code blind, so that every unit's chance to be drawn is known exactly.

Stratified simple random sampling without replacement (Cochran 1977, chapter 5): strata are transcripts by what the machine said of a unit
(a rare code, another code, none). With the inclusion probabilities pi, ``sum(y / pi)`` over the units drawn estimates a total without bias
(Horvitz & Thompson 1952, eq. 11).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.core.errors import UsageError
from nptlens.core.ids import digest
from nptlens.schemas.tables import Column, Table, checked

RARE_BELOW = 0.05
"""A code is rare where the machine gave it to less than this share of the units drawn from."""
KINDS = ("rare code", "coded", "uncoded")
_PULL = {"rare code": 4.0, "coded": 2.0, "uncoded": 1.0}
_ALL = ""

Floats = NDArray[np.float64]
DESIGN = Table(
    "sampling design",
    (
        ("segment_id", Column("str")),
        ("transcript", Column("str")),  # "" : the stratum runs over all transcripts
        ("kind", Column("str")),
        ("population", Column("int64", least=1)),
        ("drawn", Column("int64", least=0)),
        ("probability", Column("float64", least=0, most=1)),
        ("order", Column("int64", least=0)),
    ),
    ("segment_id",),
)
"""A row per unit of the sheet: its stratum, how many units that holds and how many were drawn there, its chance, its place on the sheet."""


@dataclass(frozen=True, slots=True)
class Strata:
    """Where units ``(n,)`` are drawn from: `of` is each unit's stratum, `names` each stratum's transcript ("" for all) and kind, `size`
    and `drawn` ``(strata,)`` how many units it holds and how many of them are drawn.
    """

    of: NDArray[np.intp]
    names: tuple[tuple[str, str], ...]
    size: NDArray[np.int64]
    drawn: NDArray[np.int64]


def kinds(assigned: NDArray[np.bool_], *, rare_below: float = RARE_BELOW) -> NDArray[np.str_]:
    """Return what the machine said of each unit, one of KINDS, from its codes ``(n, k)``."""
    rare = assigned[:, assigned.mean(axis=0) < rare_below].any(axis=1) if len(assigned) else np.zeros(0, dtype=bool)
    return np.where(rare, KINDS[0], np.where(assigned.any(axis=1), KINDS[1], KINDS[2]))


def stratify(transcripts: NDArray[np.str_], kind: NDArray[np.str_], number: int) -> Strata:
    """Share `number` draws out among transcripts by kind ``(n,)``; every stratum gets one, rare codes more than their share.

    Where there are fewer draws than such strata, the kinds alone are the strata. Raises UsageError for fewer draws than kinds, or no unit.
    """
    if not len(kind):
        raise UsageError("there is no unit to draw from", hint="name other transcripts")
    labels = [(transcript, each) for transcript, each in zip(transcripts.tolist(), kind.tolist(), strict=True)]
    if len(set(labels)) > number:
        labels = [(_ALL, each) for _, each in labels]
    names = tuple(sorted(set(labels)))
    if len(names) > number:
        raise UsageError(f"{number} is fewer than the {len(names)} kinds of units", hint=f"draw {len(names)} or more")
    place = {name: i for i, name in enumerate(names)}
    of = np.array([place[label] for label in labels], dtype=np.intp)
    size = np.bincount(of, minlength=len(names)).astype(np.int64)
    return Strata(of, names, size, allocate(size, np.array([_PULL[each] for _, each in names]), number))


def allocate(size: NDArray[np.int64], pull: Floats, number: int) -> NDArray[np.int64]:
    """Share `number` out in proportion to ``size * pull``, at least one and at most `size` each, the largest remainders first."""
    drawn = np.ones(len(size), dtype=np.int64)
    left = min(number, int(size.sum())) - len(size)
    while left > 0:
        room = size - drawn
        wish = np.where(room > 0, size * pull, 0.0)
        share = np.minimum(wish / wish.sum() * left, room)
        whole = np.floor(share).astype(np.int64)
        if not whole.any():
            # Equal remainders go to the first strata, whose order is that of their names.
            whole[np.argsort(-share, kind="stable")[:left]] = 1
            whole = np.minimum(whole, room)
        drawn += whole
        left -= int(whole.sum())
    return drawn


def draw(segments: pd.DataFrame, kind: NDArray[np.str_], number: int, *, seed: int, coder: str, neighbours: int = 0) -> pd.DataFrame:
    """Draw `number` of the segments ``(n,)`` and return their DESIGN, by segment id.

    With `neighbours`, so many units before and after each drawn one (in its transcript) come too, so that stretches keep their context; a
    unit's probability is then the chance that it or one of those around it is drawn. The draw hangs on `seed` and the units alone; the
    order of the sheet is a random one of the stretches for each coder, and says nothing of the machine's opinion. Raises UsageError
    like `stratify`.
    """
    table = segments.assign(kind=kind).sort_values(["transcript_id", "start", "end"], kind="stable").reset_index(drop=True)
    strata = stratify(table["transcript_id"].to_numpy(dtype=str), table["kind"].to_numpy(dtype=str), number)
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(table), dtype=bool)
    for stratum, drawn in enumerate(strata.drawn):
        chosen[rng.permutation(np.flatnonzero(strata.of == stratum))[:drawn]] = True
    transcript = pd.factorize(table["transcript_id"])[0]
    probability = inclusion(strata, transcript, neighbours)
    on_sheet = _window(chosen.astype(np.int64), transcript, neighbours) > 0
    rows = np.flatnonzero(on_sheet)
    names = [strata.names[strata.of[row]] for row in rows]
    design = pd.DataFrame(
        {
            "segment_id": table["segment_id"].to_numpy()[rows],
            "transcript": [name[0] for name in names],
            "kind": [name[1] for name in names],
            "population": strata.size[strata.of[rows]],
            "drawn": strata.drawn[strata.of[rows]],
            "probability": probability[rows],
            "order": _order(rows, transcript, np.random.default_rng([seed, int(digest(coder)[:12], 16)])),
        }
    )
    return checked(DESIGN, design.sort_values("segment_id", kind="stable"))


def inclusion(strata: Strata, transcript: NDArray[np.intp], neighbours: int) -> Floats:
    """Return each unit's chance ``(n,)`` to be on the sheet; units are in the order of their places, `transcript` ``(n,)`` numbers theirs.

    A unit is on it unless none of the units around it is drawn: ``1 - prod_h C(N_h - w_h, n_h) / C(N_h, n_h)`` over the strata, of which
    its surroundings hold `w_h` units; draws in one stratum say nothing of another. Without neighbours this is ``n_h / N_h``.
    """
    if not neighbours:
        plain: Floats = (strata.drawn / strata.size)[strata.of]
        return plain
    missed = np.ones(len(strata.of))
    for stratum, (size, drawn) in enumerate(zip(strata.size.tolist(), strata.drawn.tolist(), strict=True)):
        around = _window((strata.of == stratum).astype(np.int64), transcript, neighbours)
        none = [math.comb(size - w, drawn) / math.comb(size, drawn) for w in range(int(around.max()) + 1)]
        missed *= np.array(none)[around]
    return 1 - missed


def _window(count: NDArray[np.int64], transcript: NDArray[np.intp], neighbours: int) -> NDArray[np.int64]:
    """Sum `count` over each unit and those up to `neighbours` places away in its transcript."""
    total = count.copy()
    for step in range(1, neighbours + 1):
        same = transcript[step:] == transcript[:-step]
        total[step:] += np.where(same, count[:-step], 0)
        total[:-step] += np.where(same, count[step:], 0)
    return total


def _order(rows: NDArray[np.intp], transcript: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return each row's place: stretches of adjacent units in random order, the units of a stretch as they stand."""
    broken = (np.diff(rows) != 1) | (np.diff(transcript[rows]) != 0)
    stretch = np.concatenate([[0], np.cumsum(broken)]) if len(rows) else np.zeros(0, dtype=np.int64)
    rank = rng.permutation(int(stretch[-1]) + 1 if len(rows) else 0)[stretch]
    result = np.empty(len(rows), dtype=np.int64)
    result[np.lexsort((np.arange(len(rows)), rank))] = np.arange(len(rows))
    return result


def weights(design: pd.DataFrame, read: NDArray[np.bool_]) -> Floats:
    """Return how many units each row of a design that was `read` ``(n,)`` stands for, 0 where it was not.

    ``1 / pi``, raised in each stratum so that the rows read stand for those left out too: they count as missing at random there
    (weighting classes, Oh & Scheuren 1983), as they do where a coder stops partway down a sheet in random order.
    """
    base = 1 / design["probability"].to_numpy(dtype=np.float64)
    stratum = design.groupby(["transcript", "kind"], sort=True).ngroup().to_numpy()
    wanted, got = np.bincount(stratum, base), np.bincount(stratum, np.where(read, base, 0.0))
    raised = np.divide(wanted, got, out=np.zeros_like(wanted), where=got > 0)
    result: Floats = np.where(read, base * raised[stratum], 0.0)
    return result


def total(values: Floats, weight: Floats) -> float:
    """Return the Horvitz–Thompson estimate ``sum(w y)`` of a total over all units from those read, both ``(n,)``."""
    return float((values * weight).sum())


def share(values: Floats, weight: Floats) -> float:
    """Return Hájek's estimate ``sum(w y) / sum(w)`` of a mean over all units (Hájek 1971), NaN of none; both ``(n,)``."""
    whole = float(weight.sum())
    return total(values, weight) / whole if whole > 0 else float("nan")
