"""A filled sheet back into the study, as manual coding of exactly the units that were read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nptlens.agreement.sampling import weights
from nptlens.exchange.coding_sheet import FilledRow, FilledSheet, read_filled
from nptlens.exchange.manual import text_digest
from nptlens.safety.paths import read_bytes
from nptlens.schemas.records import NONE_CODE, Problem, Severity, worth_a_look
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run
from nptlens.study.sheets._cells import Spellings, fault, shown_id
from nptlens.study.sheets._design import AGREED, Design, manual_path
from nptlens.study.sheets._replace import put_manual
from nptlens.study.sheets._whose import whose
from nptlens.study.sheets.blind import population_digest, refuse_coder
from nptlens.study.transfer import _import_files as files


@dataclass(frozen=True, slots=True)
class SheetImport:
    """What came of a filled sheet: units read, those of them with a code, those that two coders had agreed on, rows left empty (missing,
    never ``none``), rows refused. `path` is the manual coding, None where nothing could be taken.
    """

    coder: str
    path: Path | None
    read: int
    coded: int
    agreed: int
    empty: int
    refused: int
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look: rows were refused, or kinds of units were not read at all."""
        return worth_a_look(self.problems)


def import_sheet(study: Study, path: Path, *, coder: str = "", replace: bool = False) -> SheetImport:
    """Write the filled rows of a sheet to ``manual_<coder>.csv``: exact spans of its units, each with the number of units it stands for.

    A row without a code was not read. A row that does not fit costs only itself. The coder is the one for whom the sheet was written;
    what two coders agreed on comes with the decisions on their mismatches. A sheet that was imported before and has more rows filled in
    now is imported again; where its coding changes or takes away what is there, only with `replace`. Raises ReadingError where the file is
    no such sheet, UsageError where none was written for this coder or the coder has other coding, and as `last_run`.
    """
    data = read_bytes(path, max_megabytes=study.settings.reading.max_megabytes)
    sheet = read_filled(data, where=path.name)
    design, told = whose(study, sheet, path, coder)
    with last_run(study, "segment") as artefacts:
        return _Import(artefacts, design, path.name, replace=replace).result(sheet, told)


class _Import:
    """Takes the rows that fit, and says of each other one why it does not."""

    def __init__(self, artefacts: Artefacts, design: Design, file: str, *, replace: bool) -> None:
        self.artefacts, self.design, self.file, self.replace = artefacts, design, file, replace
        self.spellings = Spellings(artefacts.codebook)
        ids = artefacts.segments["segment_id"]
        self.texts: dict[str, str] = dict(zip(ids, artefacts.segments["text"], strict=True))
        self.asked = set(design.units.loc[design.units["kind"] != AGREED, "segment_id"])
        self.taken: dict[str, FilledRow] = {}
        self.refused_units: set[str] = set()
        self.problems: list[Problem] = []

    def result(self, sheet: FilledSheet, told: tuple[Problem, ...]) -> SheetImport:
        """Take, weigh and write; `told` is what a person should know beside."""
        study, coder = self.artefacts.study, self.design.coder
        target = manual_path(study, coder)
        refuse_coder(self.artefacts, coder, but=target)
        self._take(sheet.rows)
        refused = len(self.problems)
        rows, agreed = self._rows()
        if self.taken:
            self._note(target)
            self.problems += put_manual(study, target, files.manual_csv(rows, self._digests(rows)), replace=self.replace)
        else:
            what = "no row of it can be taken, so nothing is written"
            self.problems.append(Problem(self.file, what, f"fill in codes, or {NONE_CODE}", Severity.ERROR))
        return SheetImport(
            coder=coder,
            path=target if self.taken else None,
            read=len(self.taken) + agreed if self.taken else 0,
            coded=len({(row.transcript, row.start, row.end) for row in rows if row.code != NONE_CODE}) if self.taken else 0,
            agreed=agreed if self.taken else 0,
            empty=len(self.asked) - len(self.taken) - len(self.refused_units & self.asked),
            refused=refused,
            problems=(*sheet.problems, *told, *self.problems),
        )

    def _take(self, rows: Sequence[FilledRow]) -> None:
        filled = [row for row in rows if row.codes.strip() or row.stance]
        times = Counter(row.excerpt_id for row in filled)
        for row in filled:
            wrong = self._fault(row, times[row.excerpt_id])
            if wrong:
                self.problems.append(Problem(f"{self.file} row {row.line} ({shown_id(row.excerpt_id)})", *wrong, Severity.WARNING))
            else:
                self.taken[row.excerpt_id] = row
        self.refused_units = set(times) - set(self.taken)

    def _fault(self, row: FilledRow, times: int) -> tuple[str, str] | None:
        codes = self.spellings.codes_of(row.codes)
        if not codes:
            return "has a stance but no code", f"write a code, or {NONE_CODE}"
        if row.excerpt_id in self.texts and row.excerpt_id not in self.asked:
            return f"names an excerpt that is not on the sheet of {self.design.coder}", "leave the column excerpt_id as it is"
        if times > 1:
            return f"is filled in {times} times for the same excerpt, and none is taken", "keep one of its rows"
        return fault(row.excerpt_id, row.excerpt, codes, row.stance, self.texts, self.artefacts.codebook)

    def _rows(self) -> tuple[list[files.Row], int]:
        """Return the manual codings, and of how many units the two coders had agreed."""
        units = self.design.units
        known = units["segment_id"].isin(self.texts).to_numpy()
        settled = (units["kind"] == AGREED).to_numpy() & known
        read = settled | units["segment_id"].isin(self.taken).to_numpy()
        weight = weights(units, read)
        self._unread(read)
        columns = ["segment_id", "transcript_id", "start", "end"]
        places = {row[0]: row[1:] for row in self.artefacts.segments[columns].itertuples(index=False, name=None)}
        rows = []
        for unit, each, is_read, codes in zip(units["segment_id"], weight.tolist(), read.tolist(), self.design.codes, strict=True):
            if not is_read:
                continue
            filled = self.taken.get(unit)
            stance, note = (filled.stance, filled.note) if filled else ("", "")
            transcript, start, end = places[unit]
            for code in self.spellings.codes_of(filled.codes if filled else codes) or (NONE_CODE,):
                rows.append(
                    files.Row(self.design.coder, transcript, start, end, code, stance, self.texts[unit], note, "sheet", each)
                )
        return rows, int(settled.sum())

    def _digests(self, rows: Sequence[files.Row]) -> dict[str, str]:
        """Return the digests of the transcripts whose units are still what they were when the study ran."""
        texts = {each.id: each.text for each in self.artefacts.reading.transcripts}
        moved = {row.transcript for row in rows if texts.get(row.transcript, "")[row.start : row.end] != row.text}
        return {name: text_digest(text) for name, text in texts.items() if name not in moved}

    def _unread(self, read: NDArray[np.bool_]) -> None:
        """Say what the rows that were not read mean for estimates."""
        columns = [self.design.units[name].tolist() for name in ("transcript", "kind", "population")]
        strata = list(zip(*columns, strict=True))
        seen = {stratum for stratum, is_read in zip(strata, read.tolist(), strict=True) if is_read}
        for transcript, kind, size in sorted(set(strata) - seen):
            what = f"none of its {size} units of the kind {kind!r} was read"
            hint = "figures say nothing of them; fill in one at least"
            self.problems.append(Problem(f"{self.file}: {transcript or 'all transcripts'}", what, hint, Severity.WARNING))

    def _note(self, target: Path) -> None:
        missing = len(self.asked) - len(self.taken)
        if missing:
            what = f"{missing} of {len(self.asked)} units were not read: they are missing, and others of their kind stand for them"
            self.problems.append(Problem(self.file, what, "fill them in where you can, then import it again", Severity.NOTE))
        segments = self.artefacts.segments
        if self.design.transcripts:
            segments = segments[segments["transcript_id"].isin(self.design.transcripts)]
        if self.design.segments != population_digest(segments["segment_id"]):
            what = "the segments have changed since the sheet was written: weights stand for the units of then"
            self.problems.append(Problem(self.file, what, "write a new sheet where figures hang on it"))
        named = self.artefacts.study.settings.study.manual
        if named and target.name not in named:
            self.problems.append(Problem(target.name, "study.toml names other manual codings only", "add it to study.manual"))
