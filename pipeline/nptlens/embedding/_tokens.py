"""How much of a text an encoder reads."""

from __future__ import annotations

import json
from collections.abc import Sequence

from nptlens.embedding._word_tokenizer import Words
from nptlens.embedding.registry import EncoderCard

_AROUND = 8  # tokens that an encoder sees around a text, at most


def count_truncated(card: EncoderCard, texts: Sequence[str]) -> int:
    """Return how many texts are longer than the encoder reads, in its own tokens; 0 where its files do not tell.

    Static vectors are made of all that is said.
    """
    if card.backend == "static":
        return 0
    settings, vocabulary = card.folder / "sentence_bert_config.json", card.folder / "tokenizer.json"
    if not settings.is_file() or not vocabulary.is_file():
        return 0
    limit = json.loads(settings.read_text(encoding="utf-8")).get("max_seq_length")
    if limit is None:
        return 0
    long = [text for text in texts if len(text.encode()) + _AROUND > limit]  # a token is at least a byte
    if not long:
        return 0
    words = Words(vocabulary)
    return sum(len(words.framed(tokens)) > limit for tokens in words.tokens(long))
