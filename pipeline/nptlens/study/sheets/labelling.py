"""Excerpts of the study for a person to label, and the labels back as seeds of the study's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nptlens.agreement import manual_frame
from nptlens.coding.suggest import CodeState, Suggestion, informative, suggest
from nptlens.core.delimited import TableText, as_opened, delimited, read_rows, read_table_text
from nptlens.exchange.label_sheet import LabelRow, label_csv, label_xlsx, read_labels
from nptlens.safety.paths import plain_file, read_bytes
from nptlens.schemas.coding_matrix import coding_matrix
from nptlens.schemas.records import NONE_CODE, Problem, Severity, worth_a_look
from nptlens.store.outputs import Outputs
from nptlens.study.folder import LABELLED, Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run
from nptlens.study.sheets._cells import Spellings, check_target, fault, shown_id
from nptlens.study.sheets.blind import unit_rows

_HEADER = ("seed_id", "text", "codes", "stance", "note", "group")


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The excerpts to label, the most helpful first, and the file they were written to (None where none was asked for)."""

    suggestions: tuple[Suggestion, ...]
    path: Path | None
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


@dataclass(frozen=True, slots=True)
class LabelImport:
    """What came of a filled sheet: rows added as seeds, rows that are here already, rows left empty, and why others were refused."""

    path: Path
    added: int
    here_already: int
    empty: int
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look: rows were refused."""
        return worth_a_look(self.problems)


def suggest_labels(study: Study, *, number: int, path: Path | None = None, guesses: bool = False) -> Suggestions:
    """Return the excerpts whose label would help most, and write them to `path` (.csv or .xlsx) where it is given.

    What the machine takes them for is only told where `guesses` are asked for: who has read it judges otherwise. Excerpts that say little
    come only where too few others are there. Never an excerpt that a person coded or that is a seed, and none of a transcript that people
    coded while others can give enough: what is a seed can no longer be measured on. Raises UsageError for another kind of file and where
    `path` is there already (it may hold labels), and as `last_run`.
    """
    if path is not None:
        check_target(study, path)
    with last_run(study, "compare") as artefacts:
        return _suggested(artefacts, number, path, guesses=guesses)


def _suggested(artefacts: Artefacts, number: int, path: Path | None, *, guesses: bool) -> Suggestions:
    codes = [card for card in artefacts.heads if not artefacts.codebook.children(card.code)]
    allowed, problems = _allowed(artefacts, number)
    found = suggest(
        artefacts.segments,
        artefacts.vectors,
        coding_matrix(artefacts.codings, artefacts.segments).probability([card.code for card in codes]),
        [CodeState(card.code, card.threshold, card.seeds) for card in codes],
        artefacts.seed_vectors,
        allowed,
        number,
    )
    found = found if guesses else tuple(each.unguessed() for each in found)
    if path is not None:
        units = {row.excerpt_id: row for row in unit_rows(artefacts, [each.segment_id for each in found])}
        rows = [
            LabelRow(
                each.segment_id, each.transcript_id, each.participant_id, each.text, units[each.segment_id].before,
                units[each.segment_id].after, each.codes(), each.why(),
            )
            for each in found
        ]  # fmt: skip
        data = label_csv(rows) if path.suffix.lower() == ".csv" else label_xlsx(rows, artefacts.codebook)
        Outputs(artefacts.study.store).write(path, data)
    return Suggestions(found, path, problems)


def _allowed(artefacts: Artefacts, number: int) -> tuple[NDArray[np.bool_], tuple[Problem, ...]]:
    segments, manual = artefacts.segments, artefacts.manual
    free = ~artefacts.taught
    read = np.zeros(len(segments), dtype=bool)
    for coder in sorted(manual["coder"].unique()):
        frame = manual_frame(
            coder, manual, segments, artefacts.codebook.ids(), artefacts.codebook, overlap=artefacts.study.settings.agreement.overlap
        )
        free &= ~frame.coded.any(axis=1)
        read |= frame.read
    telling = informative(segments["text"].tolist())
    for allowed in (free & ~read & telling, free & ~read):
        if allowed.sum() >= number:
            return allowed, ()
    if not (free & read).any():
        return free, ()
    what = "too few excerpts in transcripts that nobody coded: some come from coded ones"
    hint = "agreement with people must then be measured on other transcripts"
    allowed = free & telling if (free & telling).sum() >= number else free
    return allowed, (Problem("suggestions", what, hint, Severity.NOTE),)


def import_labels(study: Study, path: Path) -> LabelImport:
    """Append the filled rows of a sheet to the study's seeds_labelled.csv; what is there stays as it is, and nothing comes twice.

    The words of a seed are the segment's own; its group is its transcript, so that folds keep transcripts together. Raises ReadingError
    where the file is no such sheet, and as `last_run`.
    """
    data = read_bytes(path, max_megabytes=study.settings.reading.max_megabytes)
    rows, problems = read_labels(data, where=path.name)
    target = study.root / LABELLED
    with last_run(study, "segment") as artefacts:
        gate = _Gate(artefacts, target, path.name)
        for row in rows:
            gate.take(row)
        if gate.lines:
            Outputs(study.store).write(target, gate.file(), holds_all=True)
    return LabelImport(target, len(gate.lines), gate.here_already, gate.empty, (*problems, *gate.problems))


class _Gate:
    """Lets rows through that hold valid labels of excerpts that the study has and does not know yet."""

    def __init__(self, artefacts: Artefacts, target: Path, file: str) -> None:
        self.codebook, self.name, self.target = artefacts.codebook, file, target
        self.spellings = Spellings(artefacts.codebook)
        ids = artefacts.segments["segment_id"]
        self.texts: dict[str, str] = dict(zip(ids, artefacts.segments["text"], strict=True))
        self.transcripts: dict[str, str] = dict(zip(ids, artefacts.segments["transcript_id"], strict=True))
        table = read_table_text(target) if plain_file(target) else TableText("", "utf-8")
        self.old, self.separator = table.text, table.separator
        there = [row.cells for row in read_rows(table, where=target.name, strict=False).rows]
        self.known = {row["seed_id"]: (row["codes"], row["stance"]) for row in there}
        self.lines: list[tuple[str, ...]] = []
        self.problems: list[Problem] = []
        self.here_already = self.empty = 0

    def take(self, row: LabelRow) -> None:
        """Add a row's label, count it as known or empty, or say why it is refused."""
        codes = self.spellings.codes_of(row.codes)
        if not codes:
            self.empty += 1
            if row.stance.strip():
                self._refuse(row, "has a stance but no code", f"write a code, or {NONE_CODE}")
            return
        stance = row.stance.strip().casefold()
        wrong = fault(row.excerpt_id, row.excerpt, codes, stance, self.texts, self.codebook)
        if wrong:
            self._refuse(row, *wrong)
        elif row.excerpt_id not in self.known:
            transcript, text = self.transcripts[row.excerpt_id], self.texts[row.excerpt_id]
            self.known[row.excerpt_id] = (";".join(codes), stance)
            self.lines.append((row.excerpt_id, text, ";".join(codes), stance, row.note.strip(), transcript))
        elif self.known[row.excerpt_id] == (";".join(codes), stance):
            self.here_already += 1
        else:
            self._refuse(row, f"was labelled otherwise before, in {self.target.name}", "change the label there")

    def _refuse(self, row: LabelRow, what: str, hint: str) -> None:
        self.problems.append(Problem(f"{self.name} row {row.line} ({shown_id(row.excerpt_id)})", what, hint, Severity.WARNING))

    def file(self) -> bytes:
        """Return the seed table: all that was there, then the new rows."""
        between = "" if not self.old or self.old.endswith("\n") else "\n"
        new = delimited(self.lines if self.old else [_HEADER, *self.lines], self.separator)
        return as_opened(self.old + between + new)
