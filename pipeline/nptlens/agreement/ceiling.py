"""The human ceiling: a machine's agreement with a person beside another person's, on the same units and the same resamples."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from nptlens.agreement.coefficients import Ratings
from nptlens.agreement.frame import Frame
from nptlens.agreement.intervals import Sampled
from nptlens.agreement.levels import Measure, in_use, tallied
from nptlens.agreement.masi import alpha_masi
from nptlens.agreement.shared_units import Common, common
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import CEILING

BY_CODE = ("kappa", "ac1", "f1")
_OVERALL = {"kappa": "mean_kappa", "f1": "macro_f1"}


def ceiling(first: Frame, against: Frame, machine: Frame, segments: pd.DataFrame, how: Measure) -> pd.DataFrame:
    """Return the CEILING table of one pair of people and a machine; no rows where the three have no unit in common.

    Both figures are agreement with `against`, on the segments that all three read, and on those of them that anybody coded ("either": one
    set of units for both figures, so that their difference means something). Means over codes take the codes that `against` used.
    """
    read = first.read & against.read & machine.read
    frames = [Frame(each.coder, each.coded, read, None, each.weight) for each in (first, against, machine)]
    found = common(frames, segments, how.settings.cluster)
    if found is None or not how.codes:
        return empty(CEILING)
    with threadpool_limits(1):
        tables = [table for frame, units in (("all", found), ("either", found.either())) for table in _frame(units, frame, how)]
    return checked(CEILING, pd.concat(tables, ignore_index=True))


def _frame(units: Common, frame: str, how: Measure) -> Iterator[pd.DataFrame]:
    draws = how.draws(units.clusters)
    human, machine = units.of(0, 1), units.of(2, 1)
    used = in_use(human)
    about = {"coder": units.coders[0], "against": units.coders[1], "machine": units.coders[2], "frame": frame, "n": len(units)}
    tallies = tallied(human, draws), tallied(machine, draws)
    for statistic in BY_CODE:
        people, its = (each.sampled(statistic, draws) for each in tallies)
        yield _table(people, its, how, {**about, "scope": how.scopes, "code": how.codes, "statistic": statistic})
        overall = {"scope": ["overall"], "code": "", "statistic": _OVERALL.get(statistic, statistic)}
        yield _table(people.mean(used), its.mean(used), how, {**about, **overall})
    people, its = (alpha_masi(Ratings(each.coders, each.coded, each.read), each.cluster, draws, each.weight) for each in (human, machine))
    yield _table(people, its, how, {**about, "scope": ["overall"], "code": "", "statistic": "alpha_masi"})


def _table(people: Sampled, machine: Sampled, how: Measure, about: dict[str, object]) -> pd.DataFrame:
    told = dict(about)
    for name, value, found in (
        ("human", "human", people), ("machine", "machine_value", machine), ("difference", "difference", machine.minus(people)),
    ):  # fmt: skip
        low, high = found.limits(how.settings.interval, how.settings.confidence)
        told |= {value: np.atleast_1d(found.value), f"{name}_low": np.atleast_1d(low), f"{name}_high": np.atleast_1d(high)}
    return pd.DataFrame(told)
