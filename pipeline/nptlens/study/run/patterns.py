"""What the report shows across codes, topics and a validation, gathered from the artefacts."""

from __future__ import annotations

import json
import math
from typing import Any

from nptlens.agreement import co_occurrence
from nptlens.schemas.patterns import Patterns, Validated, ValidationFigure
from nptlens.schemas.validation import SaturationSummary
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.states import validation_state
from nptlens.topics import topic_map

_SHOWN = (("which", "mean_kappa"), ("which", "macro_f1"), ("where", "unitizing_alpha"))


def patterns(artefacts: Artefacts) -> Patterns:
    """Return co-occurrence of the codes without codes below them, the topics on a plane, and a validation of this run."""
    settings, codebook = artefacts.study.settings, artefacts.codebook
    leaves = tuple(card.code for card in artefacts.heads if not codebook.children(card.code))
    pairs = co_occurrence(artefacts.codings, artefacts.segments, leaves, settings.agreement, seed=settings.study.seed)
    return Patterns(pairs, topic_map(artefacts.topics, artefacts.segments["segment_id"], artefacts.vectors), _validated(artefacts))


def _validated(artefacts: Artefacts) -> Validated | None:
    """Return the headlines of results/validation.json where they are of this run, of these settings and of the machine, else None."""
    path = artefacts.study.validation_file()
    if path is None or artefacts.ledger is None or validation_state(artefacts.study, artefacts.ledger):
        return None
    content = json.loads(path.read_text(encoding="utf-8"))  # it is as nptlens wrote it: its digest holds
    return _headlines(content) if set(artefacts.codings["coder"].head(1)) & set(content["coders"]) else None


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
