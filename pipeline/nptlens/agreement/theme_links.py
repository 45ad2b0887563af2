"""How themes go with other codes: measured co-occurrence, with intervals from whole clusters drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement.frame import CLUSTERS
from nptlens.agreement.intervals import Bools, Floats, cluster_sums, sampled, share
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.fieldwork import CODE_LINKS
from nptlens.schemas.records import Codebook
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import checked, empty

FEWEST = 5


def themes(codebook: Codebook) -> tuple[str, ...]:
    """Return the codes that the codebook links to others, in its order; a link to a code that is not there does not count."""
    first = {link.first for link in codebook.links if link.first in codebook and link.second in codebook}
    return tuple(code.id for code in codebook if code.id in first)


def partners(codebook: Codebook) -> tuple[str, ...]:
    """Return the codes that a theme can go with: all but the themes that have no code below them or are named by a link."""
    named = {link.second for link in codebook.links}
    own = set(themes(codebook))
    return tuple(code.id for code in codebook if code.id not in own and (code.id in named or not codebook.children(code.id)))


def code_links(
    codings: pd.DataFrame, segments: pd.DataFrame, codebook: Codebook, settings: AgreementSettings, *, seed: int
) -> pd.DataFrame:
    """Return the links table: per theme, other code and level (excerpts, participants) their lift and phi, of assigned codings.

    Lift is P(both) / (P(theme) P(code)), 1 where the two have nothing to do with each other; phi is their correlation as yes and no
    (Pearson 1900). Excerpts are drawn in whole `settings.cluster` units; participants one by one. NaN where a code is given to none or to
    all; no interval where the two never met, or fewer than FEWEST units have, or lack, one of them: draws of so few hardly vary. A link
    that the codebook expects is marked and treated like any other.
    """
    own, others = themes(codebook), partners(codebook)
    if not own or not others:
        return empty(CODE_LINKS)
    names = (*own, *others)
    given = _given(codings, segments, names)
    people, of = np.unique(segments["participant_id"].to_numpy(dtype=object).astype(str), return_inverse=True)
    case = np.stack([np.bincount(of, weights=column, minlength=len(people)) > 0 for column in given.T], axis=1)[people != ""]
    units = {
        "excerpts": (given, pd.factorize(segments[CLUSTERS[settings.cluster]], sort=True)[0].astype(np.intp)),
        "participants": (case, np.arange(len(case), dtype=np.intp)),
    }
    expected = {(link.first, link.second) for link in codebook.links}
    frames = []
    for level, (coded, cluster) in units.items():
        pairs = [(theme, code) for theme in own for code in others]
        first, second = zip(*pairs, strict=True)
        told = {"theme": first, "code": second, "expected": [each in expected for each in pairs]}
        frames.append(_level(coded, cluster, len(own), settings, seed).assign(level=level, **told))
    return checked(CODE_LINKS, pd.concat(frames))


def _given(codings: pd.DataFrame, segments: pd.DataFrame, names: Sequence[str]) -> Bools:
    """Return ``(n, k)``: which segment was assigned which code."""
    given = np.zeros((len(segments), len(names)), dtype=bool)
    assigned = codings[(codings["decision"] == "assigned") & codings["code"].isin(names)]
    rows = pd.Index(segments["segment_id"]).get_indexer(pd.Index(assigned["segment_id"]))
    given[rows, pd.Index(names).get_indexer(pd.Index(assigned["code"]))] = True
    return given


def _level(coded: Bools, cluster: NDArray[np.intp], first: int, settings: AgreementSettings, seed: int) -> pd.DataFrame:
    """Return counts, lift and phi of the first `first` columns with each of the others, row by row."""
    a, b = coded[:, :first], coded[:, first:]
    pairs = (a[:, :, None] & b[:, None, :]).reshape(len(coded), -1)
    clusters = int(cluster.max(initial=-1)) + 1
    columns = [np.ones((len(coded), 1), dtype=bool), coded, pairs]
    tallies = cluster_sums(np.hstack(columns), cluster, clusters)
    draws = cluster_draws(clusters, resamples=settings.resamples, seed=seed) if clusters else np.zeros((0, 0), dtype=np.int64)
    shape = (first, b.shape[1])
    figures = sampled(lambda sums: _figures(sums, shape), tallies, draws)
    low, high = figures.limits(settings.interval, settings.confidence)
    totals = tallies.sum(axis=0).astype(np.int64)
    theme, code = np.repeat(totals[1 : 1 + first], shape[1]), np.tile(totals[1 + first : 1 + sum(shape)], first)
    both = totals[1 + sum(shape) :]
    few = (both == 0) | (np.min([theme, totals[0] - theme, code, totals[0] - code], axis=0) < FEWEST)
    low, high = (np.where(few, np.nan, each) for each in (low, high))
    return pd.DataFrame(
        {
            "n": totals[0],
            "theme_n": theme,
            "code_n": code,
            "both_n": both,
            **_named("lift", figures.value, low, high, 0),
            **_named("phi", figures.value, low, high, 1),
        }
    )


def _named(name: str, value: Floats, low: Floats, high: Floats, row: int) -> dict[str, Any]:
    return {name: value[row], f"{name}_low": low[row], f"{name}_high": high[row]}


def _figures(sums: Floats, shape: tuple[int, int]) -> Floats:
    """Return lift and phi ``(..., 2, pairs)`` of sums ``(..., 1 + first + others + pairs)``."""
    first, others = shape
    n = sums[..., :1]
    theme = np.repeat(sums[..., 1 : 1 + first], others, axis=-1)
    code = np.tile(sums[..., 1 + first : 1 + first + others], first)
    both = sums[..., 1 + first + others :]
    spread = np.sqrt(np.maximum(theme * (n - theme) * code * (n - code), 0.0))
    return np.stack([share(both * n, theme * code), share(both * n - theme * code, spread)], axis=-2)
