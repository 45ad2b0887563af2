"""Agreement on stance: against scikit-learn, beside always saying "asserted", and what an empty stance means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from nptlens.agreement.stances import Stances, compare_stances, of_machine, of_person
from nptlens.schemas.records import STANCES

N = 90


def both(seed: int, right: float) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    truth = rng.choice(STANCES, size=N, p=[0.7, 0.15, 0.1, 0.05])
    return [each if rng.random() < right else rng.choice(STANCES) for each in truth], truth.tolist()


def given(coder: str, stances: list[str], weight: np.ndarray | None = None) -> Stances:
    return Stances(coder, {(row, "AB"[row % 2]): stance for row, stance in enumerate(stances)}, np.ones(N) if weight is None else weight)


@pytest.fixture
def segments(place_segments):
    return place_segments([(f"T{i % 9}", 10 * i, 10 * i + 10) for i in range(N)])


@pytest.mark.parametrize("heavy", [False, True])
def test_figures_are_those_of_scikit_learn(segments, agreement_settings, heavy):
    own, truth = both(3, 0.7)
    weight = np.where(np.arange(N) % 4 == 0, 5.0, 1.0) if heavy else np.ones(N)
    table, confusion = compare_stances(given("machine:1", own), given("ann", truth, weight), segments, agreement_settings(), seed=1)
    assert table["code"].tolist() == ["", "A", "B"]
    row = table.iloc[0]
    assert row["kappa"] == pytest.approx(cohen_kappa_score(own, truth, sample_weight=weight))
    assert row["agreed"] == pytest.approx(np.average(np.array(own) == np.array(truth), weights=weight))
    assert row["asserted"] == pytest.approx(np.average(np.array(truth) == "asserted", weights=weight))
    assert row["difference"] == pytest.approx(row["agreed"] - row["asserted"])
    assert row["difference_low"] < row["difference"] < row["difference_high"]
    assert (row["n"], row["not_asserted"], row["clusters"]) == (N, sum(each != "asserted" for each in truth), 9)
    assert confusion["n"].sum() == pytest.approx(weight.sum())
    one = confusion[(confusion["stance"] == "contrary") & (confusion["stance_against"] == "asserted")]["n"].sum()
    assert one == pytest.approx(weight[(np.array(own) == "contrary") & (np.array(truth) == "asserted")].sum())


def test_always_asserted_is_no_better_than_itself(segments, agreement_settings):
    _, truth = both(5, 1.0)
    table, _ = compare_stances(given("machine:1", ["asserted"] * N), given("ann", truth), segments, agreement_settings(), seed=1)
    row = table.iloc[0]
    assert (row["difference"], row["difference_low"], row["kappa"]) == (0, 0, 0)


def test_only_what_both_gave_the_same_code_is_compared(segments, agreement_settings):
    first = Stances("machine:1", {(0, "A"): "asserted", (1, "B"): "contrary"}, np.ones(N))
    other = Stances("ann", {(0, "A"): "contrary", (1, "A"): "contrary"}, np.ones(N))
    table, _ = compare_stances(first, other, segments, agreement_settings(), seed=1)
    assert table["n"].tolist() == [1, 1]
    nothing, confusion = compare_stances(first, Stances("ben", {}, np.ones(N)), segments, agreement_settings(), seed=1)
    assert nothing.empty and confusion.empty


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (("", "contrary"), {(0, "A"): "asserted", (1, "A"): "contrary"}),  # marks what is not asserted, and leaves the rest empty
        (("asserted", "contrary"), {(0, "A"): "asserted", (1, "A"): "contrary"}),
        (("", "asserted"), {(1, "A"): "asserted"}),  # whoever writes it did not judge what is empty
        (("", ""), {}),
    ],
)
def test_what_an_empty_stance_says(place_segments, written, expected):
    segments = place_segments([("T", 0, 10), ("T", 10, 20)])
    rows = [("T", 10 * place, 10 * place + 10, "A", stance, "ann", 0.0) for place, stance in enumerate(written)]
    manual = pd.DataFrame(rows, columns=["transcript_id", "start", "end", "code", "stance", "coder", "weight"])
    assert of_person("ann", manual, segments, np.ones(2), overlap=0.5).given == expected


def test_the_machine_is_not_measured_where_a_seed_stands(segments):
    ids = segments["segment_id"].tolist()
    stances = pd.DataFrame({"segment_id": ids[:2], "code": "A", "stance": "contrary", "probability": 0.9})
    measured = np.ones(N, dtype=bool)
    measured[0] = False
    assert dict(of_machine("machine:1", stances, segments, measured).given) == {(1, "A"): "contrary"}
