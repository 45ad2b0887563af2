"""What a run of a study taught the machine, asked about other texts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.coding import Excerpts, stance, train
from nptlens.coding._stance_examples import of_segments
from nptlens.coding.heads import Heads
from nptlens.coding.stance import Judges
from nptlens.embedding import embed, load_encoder, vectors_key
from nptlens.store.vectors import VectorCache
from nptlens.study.run.artefacts import Artefacts


@dataclass(frozen=True, slots=True)
class Machine:
    """Heads taught by the study's seeds alone, and judges of stance taught by seeds and people's stances."""

    artefacts: Artefacts
    heads: Heads
    judges: Judges

    @classmethod
    def of(cls, artefacts: Artefacts) -> Machine:
        """Return the machine of a study that was run."""
        settings = artefacts.study.settings
        seeds, excerpts = artefacts.seed_set.seeds, artefacts.excerpts
        book, definitions = artefacts.codebook, artefacts.definitions
        heads = train(artefacts.examples, seeds, book, definitions, excerpts, settings.coding, seed=settings.study.seed)
        people = stance.of_manual(artefacts.manual, artefacts.segments, artefacts.vectors, overlap=settings.agreement.overlap)
        judges = stance.train_judges(stance.of_seeds(seeds, artefacts.seed_vectors), people, folds_at_most=settings.coding.folds)
        assert judges is not None
        return cls(artefacts, heads, judges)

    def excerpts(self, texts: Sequence[str]) -> Excerpts:
        """Return texts with their vectors."""
        card = self.artefacts.encoder
        with closing(VectorCache(self.artefacts.study.store / "vectors.sqlite", vectors_key(card))) as cache:
            return Excerpts(tuple(texts), embed(list(texts), encoder=lambda: load_encoder(card), cache=cache))

    def stances(self, excerpts: Excerpts, codes: Sequence[str]) -> NDArray[np.float64]:
        """Return the probability of each stance ``(n, 4)`` that each excerpt takes to its code."""
        n = len(excerpts)
        frame = pd.DataFrame({"text": excerpts.texts, "transcript_id": [f"text {number}" for number in range(n)]})
        asked = of_segments(frame, excerpts.embedded.vectors, np.arange(n), tuple(codes), ("",) * n)
        return self.judges.general.probabilities(asked)
