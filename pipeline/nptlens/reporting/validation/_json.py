"""validation.json: all tables as records, with what their units and frames mean."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from nptlens.reporting.inputs import Provenance
from nptlens.reporting.validation._shelf import FRAME_WORDS, LEVEL_WORDS, STATISTIC_WORDS, TABLES, Shelf
from nptlens.reporting.validation._verdicts import trust
from nptlens.schemas.code_figures import EXPLAINED

_WITHOUT = {"study", "coders", "trained", "problems", "saturation_summaries", *(each.name for each in TABLES)}


def to_json(shelf: Shelf, provenance: tuple[Provenance, ...]) -> str:
    """Return the file's text: keys sorted, null for what the data do not determine; it holds no words of a transcript."""
    validation = shelf.validation
    words = {each.name: each.words for each in TABLES}
    content = {
        "study": validation.study,
        "coders": list(validation.coders),
        "settings": {each.name: getattr(validation, each.name) for each in fields(validation) if each.name not in _WITHOUT},
        "codebook": {"name": shelf.codebook.name, "version": shelf.codebook.version, "codes": list(shelf.codebook.ids())},
        "trust": _trust(shelf),
        "trained": [asdict(each) for each in validation.trained],
        "explained": {"figures": EXPLAINED, "frames": FRAME_WORDS, "levels": LEVEL_WORDS, "statistics": STATISTIC_WORDS, "tables": words},
        "tables": {each.name: _records(getattr(validation, each.name)) for each in TABLES},
        "saturation_summaries": [{name: _plain(value) for name, value in asdict(each).items()} for each in validation.saturation_summaries],
        "problems": [asdict(each) for each in sorted(validation.problems)],
        "made": [asdict(each) for each in provenance],
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _trust(shelf: Shelf) -> dict[str, Any]:
    found = trust(shelf)
    names = ("code", "verdict", "sentence", "share", "share_low", "share_high", "share_name")
    codes = [{name: _plain(getattr(each, name)) for name in names} for each in found.codes.values()]
    return {"sentence": found.sentence, "measured": found.measured, "codes": codes}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in table.itertuples(index=False, name=None)]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
