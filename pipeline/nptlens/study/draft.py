"""participants.csv drafted from what `nptlens check` reads; a sheet that holds anything is never written over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nptlens.core.decoding import decode_table
from nptlens.core.errors import NoInputError, UsageError
from nptlens.core.plain_file import read_plain_file
from nptlens.reading import draft_rows, draft_text
from nptlens.store.files import write_bytes
from nptlens.store.lock import study_lock
from nptlens.study.folder import PARTICIPANTS, open_study
from nptlens.study.init import EMPTY_SHEET
from nptlens.study.run.artefacts import Artefacts


@dataclass(frozen=True, slots=True)
class Draft:
    """The sheet that was written: its path, how many people it lists, and how many rows carry a note."""

    path: Path
    people: int
    notes: int


def draft_participants(root: Path) -> Draft:
    """Write participants.csv with a row for each person who speaks in the study at `root`.

    Raises UsageError where there is a sheet already (one without a row, as `nptlens init` makes it, is none), SettingsError where `root` is
    no study, NoInputError where nobody speaks.
    """
    study = open_study(root)
    there = study.participants_file()
    if there is not None and not _is_empty(there):
        hint = "correct it, or move it away and draft again"
        raise UsageError(f"there is {there.name} already, and it is never written over", where=str(study.root), hint=hint)
    artefacts = Artefacts(study, loose=True)
    rows = draft_rows(artefacts.reading.transcripts, artefacts.speakers)
    if not rows:
        raise NoInputError("nobody speaks: no transcript could be read", where=str(study.transcript_root()), hint="run: nptlens check")
    path = there or study.root / PARTICIPANTS
    with study_lock(study.store):
        write_bytes(path, draft_text(rows).encode("utf-8-sig"))
    return Draft(path, len(rows), sum(bool(row.note) for row in rows))


def _is_empty(path: Path) -> bool:
    """Tell whether a sheet is as `nptlens init` made it."""
    text, _ = decode_table(read_plain_file(path), where=path.name)
    return path.suffix.lower() == ".csv" and text.strip() == EMPTY_SHEET.strip()
