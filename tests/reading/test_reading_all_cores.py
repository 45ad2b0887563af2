"""A folder read by several processes: the same transcripts, problems and order as by one; and files that are not read get advice."""

from __future__ import annotations

import pytest

from nptlens.reading import _on_all_cores, iter_transcripts, read
from nptlens.reading.other_kinds import advice
from nptlens.safety import children
from nptlens.schemas.records import Problem, Severity
from nptlens.schemas.settings import ReadingSettings

SETTINGS = ReadingSettings(interviewers=("int",), max_megabytes=1)


@pytest.fixture
def folder(tmp_path):
    for number in range(7):
        (tmp_path / f"t{number}.txt").write_text(f"INT: And {number}?\n\n\u00c5sa: So it was, {number}.\n\nINT: Good.\n", encoding="utf-8")
    (tmp_path / "b.vtt").write_text("WEBVTT\n\n00:00.123 --> 00:01.456\n<v Bo>So.</v>\n", encoding="utf-8")
    (tmp_path / "c.rtf").write_bytes(rb"{\rtf1\ansi INT: And?\par P1: {\v Zed }So.\par INT: Good.}")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "bad.docx").write_bytes(b"no archive")
    yield tmp_path
    children.end_all()


def found(folder, threads):
    return list(iter_transcripts(folder, settings=SETTINGS, threads=threads))


@pytest.fixture
def always(monkeypatch):
    monkeypatch.setattr(_on_all_cores, "_WORTH_BYTES", 0)


def test_the_same_as_by_one_process(folder, always):
    one, two = found(folder, 1), found(folder, 2)
    assert one == two
    assert [each.where for each in two if isinstance(each, Problem) and each.severity is Severity.ERROR] == ["bad.docx", "empty.txt"]
    assert read(folder, settings=SETTINGS, threads=1) == read(folder, settings=SETTINGS, threads=2)


def test_a_child_that_dies_costs_no_file(folder, always, monkeypatch):
    one = found(folder, 1)
    monkeypatch.setattr(_on_all_cores, "child", lambda megabytes: children.child(1))  # no process starts in so little memory
    assert found(folder, 2) == one


def test_a_reading_that_is_given_up_leaves_no_child(folder, always):
    walk = iter_transcripts(folder, settings=SETTINGS, threads=2)
    next(walk)
    walk.close()
    assert children._resting == []


def test_small_folders_start_no_child(folder, monkeypatch):
    monkeypatch.setattr(_on_all_cores, "_there", lambda job: pytest.fail("a child"))
    assert len(found(folder, 2)) > 8


def test_few_transcripts_wait(folder, always, monkeypatch):
    read_now = []
    here = _on_all_cores._here
    monkeypatch.setattr(_on_all_cores, "_there", lambda job: read_now.append(job.source) or here(job))
    walk = iter_transcripts(folder, settings=SETTINGS, threads=2)
    next(walk)
    assert len(read_now) <= 2 * _on_all_cores._AHEAD + 1
    walk.close()


@pytest.mark.parametrize(
    ("suffix", "words"),
    [(".doc", "Save As"), (".DOC", ".docx"), (".wpd", "LibreOffice"), (".pages", "Export To"), (".gdoc", "Download"), (".mp3", "transcribe it first"), (".zip", "unpack"), (".xyz", ".txt, .docx")],
)
def test_advice(suffix, words):
    what, hint = advice(suffix, [".txt", ".docx"])
    assert what.startswith("unsupported kind of file")
    assert words in hint


def test_what_the_system_leaves_in_folders_is_no_source(tmp_path):
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "~$C01.docx"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a.txt").write_text("INT: So.\n\nP1: Yes.\n\nINT: Good.\n", encoding="utf-8")
    reading = read(tmp_path, settings=SETTINGS)
    assert [transcript.source for transcript in reading.transcripts] == ["a.txt"]
    assert reading.problems == ()
