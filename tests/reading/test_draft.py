"""A drafted participants sheet: read again it changes nothing; labels that look alike stand beside each other."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.text import Span
from nptlens.reading import assign_roles, draft_rows, draft_text, read_participants
from nptlens.schemas.records import Speaker, Transcript, Utterance
from nptlens.schemas.settings import ReadingSettings

SETTINGS = ReadingSettings(interviewers=("interviewer", "int", "i"), max_megabytes=1)
LABELS = st.sampled_from(
    [None, "Mary Jones", "mary jones", "Mary Jomes", "José", "Jose", "P01", "P1", "P2", "INT", "INT2", "I", "=1+1", "A; B", "A", "Speaker 1", "T1", "-x"]
)


def transcript(name: str, *labels: str | None) -> Transcript:
    text = "some words here " * len(labels)
    turns = tuple(Utterance(Span(16 * place, 16 * place + 16), label) for place, label in enumerate(labels))
    return Transcript(name, f"{name}.txt", "", "txt", "", text, turns)


def drafted(transcripts: list[Transcript]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(draft_text(draft_rows(transcripts, assign_roles(transcripts, (), SETTINGS))))))


def said(speakers: tuple[Speaker, ...]) -> list[tuple[object, ...]]:
    return [(s.transcript_id, s.label, s.role, s.participant.id, s.participant.role, s.participant.attributes) for s in speakers]


@given(st.lists(st.lists(LABELS, min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_draft_read_again_changes_nothing(tmp_path_factory, labels):
    transcripts = [transcript(f"T{place}", *own) for place, own in enumerate(labels, start=1)]
    without = assign_roles(transcripts, (), SETTINGS)
    path = tmp_path_factory.mktemp("draft") / "participants.csv"
    path.write_bytes(draft_text(draft_rows(transcripts, without)).encode("utf-8-sig"))
    assert said(assign_roles(transcripts, read_participants(path), SETTINGS)) == said(without)


def test_a_row_tells_who_where_and_how_much():
    rows = drafted([transcript("T1", "INT", "P1", "INT", "P1"), transcript("T2", "INT", "Mary Jones")])
    keys = ("participant", "labels", "role", "transcript", "words", "turns", "read_as")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("INT", "", "interviewer", "T1;T2", "9", "3", "context, not coded"),
        ("P1", "", "", "T1", "6", "2", "coded"),
        ("T2/2", "Mary Jones", "", "T2", "3", "1", "coded"),
    ]


def test_labels_that_look_alike_stand_beside_each_other():
    names = ("Maria Müller", "P01", "Thomas Ashdown", "Maria Muller", "Thomas Ashdwon", "p1", "Anna")
    rows = drafted([transcript("T1", *(name for each in names for name in (each,) * (3 if each in names[:3] else 1)))])
    order = [row["labels"] or row["participant"] for row in rows]
    assert order == ["Maria Müller", "Maria Muller", "P01", "p1", "Thomas Ashdown", "Thomas Ashdwon", "Anna"]
    assert [row["labels"] or row["participant"] for row in rows if row["note"]] == ["Maria Muller", "p1", "Thomas Ashdwon"]
    assert rows[1]["note"] == '"Maria Muller" looks like "Maria Müller": if they are one person, write both labels into one row'


def test_one_name_in_two_transcripts_is_asked_about():
    rows = drafted([transcript("T1", "Mary Jones", "Anna"), transcript("T2", "Mary Jones")])
    assert [(row["participant"], row["note"].partition(":")[0]) for row in rows] == [
        ("T1/1", ""),
        ("T2/1", '"Mary Jones" also speaks in T1'),
        ("T1/2", ""),
    ]
