"""Stances: what teaches them, what must not, and how sure they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from nptlens.coding import balanced_folds, stance
from nptlens.schemas.records import STANCES, Seed, Severity
from nptlens.schemas.tables import CODINGS, MANUAL_CODINGS, SEGMENTS, checked, empty

SAID = {
    "asserted": "We chose it and it works well every week {}",
    "contrary": "Nobody told us and it never worked {}",
    "mixed": "Half of it works but the rest does not {}",
    "hypothetical": "If we had the money we would try {}",
}
WORDS = "phones letters visits charts repeats clinics tablets rotas desks scans".split()


def vectors_of(n: int) -> np.ndarray:
    raw = np.random.default_rng(5).normal(size=(n, 6))
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def seeds() -> tuple[tuple[Seed, ...], np.ndarray]:
    made = tuple(Seed(f"{name}-{word}", text.format(word), ("F1",), name) for name, text in SAID.items() for word in WORDS)
    made += (Seed("none-1", "Is that on?", ()), Seed("bare-1", "It is ours.", ("F1",)))
    return made, vectors_of(len(made))


def study(texts: list[str], transcripts: list[str]) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    """Segments one after another, vectors, and one assigned coding of F1 and one of F2 that is not, a segment."""
    n = len(texts)
    ids = [f"{t}:{i}" for i, t in enumerate(transcripts)]
    blank = dict.fromkeys(("participant_id", "role", "practice", "adopter_category"), "")
    segments = pd.DataFrame(
        {"segment_id": ids, "transcript_id": transcripts, "utterance": 0, "start": range(0, 10 * n, 10), "text": texts, "words": 5}
    ).assign(end=lambda frame: frame["start"] + 10, start_s=np.nan, **blank)
    rows = [
        {"segment_id": i, "code": code, "probability": 0.5, "decision": decision, "margin": 0.0, "runner_up": "", "nearest_seeds": "", "coder": "m"}
        for i in ids
        for code, decision in (("F1", "assigned"), ("F2", "not_assigned"))
    ]
    return checked(SEGMENTS, segments), vectors_of(n), checked(CODINGS, pd.DataFrame(rows))


def manual(rows: list[tuple[str, int, int, str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["transcript_id", "start", "end", "code", "stance", "coder"])
    return checked(MANUAL_CODINGS, frame) if rows else empty(MANUAL_CODINGS)


def judged(texts, transcripts, seeds, people=()):
    segments, vectors, codings = study(texts, transcripts)
    examples = stance.of_manual(manual(list(people)), segments, vectors, overlap=0.5)
    judges = stance.train_judges(stance.of_seeds(*seeds), examples, folds_at_most=5)
    return stance.take_stances(codings, segments, vectors, judges)


def test_seeds_of_none_and_without_stance_do_not_teach(seeds) -> None:
    found = stance.of_seeds(*seeds)
    assert len(found) == len(found.vectors) == len(found.cues) == 40
    assert found.groups[0] == "seed asserted-phones"


def test_only_assigned_codings_get_a_stance_and_seeds_are_learned(seeds) -> None:
    texts = [text.format("things") for text in SAID.values()]
    table, problems = judged(texts, ["T1"] * 4, seeds)
    assert table["code"].tolist() == ["F1"] * 4
    assert table["stance"].tolist() == list(STANCES)
    assert (table["probability"] > 0.25).all()
    assert not problems


def test_codings_judged_a_few_at_a_time_are_judged_the_same(seeds, monkeypatch) -> None:
    texts = [text.format("things") for text in SAID.values()]
    whole, _ = judged(texts, ["T1"] * 4, seeds)
    monkeypatch.setattr(stance, "_BLOCK", 3)
    parts, _ = judged(texts, ["T1"] * 4, seeds)
    pd.testing.assert_frame_equal(whole, parts)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 10, "contrary")], [("contrary", 0)]),
        ([(0, 4, "contrary"), (4, 10, "asserted")], [("asserted", 0)]),
        ([(0, 5, "contrary"), (5, 10, "asserted")], [("asserted", 0)]),  # a tie goes to the first of STANCES
        ([(0, 20, "mixed")], [("mixed", 0), ("mixed", 1)]),
        ([(6, 16, "mixed")], [("mixed", 1)]),
        ([(0, 10, "")], []),
        ([(30, 40, "asserted")], []),
    ],
)
def test_of_manual(spans, expected) -> None:
    segments, vectors, _ = study(["a b c", "d e f"], ["T1", "T1"])
    rows = [("T1", start, end, "F1", name, "ann") for start, end, name in spans]
    found = stance.of_manual(manual(rows), segments, vectors, overlap=0.5)
    assert list(found.stances) == [name for name, _ in expected]
    assert np.array_equal(found.vectors, vectors[[row for _, row in expected]].reshape(-1, 6))
    assert set(found.groups) <= {"T1"}


def test_a_span_of_none_teaches_nothing() -> None:
    segments, vectors, _ = study(["a b c"], ["T1"])
    assert not len(stance.of_manual(manual([("T1", 0, 10, "none", "asserted", "ann")]), segments, vectors, overlap=0.5))


def test_a_transcripts_own_manual_stances_never_teach_it(seeds) -> None:
    texts = [f"{text.format(word)}" for text in SAID.values() for word in WORDS[:4]]
    transcripts = ["T1", "T2"] * 8
    told = [(t, 10 * i, 10 * i + 10, "F1", STANCES[i // 4], "ann") for i, t in enumerate(transcripts)]
    lied = [(*row[:4], "contrary" if row[0] == "T1" else row[4], row[5]) for row in told]
    one, other = (judged(texts, transcripts, seeds, people)[0] for people in (told, lied))
    mine = one["segment_id"].str.startswith("T1")
    assert one.loc[mine, "stance"].tolist() == other.loc[mine, "stance"].tolist()
    assert one.loc[~mine, "probability"].tolist() != other.loc[~mine, "probability"].tolist()


def test_codings_that_nobody_may_judge_are_counted() -> None:
    texts = [text.format(word) for text in SAID.values() for word in WORDS[:3]]
    told = [("T1", 10 * i, 10 * i + 10, "F1", STANCES[i // 3], "ann") for i in range(12)]
    table, (problem,) = judged([*texts, "It never worked"], ["T1"] * 12 + ["T2"], ((), np.empty((0, 6), dtype=np.float32)), told)
    assert table["segment_id"].tolist() == ["T2:12"]
    assert problem.what.startswith("12 codings have no stance")


def test_a_few_stances_of_people_move_the_temperature_a_little_only(seeds) -> None:
    """One stance alone would stretch or flatten every probability: its log loss is least at one end of the scale."""
    texts = [text.format(word) for text in SAID.values() for word in ("things", "ways")]
    found, none = stance.of_seeds(*seeds), stance.of_seeds((), np.empty((0, 6), dtype=np.float32))
    alone = stance.train_judges(found, none, folds_at_most=5)
    assert alone is not None
    for told in ("asserted", "contrary"):  # of words that say they are asserted: as the machine would judge, and not
        segments, vectors, _ = study(texts, ["T1"] * 4 + ["T2"] * 4)
        person = stance.of_manual(manual([("T1", 0, 10, "F1", told, "ann")]), segments, vectors, overlap=0.5)
        assert len(person) == 1
        with_one = stance.train_judges(found, person, folds_at_most=5)
        assert with_one is not None
        assert with_one.general.temperature == pytest.approx(alone.general.temperature, rel=0.1)


def test_enough_stances_of_people_tell_the_temperature_alone(seeds) -> None:
    found = stance.of_seeds(*seeds)
    many = found.take(np.arange(stance.ENOUGH) % len(found))
    few = seeds[0][:0], np.empty((0, 6), dtype=np.float32)
    one, other = (stance.train_judges(each, many, folds_at_most=5) for each in (stance.of_seeds(*few), found.take(np.arange(0))))
    assert one is not None
    assert other is not None
    assert one.general.temperature == other.general.temperature


def test_a_seed_from_a_transcript_never_teaches_the_stances_of_that_transcript_where_people_coded_it(seeds) -> None:
    texts = [f"{text.format(word)}" for text in SAID.values() for word in WORDS[:4]]
    transcripts = ["T1", "T2"] * 8
    people = [(t, 10 * i, 10 * i + 10, "F1", STANCES[i // 4], "ann") for i, t in enumerate(transcripts)]

    segments, vectors, _ = study(texts, transcripts)
    person = stance.of_manual(manual(people), segments, vectors, overlap=0.5)

    def judges_of(told: str, group: str) -> np.ndarray:
        """What those who may judge T1 make of it before softening; the temperature is one for all."""
        own = tuple(Seed(f"own-{word}", f"Nobody told us about {word}", ("F1",), told, group=group) for word in WORDS)
        found = stance.of_seeds((*seeds[0], *own), np.vstack([seeds[1], vectors_of(len(own))]))
        judges = stance.train_judges(found, person, folds_at_most=5)
        assert judges is not None
        model = judges.of_fold[judges.fold_of["T1"]]
        assert model is not None
        return model.logits(person)

    np.testing.assert_array_equal(judges_of("asserted", "T1"), judges_of("contrary", "T1"))
    assert np.abs(judges_of("asserted", "T2") - judges_of("contrary", "T2")).max() > 0.1


@pytest.mark.parametrize("keep", [0, 5, 10])  # none, too few, and all of one stance
def test_too_little_to_learn_from_is_said(seeds, keep: int) -> None:
    table, (problem,) = judged(["It works"], ["T1"], (seeds[0][:keep], seeds[1][:keep]))
    assert not len(table)
    assert problem.severity is Severity.NOTE


def test_no_assigned_coding_is_no_problem() -> None:
    segments, vectors, codings = study(["It works"], ["T1"])
    table, problems = stance.take_stances(codings.assign(decision="abstained"), segments, vectors, None)
    assert not len(table)
    assert not problems


def test_the_order_of_examples_changes_nothing(seeds) -> None:
    found = stance.of_seeds(*seeds)
    turned = found.take(np.arange(len(found))[::-1].copy())
    one, other = (stance.train_judges(each, each.take(np.array([], dtype=np.intp)), folds_at_most=5) for each in (found, turned))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.probabilities(found), other.probabilities(found))


def test_a_stance_never_seen_is_never_given(seeds) -> None:
    found = stance.of_seeds(*seeds)
    model = stance.train_stances(found.take(np.arange(20)))
    assert model is not None
    probability = model.probabilities(found)
    assert np.allclose(probability.sum(axis=1), 1)
    assert (probability[:, 2:] == 0).all()


@given(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=40), st.integers(1, 6))
def test_folds_keep_groups_whole_and_hang_on_no_order(groups: list[str], number: int) -> None:
    fold_of = balanced_folds(groups, number)
    assert set(fold_of) == set(groups)
    assert set(fold_of.values()) == set(range(min(number, len(set(groups)))))
    assert balanced_folds(groups[::-1], number) == fold_of


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(0.4, 4.0))
def test_temperature_is_the_best_of_a_grid(seed: int, stretch: float) -> None:
    rng = np.random.default_rng(seed)
    logits = log_softmax(rng.normal(size=(60, 4)) * stretch, axis=1)
    told = [STANCES[rng.choice(4, p=np.exp(row))] for row in logits]
    columns = [STANCES.index(name) for name in told]

    def loss(t: float) -> float:
        return -float(log_softmax(logits / t, axis=1)[np.arange(60), columns].mean())

    best = stance.temperature(logits, told)
    assert loss(best) <= min(loss(t) for t in np.geomspace(0.5, 10, 40)) + 1e-6
