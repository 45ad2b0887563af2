"""Where two coders differ, on a sheet to decide; what they agree on is kept beside it, so that the decisions make a third coder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from nptlens.agreement import Frame, machine_codings, manual_frame, pair_weight
from nptlens.agreement.mismatches import leaves, mismatches
from nptlens.agreement.sampling import DESIGN
from nptlens.core.errors import UsageError
from nptlens.core.hints import command
from nptlens.exchange import coding_sheet
from nptlens.schemas.records import NONE_CODE
from nptlens.schemas.tables import checked
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run
from nptlens.study.sheets._cells import check_target
from nptlens.study.sheets._design import AGREED, MISMATCH, Design, put_sheet
from nptlens.study.sheets.blind import SheetResult, SheetStratum, population_digest, refuse_coder, unit_rows

ADJUDICATED = "adjudicated"
MACHINE = "machine"


def mismatch_sheet(study: Study, first: str, against: str, *, path: Path, coder: str = ADJUDICATED) -> SheetResult:
    """Write the units that two coders (one may be ``machine``) coded differently to `path` (.csv or .xlsx), the hardest first.

    The design keeps what they agree on, and `coder` will have these codes beside the decisions. Raises UsageError for an unknown coder or
    the same one twice, a pair without common units or without a mismatch, and as `blind_sheet`.
    """
    check_target(study, path)
    with last_run(study, "compare") as artefacts:
        return _mismatch_sheet(artefacts, first, against, path, coder)


def _mismatch_sheet(artefacts: Artefacts, first: str, against: str, path: Path, coder: str) -> SheetResult:
    study = artefacts.study
    refuse_coder(artefacts, coder)
    if first == against:
        raise UsageError(f"{first} is named twice", hint="name two coders")
    codes = tuple(card.code for card in artefacts.heads) if MACHINE in (first, against) else artefacts.codebook.ids()
    one, other = (_frame(artefacts, name, codes) for name in (first, against))
    if not (one.read & other.read).any():
        raise UsageError(f"{first} and {against} have read no unit both", hint="nothing is compared, so nothing can be decided")
    found = mismatches(one, other, artefacts.segments, codes, artefacts.codebook)
    if found.empty:
        raise UsageError(f"{first} and {against} differ nowhere", hint="there is nothing to decide")
    units, agreed = _units(artefacts, one, other, codes, list(found["segment_id"]))
    design = Design(coder, units, agreed, f"{first}; {against}", segments=population_digest(artefacts.segments["segment_id"]))
    texts = unit_rows(artefacts, found["segment_id"])
    told = found[["codes", "codes_against", "reason"]].itertuples(index=False, name=None)
    rows = [replace(row, first=a or NONE_CODE, second=b or NONE_CODE, why=why) for row, (a, b, why) in zip(texts, told, strict=True)]
    sheet = coding_sheet.decision_sheet(rows, (first, against), artefacts.codebook, kind=path.suffix.lower())
    kept = put_sheet(study, design, path, sheet)
    both = len(units)
    strata = (SheetStratum(AGREED, both - len(found), 0), SheetStratum(MISMATCH, len(found), len(found)))
    return SheetResult(coder, path, kept, len(found), strata, ())


def _frame(artefacts: Artefacts, name: str, codes: tuple[str, ...]) -> Frame:
    if name == MACHINE:
        if artefacts.codings.empty:
            raise UsageError("the machine coded nothing", hint=f"write seeds.csv, then: {command('run', artefacts.study.root)}")
        return replace(machine_codings(artefacts.codings, artefacts.segments, ~artefacts.taught, codes), coder=MACHINE)
    known = sorted(artefacts.manual["coder"].unique())
    if name not in known:
        raise UsageError(f"no manual coding by {name}", hint=f"there is: {', '.join([*known, MACHINE])}")
    return manual_frame(
        name, artefacts.manual, artefacts.segments, codes, artefacts.codebook, overlap=artefacts.study.settings.agreement.overlap
    )


def _units(
    artefacts: Artefacts, one: Frame, other: Frame, codes: tuple[str, ...], differ: list[str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a DESIGN of all units that both read, and the codes of those they agree on."""
    both = np.flatnonzero(one.read & other.read)
    segments = artefacts.segments.iloc[both]
    place = {unit: number for number, unit in enumerate(differ)}
    kind = np.where(segments["segment_id"].isin(place), MISMATCH, AGREED)
    table = pd.DataFrame(
        {
            "segment_id": segments["segment_id"].to_numpy(),
            "transcript": segments["transcript_id"].to_numpy(),
            "kind": kind,
            "probability": 1 / pair_weight(one, other)[both],
            "order": [place.get(unit, 0) for unit in segments["segment_id"]],
            "codes": ["; ".join(leaves(coded, codes, artefacts.codebook)) for coded in one.coded[both]],
        }
    )
    size = table.groupby(["transcript", "kind"])["kind"].transform("size")
    table = table.assign(population=size, drawn=size).sort_values("segment_id", kind="stable")
    return checked(DESIGN, table), tuple(np.where(table["kind"] == AGREED, table["codes"], "").tolist())
