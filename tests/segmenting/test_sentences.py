"""Sentences come from spaCy once; what the cache says is believed only where it holds all words."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nptlens.core.ids import digest
from nptlens.core.text import Span
from nptlens.segmenting import _spacy
from nptlens.segmenting.sentences import cutter, sentences_of
from nptlens.store.sentences import SentenceCache

TURNS = ["We met. It was short!", "Yes.", "", "I mean ... we tried (twice). Yes.", "Yes.", "It worked?\n\nNo"]


@pytest.fixture
def cache(tmp_path):
    made = SentenceCache(tmp_path / "sentences.sqlite", cutter())
    yield made
    made.close()


@pytest.fixture
def cut(monkeypatch):
    """What spaCy was asked for."""
    asked, real = [], _spacy.sentences
    monkeypatch.setattr(_spacy, "sentences", lambda texts: real(asked.extend(texts) or texts))
    return asked


def test_equal_turns_are_cut_once_and_known_ones_never(cache, cut):
    wanted = list(_spacy.sentences(TURNS))
    cut.clear()
    assert sentences_of(TURNS, cache) == wanted
    assert cut == list(dict.fromkeys(TURNS))
    cut.clear()
    assert sentences_of([*TURNS, "New. Turn."], cache) == [*wanted, [Span(0, 4), Span(5, 10)]]
    assert cut == ["New. Turn."]
    assert sentences_of(TURNS) == wanted


@pytest.mark.parametrize("spans", [[], [Span(0, 7)], [Span(0, 7), Span(8, 99)], [Span(0, 7), Span(8, 20)], [Span(8, 21), Span(0, 7)]])
def test_what_does_not_hold_all_words_is_not_believed(cache, cut, spans):
    wanted = [[Span(0, 7), Span(8, 21)]]
    cache.put({digest(TURNS[0]): spans})
    assert sentences_of(TURNS[:1], cache) == wanted
    assert cut == TURNS[:1]
    assert cache.get(digest(TURNS[0])) == wanted[0]


def test_a_block_that_is_done_survives_an_interruption(cache, cut, monkeypatch):
    monkeypatch.setattr("nptlens.segmenting.sentences._BLOCK", 2)
    turns = [f"Turn {number}. It ends." for number in range(5)]

    def stop(done):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sentences_of(turns, cache, stop)
    assert cut == turns[:4]
    cut.clear()
    told = []
    assert len(sentences_of(turns, cache, told.append)) == 5
    assert (cut, told) == (turns[4:], [2, 4, 5])


def test_spacy_brings_neither_torch_nor_its_commands():
    """Torch takes seconds to import, and a sentencizer has no use for it; whoever wants it afterwards gets it."""
    script = (
        "import sys, importlib.util\n"
        "here = importlib.util.find_spec('torch') is not None\n"
        "from nptlens.segmenting.sentences import sentences_of\n"
        "sentences_of(['One. Two.'])\n"
        "assert 'spacy' in sys.modules and 'torch' not in sys.modules\n"
        "assert (importlib.util.find_spec('torch') is not None) == here\n"
        "assert not {'spacy.cli', 'requests', 'httpx'} & set(sys.modules)\n"
        "from spacy.cli.info import info\n"
        "assert callable(info)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
