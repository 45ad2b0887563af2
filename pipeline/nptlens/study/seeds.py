"""The seed doctor over a study's seeds."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace

from nptlens.coding import SeedExam, examine
from nptlens.core.errors import SeedError
from nptlens.embedding import embed, load_encoder, vectors_key
from nptlens.segmenting import segment
from nptlens.store.vectors import VectorCache
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.plan import encoder_card


def examine_seeds(study: Study) -> SeedExam:
    """Examine the seeds of a study, beside the words of its transcripts; raises SeedError where it has none."""
    artefacts = Artefacts(study)
    found = artefacts.seed_set
    if not found.seeds:
        raise SeedError("this study has no seeds", where=str(study.root), hint="write seeds.csv: seed_id, text, codes, stance, note")
    card = encoder_card(study)
    with closing(VectorCache(study.store / "vectors.sqlite", vectors_key(card))) as cache:
        embedded = embed(
            [seed.text for seed in found.seeds],
            encoder=lambda: load_encoder(card, threads=study.settings.study.threads),
            cache=cache,
        )
    exam = examine(found.seeds, embedded.vectors, artefacts.codebook, study.settings.coding, segments=_texts(artefacts))
    return replace(exam, problems=(*found.problems, *exam.problems))


def _texts(artefacts: Artefacts) -> list[tuple[str, str]]:
    """Return the segments' ids and texts, cut from the transcripts as they are now: the doctor is asked before anything runs."""
    if not os.path.lexists(artefacts.study.transcript_root()):
        return []
    cut = segment(artefacts.reading.transcripts, artefacts.speakers, artefacts.study.settings.segmenting).segments
    return list(zip(cut["segment_id"], cut["text"], strict=True))
