from __future__ import annotations

import pytest

from nptlens.core.errors import NoInputError, UsageError
from nptlens.reading import one_file
from nptlens.study.check import check
from nptlens.study.shown import show


def test_what_a_study_holds(tiny_study):
    before = sorted(tiny_study.root.rglob("*"))
    result = check(tiny_study.root)
    assert [(file.transcript, file.source, file.format) for file in result.files] == [
        (name, f"{name}.txt", "txt") for name in ("P01", "P02", "P03")
    ]
    first = result.files[0]
    said = {(speaker.label, speaker.role, speaker.turns) for speaker in first.speakers}
    assert said == {("Interviewer", "interviewer", 2), ("P01", "participant", 4)}
    assert first.timed == 0
    assert result.problems == ()
    assert not result.needs_a_look()
    assert sorted(tiny_study.root.rglob("*")) == before


def test_words_are_those_that_were_said(tmp_path):
    (tmp_path / "x.txt").write_text("Interviewer: How are you?\nP1: Fine, thank you.\n")
    file = check(tmp_path).files[0]
    assert (file.turns, file.words) == (2, 6)


def test_timed_is_the_share_of_turns_with_a_time(tmp_path):
    cue = "00:00:0{}.000 --> 00:00:0{}.000\n<v P{}>One two three.\n"
    (tmp_path / "x.vtt").write_text("WEBVTT\n\n" + "\n".join(cue.format(i, i + 1, i) for i in (1, 2)))
    assert check(tmp_path).files[0].timed == 1


@pytest.mark.parametrize("where", ["study", "folder", "file"])
def test_a_study_a_folder_or_a_file(tiny_study, where):
    path = {"study": "", "folder": "transcripts", "file": "transcripts/P02.txt"}[where]
    names = [file.transcript for file in check(tiny_study.root / path).files]
    assert names == (["P02"] if where == "file" else ["P01", "P02", "P03"])


def test_a_broken_source_is_told_and_the_others_are_read(tiny_study):
    tiny_study.write("transcripts/A.txt", "")
    result = check(tiny_study.root)
    assert [problem.where for problem in result.problems] == ["A.txt"]
    assert len(result.files) == 3
    assert result.needs_a_look()


def test_a_speaker_who_is_not_in_the_sheet_is_told(tiny_study):
    tiny_study.edit("participants.csv", "P03,,manager,B\n", "")
    assert [problem.where for problem in check(tiny_study.root).problems] == ["P03"]


def test_without_a_sheet_nobody_is_a_stranger(tiny_study):
    (tiny_study.root / "participants.csv").unlink()
    assert check(tiny_study.root).problems == ()


def test_an_empty_folder_and_none(tmp_path):
    assert check(tmp_path).files == ()
    with pytest.raises(UsageError):
        check(tmp_path / "gone")


def test_language_is_that_of_the_participants(tmp_path):
    french = "Nous parlons de la semaine dans la réunion et puis chacun dit ce qui a bien marché et ce qui n'a pas bien marché."
    (tmp_path / "x.txt").write_text(f"Interviewer: And what did you all say about that in the meeting?\nP1: {french}\n", encoding="utf-8")
    (tmp_path / "y.txt").write_text("Interviewer: Fine?\nP2: Yes.\n")
    assert [file.language for file in check(tmp_path).files] == ["fr", ""]


def test_times_that_start_again_are_told(tmp_path):
    turns = "\n\n".join(f"[00:{minute:02}:00]\nP1: Word." for minute in (1, 5, 9, 0, 4))
    (tmp_path / "x.txt").write_text(turns)
    result = check(tmp_path)
    assert result.files[0].restarts == 1
    assert [problem.what for problem in result.problems] == ["its times start again 1 time"]
    assert not result.needs_a_look()


def test_spellings_are_offered_and_not_merged(tmp_path):
    (tmp_path / "x.txt").write_text("Interviewer: A.\nP1: B.\nInterviewer: C.\nInterviewr: D.\nP1: E.\nInterviewr: F.\n")
    result = check(tmp_path)
    assert ['"Interviewr" (2 turns) may be' in problem.what for problem in result.problems] == [True]
    assert {speaker.label for speaker in result.files[0].speakers} == {"Interviewer", "Interviewr", "P1"}


def test_an_unlisted_name_of_two_transcripts_is_told_once(tiny_study):
    for name in ("A", "B"):
        tiny_study.write(f"transcripts/{name}.txt", "Interviewer: A.\nAnn Lee: B.\nInterviewer: C.\nAnn Lee: D.\n")
    problems = [problem for problem in check(tiny_study.root).problems if "Ann Lee" in problem.what]
    assert [(problem.where, problem.what) for problem in problems] == [
        ("A, B", '"Ann Lee" speaks in 2 transcripts and counts as another participant in each')
    ]


def test_a_name_in_the_name_of_a_file_is_told(tiny_study):
    (tiny_study.root / "transcripts" / "P03.txt").rename(tiny_study.root / "transcripts" / "Interview Jane Smith.txt")
    found = [(each.where, each.what.split(",")[0]) for each in check(tiny_study.root).problems if "transcripts.csv" in each.hint]
    assert found == [("Interview Jane Smith.txt", "its id looks like a person's name")]


def test_the_first_turns_stand_beside_the_lines_they_are_read_from(tmp_path):
    path = tmp_path / "P07.txt"
    path.write_text("Date: 7 May\n\n[00:00:05] INT: How was it?\n\nWill: Fine.\nAll of it.\n\nINT: So?\n\nWill: Yes.\n", encoding="utf-8")
    shown = [(line.line, line.text, line.speaker, line.role, line.start_s) for line in show(path, turns=2).lines]
    assert shown == [
        (1, "Date: 7 May", "", "header", None),
        (3, "[00:00:05]", "", "time", None),
        (3, "INT:", "", "label", None),
        (3, "How was it?", "INT", "interviewer", 5.0),
        (5, "Will:", "", "label", None),
        (5, "Fine.", "Will", "participant", None),
        (6, "All of it.", "Will", "participant", None),
    ]


def test_a_folder_cannot_be_shown(tmp_path):
    with pytest.raises(UsageError, match="this is a folder"):
        show(tmp_path, turns=2)


@pytest.fixture
def named_study(tiny_study):
    """A study in which labels of P02 are known from participants.csv alone, and an interview of the same name lies in a folder."""
    tiny_study.write("transcripts/P02.txt", "Tessa: How was it?\nMx Ode: Fine, and then we went home.\nTessa: So?\nMx Ode: Yes.\n")
    tiny_study.write("transcripts/later/P02.txt", "Tessa: And now?\nMx Ode: Well, better than it was.\nTessa: So?\nMx Ode: No.\n")
    tiny_study.write("transcripts.csv", "file,transcript\nlater/P02.txt,P02later\n")
    tiny_study.write("participants.csv", "participant,labels,role,transcript\nP02,Mx Ode,nurse,\nTessa,,interviewer,\nP09,,nurse,P02\nP03,,nurse,\n")
    return tiny_study


@pytest.mark.parametrize("how", ["file", "study and name", "study and path"])
def test_one_file_of_a_study_is_read_with_the_sheet_of_the_study_and_no_other_is_opened(named_study, monkeypatch, how):
    opened = []
    reads = one_file.read_bytes
    monkeypatch.setattr(one_file, "read_bytes", lambda path, **limits: opened.append(path.name) or reads(path, **limits))
    path = named_study.root / "transcripts" / "P02.txt"
    given = {"file": (path,), "study and name": (named_study.root, "P02.txt"), "study and path": (named_study.root, path)}[how]
    shown = show(given[0], *map(type(path), given[1:]), turns=2)
    assert opened == ["P02.txt"]
    assert shown.transcript == "P02"
    assert [(line.speaker, line.role) for line in shown.lines if line.speaker] == [("Tessa", "interviewer"), ("Mx Ode", "participant")]
    assert [(problem.where, problem.what) for problem in shown.problems] == [("participants.csv", "P09 never speaks")]  # not P03
    checked = check(given[0], *map(type(path), given[1:]))
    assert ([file.transcript for file in checked.files], checked.problems) == (["P02"], shown.problems)


def test_one_file_has_the_id_that_it_has_among_all(named_study):
    shown = show(named_study.root / "transcripts" / "later" / "P02.txt", turns=1)
    assert (shown.transcript, shown.problems) == ("P02later", ())
    assert show(named_study.root, type(named_study.root)("later/P02.txt"), turns=1).transcript == "P02later"


def test_a_file_that_is_none_of_the_study(named_study):
    other = named_study.root / "notes.txt"
    other.write_text("Tessa: How?\nMx Ode: So.\n")
    assert [file.transcript for file in check(other).files] == ["notes"]
    with pytest.raises(UsageError, match=r"notes\.txt is no transcript of the study") as told:
        check(named_study.root, type(other)("notes.txt"))
    assert "copy it into that folder" in told.value.hint
    with pytest.raises(UsageError) as told:
        check(named_study.root, type(other)("P2.txt"))
    assert told.value.hint == "did you mean P02.txt?"


def test_a_file_that_cannot_be_read_says_why(named_study):
    with pytest.raises(NoInputError, match="the file is empty"):
        show(named_study.write("transcripts/E.txt", ""), turns=1)
    with pytest.raises(NoInputError, match="this is a recording"):
        show(named_study.write("transcripts/E.mp3", "x"), turns=1)


def test_problems_of_other_files_are_not_told(named_study):
    named_study.write("transcripts/E.txt", "")
    assert all(problem.where != "E.txt" for problem in check(named_study.root / "transcripts" / "P02.txt").problems)
