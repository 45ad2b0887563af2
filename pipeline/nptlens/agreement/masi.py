"""Krippendorff's alpha over the sets of codes that coders gave a unit, with the MASI distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nptlens.agreement.coefficients import Ratings
from nptlens.agreement.intervals import Bools, Counts, Floats, Sampled, share

_ROWS = 512


def masi(size: Counts, other: Counts, common: Counts) -> Floats:
    """Return ``1 - J M`` (Passonneau 2006) from the sizes of two sets and of what they have in common.

    J is what they share of their union; M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 where not. The
    empty set (uncoded) is a value like others: 0 from itself, where the formula would divide by nothing, and 1 from every other set.
    """
    kind = np.where((size == other) & (size == common), 1.0, np.where(common == np.minimum(size, other), 2 / 3, 1 / 3))
    union = size + other - common
    alike = np.divide(common, union, out=np.ones(np.shape(union)), where=union > 0)
    result: Floats = 1 - alike * kind
    return result


def alpha_masi(ratings: Ratings, cluster: NDArray[np.intp], draws: Counts, weight: Floats | None = None) -> Sampled:
    """Return Krippendorff's alpha (2011, any metric) of sets of codes, one figure with its resamples; uncoded is the empty set.

    Units that fewer than two coders read are left out. NaN where all sets are one, or no unit is left. `cluster` ``(n,)`` from 0, `draws`
    ``(b, c)``, `weight` ``(n,)`` as in `nptlens.agreement.coefficients.tally`. Expected disagreement is a sum over pairs of sets, kept
    as a matrix over pairs of clusters, so that a resample costs c x c.
    """
    clusters = draws.shape[1]
    readers = ratings.read.sum(axis=0)
    used = np.flatnonzero(readers >= 2)
    coded = ratings.coded[:, used] & ratings.read[:, used, None]
    read, heavy = ratings.read[:, used], np.ones(len(used)) if weight is None else weight[used]
    each = heavy / (readers[used] - 1)
    observed = np.bincount(cluster[used], _disagreements(coded, read) * each, clusters)
    values = np.bincount(cluster[used], heavy * readers[used], clusters)
    expected = _expected(coded, read, cluster[used], heavy, clusters)
    whole = np.ones(clusters)
    lost = observed.sum() - observed, values.sum() - values, expected.sum() - 2 * expected.sum(axis=1) + np.diag(expected)
    times = draws.astype(np.float64)
    return Sampled(
        _alpha(whole @ observed, whole @ values, whole @ expected @ whole),
        _alpha(times @ observed, times @ values, ((times @ expected) * times).sum(axis=1)),
        _alpha(*lost),
    )


def _alpha(observed: Floats, values: Floats, expected: Floats) -> Floats:
    """``1 - (n - 1) observed / expected``; what leaving a cluster out takes from `expected` may leave last bits of nothing."""
    clean = np.where(expected <= 1e-12 * values * values, 0.0, expected)
    return 1 - share((values - 1) * observed, clean)


def _disagreements(coded: Bools, read: Bools) -> Floats:
    """Sum of distances over ordered pairs of the coders who read a unit ``(n,)``."""
    sizes = coded.sum(axis=2)
    total = np.zeros(coded.shape[1])
    for one in range(len(coded)):
        for two in range(one + 1, len(coded)):
            common = (coded[one] & coded[two]).sum(axis=1)
            total += 2 * masi(sizes[one], sizes[two], common) * (read[one] & read[two])
    return total


def _expected(coded: Bools, read: Bools, cluster: NDArray[np.intp], weight: Floats, clusters: int) -> Floats:
    """Sum of distances over all pairs of given sets, by the clusters of the two ``(c, c)``; over distinct sets, some rows at a time."""
    from scipy.sparse import csr_array

    given = np.packbits(coded[read], axis=1)
    words = np.zeros((len(given), -(-given.shape[1] // 8) * 8), dtype=np.uint8)
    words[:, : given.shape[1]] = given
    keys = words.view(np.uint64)
    if keys.shape[1] == 1:
        _, first, place = np.unique(keys[:, 0], return_index=True, return_inverse=True)
    else:
        _, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    coders = len(coded)
    where, heavy = np.tile(cluster, (coders, 1))[read], np.tile(weight, (coders, 1))[read]
    # Most sets occur in few clusters; a sparse product also adds up in one order, whatever the number of threads.
    counts = csr_array((heavy, (where, place.ravel())), shape=(clusters, len(first)))
    counts.sum_duplicates()
    by_set = counts.T.tocsr()
    sets = coded[read][first].astype(np.float32)
    sizes, k = sets.sum(axis=1).astype(np.int64), coded.shape[2]
    grid = np.arange(k + 1)
    table = masi(*np.broadcast_arrays(grid[:, None, None], grid[:, None], grid)).ravel()
    result = np.zeros((clusters, clusters))
    for start in range(0, len(sets), _ROWS):
        rows = slice(start, start + _ROWS)
        common = (sets @ sets[rows].T).astype(np.intp)
        distance = table.take(common + (sizes[:, None] * (k + 1) + sizes[rows]) * (k + 1))
        result += by_set[rows].T @ np.ascontiguousarray((counts @ distance).T)
    return result
