"""Two runs of a study and how they differ: what is kept of a run, and the tables of a comparison. None of it holds words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nptlens.schemas.records import HeadCard
from nptlens.schemas.tables import DECISIONS, Column, Table

if TYPE_CHECKING:
    import pandas as pd

CHANGE_KINDS = ("gained", "lost", "stance", "abstention", "new", "gone")
"""Assigned now; assigned no more; another stance; undecided or no longer so; assigned to an excerpt that only one of the runs has."""
REASONS = ("text edited", "text only in one run", "code only in one run", "threshold or settings", "probability")

_TEXT = Column("str")
_COUNT = Column("int64", least=0)
_MAYBE_SHARE = Column("float64", nullable=True, least=0, most=1)
_DECISION = Column("str", among=("", *DECISIONS))

RUN_SEGMENTS = Table(
    "segments of a run",
    (
        ("segment_id", _TEXT),
        ("transcript_id", _TEXT),
        ("start", Column("int64", least=0)),
        ("end", Column("int64", least=0)),
        ("text_digest", _TEXT),
    ),
    ("segment_id",),
)
CHANGES = Table(
    "changes",
    (
        ("transcript_id", _TEXT),
        ("segment_before", _TEXT),  # "" where the excerpt is in one run only
        ("segment_after", _TEXT),
        ("code", _TEXT),
        ("change", Column("str", among=CHANGE_KINDS)),
        ("why", Column("str", among=REASONS)),
        ("decision_before", _DECISION),
        ("decision_after", _DECISION),
        ("probability_before", _MAYBE_SHARE),
        ("probability_after", _MAYBE_SHARE),
        ("stance_before", _TEXT),
        ("stance_after", _TEXT),
    ),
    ("segment_before", "segment_after", "code"),
)
CODE_CHANGES = Table(
    "changes by code",
    (
        ("code", _TEXT),
        ("before", _COUNT),
        ("after", _COUNT),
        ("kept", _COUNT),
        ("gained", _COUNT),
        ("lost", _COUNT),
        ("stance", _COUNT),  # of those kept: another stance
        ("abstention", _COUNT),
        ("new", _COUNT),
        ("gone", _COUNT),
        ("threshold_before", _MAYBE_SHARE),
        ("threshold_after", _MAYBE_SHARE),
        ("most_moved", _MAYBE_SHARE),  # the largest move of a probability; NaN where no excerpt has one in both runs
    ),
    ("code",),
)


@dataclass(frozen=True, slots=True)
class StageMade:
    """What a stage of a run was made from: name and digest (or version) of each ingredient, in order of name."""

    stage: str
    ingredients: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run as it is compared: tables of `nptlens.schemas.tables` and RUN_SEGMENTS, its heads, its stages, settings as (name, value).

    `salted` tells whether the digests of its words are keyed by the study's salt; only runs that agree in it can be compared.
    """

    name: str
    segments: pd.DataFrame
    codings: pd.DataFrame
    stances: pd.DataFrame
    heads: tuple[HeadCard, ...]
    stages: tuple[StageMade, ...]
    settings: tuple[tuple[str, str], ...]
    salted: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """An ingredient that differs: its kind in words, its name, the stages it went into, its value (or digest) before and after.

    "" : the run has no such ingredient.
    """

    kind: str
    name: str
    stages: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ExcerptCounts:
    """How the excerpts of two runs match: the same words, edited words at the same place, in one run only."""

    same: int
    edited: int
    only_before: int
    only_after: int


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Two runs set side by side: a CODE_CHANGES and a CHANGES table, how excerpts match, and what went in differently.

    `notes` name the studies that were changed since the run that is compared.
    """

    before: str
    after: str
    excerpts: ExcerptCounts
    codes: pd.DataFrame
    changes: pd.DataFrame
    causes: tuple[Cause, ...]
    notes: tuple[str, ...] = ()

    def same(self) -> bool:
        """Tell whether every excerpt has the same codes, stances and abstentions in both runs."""
        return self.changes.empty
