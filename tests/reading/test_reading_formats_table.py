"""Every file of the shared formats: the layout, speakers and turns that its list states, or the Problem that says why not.

Run it with ``-s`` to see the table.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from nptlens.reading import kinds, read
from nptlens.schemas.records import Severity
from nptlens.schemas.settings import ReadingSettings

COLON, HEAD, OWN, TIMED, NONE = "Name: text", "Name time / text", "Name / text", "time text", "no speakers"
CUES, CUES_COLON, CUES_VOICE = "captions, no speakers", "captions, Name: text", "captions, <v Name>"


@dataclass(frozen=True)
class Row:
    """What is expected: a layout that starts so, who is named (names, or how many), the least share of timed turns; or the error."""

    layout: str = ""
    speakers: int | tuple[str, ...] = 0
    timed: float = 0.0
    error: str = ""


TABLE = {
    "zoom_01.vtt": Row(CUES_COLON, 14, 1),
    "zoom_02.vtt": Row(CUES_COLON, 8, 1),
    "zoom_03_corrected.vtt": Row(CUES_COLON, 17, 1),
    "zoom_chat_01.txt": Row(error="saved chat"),
    "zoom_cc_lecture.txt": Row(OWN, ("John Rachlin", "Unknown Speaker", "Victor", "Natalie Hammel"), 1),
    "otter_05.md": Row(HEAD, ("Jonas Rosland", "Danny Silvers"), 1),
    "otter_06.md": Row(HEAD, ("Jonas Rosland", "Alex Rushdy"), 1),
    "whisper_01.srt": Row(CUES, 0, 1),
    "whisper_02.vtt": Row(CUES, 0, 1),
    "whisper_03.tsv": Row("columns: text, time", 0, 1),
    "whisper_04.txt": Row(CUES, 0, 1),
    "whisper_05.txt": Row(NONE, 0),
    "whisper_06.lrc": Row(CUES, 0, 1),
    "delve_ml_01.txt": Row(COLON, ("interviewee", "interviewer")),
    "pdpilot_01.pdf": Row(COLON, 2),
    "ohd_tagged_01.csv": Row("columns: text, speaker, time", ("DB", "LG", "KRISTIN")),
    "scihist_01.txt": Row(COLON, ("SCHLESINGER", "BALTIMORE", "HUANG")),
    "scihist_02.txt": Row(COLON, ("SCHNEIDER", "ISAACS"), 1),
    "scihist_03.txt": Row(COLON, ("WOOD", "BOHNING")),
    "scihist_04.docx": Row(COLON, ("CARUSO", "SUBJECT", "LEE"), 1),
    "scihist_05.pdf": Row(COLON, ("SCHNEIDER", "GLUSKER", "BOYTIM"), 1),
    "scihist_06.pdf": Row(COLON, 2),
    "scihist_07_scan.pdf": Row(error="no text"),
    "scihist_08_ohms.xml": Row(error="no transcript"),
    "changelog_podcast.md": Row(COLON, ("Adam Stacoviak", "Scott Johnston")),
    "talkpython_01.txt": Row(TIMED, 0, 1),
    "talkpython_02.vtt": Row(CUES, 0, 1),
    "teams_01.vtt": Row(CUES_VOICE, ("John Smith", "Sarah Johnson", "Michael Chen"), 1),
}


@pytest.fixture(scope="module")
def reading(shared_data):
    return read(shared_data / "formats", settings=ReadingSettings(interviewers=("interviewer",), max_megabytes=64))


def test_the_table_holds_every_listed_file(shared_data):
    with (shared_data / "formats" / "formats.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["file"] for row in csv.DictReader(file)}
    assert listed == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_file(reading, name):
    row = TABLE[name]
    if Path(name).suffix not in kinds():
        pytest.skip(f"{Path(name).suffix} is no known kind yet")
    transcript = next((each for each in reading.transcripts if each.source == name), None)
    problems = [problem for problem in reading.problems if problem.where == name]
    print("\n" + line(name, transcript, problems), end="")  # noqa: T201
    if row.error:
        assert transcript is None
        assert [row.error in problem.what for problem in problems if problem.severity is Severity.ERROR] == [True]
        return
    assert transcript is not None, problems
    transcript.verify()
    assert transcript.layout.startswith(row.layout)
    speakers = transcript.speakers()
    assert (len(speakers) if isinstance(row.speakers, int) else speakers) == row.speakers
    assert timed(transcript) >= row.timed


def timed(transcript) -> float:
    return sum(u.start_s is not None for u in transcript.utterances) / len(transcript.utterances)


def line(name, transcript, problems) -> str:
    told = "; ".join(problem.what for problem in problems)
    if transcript is None:
        return f"{name:24} | {'–':30} | {told}"
    facts = f"{len(transcript.speakers()):3} speakers {len(transcript.utterances):4} turns {transcript.words():6} words {timed(transcript):4.0%} timed"
    return f"{name:24} | {transcript.layout:30} | {facts} | {told}"
