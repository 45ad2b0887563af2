"""The participants sheet: who took part, in which role and practice, and how transcripts spell them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from nptlens.core.decoding import table_text
from nptlens.core.errors import ReadingError, SettingsError
from nptlens.core.text import canonical
from nptlens.reading._sheet_rows import numbered
from nptlens.safety.paths import read_bytes
from nptlens.schemas.records import Participant

_MAX_MEGABYTES = 16
# A bare "facilitator" may be a facilitator of the programme that is studied, so it must say: of the interview.
_INTERVIEWERS = {
    "interviewer",
    "researcher",
    "moderator",
    "facilitator of the interview",
    "interview facilitator",
    "focus group facilitator",
}


def read_participants(path: Path) -> tuple[Participant, ...]:
    """Return the participants of a CSV sheet in the order of its rows.

    Columns: participant, and if they are there labels (separated by ``;``), role, practice, adopter_category; others
    are ignored. Raises SettingsError that lists every fault with its line.
    """
    try:
        table = table_text(read_bytes(path, max_megabytes=_MAX_MEGABYTES), where=path.name)
        rows = numbered(canonical(table.text), table.separator, strict=False)
    except (ReadingError, csv.Error) as error:
        what = error.what if isinstance(error, ReadingError) else "not a readable CSV file"
        raise SettingsError(f"the participants sheet cannot be read: {what}", where=str(path)) from None
    header = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    if "participant" not in header:
        hint = "first row: participant,labels,role,practice,adopter_category"
        raise SettingsError("the participants sheet has no column participant", where=str(path), hint=hint)
    faults = [f"the column {name} comes twice" for name in sorted(set(header)) if name and header.count(name) > 1]
    participants: list[Participant] = []
    claims: dict[str, tuple[str, int]] = {}
    for line, row in rows[1:]:
        participant = _participant(header, row)
        faults += [f"line {line}: {fault}" for fault in _faults(participant, header, row, line, claims)]
        participants.append(participant)
    if faults:
        raise SettingsError("; ".join(faults), where=str(path), hint="one row a person, and each label with one person")
    return tuple(participants)


def _participant(header: Sequence[str], row: Sequence[str]) -> Participant:
    cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
    labels = tuple(dict.fromkeys(part for label in cells.get("labels", "").split(";") if (part := label.strip())))
    role = cells.get("role", "")
    return Participant(
        id=cells["participant"],
        labels=labels,
        role=role,
        practice=cells.get("practice", ""),
        adopter_category=cells.get("adopter_category", ""),
        interviewer=" ".join(role.casefold().split()) in _INTERVIEWERS,
    )


def _faults(
    participant: Participant, header: Sequence[str], row: Sequence[str], line: int, claims: dict[str, tuple[str, int]]
) -> list[str]:
    """Return what is wrong with a row; the ids and labels it claims are written into `claims`."""
    faults: list[str] = []
    if any(cell.strip() for cell in row[len(header) :]):
        faults.append(f"{len(row)} cells under {len(header)} columns")
    if not participant.id:
        return [*faults, "no participant id"]
    for name in dict.fromkeys((participant.id, *participant.labels)):
        owner, first = claims.setdefault(name, (participant.id, line))
        if owner == participant.id and first != line and name == participant.id:
            faults.append(f"participant {name} is also on line {first}")
        elif owner != participant.id:
            faults.append(f"label {name} already belongs to {owner} (line {first})")
    return faults
