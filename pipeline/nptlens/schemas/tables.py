"""The many-and-thin things that flow between the stages, as validated tables.

Each table has a schema; `checked(schema, frame)` returns the frame with the schema's columns in the schema's order, or raises
IntegrityError. Pandas is imported when the first table is made, so that the command line starts fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nptlens.core.errors import IntegrityError
from nptlens.schemas.records import STANCES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its dtype, whether it may be empty, its smallest value, its allowed values, what a table without it holds there."""

    dtype: str
    nullable: bool = False
    least: float | None = None
    most: float | None = None
    among: tuple[str, ...] = ()
    default: str | float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name, its columns and the columns that identify a row."""

    name: str
    columns: tuple[tuple[str, Column], ...]
    key: tuple[str, ...]

    def names(self) -> list[str]:
        """Return the column names in order."""
        return [name for name, _ in self.columns]


def _table(name: str, key: tuple[str, ...], columns: Mapping[str, Column]) -> Table:
    return Table(name, tuple(columns.items()), key)


_TEXT = Column("str")
_MAYBE_TEXT = Column("str", nullable=True)
_OFFSET = Column("int64", least=0)
_SHARE = Column("float64", least=0, most=1)
_MAYBE_SHARE = Column("float64", nullable=True, least=0, most=1)
_MAYBE_FLOAT = Column("float64", nullable=True)

DECISIONS = ("assigned", "not_assigned", "abstained")

SEGMENTS = _table(
    "segments",
    ("segment_id",),
    {
        "segment_id": _TEXT,
        "transcript_id": _TEXT,
        "utterance": _OFFSET,
        "start": _OFFSET,
        "end": _OFFSET,
        "text": _TEXT,
        "words": _OFFSET,
        "participant_id": _TEXT,
        "role": _TEXT,
        "practice": _TEXT,
        "adopter_category": _TEXT,
        "start_s": _MAYBE_FLOAT,
    },
)
SET_ASIDE = _table(
    "set aside",
    ("transcript_id", "start", "end"),
    {
        "transcript_id": _TEXT,
        "utterance": _OFFSET,
        "start": _OFFSET,
        "end": _OFFSET,
        "words": _OFFSET,
        "reason": Column("str", among=("interviewer", "too short", "no words")),
    },
)
TOPICS = _table(
    "topics",
    ("segment_id",),
    {"segment_id": _TEXT, "topic": Column("int64", least=-1), "strength": _SHARE},
)
CODINGS = _table(
    "codings",
    ("segment_id", "code"),
    {
        "segment_id": _TEXT,
        "code": _TEXT,
        "probability": _SHARE,
        "decision": Column("str", among=DECISIONS),
        "margin": Column("float64"),
        "runner_up": _TEXT,
        "nearest_seeds": _TEXT,
        "coder": _TEXT,
    },
)
STANCES_OF_CODINGS = _table(
    "stances",
    ("segment_id", "code"),
    {"segment_id": _TEXT, "code": _TEXT, "stance": Column("str", among=STANCES), "probability": _SHARE},
)
MANUAL_CODINGS = _table(
    "manual codings",
    ("coder", "transcript_id", "start", "end", "code"),
    {
        "transcript_id": _TEXT,
        "start": _OFFSET,
        "end": _OFFSET,
        "code": _TEXT,
        "stance": _TEXT,
        "coder": _TEXT,
        # 0: the coder read the whole transcript. Else this stretch alone, drawn from a sheet, which stands for so many units.
        "weight": Column("float64", least=0, default=0.0),
    },
)
TOPIC_CODES = _table(
    "topic codes",
    ("topic", "code"),
    {
        "topic": Column("int64", least=0),
        "code": _TEXT,
        "weight": _SHARE,
        "low": _SHARE,
        "high": _SHARE,
        "base": _SHARE,
    },
)
LEVELS = ("construct", "theme")
READING_KINDS = ("same", "differ", "undecided", "topic only", "direct only", "neither")
TOPIC_READINGS = _table(
    "topic readings",
    ("topic", "level"),
    {
        "topic": Column("int64", least=0),
        "level": Column("str", among=LEVELS),
        "code": _TEXT,  # "" where the topic stands above the base of no code of this level
        "weight": Column("float64", nullable=True, least=0, most=1),
        "low": Column("float64", nullable=True, least=0, most=1),
        "high": Column("float64", nullable=True, least=0, most=1),
        "base": Column("float64", nullable=True, least=0, most=1),
        "others": _TEXT,
        "segments": _OFFSET,
        "same": _OFFSET,
        "differ": _OFFSET,
        "undecided": _OFFSET,
        "uncoded": _OFFSET,
    },
)
READINGS = _table(
    "readings",
    ("segment_id", "level"),
    {
        "segment_id": _TEXT,
        "level": Column("str", among=LEVELS),
        "topic": Column("int64", least=-1),
        "topic_code": _TEXT,
        "direct_codes": _TEXT,
        "reading": Column("str", among=READING_KINDS),
    },
)
AGREEMENT = _table(
    "agreement",
    ("coder", "against", "code"),
    {
        "coder": _TEXT,
        "against": _TEXT,
        "code": _TEXT,
        "excerpts": _OFFSET,  # of the study
        "given": _OFFSET,  # of them by `coder`, read by `against` or not
        "counted": _MAYBE_SHARE,  # as a share, not corrected; of a machine alone
        "corrected": _MAYBE_SHARE,  # the same, corrected by what `against` gave in the excerpts read
        "corrected_low": _MAYBE_SHARE,
        "corrected_high": _MAYBE_SHARE,
        "n": _OFFSET,  # excerpts that both read
        "drawn": _OFFSET,  # of them from a sheet of drawn excerpts: these count with their weights in every share and coefficient below
        "effective": Column("float64", least=0),  # equally weighted excerpts that tell as much (Kish), n where none was drawn
        "transcripts": _OFFSET,
        "coded": _OFFSET,  # excerpts, unweighted
        "coded_against": _OFFSET,
        "prevalence": _MAYBE_SHARE,  # share of the excerpts read that `against` gave
        "threshold": _MAYBE_FLOAT,  # from which a machine gives the code: precision, recall, F1 and kappa are at this threshold
        "precision": _MAYBE_SHARE,
        "precision_low": _MAYBE_SHARE,
        "precision_high": _MAYBE_SHARE,
        "recall": _MAYBE_SHARE,
        "recall_low": _MAYBE_SHARE,
        "recall_high": _MAYBE_SHARE,
        "f1": _MAYBE_FLOAT,
        "f1_low": _MAYBE_FLOAT,
        "f1_high": _MAYBE_FLOAT,
        "kappa": _MAYBE_FLOAT,
        "kappa_low": _MAYBE_FLOAT,
        "kappa_high": _MAYBE_FLOAT,
        "average_precision": _MAYBE_FLOAT,
    },
)
"""One row of figures a code and pair of coders: report, validation, workbooks and JSON show these and make none of their own."""
STANCE_AGREEMENT = _table(
    "agreement on stance",
    ("coder", "against", "code"),
    {
        "coder": _TEXT,
        "against": _TEXT,
        "code": _TEXT,  # "" : all codes together
        "n": _OFFSET,  # codings that both gave, with a stance by both
        "not_asserted": _OFFSET,  # of them by `against`
        "clusters": _OFFSET,
        "agreed": _SHARE,
        "asserted": _SHARE,  # by `against`: how often always saying "asserted" is right
        "difference": Column("float64"),  # agreed minus asserted
        "difference_low": _MAYBE_FLOAT,
        "difference_high": _MAYBE_FLOAT,
        "kappa": _MAYBE_FLOAT,
        "kappa_low": _MAYBE_FLOAT,
        "kappa_high": _MAYBE_FLOAT,
    },
)
STANCE_CONFUSION = _table(
    "stances taken for each other",
    ("coder", "against", "stance", "stance_against"),
    {
        "coder": _TEXT,
        "against": _TEXT,
        "stance": Column("str", among=STANCES),
        "stance_against": Column("str", among=STANCES),
        "n": Column("float64", least=0),  # drawn excerpts count as many as they stand for
    },
)
VERDICT_WORDS = ("automate", "assist", "hand-code", "not enough evidence")
VERDICTS = _table(
    "verdicts",
    ("code",),
    {
        "code": _TEXT,
        "against": _TEXT,
        "transcripts": _OFFSET,
        "excerpts": _OFFSET,
        "coded": _OFFSET,
        "verdict": Column("str", among=VERDICT_WORDS),
        "reason": _TEXT,
        "yes_threshold": _MAYBE_FLOAT,
        "no_threshold": _MAYBE_FLOAT,
        "coverage": _SHARE,
        "yes_share": _SHARE,
        "no_share": _SHARE,
        "precision": _MAYBE_FLOAT,
        "precision_low": _MAYBE_FLOAT,
        "precision_high": _MAYBE_FLOAT,
        "missed": _MAYBE_FLOAT,
        "more_excerpts": Column("float64", nullable=True, least=0),
    },
)


def checked(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the table's columns and dtypes in the table's order; a column that is not there holds its default.

    Raises IntegrityError that names the column and the rule; the values themselves are never in the message.
    """
    defaults = {name: column.default for name, column in table.columns if column.default is not None and name not in frame.columns}
    frame = frame.assign(**defaults) if defaults else frame
    missing = [name for name in table.names() if name not in frame.columns]
    if missing:
        raise IntegrityError(f"the {table.name} table lacks {', '.join(missing)}")
    try:
        frame = frame[table.names()].reset_index(drop=True)
        cast = frame.astype({name: column.dtype for name, column in table.columns})
        broken = next(_broken(table, frame, cast), "")
    except (TypeError, ValueError) as error:
        broken = type(error).__name__
    if broken:
        raise IntegrityError(f"the {table.name} table does not hold: {broken}") from None
    return cast


def _broken(table: Table, given: pd.DataFrame, cast: pd.DataFrame) -> Iterator[str]:
    """Yield each rule that does not hold, with its column; an empty place breaks no rule but that it may not be empty."""
    for name, column in table.columns:
        values = cast[name]
        there = values.notna()
        if column.dtype == "int64" and _cut(given[name], values):
            yield f"{name}: whole numbers"
        if not column.nullable and not there.all():
            yield f"{name}: not_nullable"
        if column.least is not None and not (values >= column.least)[there].all():
            yield f"{name}: greater_than_or_equal_to({column.least})"
        if column.most is not None and not (values <= column.most)[there].all():
            yield f"{name}: less_than_or_equal_to({column.most})"
        if column.among and not values.isin(column.among)[there].all():
            yield f"{name}: isin({list(column.among)})"
    if table.key and cast.duplicated(list(table.key)).any():
        yield f"{', '.join(table.key)}: uniqueness"


def _cut(given: pd.Series[Any], cast: pd.Series[Any]) -> bool:
    """Tell whether making integers of a column took something off it."""
    import pandas as pd

    return given.dtype != cast.dtype and bool((pd.to_numeric(given) != cast).any())


def empty(table: Table) -> pd.DataFrame:
    """Return the table with no rows."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(dtype=column.dtype) for name, column in table.columns})
