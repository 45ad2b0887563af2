"""What is seen across codes, topics and a validation: figures that the report shows beside its excerpts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nptlens.schemas.tables import Column, Table
from nptlens.schemas.validation import SaturationSummary

if TYPE_CHECKING:
    import pandas as pd

_COUNT = Column("int64", least=0)
_FLOAT = Column("float64", nullable=True)

CO_OCCURRENCE = Table(
    "co-occurrence",
    (
        ("first", Column("str")),  # in the codebook's order
        ("second", Column("str")),
        ("n", _COUNT),
        ("first_n", _COUNT),
        ("second_n", _COUNT),
        ("both_n", _COUNT),
        ("jaccard", _FLOAT),
        ("jaccard_low", _FLOAT),
        ("jaccard_high", _FLOAT),
        ("phi", _FLOAT),
        ("phi_low", _FLOAT),
        ("phi_high", _FLOAT),
    ),
    ("first", "second"),
)


@dataclass(frozen=True, slots=True)
class TopicPoint:
    """Where a topic lies on the map, in units of the vectors."""

    topic: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TopicMap:
    """Topics in the plane in which their centres differ most; `shares` are how much of their variance each direction holds."""

    points: tuple[TopicPoint, ...]
    shares: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ValidationFigure:
    """A figure of all codes together from the study's validation."""

    coder: str
    against: str
    statistic: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class BesideBaseline:
    """The mean kappa `value` of a baseline with a person, and how far the machine passes it, on the same units and resamples."""

    against: str
    baseline: str
    value: float
    difference: float
    low: float
    high: float

    def name(self) -> str:
        """Return what the baseline is called in a sentence."""
        told = self.baseline.removeprefix("baseline: ")
        return "the interviewer’s question alone" if told == "question only" else told


@dataclass(frozen=True, slots=True)
class Validated:
    """The headlines of a validation of this run, the machine beside baselines, and where its page lies from the report."""

    page: str
    figures: tuple[ValidationFigure, ...]
    saturation: tuple[SaturationSummary, ...]
    beside: tuple[BesideBaseline, ...] = ()


@dataclass(frozen=True, slots=True)
class Patterns:
    """What there is of it: None where the study does not give it."""

    pairs: pd.DataFrame | None = None
    topic_map: TopicMap | None = None
    validated: Validated | None = None
