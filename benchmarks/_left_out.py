"""The machine's coding of interviews that it did not learn from: each interview is coded by heads trained on all the others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._doubles import Bools, Interviews
from nptlens.coding import Excerpts, definition, train
from nptlens.embedding import embed, find_encoder, load_encoder, vectors_key
from nptlens.schemas.records import Code, Codebook, Embedded, Seed
from nptlens.schemas.settings import default_settings
from nptlens.store.vectors import VectorCache


def machine(own: Interviews, items: Sequence[str], coded: Bools, cache_folder: Path) -> Bools:
    """Return the machine's coding ``(n, items)`` of paragraphs that people gave `coded` ``(coders, n, items)``.

    Texts embedded before come from the cache.
    """
    card = find_encoder(default_settings().embedding.encoder)
    texts = [*own.texts, *(definition(Code(item, item, "")) for item in items)]
    with closing(VectorCache(cache_folder / "vectors.sqlite", vectors_key(card))) as cache:
        made = embed(texts, encoder=lambda: load_encoder(card), cache=cache)
    n = len(own.texts)
    return left_out(own, items, reference(own, coded), made.part(0, n), made.part(n, len(made)).vectors)


def reference(own: Interviews, coded: Bools) -> Bools:
    """Return what the machine learns from ``(n, k)``: the moderated coding where there is one, else the first coder's that is there."""
    first, second, moderated = own.ratings.read
    rows = np.where(moderated, 2, np.where(first, 0, 1))
    return np.asarray(coded[rows, np.arange(len(rows))] & (first | second | moderated)[:, None])


def left_out(own: Interviews, items: Sequence[str], target: Bools, embedded: Embedded, definitions: NDArray[np.float32]) -> Bools:
    """Return what the machine gives ``(n, k)``: an interview is coded by heads that learned from the `target` of the others alone.

    Paragraphs that nobody coded are seeds of ``none``. Only interviews that two people read are coded; an item with too few examples
    is not given.
    """
    result, names = np.zeros_like(target), np.array(own.transcripts)
    book = Codebook("interviews", "1", tuple(Code(item, item, "") for item in items))
    coding = default_settings().coding
    for name in sorted(set(names[own.ratings.read.sum(axis=0) >= 2])):
        known, new = np.flatnonzero((names != name) & own.ratings.read.any(axis=0)), np.flatnonzero(names == name)
        seeds = tuple(
            Seed(f"s{row:05}", own.texts[row], tuple(np.array(items)[target[row]].tolist()), group=own.transcripts[row]) for row in known
        )
        examples, study = _excerpts(own, embedded, known), _excerpts(own, embedded, new)
        heads = train(examples, seeds, book, definitions, study, coding, seed=1)
        result[np.ix_(new, [book.ids().index(code) for code in heads.codes])] = heads.probabilities(study) >= heads.thresholds
        print(f"{name}: {len(seeds)} seeds, {len(heads.codes)} heads", file=sys.stderr)
    return result


def _excerpts(own: Interviews, embedded: Embedded, rows: NDArray[np.intp]) -> Excerpts:
    return Excerpts(tuple(own.texts[row] for row in rows), Embedded(embedded.vectors[rows], embedded.layers[rows]))
