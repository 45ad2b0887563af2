"""The artefacts of a run: whatever the stages have made, fetched from the store when it is asked for, and only then."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.coding import CrossFittedHeads, Excerpts, load_cross_fitted, load_seeds
from nptlens.coding.seeds import SeedSet
from nptlens.core.errors import IntegrityError
from nptlens.core.ids import digest_ids
from nptlens.embedding import EncoderCard
from nptlens.reading import Reading, TranscriptIds, assign_roles, read, read_participants, read_transcript_ids
from nptlens.schemas.records import (
    AgreementSummary,
    Codebook,
    Embedded,
    HeadCard,
    Participant,
    Problem,
    Seed,
    Speaker,
    TaughtBy,
    TopicCard,
    TopicStability,
)
from nptlens.schemas.tables import (
    AGREEMENT,
    CODINGS,
    MANUAL_CODINGS,
    READINGS,
    SEGMENTS,
    SET_ASIDE,
    STANCES_OF_CODINGS,
    TOPIC_CODES,
    TOPIC_READINGS,
    TOPICS,
    VERDICTS,
)
from nptlens.store.files import read_array, read_records, read_table
from nptlens.store.ledger import Ledger
from nptlens.study.folder import Study
from nptlens.study.run.last_run import CheckedFiles
from nptlens.study.run.plan import encoder_card
from nptlens.study.run.problems import problems_file, problems_of
from nptlens.study.run.teaching import Teaching, fewest_folds, holds_a_seed, teaching

Progress = Callable[[str, int, int], None]


def transcript_ids(study: Study) -> TranscriptIds | None:
    """Return the ids that the study gives its transcripts, None where it gives none."""
    table = study.transcript_ids_file()
    return read_transcript_ids(table) if table else None


class Artefacts:
    """Products of one study. Transcripts are read from their sources, all else comes from the store."""

    def __init__(
        self,
        study: Study,
        progress: Progress = lambda stage, done, total: None,
        encoder: EncoderCard | None = None,
        *,
        loose: bool = False,
        ledger: Ledger | None = None,
        files: CheckedFiles | None = None,
    ) -> None:
        """`progress` is told of the files read; all else is told to the stages. `encoder` is the study's, where it was checked already.

        Transcripts of equal names are refused; `loose` lists them. `ledger` tells what the stages were made from. Each file that is read
        is one of `files`; a run, which has looked at them, gives none.
        """
        self.study, self.ledger, self._progress, self._encoder, self._files = study, ledger, progress, encoder, files
        self._loose = loose
        self.told: list[Problem] = []  # what a person should know of this run alone: files that were kept

    def path(self, name: str) -> Path:
        """Return where a file of the store lies; raises IntegrityError where it is not what its stage made."""
        return self.study.store / name if self._files is None else self._files.path(name)

    @cached_property
    def reading(self) -> Reading:
        """The transcripts, and the problems of the sources."""
        return read(
            self.study.transcript_root(),
            settings=self.study.settings.reading,
            progress=lambda done, total: self._progress("read", done, total),
            ids=transcript_ids(self.study),
            loose=self._loose,
        )

    @cached_property
    def encoder(self) -> EncoderCard:
        """The study's encoder, its files checked."""
        return self._encoder or encoder_card(self.study)

    @cached_property
    def participants(self) -> tuple[Participant, ...]:
        """The participants sheet; empty where there is none."""
        sheet = self.study.participants_file()
        return read_participants(sheet) if sheet else ()

    @cached_property
    def speakers(self) -> tuple[Speaker, ...]:
        """Who speaks under each label."""
        return assign_roles(self.reading.transcripts, self.participants, self.study.settings.reading)

    @cached_property
    def codebook(self) -> Codebook:
        """The study's codebooks as one."""
        return self.study.codebook()

    @cached_property
    def seed_set(self) -> SeedSet:
        """The seeds that speak of the codebook."""
        return load_seeds(self.study.seed_files(), self.codebook)

    @cached_property
    def segments(self) -> pd.DataFrame:
        """The segments table."""
        return read_table(self.path("segments.parquet"), SEGMENTS)

    @cached_property
    def taught(self) -> NDArray[np.bool_]:
        """Which segments ``(n,)`` hold the words of a seed that comes from their transcript: the machine cannot be measured there."""
        return holds_a_seed(self.segments, self.seed_set.seeds)

    @cached_property
    def set_aside(self) -> pd.DataFrame:
        """The stretches of speech that are not coded."""
        return read_table(self.path("set_aside.parquet"), SET_ASIDE)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The segments' vectors ``(n, d)``, checked against the segments' ids."""
        vectors = read_array(self.path("vectors.npy"))
        rows = self.path("vectors.rows").read_text(encoding="utf-8")
        if len(vectors) != len(self.segments) or rows != digest_ids(self.segments["segment_id"]):
            raise IntegrityError("the vectors do not belong to the segments", hint="run: nptlens run --again embed")
        return vectors

    @cached_property
    def seed_vectors(self) -> NDArray[np.float32]:
        """The seeds' vectors ``(seeds, d)``."""
        return read_array(self.path("seed_vectors.npy"))

    @cached_property
    def excerpts(self) -> Excerpts:
        """The segments as the coder sees them."""
        return Excerpts(tuple(self.segments["text"].tolist()), Embedded(self.vectors, read_array(self.path("layers.npy"))))

    @cached_property
    def examples(self) -> Excerpts:
        """The seeds as the coder sees them."""
        texts = tuple(seed.text for seed in self.seed_set.seeds)
        return Excerpts(texts, Embedded(self.seed_vectors, read_array(self.path("seed_layers.npy"))))

    @cached_property
    def training_seeds(self) -> tuple[Seed, ...]:
        """All that taught the heads: the seeds, then the excerpts that people coded."""
        return (*self.seed_set.seeds, *self.teaching.seeds)

    @cached_property
    def training_examples(self) -> Excerpts:
        """The same, as the coder sees it."""
        return self.examples + self.excerpts.take(np.array(self.teaching.rows, dtype=np.intp))

    @cached_property
    def definitions(self) -> NDArray[np.float32]:
        """The vectors ``(codes, d)`` of the codes' definitions, in the codebook's order."""
        return read_array(self.path("code_vectors.npy"))

    @cached_property
    def found_topics(self) -> pd.DataFrame:
        """The topics table as discovered."""
        return read_table(self.path("topics_found.parquet"), TOPICS)

    @cached_property
    def found_cards(self) -> tuple[TopicCard, ...]:
        """One card per topic as discovered."""
        return read_records(self.path("topic_cards_found.json"), tuple[TopicCard, ...])

    @cached_property
    def topic_stability(self) -> TopicStability:
        """How far the discovered topics came again."""
        return read_records(self.path("topic_stability.json"), TopicStability)

    @cached_property
    def topic_method(self) -> str:
        """How the topics were found."""
        return self.path("topic_method").read_text(encoding="utf-8")

    @cached_property
    def topics(self) -> pd.DataFrame:
        """The topics table, with the merges that people asked for."""
        return read_table(self.path("topics.parquet"), TOPICS)

    @cached_property
    def topic_cards(self) -> tuple[TopicCard, ...]:
        """One card per topic."""
        return read_records(self.path("topic_cards.json"), tuple[TopicCard, ...])

    @cached_property
    def codings(self) -> pd.DataFrame:
        """The machine's codings."""
        return read_table(self.path("codings.parquet"), CODINGS)

    @cached_property
    def heads(self) -> tuple[HeadCard, ...]:
        """What is known of the trained heads."""
        return read_records(self.path("heads.json"), tuple[HeadCard, ...])

    @cached_property
    def taught_by(self) -> TaughtBy | None:
        """Whose coding taught the machine beside the seeds; None where seeds did alone."""
        found = read_records(self.path("taught_by.json"), tuple[TaughtBy, ...])
        return found[0] if found else None

    @cached_property
    def teaching(self) -> Teaching:
        """What people's coding taught the machine."""
        return teaching(self.manual, self.segments, self.codebook, self.study.settings, fewest=fewest_folds(self.seed_set.seeds))

    @cached_property
    def cross_fitted(self) -> CrossFittedHeads:
        """The heads that coded the segments."""
        data = self.path("heads.safetensors").read_bytes()
        return load_cross_fitted(data, self.heads, self.taught_by, self.training_examples, self.excerpts)

    @cached_property
    def topic_codes(self) -> pd.DataFrame:
        """Topics mapped to codes."""
        return read_table(self.path("topic_codes.parquet"), TOPIC_CODES)

    @cached_property
    def topic_readings(self) -> pd.DataFrame:
        """What each topic speaks of, and how far direct coding says the same."""
        return read_table(self.path("topic_readings.parquet"), TOPIC_READINGS)

    @cached_property
    def readings(self) -> pd.DataFrame:
        """Per segment, what its topic and what direct coding make of it."""
        return read_table(self.path("readings.parquet"), READINGS)

    @cached_property
    def stances(self) -> pd.DataFrame:
        """The stances of the assigned codings."""
        return read_table(self.path("stances.parquet"), STANCES_OF_CODINGS)

    @cached_property
    def manual(self) -> pd.DataFrame:
        """The manual codings that fit the transcripts."""
        return read_table(self.path("manual.parquet"), MANUAL_CODINGS)

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Agreement per pair of coders and code."""
        return read_table(self.path("agreement.parquet"), AGREEMENT)

    @cached_property
    def summaries(self) -> tuple[AgreementSummary, ...]:
        """Agreement per pair of coders."""
        return read_records(self.path("agreement.json"), tuple[AgreementSummary, ...])

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """What the machine may decide alone, per code."""
        return read_table(self.path("verdicts.parquet"), VERDICTS)

    def problems_of(self, stage: str) -> tuple[Problem, ...]:
        """Return what a stage listed for a person to see."""
        name = problems_file(stage)
        if self._files is None:
            return problems_of(self.study, stage)
        return read_records(self.path(name), tuple[Problem, ...]) if name in self._files else ()
