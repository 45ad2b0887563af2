"""The participants sheet: who took part, in which role and practice, and how transcripts spell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nptlens.core.close_names import nearest
from nptlens.core.delimited import plain_name
from nptlens.reading._sheet_rows import SheetRow, refuse, sheet_table, unread_cells
from nptlens.schemas.records import Participant, Problem

_WHAT = "participants sheet"
COLUMNS = ("participant", "labels", "role", "practice", "adopter_category", "transcript")
_ALIKE = 0.85  # of two headings, of which one may be mistyped
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
    or several separated by ``;``: the row is for these alone, so that two interviews may use one label for two people). Every other
    column that has a heading is an attribute of the study's own. Raises SettingsError that lists every fault with its line.
    """
    faults: list[str] = []
    participants: list[Participant] = []
    claims: dict[tuple[str, str], tuple[str, int]] = {}
    table = sheet_table(path, _WHAT, COLUMNS, needed=("participant",))
    own = [(name, heading) for name, heading in table.columns if name and name not in COLUMNS]
    alike = _alike(own)
    for row in table.rows:
        participant = _participant(row.cells, own)
        faults += [*row.too_long(), *(f"line {row.line}: {fault}" for fault in _faults(participant, row, claims))]
        participants.append(participant)
    refuse([*alike, *faults], _WHAT, path, "one row a person, and each label with one person")
    return tuple(participants)


def participants_unread(path: Path) -> tuple[Problem, ...]:
    """Return a warning for each cell of the participants sheet that stands in a column without a heading."""
    return tuple(unread_cells(path, _WHAT, COLUMNS))


def misspelt_columns(participants: Sequence[Participant]) -> tuple[Problem, ...]:
    """Return a warning for each column of the study's own whose heading is nearly one that nptlens knows: its cells mean nothing to it."""
    found = []
    for heading in dict.fromkeys(heading for person in participants for heading, _ in person.attributes):
        if close := nearest(plain_name(heading), map(plain_name, COLUMNS), alike=_ALIKE):
            known = next(name for name in COLUMNS if plain_name(name) == close)
            what = f'the column "{heading}" is taken for an attribute of your own'
            found.append(Problem("participants sheet", what, f'if it is the column {known}, write "{known}" above it'))
    return tuple(found)


def _alike(own: Sequence[tuple[str, str]]) -> list[str]:
    """Return a fault for each two columns whose headings differ in case, blanks and signs alone."""
    first: dict[str, str] = {}
    alike = [(heading, first.setdefault(plain_name(name), heading)) for name, heading in own]
    return [f'the columns "{earlier}" and "{heading}" are one' for heading, earlier in alike if heading != earlier]


def _participant(cells: Mapping[str, str], own: Sequence[tuple[str, str]]) -> Participant:
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
        attributes=tuple((heading, " ".join(cells.get(name, "").split())) for name, heading in own),
    )


def _faults(participant: Participant, row: SheetRow, claims: dict[tuple[str, str], tuple[str, int]]) -> list[str]:
    """Return what is wrong with a row; the ids and labels it claims, in a transcript or ("") in all, are written into `claims`."""
    if not participant.id:
        return ["no participant id"]
    faults = []
    for name in dict.fromkeys((participant.id, *participant.labels)):
        for transcript in participant.transcripts or ("",):
            owner, first = claims.setdefault((name, transcript), (participant.id, row.line))
            where = f" in {transcript}" if transcript else ""
            if owner == participant.id and first != row.line and name == participant.id:
                faults.append(f"participant {name} is also on line {first}{where}")
            elif owner != participant.id:
                faults.append(f"label {name} already belongs to {owner} (line {first}){where}")
    return faults
