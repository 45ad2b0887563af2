"""What the report shows across codes, topics and a validation, gathered from the desk."""

from __future__ import annotations

import json
import math
from typing import Any

from nptlens.agreement import co_occurrence
from nptlens.patterns import Patterns, Validated, ValidationFigure
from nptlens.study.desk import Desk
from nptlens.study.states import validation_state
from nptlens.topics import topic_map
from nptlens.validation import SaturationSummary

_SHOWN = (("which", "mean_kappa"), ("which", "macro_f1"), ("where", "unitizing_alpha"))


def patterns(desk: Desk) -> Patterns:
    """Return co-occurrence of the codes without codes below them, the topics on a plane, and a validation of this run."""
    settings, codebook = desk.study.settings, desk.codebook
    leaves = tuple(card.code for card in desk.heads if not codebook.children(card.code))
    pairs = co_occurrence(desk.codings, desk.segments, leaves, settings.agreement, seed=settings.study.seed)
    return Patterns(pairs, topic_map(desk.topics, desk.segments["segment_id"], desk.vectors), _validated(desk))


def _validated(desk: Desk) -> Validated | None:
    """Return the headlines of results/validation.json where they are of this run, of these settings and of the machine, else None."""
    path = desk.study.validation_file()
    if path is None or desk.ledger is None or validation_state(desk.study, desk.ledger):
        return None
    content = json.loads(path.read_text(encoding="utf-8"))  # it is as nptlens wrote it: its digest holds
    return _headlines(content) if set(desk.codings["coder"].head(1)) & set(content["coders"]) else None


def _headlines(content: Any) -> Validated:
    figures = []
    for row in content["tables"]["figures"]:
        if row["scope"] == "overall" and row["frame"] in {"all", "characters"} and (row["level"], row["statistic"]) in _SHOWN:
            value, low, high = (_number(row[name]) for name in ("value", "low", "high"))
            figures.append(ValidationFigure(row["coder"], row["against"], str(row["statistic"]), value, low, high, int(row["n"])))
    saturation = tuple(SaturationSummary(**each | {"below": _number(each["below"])}) for each in content["saturation_summaries"])
    return Validated("validation.html", tuple(figures), saturation)


def _number(value: float | None) -> float:
    """Return a figure; JSON has null where it is not determined."""
    return math.nan if value is None else float(value)
