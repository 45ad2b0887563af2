"""What every benchmark writes: one JSON object with machine, versions, date and a flat list of records."""

from __future__ import annotations

import datetime
import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nptlens import __version__
from nptlens.core.resampling import cluster_draws

_RESAMPLES = 1000
_TOLD = ("torch", "sentence-transformers", "scikit-learn", "bertopic", "numpy", "pandas", "spacy")


@dataclass(frozen=True, slots=True)
class Record:
    """One figure: which data, which system, under which setting, with its interval and the number of units."""

    set: str
    system: str
    setting: str
    metric: str
    value: float
    low: float
    high: float
    n: int


def share(
    data: str, system: str, setting: str, metric: str, hits: NDArray[np.bool_], clusters: ArrayLike, among: NDArray[np.bool_] | None = None
) -> Record:
    """Return the share of `hits` ``(n,)`` among the units `among` (all without it); the interval resamples clusters, a name per unit."""
    counted = np.ones(len(hits), dtype=bool) if among is None else among
    codes, names = pd.factorize(np.asarray(clusters), sort=True)
    held, good = (np.bincount(codes[rows], minlength=len(names)) for rows in (counted, counted & hits))
    draws = cluster_draws(len(names), resamples=_RESAMPLES, seed=1)
    drawn = draws @ held
    low, high = np.percentile((draws @ good)[drawn > 0] / drawn[drawn > 0], [2.5, 97.5])
    return Record(data, system, setting, metric, float(good.sum() / held.sum()), float(low), float(high), int(held.sum()))


def write(path: Path, records: Sequence[Record], notes: Sequence[str] = ()) -> None:
    """Write a benchmark's result, with notes where there are some; NaN becomes null."""

    def cleaned(record: Record) -> dict[str, object]:
        return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in asdict(record).items()}

    result: dict[str, object] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "versions": {"nptlens": __version__, "python": platform.python_version(), **{name: version(name) for name in _TOLD}},
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "records": [cleaned(record) for record in records],
    }
    if notes:
        result["notes"] = list(notes)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
