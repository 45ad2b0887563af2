"""Which codes one coder gave where the other gave which: counts of units, for the codes and for the constructs above them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.agreement.frame import Frame
from nptlens.agreement.intervals import Bools, Floats, share
from nptlens.agreement.levels import Measure
from nptlens.agreement.shared_units import Common, common
from nptlens.schemas.records import Codebook
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import CONFUSION

_BLOCK = 65_536


def confused(first: Frame, against: Frame, segments: pd.DataFrame, codebook: Codebook, how: Measure) -> pd.DataFrame:
    """Return the CONFUSION table of two coders: of the lowest codes, and of the constructs where the codebook has them.

    A unit counts once (as many times as it stands for). Of the codes that either coder gave it, those that both gave take an equal part
    each on the diagonal; what is left is shared out evenly among the pairs of what only the one and only the other gave, "" where one
    of them gave nothing more. Units that both left uncoded are the cell of "" and "".
    """
    units = common([first, against], segments, how.settings.cluster)
    if units is None or not how.codes:
        return empty(CONFUSION)
    constructs = np.array([scope == "construct" for scope in how.scopes])
    with threadpool_limits(1):
        tables = [_table(units, _lowest(units.coded, how.codes, codebook), np.ones(len(how.codes), dtype=bool), how, "code")]
        if constructs.any():
            tables.append(_table(units, units.coded, constructs, how, "construct"))
    return checked(CONFUSION, pd.concat(tables, ignore_index=True).assign(coder=first.coder, against=against.coder))


def _lowest(coded: Bools, codes: tuple[str, ...], codebook: Codebook) -> Bools:
    """Return the codes without those above another of the same unit."""
    place = {code: i for i, code in enumerate(codes)}
    result = coded.copy()
    for code in codes:
        for above in codebook.ancestors(code) if code in codebook else ():
            if above in place:
                result[..., place[above]] &= ~coded[..., place[code]]
    return result


def _table(units: Common, coded: Bools, columns: Bools, how: Measure, scope: str) -> pd.DataFrame:
    names = [*(code for code, held in zip(how.codes, columns, strict=True) if held), ""]
    counts = np.zeros((len(names), len(names)))
    for start in range(0, len(units), _BLOCK):
        rows = slice(start, start + _BLOCK)
        counts += _counts(coded[0, rows][:, columns], coded[1, rows][:, columns], units.weight[rows])
    one, other = np.nonzero(counts > 1e-9)
    named = np.array(names, dtype=object)
    return pd.DataFrame({"scope": scope, "code": named[one], "code_against": named[other], "n": np.round(counts[one, other], 9)})


def _counts(one: Bools, other: Bools, weight: Floats) -> Floats:
    """Return ``(k + 1, k + 1)`` counts, the last row and column for what is not coded."""
    same, union = (one & other).sum(axis=1), (one | other).sum(axis=1)
    agreed = share(weight, union)
    left = weight - np.nan_to_num(agreed) * same
    ours, theirs = _with_nothing(one & ~other), _with_nothing(other & ~one)
    each = left / (ours.sum(axis=1) * theirs.sum(axis=1))
    result: Floats = (ours * each[:, None]).T @ theirs
    diagonal = np.append((one & other).T.astype(np.float64) @ np.nan_to_num(agreed), 0.0)
    result[np.diag_indices(len(result))] += diagonal
    return result


def _with_nothing(coded: Bools) -> NDArray[np.float64]:
    return np.column_stack([coded, ~coded.any(axis=1)]).astype(np.float64)
