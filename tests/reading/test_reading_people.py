"""The participants sheet and the roles of speakers."""

from __future__ import annotations

import pytest

from nptlens.core.errors import SettingsError
from nptlens.core.text import Span
from nptlens.reading import assign_roles, read_participants, unled
from nptlens.schemas.records import Participant, SpeakerRole, Transcript, Utterance
from nptlens.schemas.settings import ReadingSettings

SETTINGS = ReadingSettings(interviewers=("interviewer", "int", "i"), max_megabytes=1)
SHEET = (
    Participant("C01", ("Coach 1", "Mary"), role="coach", practice="P01;P02"),
    Participant("S01", ("GP",), role="GP partner"),
    Participant("R9", ("RES",), role="researcher", interviewer=True),
)


def sheet(tmp_path, text: str):
    path = tmp_path / "participants.csv"
    path.write_bytes(text.encode("utf-8-sig"))
    return read_participants(path)


def test_sheet(tmp_path):
    rows = "Participant, labels ,role,practice,extra\r\nC01,Coach 1; C1,Coach,P01;P02,x\r\n\r\nINT,,Interviewer,,\r\n"
    assert sheet(tmp_path, rows) == (
        Participant("C01", ("Coach 1", "C1"), "Coach", "P01;P02", attributes=(("extra", "x"),)),
        Participant("INT", (), "Interviewer", interviewer=True, attributes=(("extra", ""),)),
    )
    assert sheet(tmp_path, "participant\nA\n") == (Participant("A"),)


@pytest.mark.parametrize(
    ("role", "interviewer"),
    [
        ("Researcher", True),
        (" MODERATOR", True),
        ("facilitator of the  interview", True),
        ("facilitator", False),
        ("", False),
    ],
)
def test_interviewers(tmp_path, role, interviewer):
    assert sheet(tmp_path, f"participant,role\nA,{role}\n")[0].interviewer is interviewer


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("name\nA\n", ["no column participant"]),
        ("", ["empty"]),
        ("participant\nA\nB\nA\n", ["line 4: participant A is also on line 2"]),
        (
            "participant,labels\nA,x;y\nB,y\n,z\nC,B\n",
            ["line 3: label y already belongs to A (line 2)", "line 4: no participant id", "line 5: label B"],
        ),
        ("participant,role\nA,x,y\n", ["line 2: more cells than columns"]),
        ("participant,role,role\nA,x,y\n", ["the column role comes twice"]),
    ],
)
def test_faulty_sheets(tmp_path, text, messages):
    path = tmp_path / "participants.csv"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        read_participants(path)
    assert all(message in str(caught.value) for message in messages), str(caught.value)


def test_missing_sheet(tmp_path):
    with pytest.raises(SettingsError):
        read_participants(tmp_path / "none.csv")


def transcript(transcript_id: str, *labels: str | None) -> Transcript:
    turns = tuple(Utterance(Span(i, i + 1), label) for i, label in enumerate(labels))
    return Transcript(transcript_id, "x", "", "txt", "", "x" * len(labels), turns)


INTERVIEWER, PARTICIPANT = SpeakerRole.INTERVIEWER, SpeakerRole.PARTICIPANT


@pytest.mark.parametrize(
    ("label", "role", "why", "person"),
    [
        ("C01", PARTICIPANT, "participants sheet", "C01"),
        ("Mary", PARTICIPANT, "participants sheet", "C01"),
        ("mary :", PARTICIPANT, "participants sheet", "C01"),
        ("coach  01", PARTICIPANT, "participants sheet", "C01"),
        ("c1.", PARTICIPANT, "participants sheet", "C01"),
        ("C11", PARTICIPANT, "not in the sheet", "C11"),
        ("S1", PARTICIPANT, "participants sheet", "S01"),
        ("GP2", PARTICIPANT, "not in the sheet", "GP2"),
        ("RES2", INTERVIEWER, "participants sheet", "R9"),
        ("INT", INTERVIEWER, "label", "INT"),
        ("Interviewer 2:", INTERVIEWER, "label", "Interviewer 2:"),
        ("I", INTERVIEWER, "label", "I"),
        (None, PARTICIPANT, "no speaker named", "T1"),
    ],
)
def test_roles(label, role, why, person):
    (speaker,) = assign_roles([transcript("T1", label, label)], SHEET, SETTINGS)
    assert (speaker.transcript_id, speaker.label, speaker.role, speaker.why) == ("T1", label, role, why)
    assert speaker.participant.id == person
    assert speaker.participant.interviewer is (role is INTERVIEWER)


def test_unnamed_speech_of_a_listed_participant():
    (speaker,) = assign_roles([transcript("C01", None)], SHEET, SETTINGS)
    assert (speaker.participant, speaker.why) == (SHEET[0], "no speaker named")
    (speaker,) = assign_roles([transcript("R9", None)], SHEET, SETTINGS)
    assert speaker.participant == Participant("R9")


def test_order():
    speakers = assign_roles([transcript("B", "C01", "INT", "C01"), transcript("A", "INT")], SHEET, SETTINGS)
    assert [(s.transcript_id, s.label) for s in speakers] == [("B", "C01"), ("B", "INT"), ("A", "INT")]


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (("Interviewer", "P1"), ""),
        (("P1", "P2"), "no interviewer is known"),
        (("P1",), ""),
        ((None,), "no speaker is named"),
        (tuple(f"P{number}" for number in range(40)), ""),
    ],
)
def test_a_conversation_without_interviewer_is_told(labels, what):
    text = "words\n" * max(2, len(labels))
    utterances = tuple(Utterance(Span(6 * i, 6 * i + 5), labels[i % len(labels)]) for i in range(max(2, len(labels))))
    transcript = Transcript("T", "T.txt", "", "txt", "", text, utterances)
    found = unled([transcript], assign_roles([transcript], (), SETTINGS))
    assert [problem.what.split(":")[0] for problem in found] == ([what] if what else [])
