"""A word at a time gives the tokens of the whole text."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tokenizers import Tokenizer

from nptlens.embedding import _word_tokenizer, find_encoder
from nptlens.embedding._probe import TEXTS
from nptlens.embedding._word_tokenizer import Words
from nptlens.embedding.embed import _AROUND

PATH = find_encoder("all-MiniLM-L6-v2").folder / "tokenizer.json"
WORDS = Words(PATH)
WHOLE = Tokenizer.from_file(str(PATH))
WHOLE.no_padding()


def whole(text: str, most: int | None) -> list[int]:
    if most is None:
        WHOLE.no_truncation()
    else:
        WHOLE.enable_truncation(most)
    return WHOLE.encode(text).ids


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.one_of(st.text(), st.sampled_from(["we", "don't", "[SEP]", "[UNK]s", "\n", "\x1c", "\u3000", "\u0301", "Σ", "東京", "ı̇", "-"]))))
@example(["a\u0301", "\u0301", "ΟΔΟΣ", "ΟΔΟΣ.", "\u200d", "\u00ad", "\ufeff", "\t", "가각", "x" * 101])
def test_a_text_s_tokens_are_its_words(parts):
    text = " ".join(parts)
    (tokens,) = WORDS.tokens([text])
    assert WORDS.framed(tokens) == whole(text, None)


@settings(max_examples=300, deadline=None)
@given(st.text())
@example("가각힣ﬁ㍿ǆǰΐﷺ")
def test_a_token_is_at_least_a_byte(text):
    assert len(WORDS.tokens([text])[0]) <= len(text.encode())
    assert len(WORDS.framed([])) <= _AROUND


@pytest.mark.parametrize("most", [3, 8, 256])
def test_as_much_as_an_encoder_reads(most):
    for text, tokens in zip(TEXTS, WORDS.tokens(TEXTS), strict=True):
        assert WORDS.framed(tokens, most) == whole(text, most)


def test_it_forgets_where_words_are_many(monkeypatch):
    monkeypatch.setattr(_word_tokenizer, "_MOST", 3)
    words = Words(PATH)
    for text in ("one two", "three four five", "one six", ""):
        assert words.tokens([text]) == WORDS.tokens([text])
        assert len(words._known) - len(words._whole) <= 5


def test_words_of_the_vocabulary_are_what_the_tokenizer_says():
    known = WORDS._whole
    assert len(known) > 20_000
    assert {"we", "interview"} <= known.keys()
    assert not {"[CLS]", "##s", "é", "1"} & known.keys()
    assert list(known.values()) == [each.ids for each in WHOLE.encode_batch(list(known), add_special_tokens=False)]


@pytest.mark.parametrize("part", ["normalizer", "pre_tokenizer"])
def test_a_tokenizer_of_another_kind_reads_whole_texts(tmp_path, part):
    """It makes a token of what stands on both sides of a space, or of the space."""
    made = json.loads(PATH.read_text(encoding="utf-8")) | {part: None}
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    words, oracle = Words(path), Tokenizer.from_file(str(path))
    oracle.no_padding()
    oracle.no_truncation()
    assert words.tokens(["we met", ""]) == [oracle.encode(text, add_special_tokens=False).ids for text in ("we met", "")]
    assert not words._known


def test_a_word_that_holds_an_added_one_is_cut(tmp_path):
    oracle = Tokenizer.from_file(str(PATH))
    oracle.add_tokens(["view"])
    oracle.save(str(tmp_path / "tokenizer.json"))
    (tokens,) = Words(tmp_path / "tokenizer.json").tokens(["interview"])
    oracle.no_padding()
    assert tokens == oracle.encode("interview", add_special_tokens=False).ids
    assert len(tokens) > 1


def test_whole_texts_are_read_where_a_token_holds_a_space(tmp_path):
    oracle = Tokenizer.from_file(str(PATH))
    oracle.add_tokens(["quality circle"])
    oracle.save(str(tmp_path / "tokenizer.json"))
    words = Words(tmp_path / "tokenizer.json")
    assert words.tokens(["a quality circle"]) == [[1037, oracle.token_to_id("quality circle")]]
