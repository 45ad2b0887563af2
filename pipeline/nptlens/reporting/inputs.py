"""All that a report is made from; the study fills it, the writers only read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pandas as pd

from nptlens.schemas.fieldwork import Fieldwork
from nptlens.schemas.patterns import Patterns
from nptlens.schemas.records import (
    AgreementSummary,
    Codebook,
    HeadCard,
    Memo,
    Participant,
    Problem,
    Seed,
    Speaker,
    TaughtBy,
    TopicCard,
    TopicStability,
    Transcript,
)
from nptlens.schemas.settings import ReportSettings
from nptlens.schemas.tables import STANCE_AGREEMENT, empty
from nptlens.store.pictures import PictureCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Provenance:
    """One line of how the results were made: a name and a value (versions, digests, settings)."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How intervals of the report's own figures are made: a bootstrap of whole transcripts, participants or practices."""

    cluster: Literal["transcript", "participant", "practice"] = "transcript"
    resamples: int = 1000
    confidence: float = 0.95
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInputs:
    """Tables are those of `nptlens.schemas.tables`; `topic_method` is "off" where no topics were sought."""

    study_name: str
    invented: bool
    transcripts: tuple[Transcript, ...]
    speakers: tuple[Speaker, ...]
    participants: tuple[Participant, ...]
    codebook: Codebook
    seeds: tuple[Seed, ...]
    taught: tuple[Seed, ...]  # excerpts that a person coded and that taught the machine, as seeds
    taught_by: TaughtBy | None
    segments: pd.DataFrame
    set_aside: pd.DataFrame
    topics: pd.DataFrame
    topic_cards: tuple[TopicCard, ...]
    topic_method: str
    topic_stability: TopicStability
    unstable_below: float
    topic_codes: pd.DataFrame
    topic_readings: pd.DataFrame
    readings: pd.DataFrame
    codings: pd.DataFrame
    stances: pd.DataFrame
    heads: tuple[HeadCard, ...]
    manual: pd.DataFrame
    agreement: pd.DataFrame
    agreement_summaries: tuple[AgreementSummary, ...]
    verdicts: pd.DataFrame
    problems: tuple[Problem, ...]
    provenance: tuple[Provenance, ...]
    settings: ReportSettings
    vectors: NDArray[np.float32] | None = None  # ``(n, d)``, a row per row of `segments`
    stance_agreement: pd.DataFrame = field(default_factory=lambda: empty(STANCE_AGREEMENT))
    sampling: Sampling = Sampling()
    template: bytes = b""  # a Word file whose styles the DOCX takes
    projects: tuple[tuple[str, str], ...] = ()  # (practice, type of a project of theirs)
    fieldwork: Fieldwork = field(default_factory=Fieldwork)  # what the study has around its coding
    patterns: Patterns = field(default_factory=Patterns)  # what is seen across codes, topics and a validation
    pictures: PictureCache | None = None  # pictures that were drawn before
    summaries: Mapping[tuple[str, str], str] = field(default_factory=dict)  # the researcher's, by case and code
    answers: Mapping[tuple[str, str], str] = field(default_factory=dict)  # the researcher's, by checklist and number of the item
    memos: tuple[Memo, ...] = ()
