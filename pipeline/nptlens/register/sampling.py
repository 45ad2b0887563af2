"""The sampling frame: practice × adopter category × role, invited and interviewed, and where nobody was met."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from nptlens.schemas.fieldwork import SAMPLING, FrameRow, Practice, SamplingFrame
from nptlens.schemas.records import Participant
from nptlens.schemas.tables import checked

CATEGORIES = ("innovator", "early adopter", "early majority", "late majority", "laggard")
"""Adopter categories in the order of Rogers, Diffusion of Innovations."""


def sampling_table(practices: Sequence[Practice], participants: Sequence[Participant], interviewed: Collection[str]) -> pd.DataFrame:
    """Return the sampling table: a row per practice and participant of it, and one for a practice without participants.

    A participant stands on the sheet because he or she was invited, and was interviewed where the id is in `interviewed` (those who
    speak in a transcript); interviewers are none. Somebody of several practices (``P01;P02``) has a row in each; the practice's
    category counts, and the participant's own only where the practice has none or is not on the practices sheet.
    """
    known = {practice.id: practice for practice in practices}
    rows: list[tuple[str, str, bool, str, str, bool]] = []
    for person in participants:
        if person.interviewer:
            continue
        for name in _split(person.practice) or [""]:
            practice = known.get(name, Practice(name))
            category = practice.adopter_category or person.adopter_category
            rows.append((name, category, practice.invited, person.id, person.role, person.id in interviewed))
    met = {row[0] for row in rows}
    rows += [(each.id, each.adopter_category, each.invited, "", "", False) for each in practices if each.id not in met]
    frame = pd.DataFrame(rows, columns=SAMPLING.names()).astype({"practice_invited": bool, "interviewed": bool})
    order = {each.id: number for number, each in enumerate(practices)}
    place = frame["practice"].map(lambda name: order.get(name, len(order) + (name == "")))
    return checked(SAMPLING, frame.assign(place=place).sort_values(["place", "practice", "participant_id"], kind="stable"))


def sampling_frame(table: pd.DataFrame) -> SamplingFrame:
    """Return the frame with its gaps: categories and invited practices of which nobody was interviewed, roles that a category lacks."""
    roles = tuple(sorted({role for role in table["role"] if role}, key=str.casefold))
    present = {name for name in table["adopter_category"] if name}
    categories = tuple(_row(table[table["adopter_category"] == name], roles, name, name) for name in _ordered(present))
    practices = tuple(
        _row(own, roles, str(name), str(own["adopter_category"].iloc[0])) for name, own in table.groupby("practice", sort=False) if name
    )
    gaps = [f"no practice of the category {name}" for name in CATEGORIES if present and present <= set(CATEGORIES) and name not in present]
    gaps += [f"{row.name}: {row.gap}" for row in (*categories, *practices) if row.gap]
    for row in categories:
        lacking = [role for role, n in zip(roles, row.interviewed, strict=True) if not n]
        if row.all_interviewed and lacking:
            gaps.append(f"{row.name}: nobody interviewed as {', '.join(lacking)}")
    return SamplingFrame(roles, categories, practices, _row(table, roles, "all", ""), tuple(gaps), table)


def _row(own: pd.DataFrame, roles: Sequence[str], name: str, category: str) -> FrameRow:
    people = own[own["participant_id"] != ""].drop_duplicates("participant_id")
    met = people[people["interviewed"]]
    invited = {practice for practice, asked in zip(own["practice"], own["practice_invited"], strict=True) if practice and asked}
    gap = ""
    if not len(met):
        gap = "invited, nobody interviewed" if invited or len(people) else "not invited"
    return FrameRow(
        name=name,
        adopter_category=category,
        practices=own.loc[own["practice"] != "", "practice"].nunique(),
        invited=tuple(int((people["role"] == role).sum()) for role in roles),
        interviewed=tuple(int((met["role"] == role).sum()) for role in roles),
        all_invited=len(people),
        all_interviewed=len(met),
        gap=gap,
    )


def _split(practice: str) -> list[str]:
    return list(dict.fromkeys(part for each in practice.split(";") if (part := each.strip())))


def _ordered(names: Collection[str]) -> list[str]:
    return [*(name for name in CATEGORIES if name in names), *sorted(set(names) - set(CATEGORIES))]
