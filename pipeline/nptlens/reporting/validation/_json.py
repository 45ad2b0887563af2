"""validation.json: all tables as records, with what their units and frames mean."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from nptlens.reporting.inputs import Provenance
from nptlens.reporting.validation._shelf import FRAME_WORDS, STATISTIC_WORDS, TABLES, Shelf

LEVEL_WORDS = {
    "where": "whether and where a code was given at all",
    "which": "each code as given or not given, segment by segment",
    "case": "whether a participant or practice has the code in at least one unit",
}
TABLE_WORDS = {
    "figures": "agreement of one coder with another (with several coders: their names joined, and no `against`)",
    "ceiling": "machine–human beside human–human agreement on the same units; difference: machine minus human",
    "baselines": "as figures; the coder is a baseline",
    "confusion": "units by the code that each coder gave; an empty code: not coded; a unit with several codes is shared out",
    "calibration": "share of the excerpts in a bin of probability that a person gave the code; an empty code: all codes together",
    "learning": "figures over the number of manually coded transcripts that taught the machine",
    "advice": "transcripts and units needed for an interval of the wanted width",
    "prevalence": "share of excerpts or participants with a code: as the machine counts, corrected for its errors, and with equal voice",
    "saturation": "new and known codes or topics by interview, means over random orders",
    "mismatches": "segments that two coders coded differently, the hardest first; their words are in validation.html and validation.xlsx",
}
_WITHOUT = {"study", "coders", "trained", "problems", "saturation_summaries", *(name for name, _ in TABLES)}


def to_json(shelf: Shelf, provenance: tuple[Provenance, ...]) -> str:
    """Return the file's text: keys sorted, null for what the data do not determine; it holds no words of a transcript."""
    validation = shelf.validation
    content = {
        "study": validation.study,
        "coders": list(validation.coders),
        "settings": {each.name: getattr(validation, each.name) for each in fields(validation) if each.name not in _WITHOUT},
        "codebook": {"name": shelf.codebook.name, "version": shelf.codebook.version, "codes": list(shelf.codebook.ids())},
        "trained": [asdict(each) for each in validation.trained],
        "explained": {"frames": FRAME_WORDS, "levels": LEVEL_WORDS, "statistics": STATISTIC_WORDS, "tables": TABLE_WORDS},
        "tables": {name: _records(getattr(validation, name)) for name, _ in TABLES},
        "saturation_summaries": [{name: _plain(value) for name, value in asdict(each).items()} for each in validation.saturation_summaries],
        "problems": [asdict(each) for each in sorted(validation.problems)],
        "made": [asdict(each) for each in provenance],
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in table.itertuples(index=False, name=None)]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
