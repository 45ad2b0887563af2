"""Wilson, Newcombe and Fisher against published figures and a second way of computing them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from nptlens.register import fisher, newcombe, wilson


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(n, of, low, high):
    share = wilson(n, of)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe_as_published(first, second, low, high):
    gap = newcombe(wilson(*first), wilson(*second))
    assert (round(gap.low, 4), round(gap.high, 4)) == (low, high)


@given(st.integers(1, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_is_what_scipy_says(pair, confidence):
    share = wilson(*pair, confidence)
    wanted = binomtest(*pair).proportion_ci(confidence, method="wilson")
    assert share.low == pytest.approx(wanted.low, abs=1e-12)
    assert share.high == pytest.approx(wanted.high, abs=1e-12)
    assert 0 <= share.low <= share.value <= share.high <= 1


def test_a_share_of_nothing_is_not_determined():
    nothing, some = wilson(0, 0), wilson(1, 2)
    assert all(map(math.isnan, (nothing.value, nothing.low, nothing.high)))
    assert math.isnan(newcombe(nothing, some).low)
    assert math.isnan(fisher(some, nothing))


@pytest.mark.parametrize(("n", "of"), [(-1, 3), (4, 3)])
def test_what_is_no_share(n, of):
    with pytest.raises(ValueError, match="is no share"):
        wilson(n, of)


def test_fisher_is_the_tea_tasters():
    # Fisher 1935, The Design of Experiments: 3 of 4 against 1 of 4
    assert fisher(wilson(3, 4), wilson(1, 4)) == pytest.approx(34 / 70)


@given(st.tuples(*[st.integers(0, 12)] * 4))
def test_fisher_is_the_sum_over_tables(cells):
    a, b, c, d = cells
    p = fisher(wilson(a, a + b), wilson(c, c + d))
    if not a + b or not c + d:
        assert math.isnan(p)
        return
    ways = [math.comb(a + b, k) * math.comb(c + d, a + c - k) if 0 <= a + c - k <= c + d else 0 for k in range(a + b + 1)]
    assert p == pytest.approx(sum(way for way in ways if way <= ways[a]) / sum(ways))
    assert p == pytest.approx(float(fisher_exact([[a, b], [c, d]]).pvalue))
