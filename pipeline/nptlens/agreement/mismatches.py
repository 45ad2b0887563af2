"""Where two coders differ, the hardest first: what a team discusses, and decides."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement.frame import Frame
from nptlens.agreement.masi import masi
from nptlens.schemas.records import NONE_CODE, Codebook
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import MISMATCHES

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def mismatches(first: Frame, against: Frame, segments: pd.DataFrame, codes: tuple[str, ...], codebook: Codebook) -> pd.DataFrame:
    """Return the MISMATCHES table: the segments both read, to which they gave different codes; the hardest first, then by segment id.

    With a machine among the two, hardness is the largest distance of its probability from what the person said (1 or 0), over the codes
    they differ in. Between people it is the MASI distance of their sets of codes plus ``1 / n`` of the rarest code they differ in, which n
    units have by either of them. The codes named are the lowest ones: a construct is not where one of its components is.
    """
    rows = np.flatnonzero(first.read & against.read & (first.coded != against.coded).any(axis=1))
    if not len(rows):
        return empty(MISMATCHES)
    one, other = first.coded[rows], against.coded[rows]
    scored = first if first.score is not None else against if against.score is not None else None
    if scored is None:
        both_read = first.read & against.read
        units = (first.coded | against.coded)[both_read].sum(axis=0)
        hardness = masi(one.sum(axis=1), other.sum(axis=1), (one & other).sum(axis=1)) + _rarity(one != other, units)
    else:
        hardness = _surprise(scored, against if scored is first else first, rows)
    told = [
        _Pair((first.coder, against.coder), leaves(a, codes, codebook), leaves(b, codes, codebook), codebook)
        for a, b in zip(one, other, strict=True)
    ]
    reasons = [each.reason() for each in told]
    if scored is not None:
        person = against if scored is first else first
        reasons = [f"{reason}; {_probability(scored, person, row, codes)}" for reason, row in zip(reasons, rows.tolist(), strict=True)]
    found = pd.DataFrame(
        {
            "coder": first.coder,
            "against": against.coder,
            "segment_id": segments["segment_id"].to_numpy()[rows],
            "codes": ["; ".join(each.one) for each in told],
            "codes_against": ["; ".join(each.other) for each in told],
            "hardness": np.round(hardness, 12),
            "reason": reasons,
        }
    )
    return checked(MISMATCHES, found.sort_values(["hardness", "segment_id"], ascending=[False, True], kind="stable"))


def leaves(coded: Bools, codes: tuple[str, ...], codebook: Codebook) -> tuple[str, ...]:
    """Return the codes of one unit ``(k,)`` in the order of `codes`, without those above another of them."""
    own = [code for code, has in zip(codes, coded.tolist(), strict=True) if has]
    above = {each for code in own for each in _above(code, codebook)}
    return tuple(code for code in own if code not in above)


def _rarity(differ: Bools, units: NDArray[np.int64]) -> Floats:
    share = np.divide(1.0, units, out=np.zeros(len(units)), where=units > 0)
    result: Floats = np.where(differ, share, 0.0).max(axis=1)
    return result


def _surprise(machine: Frame, person: Frame, rows: NDArray[np.intp]) -> Floats:
    """Return the largest distance of a probability from 1 or 0, over the codes in which the two differ."""
    assert machine.score is not None
    apart = np.abs(machine.score[rows] - person.coded[rows])
    result: Floats = np.where(machine.coded[rows] != person.coded[rows], apart, 0.0).max(axis=1)
    return result


def _probability(machine: Frame, person: Frame, row: int, codes: tuple[str, ...]) -> str:
    assert machine.score is not None
    differ = np.flatnonzero(machine.coded[row] != person.coded[row])
    worst = differ[np.argmax(np.abs(machine.score[row, differ] - person.coded[row, differ]))]
    return f"the machine gives {codes[worst]} a probability of {machine.score[row, worst]:.2f}"


class _Pair:
    """Two coders and what they gave one unit."""

    def __init__(self, coders: tuple[str, str], one: tuple[str, ...], other: tuple[str, ...], codebook: Codebook) -> None:
        self.coders, self.one, self.other, self.codebook = coders, one, other, codebook

    def reason(self) -> str:
        """Say in plain words what each gave, and how the codes stand to each other."""
        given = "; ".join(
            f"{coder}: {', '.join(codes) or NONE_CODE}" for coder, codes in zip(self.coders, (self.one, self.other), strict=True)
        )
        return f"{given}; {self._relation()}"

    def _relation(self) -> str:
        if not (self.one and self.other):
            return f"only {self.coders[0 if self.one else 1]} coded it"
        same = [code for code in self.one if code in self.other]
        if same:
            more = [[code for code in own if code not in same] for own in (self.one, self.other)]
            added = [f"{coder} adds {', '.join(codes)}" for coder, codes in zip(self.coders, more, strict=True) if codes]
            return f"the same on {', '.join(same)}; {' and '.join(added)}"
        pairs = [(a, b) for a in self.one for b in self.other]
        part = next((pair for pair in pairs if pair[0] in self._line(pair[1]) or pair[1] in self._line(pair[0])), None)
        if part:
            whole, piece = part if part[0] in self._line(part[1]) else part[::-1]
            return f"{piece} is a part of {whole}"
        shared = next((both for a, b in pairs if (both := [code for code in self._line(a) if code in self._line(b)])), None)
        if shared:
            return f"neighbours in one construct, {shared[0]}"
        linked = any({link.first, link.second} == {a, b} for link in self.codebook.links for a, b in pairs)
        return "codes that the codebook links" if linked else "codes of different constructs"

    def _line(self, code: str) -> Iterable[str]:
        return _above(code, self.codebook)


def _above(code: str, codebook: Codebook) -> tuple[str, ...]:
    return codebook.ancestors(code) if code in codebook else ()
