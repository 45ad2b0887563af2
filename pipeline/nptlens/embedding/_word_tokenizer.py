"""Texts as numbers of tokens, a word at a time: words come again, and the tokenizer reads each once.

BERT's tokenizer cuts at every space and looks at nothing beyond it, so a text's tokens are those of what stands between its spaces,
one after the other. A tokenizer of another kind reads whole texts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

_MOST = 200_000  # words that are remembered beside the vocabulary's


class Words:
    """A tokenizer in a ``tokenizer.json``, without padding and truncation. Threads may share it."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        said = json.loads(path.read_text(encoding="utf-8"))
        self._cuts = _cuts_at_spaces(said)
        self._whole = _whole_words(said) if self._cuts else {}
        self._known = dict(self._whole)
        self._before, self._after = _around(self._tokenizer)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return each text's tokens, all of them, without those that an encoder sees around a text."""
        if not self._cuts:
            return self._read(texts)
        words = [text.split(" ") for text in texts]
        known = self._known if len(self._known) < len(self._whole) + _MOST else dict(self._whole)
        new = [word for word in set(chain.from_iterable(words)) if word not in known]
        known.update(zip(new, self._read(new), strict=True))
        self._known = known
        return [list(chain.from_iterable(map(known.__getitem__, each))) for each in words]

    def framed(self, tokens: Sequence[int], most: int | None = None) -> list[int]:
        """Return what an encoder sees of a text: its first tokens between those around a text, at most so many in all."""
        room = None if most is None else max(0, most - len(self._before) - len(self._after))
        return [*self._before, *tokens[:room], *self._after]

    def _read(self, texts: Sequence[str]) -> list[list[int]]:
        return [each.ids for each in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]


def _cuts_at_spaces(tokenizer: dict[str, Any]) -> bool:
    """Return whether a tokenizer, as its file says it, reads what stands between two spaces as if it stood alone."""
    kinds = [(tokenizer.get(part) or {}).get("type") for part in ("normalizer", "pre_tokenizer", "model")]
    added = [str(each["content"]) for each in tokenizer.get("added_tokens", ())]
    return kinds == ["BertNormalizer", "BertPreTokenizer", "WordPiece"] and not any(" " in each for each in added)


def _whole_words(tokenizer: dict[str, Any]) -> dict[str, list[int]]:
    """Return the vocabulary's words of small letters a to z: each is its own only token, because the longest piece is taken first."""
    added = [str(each["content"]) for each in tokenizer.get("added_tokens", ())]
    if any(each.isalpha() for each in added):
        return {}
    return {word: [number] for word, number in tokenizer["model"]["vocab"].items() if word.isascii() and word.isalpha() and word.islower()}


def _around(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Return the tokens that the encoder puts before and after a text."""
    ids = tokenizer.encode("a").ids
    bare = tokenizer.encode("a", add_special_tokens=False).ids
    place = ids.index(bare[0])
    return ids[:place], ids[place + len(bare) :]
