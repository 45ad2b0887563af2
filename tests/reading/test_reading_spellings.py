"""Two spellings of one speaker are offered as a merge; two people, or two roles, never."""

from __future__ import annotations

import pytest

from nptlens.core.text import Span
from nptlens.reading import assign_roles, language_of, mixed_spellings
from nptlens.schemas.records import Participant, Severity, Transcript, Utterance
from nptlens.schemas.settings import ReadingSettings

SETTINGS = ReadingSettings(interviewers=("interviewer",), max_megabytes=1)


def study(*transcripts: str) -> list[Transcript]:
    """Return transcripts whose speakers are the words of a line, parted by a bar."""
    made = []
    for number, labels in enumerate(transcripts, start=1):
        names = labels.split("|")
        turns = tuple(Utterance(Span(i, i + 1), name or None) for i, name in enumerate(names))
        made.append(Transcript(f"T{number}", f"T{number}.txt", "", "txt", "", "x" * len(names), turns))
    return made


def offered(*transcripts: str, sheet: tuple[Participant, ...] = ()) -> list[tuple[str, str]]:
    found = study(*transcripts)
    problems = mixed_spellings(found, assign_roles(found, sheet, SETTINGS))
    assert all(problem.severity is Severity.NOTE for problem in problems)
    return [(problem.what.split('"')[1], problem.what.split('"')[3]) for problem in problems]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Interviewer", "Interviewr"),
        ("interviewer", "INTERVIEWER"),
        ("Interviewer 1", "Interviwer 1"),
        ("Dr Smith", "Dr. Smith"),
        ("Dr. Smith", "Smith"),
        ("Zoë Müller", "Zoe Muller"),
        ("Mary  O'Neil", "Mary O’Neil"),
        ("Participant", "Particpant"),
        ("jochem-brouwer", "Jochem Brouwer"),
    ],
)
def test_offered(first, second):
    assert offered(f"{first}|{second}|{first}") == [(second, first)]
    assert offered(f"{first}|{first}", second) == [(second, first)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Interviewer", "Interviewee"),
        ("P1", "P2"),
        ("P1", "P11"),
        ("Participant 1", "Participant 2"),
        ("Interviewer", "Interviewer 2"),
        ("Speaker 1", "Speaker"),
        ("Male", "Female"),
        ("I", "R"),
        ("Jan", "Jean"),
        ("Mr Smithson", "Mrs Smithson"),
        ("Anna Lee", "Boris Ek"),
        ("***", "###"),
    ],
)
def test_never_offered(first, second):
    assert offered(f"{first}|{second}|{first}") == []


def test_the_likeliest_other_one():
    assert offered("Interviewer|Interviewee|Interviewr|Interviewer|Interviewee|Interviewee") == [("Interviewr", "Interviewer")]


def test_what_the_sheet_knows_is_settled():
    one = Participant("C01", ("Dr Smith", "Dr. Smith"))
    assert offered("Dr Smith|Dr. Smith", sheet=(one,)) == []
    two = (Participant("C01", ("Maria Smithers",)), Participant("C02", ("Marie Smithers",)))
    assert offered("Maria Smithers|Marie Smithers", sheet=two) == []
    assert offered("Maria Smithers|Maria Smitherz|Maria Smithers", sheet=two[:1]) == [("Maria Smitherz", "Maria Smithers")]


def test_nothing_is_merged():
    found = study("Interviewer|Interviewr")
    assert len({speaker.participant.id for speaker in assign_roles(found, (), SETTINGS)}) == 2


ENGLISH = "We talk about the week in the meeting and then everybody says what went well and what did not go so well for them. "
FRENCH = "Nous parlons de la semaine dans la réunion et puis chacun dit ce qui a bien marché et ce qui n'a pas bien marché. "


@pytest.mark.parametrize(("words", "code"), [(ENGLISH, "en"), (FRENCH, "fr"), (FRENCH * 300, "fr"), ("Yes, fine.", ""), ("", ""), ("12 " * 50, "")])
def test_language(words, code):
    assert language_of(words) == code
    assert language_of(words) == language_of(words)
