"""A row of figures of a code, as a comparison leaves it; what is not named is as of a fair machine."""

from __future__ import annotations

import math
from typing import Any

from nptlens.schemas.code_figures import CodeFigures

PLAIN: dict[str, Any] = {
    "coder": "machine:1", "against": "ann", "code": "A", "excerpts": 1000, "given": 50, "counted": 0.05, "corrected": math.nan,
    "corrected_low": math.nan, "corrected_high": math.nan, "n": 400, "drawn": 0, "effective": 400.0, "transcripts": 12, "coded": 20,
    "coded_against": 22, "prevalence": 0.055, "threshold": 0.4, "precision": 0.7, "precision_low": 0.6, "precision_high": 0.8,
    "recall": 0.7, "recall_low": 0.6, "recall_high": 0.8, "f1": 0.7, "f1_low": 0.6, "f1_high": 0.8, "kappa": 0.65, "kappa_low": 0.5,
    "kappa_high": 0.8, "average_precision": 0.6,
}  # fmt: skip


def code_row(**changes: Any) -> CodeFigures:
    """Return a row; a figure given as three numbers is its value and its limits."""
    told: dict[str, Any] = {}
    for name, value in changes.items():
        told |= dict(zip((name, f"{name}_low", f"{name}_high"), value, strict=True)) if isinstance(value, tuple) else {name: value}
    return CodeFigures(**{**PLAIN, **told})
