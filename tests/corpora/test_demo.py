"""The demo study is whole, reads without a loss, and says that it is invented."""

from __future__ import annotations

import csv
from collections import Counter

import docx
import pytest

from nptlens.core.resources import resource
from nptlens.core.text import Span, canonical
from nptlens.reading.roles import assign_roles
from nptlens.schemas.records import Severity, SpeakerRole
from nptlens.schemas.settings import load_settings

FOLDER = resource("corpora", "demo")
FILES = sorted(path.name for path in (FOLDER / "transcripts").iterdir())
SAYS = "Invented for the nptlens demo study. No real person speaks here."


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_transcripts(demo):
    transcripts = demo.reading.transcripts
    assert len(transcripts) == len(FILES) >= 24
    assert sum(transcript.words() for transcript in transcripts) >= 35_000
    assert {transcript.format for transcript in transcripts} >= {"txt", "md", "docx", "vtt", "csv"}
    assert [problem for problem in demo.reading.problems if problem.severity is not Severity.NOTE] == []
    for transcript in transcripts:
        transcript.verify()
        assert all(utterance.speaker for utterance in transcript.utterances), transcript.id


def test_two_focus_groups(demo):
    groups = {transcript.id: transcript.speakers() for transcript in demo.reading.transcripts if len(transcript.speakers()) > 2}
    assert set(groups) == {"FG1", "FG2"}
    assert all(len(speakers) >= 4 for speakers in groups.values())


def test_participants(demo):
    people = [person for person in demo.participants if not person.interviewer]
    coaches = [person for person in people if person.role == "coach"]
    assert (len(people), len(coaches)) == (27, 11)
    staff = [person for person in people if person.role != "coach"]
    practices = {row["practice"]: row for row in rows("practices.csv")}
    assert len(practices) == 10
    assert {person.practice for person in staff} == set(practices)
    assert {person.adopter_category for person in staff} == {"innovator", "early adopter", "early majority", "late majority", "laggard"}
    for person in staff:
        assert person.adopter_category == practices[person.practice]["adopter_category"]
    assert {practice for person in coaches for practice in person.practice.split(";") if practice} <= set(practices)


def test_everybody_speaks_and_is_known(demo):
    speakers = assign_roles(demo.reading.transcripts, demo.participants, load_settings(FOLDER / "study.toml").reading)
    spoke = {speaker.participant.id for speaker in speakers if speaker.role is SpeakerRole.PARTICIPANT}
    assert spoke == {person.id for person in demo.participants if not person.interviewer}
    asking = {speaker.transcript_id for speaker in speakers if speaker.role is SpeakerRole.INTERVIEWER}
    assert asking == {transcript.id for transcript in demo.reading.transcripts}
    assert {s.participant.interviewer for s in speakers if s.role is SpeakerRole.INTERVIEWER} == {True}


def test_projects():
    projects = rows("projects.csv")
    assert 36 <= len(projects) <= 44
    assert len({row["project_id"] for row in projects}) == len(projects)
    assert {name for row in projects for name in row["practice"].split(";")} == {row["practice"] for row in rows("practices.csv")}
    assert all(row["start"] <= row["end"] for row in projects if row["end"])


@pytest.mark.parametrize("coder", ["A", "B"])
def test_every_text_cell_is_its_slice(demo, coder):
    by_id = {transcript.id: transcript for transcript in demo.reading.transcripts}
    for line, row in enumerate(rows(f"manual_{coder}.csv"), start=2):
        quote = by_id[row["transcript"]].quote(Span(int(row["start"]), int(row["end"])))
        assert canonical(row["text"]) == quote, f"line {line}"
        assert (quote == "") == (row["code"] == "none"), f"line {line}"
        assert row["coder"] == coder


def test_no_manual_coding_is_left_out(demo):
    assert demo.manual.problems == ()
    assert len(demo.manual.codings) == sum(len(rows(f"manual_{coder}.csv")) for coder in "AB")


def test_who_read_what(demo):
    read = {coder: set(own["transcript_id"]) for coder, own in demo.manual.codings.groupby("coder")}
    everything = {transcript.id for transcript in demo.reading.transcripts}
    assert read["A"] == everything
    assert 0.25 <= len(read["B"]) / len(everything) <= 0.42


def test_the_coders_differ_and_agree(demo):
    codings = demo.manual.codings
    shared = set(codings["transcript_id"][codings["coder"] == "B"])
    a, b = (
        {tuple(row) for row in own[["transcript_id", "start", "end", "code"]].values if row[0] in shared}
        for _, own in codings.groupby("coder")
    )
    assert a - b
    assert b - a
    for name in shared:  # in every transcript that both read
        assert {row for row in a if row[0] == name} & {row for row in b if row[0] == name}, name
        assert {row for row in a if row[0] == name} != {row for row in b if row[0] == name}, name


def test_every_component_and_theme_is_coded(demo, codebook):
    counts = Counter(demo.manual.codings["code"][demo.manual.codings["coder"] == "A"])
    assert [code.id for code in codebook if not codebook.children(code.id) and counts[code.id] < 5] == []


def test_a_coding_begins_and_ends_between_words(demo):
    by_id = {transcript.id: transcript.text for transcript in demo.reading.transcripts}
    wrong = []
    for row in demo.manual.codings.itertuples():
        quote = by_id[row.transcript_id][row.start : row.end]
        around = by_id[row.transcript_id][max(row.start - 1, 0) : row.start], by_id[row.transcript_id][row.end : row.end + 1]
        if quote != quote.strip() or any(each.strip() for each in around if row.code != "none"):
            wrong.append((row.coder, row.transcript_id, row.start))
    assert wrong == []


def test_nobody_codes_an_interviewer(demo):
    asked = {"Interviewer", "I", "INT"}
    spans = {
        transcript.id: [utterance.span for utterance in transcript.utterances if utterance.speaker in asked]
        for transcript in demo.reading.transcripts
    }
    coded = demo.manual.codings[demo.manual.codings["code"] != "none"]
    wrong = [
        (row.coder, row.transcript_id, row.start)
        for row in coded.itertuples()
        if row.start < row.end and any(span.overlap(Span(row.start, row.end)) for span in spans[row.transcript_id])
    ]
    assert wrong == []


@pytest.mark.parametrize("name", FILES)
def test_a_transcript_says_that_it_is_invented(name):
    path = FOLDER / "transcripts" / name
    match path.suffix:
        case ".docx":
            assert any(SAYS in paragraph.text for paragraph in docx.Document(str(path)).paragraphs[:3])
        case ".vtt":
            assert path.read_text(encoding="utf-8").startswith(f"WEBVTT\n\nNOTE {SAYS}\n")
        case ".csv":
            assert {row["provenance"] for row in rows(f"transcripts/{name}")} == {"invented"}
        case _:
            assert any(SAYS in line for line in path.read_text(encoding="utf-8").splitlines()[:3])


@pytest.mark.parametrize("name", ["participants.csv", "practices.csv", "projects.csv", "projects_A.csv", "manual_A.csv", "manual_B.csv"])
def test_a_table_says_that_it_is_invented(name):
    assert {row["provenance"] for row in rows(name)} == {"invented"}


def test_the_study_says_that_it_is_invented():
    assert load_settings(FOLDER / "study.toml").study.invented
    assert "invented" in (FOLDER / "study.toml").read_text(encoding="utf-8").splitlines()[0]


def test_no_transcript_quotes_its_notice_as_speech(demo):
    for transcript in demo.reading.transcripts:
        assert not any("nptlens" in transcript.quote(utterance.span) for utterance in transcript.utterances), transcript.id
