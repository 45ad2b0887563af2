"""What the report shows across codes, topics and a validation, gathered from the desk."""

from __future__ import annotations

import json
import math
from typing import Any

from nptlens.agreement import co_occurrence
from nptlens.patterns import Patterns, Validated, ValidationFigure
from nptlens.reporting import Provenance
from nptlens.study.desk import Desk
from nptlens.topics import topic_map
from nptlens.validation import SaturationSummary

_SHOWN = (("which", "mean_kappa"), ("which", "macro_f1"), ("where", "unitizing_alpha"))
_SAME = ("encoder", "codebook", "sources")
_CODED = "manual coding"


def patterns(desk: Desk, made: tuple[Provenance, ...]) -> Patterns:
    """Return co-occurrence of the codes without codes below them, the topics on a plane, and a validation of this run."""
    settings, codebook = desk.study.settings, desk.codebook
    leaves = tuple(card.code for card in desk.heads if not codebook.children(card.code))
    pairs = co_occurrence(desk.codings, desk.segments, leaves, settings.agreement, seed=settings.study.seed)
    return Patterns(pairs, topic_map(desk.topics, desk.segments["segment_id"], desk.vectors), _validated(desk, made))


def _validated(desk: Desk, made: tuple[Provenance, ...]) -> Validated | None:
    """Return the headlines of results/validation.json, None where it is of other codings or sources, or is no such file."""
    path = desk.study.validation_file()
    if path is None:
        return None
    try:
        return _headlines(desk, made, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _headlines(desk: Desk, made: tuple[Provenance, ...], content: Any) -> Validated | None:
    told = {each["name"]: each["value"] for each in content["made"]}
    own = {each.name: each.value for each in made}
    coders = set(content["coders"])
    machine = set(desk.codings["coder"].head(1)) & coders
    if any(told.get(name) != own.get(name) for name in {*told, *own} if name in _SAME or name.startswith(_CODED)):
        return None
    if not machine or coders - machine - set(desk.manual["coder"]):
        return None
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
