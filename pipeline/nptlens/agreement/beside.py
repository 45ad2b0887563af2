"""A machine beside plain baselines: mean kappa of each with one person, and their difference on the same units and resamples."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from threadpoolctl import threadpool_limits

from nptlens.agreement.frame import Frame
from nptlens.agreement.levels import Measure, in_use, tallied
from nptlens.agreement.shared_units import common
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import BESIDE_BASELINES


def beside(machine: Frame, baselines: Sequence[Frame], against: Frame, segments: pd.DataFrame, how: Measure) -> pd.DataFrame:
    """Return the BESIDE_BASELINES table, a row a baseline, on the segments that `machine` and `against` both read.

    Means are over the codes that `against` used, as `nptlens.agreement.compare` has them. No rows where nothing is shared.
    """
    read = machine.read & against.read
    frames = [Frame(each.coder, each.coded, read, None, each.weight) for each in (against, machine, *baselines)]
    found = common(frames, segments, how.settings.cluster)
    if found is None or not how.codes:
        return empty(BESIDE_BASELINES)
    draws, used = how.draws(found.clusters), in_use(found.of(1, 0))
    rows = []
    with threadpool_limits(1):
        means = [tallied(found.of(place, 0), draws).sampled("kappa", draws).mean(used) for place in range(1, len(frames))]
    for baseline, its in zip(baselines, means[1:], strict=True):
        row: dict[str, object] = {"against": against.coder, "baseline": baseline.coder, "statistic": "mean_kappa"}
        row |= {"n": len(found), "codes": int(used.sum())}
        for name, value, figure in (
            ("machine", "machine", means[0]), ("baseline", "baseline_value", its), ("difference", "difference", means[0].minus(its)),
        ):  # fmt: skip
            low, high = figure.limits(how.settings.interval, how.settings.confidence)
            row |= {value: float(figure.value), f"{name}_low": float(low), f"{name}_high": float(high)}
        rows.append(row)
    return checked(BESIDE_BASELINES, pd.DataFrame(rows)) if rows else empty(BESIDE_BASELINES)
