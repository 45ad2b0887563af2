"""Embed segments once: equal texts share a vector, and known vectors come from the cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from threading import Thread

from nptlens.core.ids import digest
from nptlens.embedding._word_tokenizer import Words
from nptlens.embedding.encoder import Encoder
from nptlens.embedding.registry import EncoderCard
from nptlens.schemas.records import Embedded
from nptlens.store.vectors import VectorCache

_BLOCK = 50_000  # characters that are encoded, then kept, at a time
_AROUND = 8  # tokens that an encoder sees around a text, at most
_AHEAD = 2  # blocks in work: one is tokenised or stored while the other is read by the encoder


def embed(
    texts: Sequence[str],
    *,
    encoder: Callable[[], Encoder],
    cache: VectorCache,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Embedded:
    """Return what the encoder makes of the texts, row by row.

    `encoder` is called only where the cache lacks a text, so that a repeated run need not load the model. Long texts come first, and
    texts of like length together. `progress` is told the number of new texts done and their total. Work already done survives an
    interruption.
    """
    keys = [digest(text) for text in texts]
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, []).append(row)
    gathered = _Gathered(rows, len(texts))
    known = set()
    for key, vector, layers in cache.rows(list(rows)):
        gathered.add([key], Embedded(vector[None], layers[None]))
        known.add(key)
    missing = rows.keys() - known
    if missing:
        new = sorted(missing, key=lambda key: (-len(texts[rows[key][0]]), key))
        blocks = _cut(new, [len(texts[rows[key][0]]) for key in new])
        done = 0
        for block, made in _encoded(encoder(), [[texts[rows[key][0]] for key in block] for block in blocks], blocks):
            cache.put(block, made)
            gathered.add(block, made)
            done += len(block)
            progress(done, len(new))
    return gathered.made


class _Gathered:
    """Rows of texts, as what belongs to their digests comes in."""

    def __init__(self, rows: dict[str, list[int]], n: int) -> None:
        import numpy as np

        self._rows, self._n = rows, n
        self.made = Embedded(np.empty((0, 0), dtype=np.float32), np.empty((0, 0), dtype=np.float32))

    def add(self, keys: Sequence[str], some: Embedded) -> None:
        """Put what was made of some texts where these texts stand."""
        import numpy as np

        if not len(self.made):
            wide = [(self._n, part.shape[1]) for part in (some.vectors, some.layers)]
            self.made = Embedded(*(np.empty(shape, dtype=np.float32) for shape in wide))
        given = [number for number, key in enumerate(keys) for _ in self._rows[key]]
        places = [row for key in keys for row in self._rows[key]]
        self.made.vectors[places], self.made.layers[places] = some.vectors[given], some.layers[given]


def _cut(keys: Sequence[str], lengths: Sequence[int]) -> list[list[str]]:
    """Return the keys in blocks of about `_BLOCK` characters, at least one key a block."""
    blocks: list[list[str]] = []
    room = 0
    for key, length in zip(keys, lengths, strict=True):
        if room <= 0:
            blocks.append([])
            room = _BLOCK
        blocks[-1].append(key)
        room -= length + 1
    return blocks


def _encoded(
    encoder: Encoder, texts: Sequence[Sequence[str]], blocks: Sequence[list[str]]
) -> Iterator[tuple[list[str], Embedded]]:
    """Yield each block with what the encoder makes of its texts, a block ahead of the one that asks."""
    begun: list[Future[Embedded]] = []
    for number, block in enumerate(blocks):
        begun += [_begun(encoder, texts[other]) for other in range(number + len(begun), min(number + _AHEAD, len(blocks)))]
        yield block, begun.pop(0).result()


def _begun(encoder: Encoder, texts: Sequence[str]) -> Future[Embedded]:
    """Encode on a thread that nobody waits for, so that a person who stops a run need not wait for the encoder."""
    future: Future[Embedded] = Future()

    def work() -> None:
        try:
            future.set_result(encoder.encode(texts))
        except BaseException as error:
            future.set_exception(error)

    Thread(target=work, daemon=True).start()
    return future


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
