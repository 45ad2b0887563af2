"""The shipped seeds: enough of them, of the right length, and none of them taken from the demo."""

from __future__ import annotations

import csv
import re
from collections import Counter
from difflib import SequenceMatcher

import numpy as np
import pytest

from nptlens.core.resources import resource
from nptlens.core.text import count_words
from nptlens.schemas.codebook import load_codebook
from nptlens.schemas.records import STANCES

SHINGLE = 6
NEAR = 0.8


def components():
    book = load_codebook(resource("config", "codebooks", "npt.toml"))
    return [code.id for code in book if not book.children(code.id)]


def themes():
    return [code.id for code in load_codebook(resource("config", "codebooks", "microsystems.toml"))]


def test_there_are_sixteen_components_and_seven_themes():
    assert len(components()) == 16
    assert len(themes()) == 7


@pytest.mark.parametrize(("code", "least"), [*((name, 60) for name in components()), *((name, 60) for name in themes())])
def test_enough_seeds(seed_set, code, least):
    assert sum(code in seed.codes for seed in seed_set.seeds) >= least


def test_enough_seeds_of_none(seed_set):
    assert sum(not seed.codes for seed in seed_set.seeds) >= 200


def test_all_codes_are_known(seed_set):
    assert seed_set.problems == ()


def test_seeds_are_of_an_excerpts_length(seed_set):
    least = {True: 8, False: 3}  # talk that no code fits is often a word or two on the way to something else
    assert [seed.id for seed in seed_set.seeds if not least[bool(seed.codes)] <= count_words(seed.text) <= 120] == []


def test_ids_count_up_without_a_gap(seed_set):
    numbers = {}
    for seed in seed_set.seeds:
        prefix, number = seed.id.split("-")
        assert prefix in seed.codes or (prefix == "NONE" and not seed.codes)
        numbers.setdefault(prefix, []).append(int(number))
    assert [prefix for prefix, found in numbers.items() if sorted(found) != list(range(1, len(found) + 1))] == []


def test_stances(seed_set):
    # of no code there is nothing to be for or against
    assert [seed.id for seed in seed_set.seeds if (seed.stance in STANCES) != bool(seed.codes)] == []


@pytest.mark.parametrize("stance", STANCES)
def test_every_stance_is_there(seed_set, stance):
    assert sum(seed.stance == stance for seed in seed_set.seeds) >= 30


def test_no_text_stands_twice(seed_set):
    assert [text for text, count in Counter(seed.text for seed in seed_set.seeds).items() if count > 1] == []


@pytest.mark.parametrize("table", sorted(path.name for path in resource("corpora", "seeds").glob("*.csv")))
def test_seeds_say_that_they_are_invented(table):
    with (resource("corpora", "seeds") / table).open(encoding="utf-8", newline="") as file:
        assert {row["provenance"] for row in csv.DictReader(file)} == {"invented"}


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def runs_of(words: list[str], length: int) -> set[tuple[str, ...]]:
    """Return all runs of so many words."""
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def near_copies(seeds: dict[str, str], corpus: list[str]) -> list[str]:
    """Return ids of seeds that share six words in a row with the corpus, or nearly match an equally long stretch of it."""
    shingles = runs_of(corpus, SHINGLE)
    spoken = np.array(corpus)
    places = {word: np.flatnonzero(spoken == word) for word in {w for text in seeds.values() for w in words_of(text)}}
    found = []
    for name, text in seeds.items():
        words = words_of(text)
        n = len(words)
        if runs_of(words, SHINGLE) & shingles or any(
            SequenceMatcher(None, words, corpus[start : start + n], autojunk=False).ratio() > NEAR
            for start in _likely(Counter(words), places, corpus)
        ):
            found.append(name)
    return found


def _likely(words: Counter[str], places: dict[str, np.ndarray], corpus: list[str]) -> list[int]:
    """Starts of stretches that hold enough of the words, in any order: no other can reach the ratio."""
    n = words.total()
    before = np.zeros(len(corpus) + 1, dtype=np.int32)
    for word in words:
        before[places[word] + 1] = 1
    before = before.cumsum()
    starts = np.flatnonzero(before[n:] - before[:-n] > NEAR * n)
    return [start for start in starts.tolist() if (words & Counter(corpus[start : start + n])).total() > NEAR * n]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("and then the dog sat down on the mat by our door", True),  # six in a row
        ("the cat lay down on a mat by our old door today", True),  # more than four in five
        ("the bird flew over the house and never once came back", False),
    ],
)
def test_a_near_copy_is_seen(text, near):
    corpus = words_of("Well so we began. The cat sat down on the mat, by our old door, today. That is all there was to it, really.")
    assert near_copies({"x": text}, corpus) == (["x"] if near else [])


def test_no_seed_is_a_near_copy_of_the_demo(seed_set, demo):
    corpus = [word for transcript in demo.reading.transcripts for u in transcript.utterances for word in words_of(transcript.quote(u.span))]
    assert near_copies({seed.id: seed.text for seed in seed_set.seeds}, corpus) == []
