"""`make bench-suggest`: does a label of a suggested excerpt help more than one of an excerpt drawn at random?

Seeds come from half of the transcripts, and so do the excerpts that are suggested or drawn; their gold codes are added as a person
would have added them. Linear heads are trained on both, and macro average precision is measured on the other half. The interval is that
of the mean gain over the draws (Student's t).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits

from benchmarks.records import Record, write
from benchmarks.studies import STUDIES, RealSet, Unit, draw_seeds
from nptlens.coding import Excerpts, definition, train
from nptlens.coding.suggest import CodeState, suggest
from nptlens.embedding import embed, find_encoder, load_encoder, vectors_key
from nptlens.schemas.records import Code, Codebook, Seed
from nptlens.schemas.settings import default_settings
from nptlens.store.vectors import VectorCache

_STRENGTH = 2.0  # of the plain regression that measures what labels teach
ADDED = 32
PER_CODE = (4, 8, 16)
DRAWS = 5
AT_RANDOM = 5  # random samples of each draw, whose mean is compared

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Draw:
    """Macro average precision of one draw: seeds alone, with suggested and with random excerpts; codes among the excerpts."""

    seeds: float
    suggested: float
    random: float
    codes_suggested: int
    codes_random: float


class _Texts:
    """Vectors of texts, from a cache."""

    def __init__(self, folder: Path) -> None:
        self.card = find_encoder(default_settings().embedding.encoder)
        self.cache = VectorCache(folder / "vectors.sqlite", vectors_key(self.card))

    def seen(self, texts: Sequence[str]) -> Excerpts:
        return Excerpts(tuple(texts), embed(texts, encoder=lambda: load_encoder(self.card), cache=self.cache))


def main() -> int:
    """Simulate, print and write benchmarks/results/suggest.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", type=Path, default=Path("build/suggest"), help="where vectors are kept")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/suggest.json"))
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"real data are not here: {arguments.data}", file=sys.stderr)
        return 3
    texts = _Texts(arguments.folder)
    records: list[Record] = []
    print(f"macro AP with {ADDED} more labels; {DRAWS} draws\n\n{'set':13} {'k':>3} {'seeds':>6} {'suggested':>9} {'random':>7}  gain")
    with threadpool_limits(1):
        for load in STUDIES:
            real = load(arguments.data)
            for per_code in PER_CODE:
                draws = [simulate(real, per_code, draw, texts) for draw in range(1, DRAWS + 1)]
                records += _told(real.name, per_code, draws)
    write(arguments.out, records)
    return 0


def simulate(real: RealSet, per_code: int, draw: int, texts: _Texts) -> Draw:
    """Label suggested and random excerpts of one draw and measure both."""
    chosen, measured = draw_seeds(real, per_code, draw)
    taken, elsewhere = {id(unit) for unit in chosen}, set(measured)
    said = [unit for unit in real.units if not unit.interviewer and len(unit.text.split()) >= 4]
    pool = [unit for unit in said if unit.transcript not in elsewhere and id(unit) not in taken]
    test = [unit for unit in said if unit.transcript in elsewhere]
    known, examples = _targets(real, chosen), texts.seen([unit.coded or unit.text for unit in chosen])
    labels, excerpts = _targets(real, pool), texts.seen([unit.text for unit in pool])
    gold, unseen = _targets(real, test), texts.seen([unit.text for unit in test]).embedded.vectors
    seed_vectors, vectors = examples.embedded.vectors, excerpts.embedded.vectors
    definitions = texts.seen([definition(Code(*code)) for code in real.codes]).embedded.vectors

    def measure(rows: Sequence[int]) -> float:
        rows = list(rows)
        return _macro_ap(np.vstack([seed_vectors, vectors[rows]]), np.vstack([known, labels[rows]]), unseen, gold)

    rows = _suggested(real, chosen, examples, pool, excerpts, definitions)
    rng = np.random.default_rng(draw)
    samples = [rng.permutation(len(pool))[:ADDED].tolist() for _ in range(AT_RANDOM)]
    return Draw(
        seeds=measure([]),
        suggested=measure(rows),
        random=float(np.mean([measure(sample) for sample in samples])),
        codes_suggested=int(labels[rows].sum()),
        codes_random=float(np.mean([labels[sample].sum() for sample in samples])),
    )


def _suggested(
    real: RealSet, chosen: Sequence[Unit], examples: Excerpts, pool: Sequence[Unit], excerpts: Excerpts, definitions: Matrix
) -> list[int]:
    codebook = Codebook(real.name, "1", tuple(Code(*code) for code in real.codes))
    seeds = [Seed(f"s{i:04}", unit.coded or unit.text, unit.codes, group=unit.transcript) for i, unit in enumerate(chosen)]
    settings = default_settings()
    heads = train(examples, seeds, codebook, definitions, excerpts, settings.coding, seed=settings.study.seed)
    segments = pd.DataFrame(
        {
            "segment_id": [f"{i:06}" for i in range(len(pool))],
            "transcript_id": [unit.transcript for unit in pool],
            "participant_id": [unit.speaker for unit in pool],
            "text": "",
        }
    )
    states = [CodeState(card.code, card.threshold, card.seeds) for card in heads.cards]
    free = np.ones(len(pool), dtype=bool)
    found = suggest(
        segments, excerpts.embedded.vectors, heads.probabilities(excerpts), states, examples.embedded.vectors, free, ADDED
    )
    return [int(each.segment_id) for each in found]


def _targets(real: RealSet, units: Sequence[Unit]) -> NDArray[np.bool_]:
    return np.array([[code in unit.codes for code, _, _ in real.codes] for unit in units])


def _macro_ap(vectors: Matrix, targets: NDArray[np.bool_], unseen: Matrix, gold: NDArray[np.bool_]) -> float:
    """Return the mean over the codes of the measured half; a code without a seed ranks nothing."""
    figures = []
    for target, true in zip(targets.T, gold.T, strict=True):
        if true.any():
            score = np.zeros(len(unseen))
            if 0 < target.sum() < len(target):
                score = LogisticRegression(C=_STRENGTH, max_iter=1000).fit(vectors, target).decision_function(unseen)
            figures.append(average_precision_score(true, score))
    return float(np.mean(figures))


def _told(name: str, per_code: int, draws: Sequence[Draw]) -> list[Record]:
    gains = np.array([draw.suggested - draw.random for draw in draws])
    half = float(student.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains)))
    gain, nan = float(gains.mean()), float("nan")
    means = {system: float(np.mean([getattr(draw, system) for draw in draws])) for system in ("seeds", "suggested", "random")}
    print(
        f"{name:13} {per_code:3} {means['seeds']:6.3f} {means['suggested']:9.3f} {means['random']:7.3f}  "
        f"{gain:+.3f} [{gain - half:+.3f}, {gain + half:+.3f}]"
    )
    setting, n = f"k={per_code}, {ADDED} more", len(draws)
    found = [Record(name, system, setting, "macro_ap", value, nan, nan, n) for system, value in means.items()]
    for system in ("suggested", "random"):
        codes = float(np.mean([getattr(draw, f"codes_{system}") for draw in draws]))
        found.append(Record(name, system, setting, "codes_found", codes, nan, nan, n))
    return [*found, Record(name, "suggested", setting, "macro_ap_gain_over_random", gain, gain - half, gain + half, n)]


if __name__ == "__main__":
    sys.exit(main())
