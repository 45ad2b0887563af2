"""Decisions, the hierarchy, runners-up and reasons."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from nptlens.coding import CrossFittedHeads, Excerpts, code
from nptlens.coding.code import _assign_up, _lift, _runner_up, decide
from nptlens.coding.heads import Heads
from nptlens.coding.views import View
from nptlens.schemas.records import Code, Codebook, Embedded, Seed
from nptlens.schemas.tables import CODINGS


def heads_of(codes, thresholds=0.5, examples=1):
    """Heads of one view that read a code's probability off the vector: entry i is its logit."""
    k = len(codes)
    return Heads(
        codes=tuple(codes),
        views=(View("meaning", lambda excerpts: excerpts.embedded.vectors, np.eye(k)),),
        definitions=np.ones((k, k)),
        duals=np.eye(k)[None],
        intercepts=np.zeros((2, k)),
        means=np.zeros((2, k)),
        spreads=np.ones((2, k)),
        weights=np.array([1.0, 0.0]),
        offsets=np.zeros(k),
        thresholds=np.full(k, thresholds),
        taught=np.ones(examples, dtype=bool),
        cards=(),
        problems=(),
    )


def seen(vectors):
    """Excerpts without words or middle layers."""
    vectors = np.asarray(vectors, dtype=np.float32)
    return Excerpts(("",) * len(vectors), Embedded(vectors, vectors[:, :0]))


def coded(probabilities, codebook, make_segments, setting, seeds=None, seed_vectors=None, codes=None):
    codes = codes or codebook.ids()
    excerpts = seen(logit(np.atleast_2d(probabilities)))
    seeds = [Seed("none-1", "words", ())] if seeds is None else seeds
    examples = seen(np.zeros((len(seeds), len(codes))) if seed_vectors is None else seed_vectors)
    return code(excerpts, make_segments(len(excerpts)), CrossFittedHeads(heads_of(codes, examples=len(seeds))), seeds, examples, codebook, setting)


@pytest.mark.parametrize(
    ("probability", "threshold", "band", "expected"),
    [
        (0.9, 0.5, 0.1, "assigned"),
        (0.1, 0.5, 0.1, "not_assigned"),
        (0.5, 0.5, 0.1, "abstained"),
        (0.55, 0.5, 0.1, "abstained"),
        (0.45, 0.5, 0.1, "abstained"),
        (0.75, 0.5, 0.25, "assigned"),
        (0.25, 0.5, 0.25, "not_assigned"),
        (0.5, 0.5, 0.0, "assigned"),
        (0.4999, 0.5, 0.0, "not_assigned"),
        (1.0, 1.0, 0.0, "assigned"),
        (0.0, 0.0, 0.0, "assigned"),
        (0.06, 0.05, 0.02, "assigned"),  # 0.0038 at this threshold
        (0.053, 0.05, 0.02, "abstained"),
        (0.94, 0.95, 0.02, "not_assigned"),
    ],
)
def test_decide(probability, threshold, band, expected):
    assert decide(np.array([[probability]]), np.array([threshold]), band).tolist() == [[expected]]


A, N, Q = "assigned", "not_assigned", "abstained"


@pytest.mark.parametrize(
    ("probability", "decision", "lifted", "decided"),
    [
        # CO, CODI, COIN, CP, CPIN, F1
        ([0.1, 0.9, 0.2, 0.3, 0.2, 0.4], [N, A, N, N, N, N], [0.9, 0.9, 0.2, 0.3, 0.2, 0.4], [A, A, N, N, N, N]),
        ([0.8, 0.9, 0.2, 0.3, 0.2, 0.4], [Q, A, Q, N, N, N], [0.9, 0.9, 0.2, 0.3, 0.2, 0.4], [A, A, Q, N, N, N]),
        ([0.8, 0.1, 0.2, 0.3, 0.7, 0.9], [A, N, N, N, Q, A], [0.8, 0.1, 0.2, 0.7, 0.7, 0.9], [A, N, N, N, Q, A]),
    ],
)
def test_what_is_above_is_lifted(codebook, probability, decision, lifted, decided):
    p, d = np.array([probability]), np.array([decision], dtype=object)
    _lift(p, codebook.ids(), codebook)
    _assign_up(d, codebook.ids(), codebook)
    assert p.tolist() == [lifted]
    assert d.tolist() == [decided]


def test_a_lift_goes_all_the_way_up(codebook):
    deep = replace(codebook, codes=(Code("CODI1", "deep", "", parent="CODI"), *codebook.codes))
    p, d = np.array([[0.9, 0.1, 0.2, 0.3, 0.1, 0.1, 0.1]]), np.array([[A, N, N, N, N, N, N]], dtype=object)
    _lift(p, deep.ids(), deep)
    _assign_up(d, deep.ids(), deep)
    assert p.tolist() == [[0.9, 0.9, 0.9, 0.3, 0.1, 0.1, 0.1]]
    assert d.tolist() == [[A, A, A, N, N, N, N]]


def test_a_parent_without_a_head_is_passed_over(codebook):
    p, d = np.array([[0.9, 0.1]]), np.array([[A, N]], dtype=object)
    _lift(p, ("CODI", "F1"), codebook)
    _assign_up(d, ("CODI", "F1"), codebook)
    assert d.tolist() == [[A, N]]


def test_the_runner_up_is_no_relation(codebook):
    # CO, CODI, COIN, CP, CPIN, F1
    margin, names = _runner_up(np.array([[0.9, 0.9, 0.6, 0.5, 0.3, 0.4]]), codebook.ids(), codebook)
    assert names.tolist() == [["CP", "COIN", "CODI", "CO", "CO", "CO"]]
    np.testing.assert_allclose(margin, [[0.4, 0.3, -0.3, -0.4, -0.6, -0.5]])


def test_a_code_without_rivals(codebook):
    margin, names = _runner_up(np.array([[0.7, 0.6]]), ("CO", "CODI"), codebook)
    assert margin.tolist() == [[0.7, 0.6]]
    assert names.tolist() == [["", ""]]


def test_the_table(codebook, coding_settings, make_segments):
    probabilities = [[0.1, 0.9, 0.2, 0.3, 0.2, 0.51], [0.2, 0.1, 0.2, 0.3, 0.2, 0.7]]
    found = coded(probabilities, codebook, make_segments, coding_settings(abstain_band=0.02))
    assert found.columns.tolist() == CODINGS.names()
    assert found["segment_id"].tolist() == ["T0:0-1"] * 6 + ["T1:1-2"] * 6
    assert found["code"].tolist() == [*codebook.ids()] * 2
    np.testing.assert_allclose(found["probability"][:6], [0.9, 0.9, 0.2, 0.3, 0.2, 0.51], atol=1e-6)
    assert found["decision"].tolist() == [A, A, N, N, N, Q, N, N, N, N, N, A]
    assert found["coder"].unique().tolist() == [f"machine:{CrossFittedHeads(heads_of(codebook.ids())).fingerprint()[:12]}"]


def test_no_segments(codebook, coding_settings, make_segments):
    found = coded(np.empty((0, 6)), codebook, make_segments, coding_settings())
    assert found.columns.tolist() == CODINGS.names()
    assert len(found) == 0


def test_rows_must_match(codebook, coding_settings, make_segments):
    with pytest.raises(ValueError, match="2 rows, segments 3"):
        code(seen(np.zeros((2, 6))), make_segments(3), CrossFittedHeads(heads_of(codebook.ids())), [], seen(np.zeros((0, 6))), codebook, coding_settings())


SEEDS = [Seed("s0", "", ("CODI",)), Seed("s1", "", ("COIN",)), Seed("s2", "", ("F1", "CODI")), Seed("s3", "", ()), Seed("s4", "", ("CODI",))]
NEAR = np.zeros((5, 6), dtype=np.float32)
# the segment's vector is (logit .1, logit .9, ...): the second entry is 2.197, so the similarity is that times this
NEAR[:, 1] = [0.1, 0.2, 0.3, 0.9, 0.1]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, {"CO": "s2=0.659", "CODI": "s2=0.659", "F1": "s2=0.659"}),
        (3, {"CO": "s2=0.659; s1=0.439; s0=0.220", "CODI": "s2=0.659; s0=0.220; s4=0.220", "F1": "s2=0.659"}),
    ],
)
def test_the_nearest_seeds_carry_the_code_or_one_below(codebook, coding_settings, make_segments, number, expected):
    found = coded(
        [0.1, 0.9, 0.2, 0.3, 0.2, 0.51], codebook, make_segments, coding_settings(nearest=number), seeds=SEEDS, seed_vectors=NEAR
    )
    assert {row.code: row.nearest_seeds for row in found.itertuples() if row.decision != N} == expected
    assert set(found["nearest_seeds"][found["decision"] == N]) == {""}


def test_nearest_seeds_do_not_depend_on_where_a_block_ends(codebook, coding_settings, make_segments, monkeypatch):
    rng = np.random.default_rng(1)
    near = rng.normal(size=(5, 6)).astype(np.float32)
    probabilities = rng.uniform(0.05, 0.95, size=(7, 6))
    whole = coded(probabilities, codebook, make_segments, coding_settings(), seeds=SEEDS, seed_vectors=near)
    monkeypatch.setattr(sys.modules["nptlens.coding.code"], "_BLOCK", 2)
    assert coded(probabilities, codebook, make_segments, coding_settings(), seeds=SEEDS, seed_vectors=near).equals(whole)


def test_from_seeds_to_codings(codebook, coding_settings, make_segments, planted):
    """Segments that are the seeds themselves get the seeds' codes, and name themselves as the reason."""
    given = planted(12, noise=0.1, plain=0.3)
    heads = CrossFittedHeads(given.train(coding_settings()))
    found = code(given.examples, make_segments(60), heads, given.seeds, given.examples, codebook, coding_settings(abstain_band=0.0))
    claimed = found[found["decision"] == A]
    assert len(claimed) == 12 * (2 + 2 + 2 + 1)
    own = claimed["segment_id"].str.extract(r":(\d+)-")[0].astype(int)
    assert all(text.startswith(f"{given.seeds[i].id}=1.000") for i, text in zip(own, claimed["nearest_seeds"], strict=True))


def test_codings_of_excerpts_do_not_depend_on_their_neighbours(codebook, coding_settings, make_segments, planted, pick):
    given, setting = planted(noise=0.5, n=7), coding_settings()
    heads = CrossFittedHeads(given.train(setting))

    def probabilities(rows):
        found = code(pick(given.study, rows), make_segments(len(rows)), heads, given.seeds, given.examples, codebook, setting)
        return found["probability"].to_numpy().reshape(len(rows), -1)

    whole = probabilities(range(7))
    np.testing.assert_allclose(probabilities(range(7)[::-1])[::-1], whole, atol=1e-12)
    np.testing.assert_allclose(np.vstack([probabilities([row]) for row in range(7)]), whole, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(0.01, 0.99), min_size=6, max_size=6), min_size=1, max_size=5), st.floats(0, 0.3))
def test_no_component_is_coded_without_its_construct(rows, band):
    parents = {"CO": None, "CODI": "CO", "COIN": "CO", "CP": None, "CPIN": "CP", "F1": None}
    book = Codebook("b", "1", tuple(Code(name, name, "", parent=parent) for name, parent in parents.items()))
    probability = np.array(rows)
    decision = decide(probability, np.full(6, 0.5), band)
    _lift(probability, book.ids(), book)
    _assign_up(decision, book.ids(), book)
    for child, parent in ((1, 0), (2, 0), (4, 3)):
        assert (probability[:, parent] >= probability[:, child]).all()
        assert (decision[decision[:, child] == A, parent] == A).all()
