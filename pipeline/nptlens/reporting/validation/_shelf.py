"""A validation's tables in a fixed order, its figures by their keys, and what coders, codes and frames are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from nptlens.reporting._words import visible
from nptlens.reporting.content import Text, code_text
from nptlens.schemas import validation as contract
from nptlens.schemas.records import Codebook
from nptlens.schemas.tables import AGREEMENT, STANCE_AGREEMENT, STANCE_CONFUSION, Table, checked
from nptlens.schemas.validation import FRAMES, SCOPES, STATISTICS, Validation


@dataclass(frozen=True, slots=True)
class ValidationTable:
    """A table of a validation: its name there and in validation.json, its columns, what it holds in words, and the name of its sheet."""

    name: str
    columns: Table
    words: str
    sheet: str


def _table(name: str, columns: Table, words: str, sheet: str = "") -> ValidationTable:
    return ValidationTable(name, columns, words, sheet or name.capitalize())


TABLES = (
    _table(
        "codes",
        AGREEMENT,
        "the one row of figures of each code and pair: counted is not corrected, corrected is; from prevalence on, drawn excerpts count "
        "with their weights; precision, recall, f1 and kappa are at the threshold",
    ),
    _table("figures", contract.FIGURES, "agreement of one coder with another (with several coders: their names joined, and no `against`)"),
    _table(
        "ceiling",
        contract.CEILING,
        "machine–human beside human–human agreement on the same units; difference: machine minus human",
        "Human ceiling",
    ),
    _table("baselines", contract.FIGURES, "as figures; the coder is a baseline"),
    _table(
        "beside_baselines",
        contract.BESIDE_BASELINES,
        "mean kappa of the machine and of each baseline with a person, and their difference on the same units and resamples",
        "Beside baselines",
    ),
    _table(
        "confusion",
        contract.CONFUSION,
        "units by the code that each coder gave; an empty code: not coded; a unit with several codes is shared out",
    ),
    _table(
        "stances",
        STANCE_AGREEMENT,
        "agreement on the stance of what both gave the same code, beside always saying asserted; an empty code: all codes together",
    ),
    _table(
        "stance_confusion", STANCE_CONFUSION, "codings by the stance that each coder gave, drawn ones with weights", "Stance confusion"
    ),
    _table(
        "calibration",
        contract.CALIBRATION,
        "share of the excerpts in a bin of probability that a person gave the code; an empty code: all codes together",
    ),
    _table("learning", contract.LEARNING, "figures over the number of manually coded transcripts that taught the machine"),
    _table("advice", contract.ADVICE, "transcripts and units needed for an interval of the wanted width"),
    _table(
        "prevalence",
        contract.PREVALENCE,
        "share of excerpts or participants with a code: as the machine counts, corrected for its errors, and with equal voice",
    ),
    _table("saturation", contract.SATURATION, "new and known codes or topics by interview, means over random orders"),
    _table(
        "mismatches",
        contract.MISMATCHES,
        "segments that two coders coded differently, the hardest first; their words are in validation.html and validation.xlsx",
    ),
)
LEVEL_WORDS = {
    "where": "whether and where a code was given at all",
    "which": "each code as given or not given, segment by segment",
    "case": "whether a participant or practice has the code in at least one unit",
}
FRAME_WORDS = {
    "all": "all segments, uncoded ones included",
    "either": "segments that at least one of them coded",
    "both": "segments that all of them coded",
    "characters": "characters of participants’ speech",
    "participants": "participants",
    "practices": "practices",
}
STATISTIC_WORDS = {
    "kappa": "Cohen’s kappa",
    "alpha": "Krippendorff’s alpha",
    "alpha_masi": "Alpha for sets of codes (MASI)",
    "ac1": "Gwet’s AC1",
    "pabak": "PABAK",
    "fleiss_kappa": "Fleiss’ kappa",
    "unitizing_alpha": "Unitizing alpha",
    "gamma": "Gamma",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "average_precision": "Average precision",
    "mean_kappa": "Mean kappa over codes",
    "macro_f1": "Macro F1",
    "macro_ap": "Mean average precision",
    "ece": "Expected calibration error",
}
NOT_CODED = "not coded"


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the figures table."""

    coder: str
    against: str
    level: str
    frame: str
    scope: str
    code: str
    statistic: str
    value: float
    low: float
    high: float
    n: int
    uncoded: int
    coded: int
    coded_against: int
    prevalence: float
    clusters: int


Pair = tuple[str, str]


def figures_of(table: pd.DataFrame) -> tuple[Figure, ...]:
    """Return the rows of a figures table."""
    return tuple(Figure(*row) for row in table.itertuples(index=False, name=None))


def tidy(validation: Validation, codebook: Codebook) -> Validation:
    """Return the validation with every table checked and in a fixed order: codes as in the codebook, the hardest mismatch first.

    Raises IntegrityError where a table is not what `nptlens.schemas.validation` says.
    """
    tables: dict[str, Any] = {
        each.name: _sorted(checked(each.columns, getattr(validation, each.name)), each.columns, codebook) for each in TABLES
    }
    return replace(validation, **tables)


def _sorted(frame: pd.DataFrame, table: Table, codebook: Codebook) -> pd.DataFrame:
    if frame.empty:
        return frame
    codes = {code: number for number, code in enumerate(codebook.ids())}
    ranks = {
        "statistic": {each: number for number, each in enumerate(STATISTICS)},
        "frame": {each: number for number, each in enumerate(FRAMES)},
        "level": {each: number for number, each in enumerate((*contract.LEVELS, *contract.PREVALENCE_LEVELS))},
        "scope": {each: -number for number, each in enumerate(SCOPES)},
    }
    hardness = frame["hardness"].tolist() if "hardness" in frame else []
    keys = []
    for number, row in enumerate(frame[list(table.key)].to_dict("records")):
        machines_first = [not str(row.get("coder", "")).startswith("machine")]
        parts = [_place(str(name), value, ranks, codes) for name, value in row.items()]
        pair = (parts[:2], -hardness[number]) if hardness else ()
        keys.append((machines_first, pair, parts))
    return frame.iloc[sorted(range(len(frame)), key=keys.__getitem__)].reset_index(drop=True)


def _place(name: str, value: object, ranks: dict[str, dict[str, int]], codes: dict[str, int]) -> tuple[int, str]:
    if name in ("code", "code_against"):
        text = str(value)
        return (codes.get(text, len(codes) + (not text)), text)
    if isinstance(value, int):
        return (value, "")
    return (ranks.get(name, {}).get(str(value), 0), str(value))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the sections are written from; `validation` is tidy."""

    validation: Validation
    codebook: Codebook
    figures: tuple[Figure, ...]
    baselines: tuple[Figure, ...]

    def who(self, coder: str) -> str:
        """Return what a coder is called: "the machine" where there is one only; † where settings were chosen on data of this study."""
        machines = {each for each in self.validation.coders if each.startswith("machine")}
        tuned = any(each.coder == coder and each.tuned for each in self.validation.trained)
        name = "the machine" if coder in machines and len(machines) == 1 else visible(coder)
        return f"{name} †" if tuned else name

    def against(self, pair: Pair) -> str:
        """Return "the machine against A", "A and B" between people, or the names of several coders."""
        if not pair[1]:
            return visible(pair[0])
        machine = any(each.startswith(("machine", "baseline")) for each in pair)
        return f"{self.who(pair[0])} {'against' if machine else 'and'} {self.who(pair[1])}"

    def name(self, code: str) -> str:
        """Return a code's name, "" where the codebook lacks it."""
        return visible(self.codebook.get(code).name) if code in self.codebook else ""

    def depth(self, code: str) -> int:
        """Return how many codes stand above a code."""
        return len(self.codebook.ancestors(code)) if code in self.codebook else 0

    def interval(self) -> str:
        """Return "95% interval"."""
        return f"{100 * self.validation.confidence:.3g}% interval"

    def interval_method(self) -> str:
        """Return the method of the intervals in words."""
        known = {"percentile": "percentile", "expanded": "expanded percentile", "bca": "bias-corrected and accelerated (BCa)"}
        return known.get(self.validation.interval.lower(), visible(self.validation.interval))

    def code_cell(self, joined: str) -> tuple[Text, ...]:
        """Return each code of a cell that joins them by "; "."""
        return tuple(code_text(each, self.name(each)) for each in joined.split("; ") if each)


def shelf_of(validation: Validation, codebook: Codebook) -> Shelf:
    """Put a validation's tables in order and read its figures."""
    ordered = tidy(validation, codebook)
    return Shelf(ordered, codebook, figures_of(ordered.figures), figures_of(ordered.baselines))


def pairs_of(figures: Iterable[Figure]) -> tuple[Pair, ...]:
    """Return the pairs in order of first appearance, those of several coders last."""
    seen = dict.fromkeys((figure.coder, figure.against) for figure in figures)
    return tuple(sorted(seen, key=lambda pair: not pair[1]))


def ordered(values: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    """Return the values that occur, each once, in the order given."""
    held = set(values)
    return tuple(each for each in order if each in held)
