"""Blind sheets for coders: units drawn with known chances, on a sheet that shows no coding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement.sampling import draw, kinds
from nptlens.core.close_names import did_you_mean
from nptlens.core.errors import UsageError
from nptlens.core.ids import digest_ids, transcript_id
from nptlens.exchange import coding_sheet
from nptlens.exchange.coding_sheet import UnitRow
from nptlens.exchange.manual import read_manual
from nptlens.safety.paths import plain_file
from nptlens.schemas.coding_matrix import coding_matrix
from nptlens.schemas.records import Problem, Severity, worth_a_look
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run
from nptlens.study.sheets._cells import check_target
from nptlens.study.sheets._context import Contexts
from nptlens.study.sheets._design import Design, manual_path, put_sheet


@dataclass(frozen=True, slots=True)
class SheetStratum:
    """A kind of unit: how many of them the transcripts hold, and how many are on the sheet."""

    kind: str
    population: int
    units: int


@dataclass(frozen=True, slots=True)
class SheetResult:
    """A sheet that was written, and its design in the study (not for the coder: it says what the machine thinks)."""

    coder: str
    path: Path
    design: Path
    units: int
    strata: tuple[SheetStratum, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


def blind_sheet(
    study: Study,
    coder: str,
    *,
    number: int,
    path: Path,
    seed: int | None = None,
    transcripts: Sequence[str] = (),
    neighbours: int = 0,
) -> SheetResult:
    """Draw units and write them to `path` (.csv or .xlsx) for `coder`, who sees no coding; the design is kept in the study.

    The same seed (the study's without one) gives every coder the same units. Raises UsageError for a name that coded already, an unknown
    transcript, a study that was not run or has changed since, a file that is there or of another kind; LockedError where a run holds it.
    """
    check_target(study, path)
    with last_run(study, "segment", "code") as artefacts:
        refuse_coder(artefacts, coder)
        transcripts = [transcript_id(each) for each in transcripts]
        inside = _inside(artefacts.segments, transcripts)
        segments = artefacts.segments[inside].reset_index(drop=True)
        used = study.settings.study.seed if seed is None else seed
        kind = kinds(coding_matrix(artefacts.codings, artefacts.segments).assigned()[inside])
        units = draw(segments, kind, number, seed=used, coder=coder, neighbours=neighbours)
        drawn_from = population_digest(segments["segment_id"])
        design = Design(coder, units, ("",) * len(units), "", used, neighbours, tuple(transcripts), drawn_from)
        rows = unit_rows(artefacts, units.sort_values("order")["segment_id"])
        kept = put_sheet(study, design, path, coding_sheet.blind_sheet(rows, artefacts.codebook, kind=path.suffix.lower()))
    problems = []
    if number > len(segments):
        what = f"{number} units were asked for, and there are {len(segments)}: all are on the sheet"
        problems.append(Problem("sheet", what, "", Severity.NOTE))
    holds = Counter(kind.tolist())
    strata = tuple(SheetStratum(each, holds[each], int((units["kind"] == each).sum())) for each in sorted(holds))
    return SheetResult(coder, path, kept, len(units), strata, tuple(problems))


def refuse_coder(artefacts: Artefacts, coder: str, *, but: Path | None = None) -> None:
    """Raise UsageError where a manual coding of the study, `but` one file, is by this coder already, or has the file's name."""
    own = manual_path(artefacts.study, coder)
    for path in sorted({*artefacts.study.manual_files(), *([own] if plain_file(own) else [])} - {but}):
        found = read_manual([path], artefacts.reading.transcripts, artefacts.codebook).codings
        if path == own or (found["coder"] == coder).any():
            hint = "take another name: --coder NAME"
            raise UsageError(f"{coder} has coded already, in {path.name}", where=str(artefacts.study.root), hint=hint)


def population_digest(ids: Iterable[str]) -> str:
    """Return the digest of units drawn from, whatever their order."""
    return digest_ids(sorted(ids))


def unit_rows(artefacts: Artefacts, ids: Iterable[str]) -> list[UnitRow]:
    """Return units as rows of a sheet, with what was said before and after each."""
    contexts = Contexts(artefacts.reading.transcripts, artefacts.speakers)
    columns = ["segment_id", "transcript_id", "utterance", "start", "end", "text"]
    known = {row[0]: row for row in artefacts.segments[columns].itertuples(index=False, name=None)}
    found = [known[each] for each in ids]
    return [
        UnitRow(unit, name, contexts.before(name, turn, start), text, contexts.after(name, turn, end))
        for unit, name, turn, start, end, text in found
    ]


def _inside(segments: pd.DataFrame, transcripts: Sequence[str]) -> NDArray[np.bool_]:
    if not transcripts:
        return np.ones(len(segments), dtype=bool)
    known = sorted(set(segments["transcript_id"]))
    strange = next((each for each in transcripts if each not in known), None)
    if strange is not None:
        hint = did_you_mean(strange, known, "they are listed by: nptlens check STUDY")
        raise UsageError(f"no transcript {strange} with units", hint=hint)
    return segments["transcript_id"].isin(transcripts).to_numpy(dtype=bool)
