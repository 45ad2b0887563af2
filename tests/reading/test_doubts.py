"""Signs that speech was given to the wrong speaker: each is told with the file, and what is right is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nptlens.core.errors import SettingsError
from nptlens.core.text import Span
from nptlens.reading import assign_roles, doubts, foreign, languages_of, read_participants
from nptlens.schemas.records import MANY_LANGUAGES, Participant, Severity, Transcript, Utterance
from nptlens.schemas.settings import ReadingSettings

SETTINGS = ReadingSettings(interviewers=("interviewer", "int", "i", "q"), max_megabytes=1)


def talk(*turns, layout="Name: text"):
    """Return a transcript of turns (speaker, number of words, seconds or nothing)."""
    pieces, utterances, position = [], [], 0
    for speaker, words, *start in turns:
        text = " ".join(["word"] * words)
        utterances.append(Utterance(Span(position, position + len(text)), speaker, start[0] if start else None))
        pieces.append(text)
        position += len(text) + 1
    return Transcript("t", "t.txt", "", "txt", layout, "\n".join(pieces), tuple(utterances))


def told(transcript, *participants):
    people = tuple(participants)
    found = doubts([transcript], assign_roles([transcript], people, SETTINGS), people)
    return [problem.what for problem in found if problem.severity is Severity.WARNING]


FAIR = [("INT", 10), ("P1", 40)] * 5


def test_a_fair_interview_is_not_told():
    assert told(talk(*FAIR)) == []


def test_the_interviewer_who_says_most():
    assert ["90%" in what for what in told(talk(*[("I", 90), ("R", 10)] * 3))] == [True]


def test_only_the_interviewer_speaks():
    assert ["nothing of this file is coded" in what for what in told(talk(("INT", 50), ("INT", 9)))] == [True]


@pytest.mark.parametrize("label", ["I01", "I02", "Q7"])
def test_an_initial_with_digits_is_a_participant(label):
    transcript = talk(("R", 10), (label, 60))
    roles = {speaker.label: speaker.role.value for speaker in assign_roles([transcript], (), SETTINGS)}
    assert roles[label] == "participant" and told(transcript) == []


def test_who_speaks_once_is_told_by_name_and_turn_unless_listed():
    once = talk(*FAIR, ("Cleo", 9))
    assert told(once) == ['speaks once in this file: "Cleo" (turn 11)']
    assert told(once, Participant("Cleo")) == []


def test_many_commenters_are_no_conversation():
    assert told(talk(*[(f"Name{chr(97 + n)}", 5) for n in range(20)])) == []


def test_one_turn_of_half_a_file():
    assert told(talk(*FAIR, ("P1", 900))) == ["one turn has 900 of the 1150 words: labels that were not found?"]


@pytest.mark.parametrize(("last", "how"), [(60.0, "fast"), (36_000.0, "slowly")])
def test_an_impossible_pace(last, how):
    turns = [("INT", 100, 0.0), ("P1", 400, last / 2), ("INT", 5, last)] if how == "fast" else [("INT", 100, 0.0), ("P1", 150, last / 2), ("INT", 5, last)]
    assert [how in what for what in told(talk(*turns))] == [True]


def test_who_never_speaks_is_told_with_the_nearest_label():
    people = (Participant("Marta Lindqvist"), Participant("Owen"))
    transcript = talk(("Marta Lindkvist", 20), ("INT", 10))
    found = doubts([transcript], assign_roles([transcript], people, SETTINGS), people)
    assert [problem.what for problem in found] == ["Marta Lindqvist never speaks", "Owen never speaks"]
    assert "Marta Lindkvist" in found[0].hint


GERMAN = "Wir standen um die Tafel, und jede von uns sagte, was ihr Sorgen machte; nach zwei Wochen brauchte niemand mehr die Liste, weil alle wussten, was zu tun war."


CHINESE = "我们站在白板前面每个人都说了一件让自己担心的事情两个星期以后没有人再需要那张清单了因为大家都知道"


@pytest.mark.parametrize(
    ("encoder", "seeds", "blamed"),
    [
        (("en",), ("en",), ["the encoder is made for English, the seeds are in English"]),
        (("en",), ("de",), ["the encoder is made for English and will"]),
        (("en",), (), ["the encoder is made for English and will"]),
        ((), ("en",), ["the seeds are in English and teach little"]),
        (("de",), ("en",), ["the seeds are in English and teach little"]),
        ((), ("fr", "en"), ["the seeds are in French, English and teach little"]),
        ((), ("de",), []),
        ((), ("en", "de"), []),
        ((), (), []),
        (("de",), ("de",), []),
        (("en", "de"), ("en",), []),
        ((MANY_LANGUAGES,), ("en",), []),
        ((MANY_LANGUAGES,), ("de",), []),
    ],
)
def test_german_talk_by_the_languages_of_encoder_and_seeds(encoder, seeds, blamed):
    found = foreign({"a": GERMAN, "b": GERMAN}, encoder, seeds)
    assert ["German" in problem.what and problem.where for problem in found] == ["a and 1 more"] * len(blamed)
    assert [words in problem.what for problem, words in zip(found, blamed, strict=True)] == [True] * len(blamed)
    assert [("encoder" in problem.hint, "write seeds" in problem.hint) for problem in found] == [(True, "de" not in seeds and seeds != ()) for _ in blamed]


def test_talk_in_another_script():
    assert [("Chinese" in problem.what) for problem in foreign({"a": CHINESE}, ("en",), ())] == [True]
    assert foreign({"a": CHINESE}, ("zh",), ("zh-tw",)) == ()


SEEDS = {
    "de": ["Am Anfang wusste niemand, wozu das gut sein soll.", "Wir haben einfach keine Zeit für noch ein Formular.", "Die Pflege macht das, die Ärzte nicht.", "Das läuft jetzt von selbst."],
    "en": ["At first nobody could say what it was for.", "We just have no time for another form.", "The nurses do that, the doctors don't.", "It runs by itself now."],
}  # fmt: skip


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_language_of_seeds_is_told_by_short_texts(language):
    assert languages_of(SEEDS[language])[0] == language
    assert languages_of(SEEDS[language] * 50) == languages_of(SEEDS[language])


def test_seeds_in_two_languages_and_in_none():
    assert set(languages_of([*SEEDS["de"], *SEEDS["en"], CHINESE])) == {"de", "en", "zh-cn"}
    assert languages_of([]) == languages_of(["123", "…"]) == ()


def test_two_interviews_use_one_label_for_two_people(tmp_path):
    sheet = tmp_path / "participants.csv"
    sheet.write_text("participant,labels,role,transcript\nP01,R,nurse,a\nP02,R,doctor,b\nMarta,INT,interviewer,\n", encoding="utf-8")
    people = read_participants(sheet)
    pair = [replace(talk(("INT", 9), ("R", 40)), id=name) for name in "ab"]
    assert [(s.transcript_id, s.participant.id) for s in assign_roles(pair, people, SETTINGS) if s.label == "R"] == [("a", "P01"), ("b", "P02")]


def test_one_label_for_two_people_of_one_transcript_is_refused(tmp_path):
    sheet = tmp_path / "participants.csv"
    sheet.write_text("participant,labels,transcript\nP01,R,a\nP02,R,a\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="label R already belongs to P01"):
        read_participants(sheet)


def test_a_transcript_that_is_not_there_is_told():
    found = doubts([talk(*FAIR)], (), (Participant("P1", transcripts=("tt",)),))
    assert found[0].what == "it names the transcript tt, which is not there"
