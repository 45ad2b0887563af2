"""Roles of the participants sheet that set words aside, or nearly: told with who, which role, how many words, and what to write."""

from __future__ import annotations

import pytest

from nptlens.core.text import Span
from nptlens.reading import assign_roles, read_participants, role_hints
from nptlens.schemas.records import Problem, Transcript, Utterance
from nptlens.schemas.settings import ReadingSettings

SETTINGS = ReadingSettings(interviewers=("interviewer",), max_megabytes=1)
TALK = Transcript("T1", "T1.txt", "", "txt", "", "one two three", (Utterance(Span(0, 8), "A"), Utterance(Span(8, 13), "B")))


def hints(tmp_path, role: str) -> list[Problem]:
    path = tmp_path / "participants.csv"
    path.write_text(f"participant,role\nA,{role}\nB,nurse\nC,Researcher\n")
    return list(role_hints([TALK], assign_roles([TALK], read_participants(path), SETTINGS)))


@pytest.mark.parametrize("role", ["Researcher", "researcher ", "MODERATOR", "focus group facilitator"])
def test_a_role_that_sets_words_aside_is_told(tmp_path, role):
    (problem,) = hints(tmp_path, role)  # C never speaks: nothing of theirs is set aside
    assert problem.what == f'A has the role "{role.strip()}", which means interviewer: 2 words are set aside and never coded'
    assert f'"{role.strip()} (participant)"' in problem.hint
    assert hints(tmp_path, f"{role.strip()} (participant)") == []  # what the hint says helps


@pytest.mark.parametrize("role", ["interveiwer", "lead interviewer", "Interviewer 2", "co-interviewer", "moderater", "reseacher"])
def test_a_role_that_nearly_does_is_asked_about(tmp_path, role):
    (problem,) = hints(tmp_path, role)
    assert "which is not known to mean interviewer: 2 words are coded" in problem.what
    assert problem.hint.startswith("did you mean ")


@pytest.mark.parametrize("role", ["", "interviewer", "Facilitator of the interview", "interviewee", "practice facilitator", "GP", "research nurse"])
def test_other_roles_are_not(tmp_path, role):
    assert hints(tmp_path, role) == []
