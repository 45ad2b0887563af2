"""Names in names of files are told; ids, roles and words of the trade are not."""

from __future__ import annotations

import pytest

from nptlens.core.text import Span
from nptlens.privacy import names_in_ids
from nptlens.schemas.records import Participant, Severity, Speaker, SpeakerRole, Transcript, Utterance

PEOPLE = (
    Participant("C01", ("C01", "Helen Prosser"), "coach", "Elm Road"),
    Participant("C02", ("Practice Nurse",), "nurse"),
    Participant("C03", ("P3", "Reception 2"), "receptionist"),
    Participant("INT", ("Interviewer", "Wendy Hart"), interviewer=True),
)


def transcript(name: str) -> Transcript:
    return Transcript(name, f"{name}.txt", "0" * 64, "txt", "labelled", "Yes.", (Utterance(Span(0, 4), "R"),), ())


def found(name, speakers=()):
    return names_in_ids([transcript(name)], PEOPLE, speakers)


@pytest.mark.parametrize(
    "name",
    [
        "P01", "S06", "C01b", "FG1", "FG2_docx", "practice3_nurse", "Practice_Nurse_3", "interview-07", "Interview 7 (final)", "2024-03-05 GP",
        "Focus_Group_2", "GP Partner Interview", "Site_B_Participant_04", "Transcript_P12_Clean_Version", "P07_FollowUp_March", "Nurse Manager",
        "reception_2", "elm_road", "Team Meeting Notes", "INT", "wave2_hospital", "Interviewer_Hart", "audio transcript", "PPI_GROUP", "Zoom Recording",
    ],
)  # fmt: skip
def test_ids_roles_and_words_of_the_trade_are_no_names(name):
    assert found(name) == ()


@pytest.mark.parametrize(
    "name",
    ["Jane_Smith", "Interview Jane Smith", "JaneSmith", "P07_Jane_Smith", "Smith, Jane (GP)", "Siobhan O\u2019Neill-2", "Dr Anna Kowalska final", "Åsa_Öberg"],
)
def test_two_words_like_a_name_are_told(name):
    (problem,) = found(name)
    assert (problem.where, problem.severity) == (f"{name}.txt", Severity.WARNING)
    assert "looks like" in problem.what
    assert "transcripts.csv" in problem.hint


@pytest.mark.parametrize("name", ["prosser", "interview_helen", "PROSSER-3", "7 helen p"])
def test_a_participants_label_is_told_however_it_is_spelt(name):
    assert "name of a participant" in found(name)[0].what


def test_a_label_of_the_transcript_is_told():
    speaker = Speaker("tariq_2", "Tariq", SpeakerRole.PARTICIPANT, "not in the sheet", Participant("tariq_2/1", ("Tariq",)))
    assert "name of a participant" in found("tariq_2", [speaker])[0].what
    asks = Speaker("amir_2", "Amir", SpeakerRole.INTERVIEWER, "label", Participant("Amir", ("Amir",), interviewer=True))
    assert found("amir_2", [asks]) == ()
