"""Near copies by meaning and by words, and seeds that leak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.coding.lexical_similarity import grams, jaccard, leaks, longest_run, words
from nptlens.coding.near_duplicates import Likeness, near_copies
from nptlens.schemas.records import Seed, Severity

TEXTS = st.lists(st.sampled_from("abcd"), max_size=14).map(" ".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("Don’t stop!", ("don't", "stop")),
        ("Well-being — it's  ours,\nours.", ("well-being", "it's", "ours", "ours")),
        ("Ça va, 2 fois", ("ça", "va", "2", "fois")),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@given(TEXTS, TEXTS)
def test_longest_run_against_a_plain_search(first, second):
    one, two = words(first), words(second)
    runs = {one[i:j] for i in range(len(one)) for j in range(i + 1, len(one) + 1)}
    plain = max((len(run) for run in runs if any(two[k : k + len(run)] == run for k in range(len(two)))), default=0)
    assert longest_run(one, two) == plain


@given(TEXTS, TEXTS)
def test_leaks_against_a_plain_search(seed, segment):
    mine, there = words(seed), words(segment)
    own = {mine[i : i + 5] for i in range(max(1, len(mine) - 4))} if mine else set()
    share = len(own & {there[i : i + 5] for i in range(max(1, len(there) - 4))}) / len(own) if own else 0
    expected = share > 0 and (longest_run(mine, there) >= 8 or share >= 0.6)
    assert bool(leaks([Seed("s", seed, ())], [("T", segment)])) == expected


def test_short_seeds_leak_only_where_a_segment_is_just_these_words():
    seed = Seed("s", "I do not know.", ())
    assert leaks([seed], [("T", "I do not know anything of this")]) == ()
    assert len(leaks([seed], [("T", "i DO not know")])) == 1


def test_jaccard():
    assert jaccard(frozenset(), frozenset()) == 0
    assert jaccard(grams(words("a b c d"), 3), grams(words("a b c e"), 3)) == pytest.approx(1 / 3)
    assert grams(words("a b"), 3) == {("a", "b")}


SAID = "the team sat down and talked it over"


@pytest.mark.parametrize(
    ("first", "second", "kind", "severity"),
    [
        ((SAID, "CODI", "asserted"), (SAID, "CODI", "asserted"), Likeness.COPY, Severity.NOTE),
        ((SAID, "CODI", "asserted"), (SAID, "F1", "asserted"), Likeness.CODES, Severity.WARNING),
        ((SAID, "CODI", ""), (SAID, "", ""), Likeness.CODES, Severity.WARNING),
        ((SAID, "CO", ""), (SAID, "CODI", ""), Likeness.COPY, Severity.NOTE),  # a construct and its component agree
        ((SAID, "CODI", ""), (SAID, "CODI;F1", ""), Likeness.CODES, Severity.WARNING),
        ((SAID, "CODI", "asserted"), (SAID, "CODI", "contrary"), Likeness.STANCE, Severity.WARNING),
        ((SAID, "CODI", "asserted"), (f"{SAID} not", "CODI", "contrary"), Likeness.STANCE, Severity.NOTE),  # it may deny
        ((SAID, "CODI", "asserted"), (SAID, "CODI", "mixed"), Likeness.COPY, Severity.NOTE),
    ],
)
def test_kinds(codebook, first, second, kind, severity):
    seeds = [
        Seed(f"s{i}", text, tuple(filter(None, codes.split(";"))), stance) for i, (text, codes, stance) in enumerate((first, second))
    ]
    (pair,) = near_copies(seeds, np.eye(2, dtype=np.float32), codebook)  # alike by words, not by vectors
    assert (pair.kind, pair.problem().severity) == (kind, severity)
    assert pair.cosine == 0


def test_other_words_are_no_copy(codebook):
    seeds = [Seed("a", SAID, ("F1",)), Seed("b", "the team sat apart and nobody talked at all", ("F1",))]
    assert near_copies(seeds, np.eye(2, dtype=np.float32), codebook) == ()
