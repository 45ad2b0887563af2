"""What a validation finds: tables of figures with their frames and intervals, and the record that holds them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nptlens.schemas.records import Problem
from nptlens.schemas.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

LEVELS = ("where", "which", "case")
"""Where codes were given at all; which code, given the stretch; whether a person or practice expresses the theme."""
FRAMES = ("all", "either", "both", "characters", "participants", "practices")
"""Units of a figure: all segments both coders read; those that either coded; those that both coded; characters of speech; cases."""
SCOPES = ("code", "construct", "overall")
STATISTICS = (
    "kappa", "alpha", "alpha_masi", "ac1", "pabak", "fleiss_kappa", "unitizing_alpha", "gamma",
    "precision", "recall", "f1", "average_precision", "mean_kappa", "macro_f1", "macro_ap", "ece",
)  # fmt: skip

_TEXT = Column("str")
_COUNT = Column("int64", least=0)
_SHARE = Column("float64", nullable=True, least=0, most=1)
_FLOAT = Column("float64", nullable=True)

FIGURES = Table(
    "figures",
    (
        ("coder", _TEXT),  # several coders: their names joined by ", ", and "" under `against`
        ("against", _TEXT),
        ("level", Column("str", among=LEVELS)),
        ("frame", Column("str", among=FRAMES)),
        ("scope", Column("str", among=SCOPES)),
        ("code", _TEXT),  # "" for overall
        ("statistic", Column("str", among=STATISTICS)),
        ("value", _FLOAT),
        ("low", _FLOAT),
        ("high", _FLOAT),
        ("n", _COUNT),
        ("uncoded", _COUNT),  # units of the frame that nobody coded (with any code)
        ("coded", _COUNT),
        ("coded_against", _COUNT),
        ("prevalence", _SHARE),  # of the code by `against`; of several coders: of all ratings
        ("clusters", _COUNT),
    ),
    ("coder", "against", "level", "frame", "scope", "code", "statistic"),
)
CEILING = Table(
    "ceiling",
    (
        ("coder", _TEXT),  # the first person
        ("against", _TEXT),  # the second person, whom the machine is compared with too
        ("machine", _TEXT),
        ("frame", Column("str", among=FRAMES)),
        ("scope", Column("str", among=SCOPES)),
        ("code", _TEXT),
        ("statistic", Column("str", among=STATISTICS)),
        ("n", _COUNT),
        ("human", _FLOAT),
        ("human_low", _FLOAT),
        ("human_high", _FLOAT),
        ("machine_value", _FLOAT),
        ("machine_low", _FLOAT),
        ("machine_high", _FLOAT),
        ("difference", _FLOAT),  # machine minus human, on the same units and the same resamples
        ("difference_low", _FLOAT),
        ("difference_high", _FLOAT),
    ),
    ("coder", "against", "machine", "frame", "scope", "code", "statistic"),
)
BESIDE_BASELINES = Table(
    "beside baselines",
    (
        ("against", _TEXT),
        ("baseline", _TEXT),
        ("statistic", Column("str", among=STATISTICS)),
        ("n", _COUNT),
        ("codes", _COUNT),  # those that `against` used, which the means are over
        ("machine", _FLOAT),
        ("machine_low", _FLOAT),
        ("machine_high", _FLOAT),
        ("baseline_value", _FLOAT),
        ("baseline_low", _FLOAT),
        ("baseline_high", _FLOAT),
        ("difference", _FLOAT),  # machine minus baseline, on the same units and the same resamples
        ("difference_low", _FLOAT),
        ("difference_high", _FLOAT),
    ),
    ("against", "baseline", "statistic"),
)
CONFUSION = Table(
    "confusion",
    (
        ("coder", _TEXT),
        ("against", _TEXT),
        ("scope", Column("str", among=("code", "construct"))),
        ("code", _TEXT),  # "" : not coded
        ("code_against", _TEXT),
        ("n", Column("float64", least=0)),  # a unit with several codes is shared out among its pairs
    ),
    ("coder", "against", "scope", "code", "code_against"),
)
MISMATCHES = Table(
    "mismatches",
    (
        ("coder", _TEXT),
        ("against", _TEXT),
        ("segment_id", _TEXT),
        ("codes", _TEXT),  # joined by "; "
        ("codes_against", _TEXT),
        ("hardness", Column("float64", least=0)),  # the hardest first
        ("reason", _TEXT),
    ),
    ("coder", "against", "segment_id"),
)
CALIBRATION = Table(
    "calibration",
    (
        ("against", _TEXT),
        ("code", _TEXT),  # "" : all codes together
        ("bin", _COUNT),
        ("low", _SHARE),
        ("high", _SHARE),
        ("n", _COUNT),
        ("probability", _SHARE),
        ("share", _SHARE),
        ("share_low", _SHARE),
        ("share_high", _SHARE),
    ),
    ("against", "code", "bin"),
)
LEARNING = Table(
    "learning curve",
    (
        ("against", _TEXT),
        ("transcripts", _COUNT),
        ("statistic", Column("str", among=STATISTICS)),
        ("value", _FLOAT),
        ("low", _FLOAT),
        ("high", _FLOAT),
        ("draws", _COUNT),
    ),
    ("against", "transcripts", "statistic"),
)
ADVICE = Table(
    "sample size advice",
    (
        ("coder", _TEXT),
        ("against", _TEXT),
        ("code", _TEXT),
        ("statistic", Column("str", among=STATISTICS)),
        ("transcripts", _COUNT),
        ("units", _COUNT),
        ("prevalence", _SHARE),
        ("width", _FLOAT),
        ("wanted", _FLOAT),
        ("transcripts_needed", Column("float64", nullable=True, least=0)),
        ("units_needed", Column("float64", nullable=True, least=0)),
    ),
    ("coder", "against", "code", "statistic"),
)
PREVALENCE_LEVELS = ("excerpts", "participants")
PREVALENCE = Table(
    "prevalence",
    (
        ("against", _TEXT),
        ("level", Column("str", among=PREVALENCE_LEVELS)),
        ("by", _TEXT),  # "" : everybody; role, practice, adopter_category, project_type
        ("group", _TEXT),
        ("code", _TEXT),
        ("n", _COUNT),
        ("measured", _COUNT),  # units of the group that a person coded too
        ("raw", _SHARE),
        ("corrected", _SHARE),
        ("low", _SHARE),
        ("high", _SHARE),
        ("equal_voice", _SHARE),  # every participant counts once
        ("equal_voice_low", _SHARE),
        ("equal_voice_high", _SHARE),
    ),
    ("against", "level", "by", "group", "code"),
)
SATURATION = Table(
    "saturation",
    (
        ("kind", Column("str", among=("code", "topic"))),
        ("coder", _TEXT),
        ("interview", Column("int64", least=1)),
        ("new", _FLOAT),
        ("new_low", _FLOAT),
        ("new_high", _FLOAT),
        ("known", _FLOAT),
        ("known_low", _FLOAT),
        ("known_high", _FLOAT),
    ),
    ("kind", "coder", "interview"),
)


@dataclass(frozen=True, slots=True)
class SaturationSummary:
    """New information over random orders of the interviews (Guest, Namey & Chen 2020), beside the settings it hangs on.

    `below` is the share of orders whose new information fell to `threshold` or below within the interviews at hand, `median`, `low` and
    `high` the number of interviews it took in those orders (base and run included); None where no order did.
    """

    kind: str
    coder: str
    interviews: int
    orders: int
    base: int
    run: int
    threshold: float
    below: float
    median: float | None
    low: float | None
    high: float | None

    @property
    def at_once(self) -> bool:
        """Whether in every order the base already held all but what the threshold lets pass, so that nothing was left to come."""
        return self.below == 1 and self.high == self.base + self.run


@dataclass(frozen=True, slots=True)
class Trained:
    """What taught the machine that was measured: where its examples come from, and which transcripts were left out when each was coded.

    `left_out` is "" (nothing to leave out: seeds alone), "transcript" or "practice"; `tuned` lists data that settings were chosen on.
    """

    coder: str
    taught_by: str
    left_out: str
    folds: int
    tuned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validation:
    """All that one validation found; a table is empty where the study does not give it."""

    study: str
    invented: bool
    coders: tuple[str, ...]
    cluster: str
    interval: str
    confidence: float
    resamples: int
    overlap: float
    transcripts: int
    trained: tuple[Trained, ...]
    gold: str  # the person whose coding the verdicts on the machine go by, "" where there is none
    codes: pd.DataFrame  # an AGREEMENT table: the one row of figures of each code and pair
    figures: pd.DataFrame
    baselines: pd.DataFrame  # a FIGURES table whose `coder` is "baseline: …"
    beside_baselines: pd.DataFrame
    ceiling: pd.DataFrame
    confusion: pd.DataFrame
    stances: pd.DataFrame  # a STANCE_AGREEMENT table
    stance_confusion: pd.DataFrame
    mismatches: pd.DataFrame
    calibration: pd.DataFrame
    learning: pd.DataFrame
    advice: pd.DataFrame
    prevalence: pd.DataFrame
    saturation: pd.DataFrame
    saturation_summaries: tuple[SaturationSummary, ...]
    problems: tuple[Problem, ...]
