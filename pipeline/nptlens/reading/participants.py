"""The participants sheet: who took part, in which role and practice, and how transcripts spell them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nptlens.reading._sheet_rows import SheetRow, refuse, sheet_rows
from nptlens.schemas.records import Participant

_WHAT = "participants sheet"
_COLUMNS = ("participant", "labels", "role", "practice", "adopter_category", "transcript")
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

    Columns: participant, and if they are there labels (separated by ``;``), role, practice, adopter_category, and transcript (an id,
    or several separated by ``;``: the row is for these alone, so that two interviews may use one label for two people); others are
    ignored. Raises SettingsError that lists every fault with its line.
    """
    faults: list[str] = []
    participants: list[Participant] = []
    claims: dict[tuple[str, str], tuple[str, int]] = {}
    for row in sheet_rows(path, _WHAT, _COLUMNS, needed=("participant",)):
        participant = _participant(row.cells)
        faults += [f"line {row.line}: {fault}" for fault in _faults(participant, row, claims)]
        participants.append(participant)
    refuse(faults, _WHAT, path, "one row a person, and each label with one person")
    return tuple(participants)


def _participant(cells: Mapping[str, str]) -> Participant:
    labels, transcripts = (
        tuple(dict.fromkeys(part for each in cells.get(name, "").split(";") if (part := each.strip()))) for name in ("labels", "transcript")
    )
    role = cells.get("role", "")
    return Participant(
        id=cells["participant"],
        labels=labels,
        role=role,
        practice=cells.get("practice", ""),
        adopter_category=cells.get("adopter_category", ""),
        interviewer=" ".join(role.casefold().split()) in _INTERVIEWERS,
        transcripts=transcripts,
    )


def _faults(participant: Participant, row: SheetRow, claims: dict[tuple[str, str], tuple[str, int]]) -> list[str]:
    """Return what is wrong with a row; the ids and labels it claims, in a transcript or ("") in all, are written into `claims`."""
    faults = ["more cells than columns"] if row.too_long else []
    if not participant.id:
        return [*faults, "no participant id"]
    for name in dict.fromkeys((participant.id, *participant.labels)):
        for transcript in participant.transcripts or ("",):
            owner, first = claims.setdefault((name, transcript), (participant.id, row.line))
            where = f" in {transcript}" if transcript else ""
            if owner == participant.id and first != row.line and name == participant.id:
                faults.append(f"participant {name} is also on line {first}{where}")
            elif owner != participant.id:
                faults.append(f"label {name} already belongs to {owner} (line {first}){where}")
    return faults
