"""What stands beside the machine's figures: plain baselines, and the same heads on the interviewer's question alone.

A baseline learns from the examples that taught the machine and, where a person's coding is among them, never from the fold it codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement import Frame, machine_codings
from nptlens.coding import CrossFittedHeads, Excerpts, Workers, code, train
from nptlens.coding.baselines import PLAIN, Task
from nptlens.coding.heads import Heads
from nptlens.coding.training_set import labels
from nptlens.core.errors import SeedError
from nptlens.embedding import embed, load_encoder, vectors_key
from nptlens.schemas.records import Seed
from nptlens.store.vectors import VectorCache
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.stage import Progress
from nptlens.study.validation._questions import questions

PREFIX = "baseline: "
QUESTION, SEEDS = f"{PREFIX}question only", f"{PREFIX}seeds alone"


@dataclass(frozen=True, slots=True)
class _Part:
    """Heads, the rows of the segments that they may code, the examples that taught them and which codes those carry ``(e, k)``."""

    heads: Heads
    rows: NDArray[np.intp]
    seeds: tuple[Seed, ...]
    examples: Excerpts
    target: NDArray[np.bool_]


def baselines(artefacts: Artefacts, machine: Frame, codes: tuple[str, ...], progress: Progress) -> tuple[Frame, ...]:
    """Return a frame per baseline over `codes`, taught by what taught the machine and measured where the machine is."""
    parts = tuple(_parts(artefacts, codes))
    steps = len(PLAIN) + 2
    found = []
    for number, (name, system) in enumerate(PLAIN.items()):
        progress("baselines", number, steps)
        score, coded = np.zeros(machine.coded.shape), np.zeros(machine.coded.shape, dtype=bool)
        for part in parts:
            study = artefacts.excerpts.take(part.rows)
            given = system(
                Task(part.seeds, part.examples, study, artefacts.definitions, artefacts.codebook, codes, artefacts.study.settings.coding)
            )
            score[part.rows], coded[part.rows] = given.score, given.assigned
        found.append(Frame(f"{PREFIX}{name}", coded, machine.read, score))
    progress("baselines", len(PLAIN), steps)
    found.append(_question_only(artefacts, machine, codes, parts))
    progress("baselines", len(PLAIN) + 1, steps)
    return *found, *_seeds_alone(artefacts, machine, codes)


def _parts(artefacts: Artefacts, codes: tuple[str, ...]) -> Iterator[_Part]:
    seeds = artefacts.training_seeds
    carried = labels(seeds, artefacts.codebook, codes)
    for heads, rows in artefacts.cross_fitted.rows_by_heads(artefacts.segments["transcript_id"].tolist()):
        taught = np.flatnonzero(heads.taught)
        yield _Part(heads, rows, tuple(seeds[i] for i in taught), artefacts.training_examples.take(taught), carried[taught])


def _question_only(artefacts: Artefacts, machine: Frame, codes: tuple[str, ...], parts: tuple[_Part, ...]) -> Frame:
    """Code each segment by the question before it; one without a question has each code as often as the examples have it."""
    study = artefacts.study
    asked = questions(
        artefacts.segments, artefacts.reading.transcripts, artefacts.speakers, least_words=study.settings.segmenting.least_words
    )
    score, coded = np.zeros(machine.coded.shape), np.zeros(machine.coded.shape, dtype=bool)
    for part in parts:
        base = part.target.mean(axis=0)
        place = [part.heads.codes.index(each) for each in codes]
        score[part.rows], coded[part.rows] = base, base >= part.heads.thresholds[place]
    segments = artefacts.segments[["segment_id", "transcript_id"]].assign(question=list(asked))
    told = segments[segments["question"] != ""].drop_duplicates(["transcript_id", "question"]).reset_index(drop=True)
    if len(told):
        excerpts = _embedded(artefacts, told["question"].tolist())
        frame = _coded(artefacts, artefacts.cross_fitted, excerpts, told, artefacts.training_seeds, artefacts.training_examples, codes)
        place_of = {key: row for row, key in enumerate(zip(told["transcript_id"], told["question"], strict=True))}
        rows = np.array([place_of.get(key, -1) for key in zip(segments["transcript_id"], segments["question"], strict=True)], dtype=np.intp)
        assert frame.score is not None
        score[rows >= 0], coded[rows >= 0] = frame.score[rows[rows >= 0]], frame.coded[rows[rows >= 0]]
    return Frame(QUESTION, coded, machine.read, score)


def _embedded(artefacts: Artefacts, texts: list[str]) -> Excerpts:
    card = artefacts.encoder
    with closing(VectorCache(artefacts.study.store / "vectors.sqlite", vectors_key(card))) as cache:
        threads = artefacts.study.settings.study.threads
        return Excerpts(tuple(texts), embed(texts, encoder=lambda: load_encoder(card, threads=threads), cache=cache))


def _seeds_alone(artefacts: Artefacts, machine: Frame, codes: tuple[str, ...]) -> tuple[Frame, ...]:
    """Return the machine as it would be without people's coding, where that taught it; a code without enough seeds is never given."""
    seeds, settings = artefacts.seed_set.seeds, artefacts.study.settings
    if artefacts.taught_by is None or not seeds:
        return ()
    try:
        given, workers = (artefacts.codebook, artefacts.definitions, artefacts.excerpts, settings.coding), Workers(settings.study.threads)
        heads = train(artefacts.examples, seeds, *given, seed=settings.study.seed, workers=workers)
    except SeedError:
        return ()
    known = tuple(each for each in codes if each in heads.codes)
    frame = _coded(artefacts, CrossFittedHeads(heads), artefacts.excerpts, artefacts.segments, seeds, artefacts.examples, known).spread(
        known, codes
    )
    return (replace(frame, coder=SEEDS, read=machine.read),)


def _coded(
    artefacts: Artefacts,
    cross_fitted: CrossFittedHeads,
    excerpts: Excerpts,
    segments: pd.DataFrame,
    seeds: tuple[Seed, ...],
    examples: Excerpts,
    codes: tuple[str, ...],
) -> Frame:
    table = code(excerpts, segments, cross_fitted, seeds, examples, artefacts.codebook, artefacts.study.settings.coding)
    return machine_codings(table, segments, np.ones(len(segments), dtype=bool), codes)
