"""Heads that people's coding of the study taught too, and for every transcript that they coded, heads that never saw it.

Transcripts that people coded are put into folds. A segment of such a transcript is coded by heads whose regressions, weights, offsets
and thresholds were all made without its fold, so that the machine can be compared with those people. What is calibrated on is held
out within those heads once more: the decision values of a coded excerpt come from regressions that saw neither fold. Calibration
hangs on coded excerpts alone, as seeds are richer in codes than talk is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.coding._workers import Workers
from nptlens.coding.heads import Heads, assemble, fit_to_talk, load_heads, save_heads, train
from nptlens.coding.regression import Regression
from nptlens.coding.training_set import TrainingSet, prepare
from nptlens.coding.views import Excerpts, Scales
from nptlens.core.errors import SeedError
from nptlens.core.ids import digest
from nptlens.schemas.records import Codebook, HeadCard, Seed, TaughtBy
from nptlens.schemas.settings import CodingSettings

_Folds = frozenset[int]
FEWEST = 2
"""Folds of transcripts that people must have coded before they can teach: one to learn from, another to be calibrated on."""


@dataclass(frozen=True, slots=True)
class CrossFittedHeads:
    """Heads of all examples, and those of each fold, which saw no transcript of it; `fold_of` names the transcripts that taught."""

    general: Heads
    of_fold: tuple[Heads, ...] = ()
    fold_of: tuple[tuple[str, int], ...] = ()

    def heads_of(self, transcript_id: str) -> Heads:
        """Return the heads that may code a transcript."""
        fold = dict(self.fold_of).get(transcript_id, -1)
        return self.of_fold[fold] if fold >= 0 else self.general

    def rows_by_heads(self, transcripts: Sequence[str]) -> Iterator[tuple[Heads, NDArray[np.intp]]]:
        """Yield heads with the row numbers of the segments they may code, given each segment's transcript ``(n,)``."""
        known = dict(self.fold_of)
        fold = np.array([known.get(each, -1) for each in transcripts], dtype=np.intp)
        for number, heads in enumerate((self.general, *self.of_fold), start=-1):
            if len(rows := np.flatnonzero(fold == number)):
                yield heads, rows

    def to_bytes(self) -> bytes:
        """Return the parameters as safetensors."""
        return save_heads((self.general, *self.of_fold))

    def fingerprint(self) -> str:
        """Return a digest of all parameters; the machine coder is named after it."""
        return digest(self.to_bytes())


def load_cross_fitted(
    data: bytes, cards: tuple[HeadCard, ...], by: TaughtBy | None, examples: Excerpts, study: Excerpts | Scales
) -> CrossFittedHeads:
    """Return the heads that `CrossFittedHeads.to_bytes` wrote; raises IntegrityError where it does not belong to the examples."""
    general, *of_fold = load_heads(data, cards, examples, study)
    return CrossFittedHeads(general, tuple(of_fold), by.fold_of if by else ())


def train_cross_fitted(  # noqa: PLR0913 - those of `train`, and whose they are
    examples: Excerpts,
    seeds: Sequence[Seed],
    by: TaughtBy | None,
    codebook: Codebook,
    definitions: NDArray[np.float32],
    study: Excerpts,
    settings: CodingSettings,
    *,
    seed: int,
    transcripts: Sequence[str],
    workers: Workers = Workers(),  # noqa: B008 - frozen
) -> CrossFittedHeads:
    """Train on seeds and, as the last `by.excerpts` of them, excerpts that a person coded, whose group is their transcript.

    `by` gives each of those transcripts a fold, counted from 0; without it seeds teach alone. Row i of `examples` belongs to seed i,
    row i of `study` to `transcripts[i]`; the other arguments are those of `train`. A seed whose group is one of those transcripts is left
    out with it. Raises SeedError where no head can be trained, or the folds are fewer than FEWEST (one more where there are no seeds).
    """
    if by is None:
        return CrossFittedHeads(train(examples, seeds, codebook, definitions, study, settings, seed=seed, workers=workers))
    known, folds, coded = dict(by.fold_of), range(by.folds()), by.excerpts
    if len(folds) < FEWEST + (coded == len(seeds)):
        raise SeedError("people coded too few transcripts to teach the machine", hint="code more of them, or unset coding.taught_by")
    fold = np.array([known.get(each.group, -1) for each in seeds], dtype=np.intp)
    talk = np.arange(len(seeds)) >= len(seeds) - coded
    without: list[_Folds] = [frozenset(each) for size in (0, 1, 2) for each in combinations(folds, size)]
    with threadpool_limits(1):
        training_set = prepare(examples, seeds, codebook, definitions, study, settings, coded=coded)
        kept = [~np.isin(fold, list(each)) for each in without]
        fits = training_set.fit_all([np.tile(each[:, None], (1, len(training_set.codes))) for each in kept], settings.strength, workers)
        rest = study.take(np.flatnonzero([each not in known for each in transcripts]))
        made = {each: [of_view[i] for of_view in fits] for i, each in enumerate(without)}
        general = _calibrated(training_set, made, frozenset(), fold, talk, rest)
        of_fold = tuple(_calibrated(training_set, made, frozenset({each}), fold, talk, rest) for each in folds)
    return CrossFittedHeads(general, of_fold, by.fold_of)


def _calibrated(
    training_set: TrainingSet,
    made: dict[_Folds, list[Regression]],
    without: _Folds,
    fold: NDArray[np.intp],
    talk: NDArray[np.bool_],
    rest: Excerpts,
) -> Heads:
    """Return the heads that saw nothing of the folds `without`."""
    held_out = np.full((len(training_set.views), *training_set.target.shape), np.nan)
    others = set(range(int(fold.max()) + 1)) - without
    for number in others:
        rows = talk & (fold == number)
        for view, each in enumerate(made[without | {number}]):
            held_out[view, rows] = each.values[rows]
    rows = np.flatnonzero(talk & np.isin(fold, list(others)))
    taught = ~np.isin(fold, list(without))
    known = np.nan_to_num(held_out)
    return fit_to_talk(assemble(training_set, made[without], known, rows, taught=taught), training_set, known, rows, rest)
