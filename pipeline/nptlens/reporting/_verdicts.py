"""What the machine may decide alone, as shown: a row per code with its verdict and its reason."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.reporting._index import Index


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A code's verdict; figures that the data do not determine are NaN."""

    code: str
    name: str
    against: str
    transcripts: int
    excerpts: int
    coded: int
    verdict: str
    reason: str
    yes_threshold: float
    no_threshold: float
    coverage: float
    yes_share: float
    no_share: float
    precision: float
    precision_low: float
    precision_high: float
    missed: float
    more_excerpts: float


def verdict_rows(index: Index) -> tuple[VerdictRow, ...]:
    """Return the verdicts in the order of the codebook."""
    place = {code.id: number for number, code in enumerate(index.inputs.codebook)}
    names = {code.id: code.name for code in index.inputs.codebook}
    rows = [
        VerdictRow(name=names.get(row["code"], ""), **{str(name): value for name, value in row.items()})
        for row in index.inputs.verdicts.to_dict("records")
    ]
    return tuple(sorted(rows, key=lambda row: (place.get(row.code, len(place)), row.code)))
