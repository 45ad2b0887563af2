"""Columns of the study's own in the report: groups of codes, a description of participants, and small numbers hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from nptlens.core.errors import UsageError
from nptlens.reporting import ReportInputs
from nptlens.reporting._figures import figures
from nptlens.reporting._groups import groups_by
from nptlens.reporting._index import build_index
from nptlens.reporting._suppress import hidden_figures
from nptlens.reporting.attributes import attributes
from nptlens.reporting.charts._by_group import by_group
from nptlens.schemas.records import Participant, SpeakerRole


def described(inputs: ReportInputs, give: Callable[[int, str], dict[str, str]]) -> ReportInputs:
    """Return the study with columns of its own: `give` tells the cells of the nth person heard."""
    heard = dict.fromkeys(speaker.participant.id for speaker in inputs.speakers if speaker.role is SpeakerRole.PARTICIPANT)
    cells = {name: tuple(give(place, name).items()) for place, name in enumerate(heard)}

    def told(person: Participant) -> Participant:
        return replace(person, attributes=cells.get(person.id, ()))

    speakers = tuple(replace(speaker, participant=told(speaker.participant)) for speaker in inputs.speakers)
    people = tuple(told(speaker.participant) for speaker in speakers if speaker.participant.id in cells)
    return replace(inputs, speakers=speakers, participants=tuple(dict.fromkeys(people)))


def stages(place: int, name: str) -> dict[str, str]:
    return {"Career stage": "early" if place % 2 else "late", "e-mail": f"{name}@example.org"}


def test_segments_are_dealt_by_a_column(inputs):
    index = build_index(described(inputs, stages))
    stage = {person: dict(cells)["Career stage"] for person, cells in ((p.id, p.attributes) for p in index.inputs.participants)}
    for by in ("Career stage", "career_stage", "CAREER STAGE"):
        found = groups_by(index, by)
        assert (found.title, found.names) == ("Career stage", ("early", "late"))
        assert found.segments == Counter(stage[segment.participant] for segment in index.segments.values())
        assert found.heard == Counter(stage[person] for person in {segment.participant for segment in index.segments.values()})


def test_an_unknown_column_is_refused_with_those_that_there_are(inputs):
    with pytest.raises(UsageError) as caught:
        groups_by(build_index(described(inputs, stages)), "carer stag")
    assert caught.value.hint == "did you mean Career stage?"
    with pytest.raises(UsageError) as caught:
        groups_by(build_index(inputs), "zzz")
    assert caught.value.hint == "group by role, practice, adopter"


def test_the_participants_are_described_by_what_they_share(inputs):
    found = figures(build_index(described(inputs, stages)))
    assert [column.name for column in found.described] == ["Career stage"]
    assert sum(int(group.count) for group in found.described[0].groups) == found.participants
    assert found.undescribed == ("e-mail",)


def test_codes_by_a_column_are_drawn_unless_it_names_people(inputs):
    titles = [getattr(block, "text", "") for block in by_group(build_index(described(inputs, stages))).blocks]
    assert "By career stage" in titles and not any("mail" in title for title in titles)


def test_small_numbers_are_hidden_there_too(inputs):
    found = figures(build_index(described(inputs, stages)))
    most = max(int(group.count) for group in found.described[0].groups)
    shown = hidden_figures(found, most + 1)
    assert {str(group.count) for group in shown.described[0].groups} == {f"<{most + 1}"}


def test_several_rows_of_a_person(inputs):
    person = inputs.speakers[0].participant
    one, two = (replace(person, attributes=(("wave", wave),)) for wave in ("first", "second"))
    base = replace(inputs.speakers[0], role=SpeakerRole.PARTICIPANT)
    speakers = (replace(base, transcript_id="A", participant=one), replace(base, transcript_id="B", participant=two))
    (wave,) = attributes((one, two), speakers)
    assert wave.of_speaker == {("A", person.id): "first", ("B", person.id): "second"}
    assert wave.of_person == {person.id: "several"}
