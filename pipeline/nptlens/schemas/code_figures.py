"""The one row of figures of a code: what is said of it anywhere, in report, validation, workbooks or JSON, is read from here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

HEADINGS = {
    "corrected": "Corrected share",
    "counted": "Share as counted",
    "prevalence": "Share by the second coder",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "kappa": "Kappa",
    "average_precision": "Average precision",
}
"""What the figures are called wherever they stand; the same name is the same value."""
EXPLAINED = {
    "corrected": "share of all excerpts of the study that the first coder gave the code, corrected by what the second gave in those read",
    "counted": "the same as the machine counted it, not corrected",
    "prevalence": "share of the excerpts that both read which the second coder gave; drawn excerpts count with their weights",
    "precision": "at the threshold; share of the first coder’s codings that the second gave too; weighted; exact limits at effective n",
    "recall": "at the threshold; share of the second coder’s codings that the first gave too; weighted; exact limits at effective n",
    "f1": "at the threshold; weighted",
    "kappa": "at the threshold; Cohen’s kappa over all excerpts that both read; weighted",
    "average_precision": "over all thresholds; weighted",
}


@dataclass(frozen=True, slots=True)
class CodeFigures:
    """A row of `nptlens.schemas.tables.AGREEMENT`, which says what each figure is; NaN where the data do not determine one.

    `name` is the code's in the codebook. Every share and coefficient from `prevalence` on counts drawn excerpts with their weights.
    """

    coder: str
    against: str
    code: str
    excerpts: int
    given: int
    counted: float
    corrected: float
    corrected_low: float
    corrected_high: float
    n: int
    drawn: int
    effective: float
    transcripts: int
    coded: int
    coded_against: int
    prevalence: float
    threshold: float
    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float
    f1: float
    f1_low: float
    f1_high: float
    kappa: float
    kappa_low: float
    kappa_high: float
    average_precision: float
    name: str = ""


def rows_of(table: pd.DataFrame, names: dict[str, str] | None = None) -> tuple[CodeFigures, ...]:
    """Return the rows of an AGREEMENT table; `names` are those of the codes."""
    known = names or {}
    rows = (CodeFigures(*row) for row in table.itertuples(index=False, name=None))
    return tuple(replace(row, name=known.get(row.code, "")) for row in rows)


def how_counted(row: CodeFigures, against: str) -> str:
    """Say on which excerpts a row's figures stand, and whether they are weighted."""
    if not row.drawn:
        return f"All figures are of {row.n:,} excerpts that both read, unweighted"
    return (
        f"Weighted: {row.drawn:,} of the {row.n:,} excerpts that both read were drawn for a sheet of {against}, and each counts as many as "
        f"it stands for; together they tell as much as {row.effective:,.0f} equally weighted ones"
    )
