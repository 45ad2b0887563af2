"""Saturation: the definition by hand, expectations over every order, and words that stand nowhere."""

from __future__ import annotations

import math
import re
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nptlens.agreement.saturation import _took, expected_known, saturation
from nptlens.schemas.settings import SaturationSettings
from nptlens.schemas.tables import checked
from nptlens.schemas.validation import SATURATION

PACKAGE = Path(__file__).resolve().parents[2] / "pipeline" / "nptlens"
DEFAULT = SaturationSettings(base=4, run=2, threshold=0.05, orders=1000)
MATRICES = st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(lambda shape: arrays(bool, shape))


def measure(held, rules=DEFAULT, seed=1):
    return saturation(np.asarray(held, dtype=bool), rules, kind="code", coder="A", confidence=0.95, seed=seed)


def plain_order(held, order, base, run, threshold):
    """The definition of Guest, Namey & Chen (2020), step by step, for one order."""
    seen, of_base, news = set(), None, []
    for place, interview in enumerate(order, start=1):
        fresh = {code for code in range(held.shape[1]) if held[interview, code]} - seen
        seen |= fresh
        news.append(len(fresh))
        if place == base:
            of_base = len(seen)
        if place >= base + run and of_base and sum(news[-run:]) / of_base <= threshold:
            return place
    return None


@pytest.mark.parametrize(
    ("news", "base", "run", "threshold", "expected"),
    [
        # The base of 4 holds 16 + 9 + 8 + 4 = 37 codes. Runs: 2 + 1 = 3 of 37, 8 %; 1 + 0 = 1 of 37, 3 %.
        ((16, 9, 8, 4, 2, 1, 0, 0, 0), 4, 2, 0.05, 7),
        ((16, 9, 8, 4, 2, 1, 0, 0, 0), 4, 2, 0.0, 8),
        ((16, 9, 8, 4, 2, 1, 0, 0, 0), 4, 3, 0.05, 8),  # 3, then 1 of 37
        ((16, 9, 8, 4, 2, 1, 0, 0, 0), 4, 2, 0.09, 6),
        ((16, 9, 8, 4, 2, 1), 4, 2, 0.05, None),
        ((10, 10, 0, 0, 1, 0), 4, 2, 0.05, 6),  # 1 of 20 is 5 %: at the threshold is enough
        ((100, 29), 1, 1, 0.29, 2),
        ((0, 0, 3, 0), 1, 1, 0.05, None),  # nothing in the base: no share of it
    ],
)
def test_runs_of_one_order_by_hand(news, base, run, threshold, expected):
    rules = SaturationSettings(base=base, run=run, threshold=threshold, orders=1)
    assert _took(np.cumsum(np.array([news], dtype=float), axis=1), rules).tolist() == ([] if expected is None else [expected])


def test_three_interviews_by_hand():
    # Code a in all, b in the first only, c in none. Whatever comes first brings a; b comes at each place in a third of the orders.
    found = measure([[1, 1, 0], [1, 0, 0], [1, 0, 0]])
    assert found.table["interview"].tolist() == [1, 2, 3]
    assert found.table["new"].tolist() == pytest.approx([4 / 3, 1 / 3, 1 / 3], abs=1e-12)
    assert found.table["known"].tolist() == pytest.approx([4 / 3, 5 / 3, 2], abs=1e-12)
    assert found.table["known_low"].tolist() == [1, 1, 2] and found.table["known_high"].tolist() == [2, 2, 2]
    assert found.summary.interviews == 3 and math.isnan(found.summary.below) and found.summary.median is None


def test_a_code_in_every_interview_is_all_there_is():
    summary = measure(np.ones((8, 3))).summary
    assert (summary.below, summary.median, summary.low, summary.high) == (1.0, 6.0, 6.0, 6.0)
    table = measure(np.ones((8, 3))).table
    assert table["new"].tolist() == [3] + [0] * 7 and table["known_low"].tolist() == [3] * 8


def test_a_code_of_its_own_in_every_interview_never_ends():
    found = measure(np.eye(9))
    assert found.table["new"].tolist() == pytest.approx([1] * 9) and found.table["known"].tolist() == pytest.approx(range(1, 10))
    assert (found.summary.below, found.summary.median, found.summary.low, found.summary.high) == (0.0, None, None, None)


@settings(max_examples=60, deadline=None)
@given(MATRICES)
def test_expectations_are_means_over_every_order(held):
    orders = list(permutations(range(len(held))))
    known = [[held[list(order[: m + 1])].any(axis=0).sum() for m in range(len(held))] for order in orders]
    assert expected_known(held) == pytest.approx(np.mean(known, axis=0), abs=1e-12)


def test_the_summary_is_that_of_a_plain_loop():
    rng = np.random.default_rng(5)
    held = rng.random((9, 12)) < rng.random(12) * 0.6
    rules = SaturationSettings(base=3, run=2, threshold=0.1, orders=4000)
    draws = [plain_order(held, rng.permutation(9), 3, 2, 0.1) for _ in range(4000)]
    took = [each for each in draws if each is not None]
    summary = measure(held, rules).summary
    assert summary.below == pytest.approx(len(took) / 4000, abs=0.04)
    assert summary.median == np.median(took)
    assert (summary.base, summary.run, summary.threshold, summary.orders) == (3, 2, 0.1, 4000)


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 99))
def test_the_order_of_the_rows_makes_no_difference(random, seed):
    held = np.random.default_rng(seed).random((8, 6)) < 0.3
    rows = list(range(8))
    random.shuffle(rows)
    rules = DEFAULT.model_copy(update={"orders": 40})
    one, two = measure(held, rules), measure(held[rows], rules)
    assert one.table.equals(two.table) and str(one.summary) == str(two.summary)


@pytest.mark.parametrize(("held", "rows"), [(np.zeros((0, 3)), 0), (np.zeros((7, 3)), 7), (np.zeros((7, 0)), 7)])
def test_nothing_coded_gives_no_figure_of_new_information(held, rows):
    found = measure(held)
    assert len(checked(SATURATION, found.table)) == rows and found.table["known"].sum() == 0
    assert math.isnan(found.summary.below) and found.summary.median is None


def test_a_flat_list_is_refused():
    with pytest.raises(ValueError, match="interviews"):
        measure(np.ones(3))


def test_nobody_is_told_that_it_is_enough():
    said = re.compile(r"saturation[\W_]+(?:\w+\W+){0,3}reached|reached[\W_]+(?:\w+\W+){0,3}saturation", re.IGNORECASE)
    files = [path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".j2", ".toml", ".css"}]
    files += [*(PACKAGE.parents[1] / "config").rglob("*.toml"), *PACKAGE.parents[1].glob("*.md")]
    assert [path.name for path in files if said.search(path.read_text(encoding="utf-8"))] == []
    found = measure(np.ones((8, 3)))
    assert not said.search(f"{found.summary} {found.table.to_csv()}")
