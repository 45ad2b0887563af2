"""The study around the coding: its register of projects, whom it invited and met, and how its themes go with other codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nptlens.schemas.records import Codebook
from nptlens.schemas.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

_TEXT = Column("str")
_COUNT = Column("int64", least=0)
_FLOAT = Column("float64", nullable=True)

PROJECTS = Table(
    "projects",
    (
        ("project_id", _TEXT),
        ("practices", _TEXT),  # joined by "; "
        ("start", _TEXT),
        ("end", _TEXT),
        ("description", _TEXT),
        ("line", _COUNT),
    ),
    ("project_id",),
)
DECIDED_BY = ("person", "machine", "undecided")
PROJECT_CODINGS = Table(
    "project codings",
    (
        ("project_id", _TEXT),
        ("attribute", _TEXT),
        ("code", _TEXT),  # the value; "" where undecided
        ("decided_by", Column("str", among=DECIDED_BY)),
        ("coder", _TEXT),  # who decided, people joined by ", "; "" where undecided
        ("reason", _TEXT),  # why undecided
        ("claim", _TEXT),  # what the machine decided, whoever wins; "" where it abstained or knows nothing of the attribute
        ("likeliest", _TEXT),  # the machine's most probable value
        ("probability", Column("float64", nullable=True, least=0, most=1)),  # among the values of the attribute
        ("margin", _FLOAT),  # above the runner-up
        ("runner_up", _TEXT),
        ("nearest_seeds", _TEXT),
        ("machine", _TEXT),
    ),
    ("project_id", "attribute"),
)
PROJECT_VALUES = Table(
    "values given by people",
    (("project_id", _TEXT), ("code", _TEXT), ("coder", _TEXT), ("line", _COUNT)),
    ("project_id", "code", "coder"),
)
SAMPLING = Table(
    "sampling frame",
    (
        ("practice", _TEXT),  # "" for a participant of no practice
        ("adopter_category", _TEXT),
        ("practice_invited", Column("bool")),
        ("participant_id", _TEXT),  # "" for a practice of which nobody is on the participants sheet
        ("role", _TEXT),
        ("interviewed", Column("bool")),
    ),
    ("practice", "participant_id"),
)
CODE_LINK_LEVELS = ("excerpts", "participants")
CODE_LINKS = Table(
    "links between codes",
    (
        ("theme", _TEXT),
        ("code", _TEXT),
        ("level", Column("str", among=CODE_LINK_LEVELS)),
        ("expected", Column("bool")),  # the codebook expects it; nothing follows from that
        ("n", _COUNT),
        ("theme_n", _COUNT),
        ("code_n", _COUNT),
        ("both_n", _COUNT),
        ("lift", _FLOAT),
        ("lift_low", _FLOAT),
        ("lift_high", _FLOAT),
        ("phi", _FLOAT),
        ("phi_low", _FLOAT),
        ("phi_high", _FLOAT),
    ),
    ("theme", "code", "level"),
)


@dataclass(frozen=True, slots=True)
class Practice:
    """A row of the practices sheet."""

    id: str
    name: str = ""
    adopter_category: str = ""
    invited: bool = True


@dataclass(frozen=True, slots=True)
class Share:
    """`n` of `of`, with Wilson's interval; NaN where `of` is 0."""

    n: int
    of: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """The first share minus the second, with its interval; NaN where one of them is of none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ValueTally:
    """How many projects have a value, who said so, and how many the machine alone would give it."""

    code: str
    name: str
    share: Share
    people: int
    machine: int
    machine_alone: int


@dataclass(frozen=True, slots=True)
class HandCheck:
    """The machine's values of one attribute beside those of people: of `compared` projects it left `abstained` open.

    `same` is the share of equal values among those it decided, `kappa` Cohen's over these; NaN where it is not determined.
    """

    compared: int
    abstained: int
    same: Share
    kappa: float


@dataclass(frozen=True, slots=True)
class AttributeTally:
    """An attribute: how often each value, out of the projects decided."""

    code: str
    name: str
    values: tuple[ValueTally, ...]
    people: int
    machine: int
    undecided: int
    check: HandCheck


@dataclass(frozen=True, slots=True)
class CrossRow:
    """A group of projects: how many had the outcome, how many had not, and how many are in neither."""

    name: str
    yes: int
    no: int
    left_out: int
    share: Share


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Groups of projects by outcome; the difference and Fisher's p are of the first two groups, None unless there are two."""

    title: str
    rows: tuple[CrossRow, ...]
    difference: Difference | None
    fisher: float | None


@dataclass(frozen=True, slots=True)
class Register:
    """A study's register of projects, coded and counted."""

    codebook: Codebook
    projects: pd.DataFrame
    codings: pd.DataFrame
    tallies: tuple[AttributeTally, ...]
    outcome: tuple[str, str]  # names of the values that are yes and no; "" where the codebook has no such values
    crosses: tuple[CrossTable, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A practice or an adopter category: participants invited and interviewed, per role and in all."""

    name: str
    adopter_category: str
    practices: int
    invited: tuple[int, ...]
    interviewed: tuple[int, ...]
    all_invited: int
    all_interviewed: int
    gap: str


@dataclass(frozen=True, slots=True)
class SamplingFrame:
    """Whom the study meant to meet and whom it met; participants of several practices count once in each, once in all."""

    roles: tuple[str, ...]
    categories: tuple[FrameRow, ...]
    practices: tuple[FrameRow, ...]
    total: FrameRow
    gaps: tuple[str, ...]
    table: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """What a study has around its coding; a part is None where the study has no file for it."""

    register: Register | None = None
    sampling: SamplingFrame | None = None
    links: pd.DataFrame | None = None
    links_confidence: float = 0.95
    links_cluster: str = "transcript"
