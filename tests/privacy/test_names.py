from __future__ import annotations

import pytest

from nptlens.core.text import Span
from nptlens.privacy import spoken_names
from nptlens.schemas.records import Furniture, Participant, Severity, Transcript, Utterance

PEOPLE = (
    Participant("C01", ("C01", "Helen Prosser"), "coach"),
    Participant("S02", ("S02", "Grace Mark"), "GP"),
    Participant("S03", ("Jo Tremlett",)),
    Participant("S04", ("Anne-Marie O\u2019Neill",)),
    Participant("INT", ("Interviewer", "Wendy Hart"), interviewer=True),
    Participant("S05", ("Reception",)),
)


def transcript(*turns: str, name: str = "C01.txt") -> Transcript:
    text, said, furniture = "", [], []
    for turn in turns:
        furniture.append(Furniture(Span(len(text), len(text) + 15), "label"))
        text += "Helen Prosser: "
        said.append(Utterance(Span(len(text), len(text) + len(turn)), "Helen Prosser"))
        text += turn
    return Transcript(name[:-4], name, "0" * 64, "txt", "labelled", text, tuple(said), tuple(furniture))


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("I asked Helen about it.", "C01 (1)"),
        ("Prosser, Helen. HELEN!", "C01 (3)"),
        ("Helen's idea, and Grace\u2019s.", "C01 (1), S02 (1)"),
        ("Ask Mark. Mark my words.", "S02 (2)"),
        ("Tremlett runs it.", "S03 (1)"),
        ("Jo runs it.", ""),  # two letters are too few to tell a name
        ("Marie said so, and Neill.", "S04 (2)"),
        ("with good grace we mark it", ""),
        ("Helena and Graceland", ""),
        ("Thanks, Wendy. Wendy Hart!", ""),
        ("Reception rang. Interviewer here.", ""),
        ("C01 said S02", ""),
        ("", ""),
    ],
)
def test_who_is_named(words, who):
    problems = spoken_names([transcript(words)], PEOPLE)
    if not who:
        assert problems == ()
        return
    (problem,) = problems
    assert problem.what == f"names of participants may be spoken: {who}"
    assert (problem.where, problem.severity) == ("C01.txt", Severity.NOTE)


def test_a_label_is_not_speech():
    assert spoken_names([transcript("Nobody here.", "Nor here.")], PEOPLE) == ()


def test_turns_are_added_up_and_transcripts_kept_apart():
    found = spoken_names([transcript("Helen.", "No.", "Helen."), transcript("None."), transcript("Grace.", name="S02.txt")], PEOPLE)
    assert [(problem.where, problem.what.rsplit(": ")[1]) for problem in found] == [("C01.txt", "C01 (2)"), ("S02.txt", "S02 (1)")]


def test_no_word_of_the_transcript_is_given_away():
    (problem,) = spoken_names([transcript("Helen Prosser left Ashdown.")], PEOPLE)
    given = f"{problem.where} {problem.what} {problem.hint}"
    assert not {"Helen", "Prosser", "Ashdown"} & set(given.replace(":", " ").split())


def test_without_a_sheet_nothing_is_known():
    assert spoken_names([transcript("Helen Prosser")], ()) == ()
    assert spoken_names([], PEOPLE) == ()
