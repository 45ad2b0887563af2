"""Tables as people have them: columns in five languages, blank speakers, titles, surveys, questions and answers, translations."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.reading.formats._csv import read_csv
from nptlens.reading.formats._html import read_html
from nptlens.schemas.records import Severity, Transcript

ASK, SAY, MORE = "How did the morning go?", "We stood around the board.", "And each of us said one thing."


def read(text, encoding="utf-8", reader=read_csv):
    shape = reader(text.encode(encoding), where="t")
    Transcript("t", "t", "", "t", shape.layout, shape.text, shape.utterances, shape.furniture).verify()
    return shape


def said(shape):
    return [(turn.speaker, turn.span.of(shape.text)) for turn in shape.utterances]


def times(shape):
    return [(turn.start_s, turn.end_s) for turn in shape.utterances]


def told(shape, severity=None):
    return " / ".join(problem.what for problem in shape.problems if severity in (None, problem.severity))


def table(*rows, separator=","):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    "header",
    [
        "Sprecher;Text;Beginn", "Sprecher:in;\u00c4u\u00dferung;Zeitstempel", "SPRECHER/IN;Wortlaut;Startzeit (s)", "Teilnehmer*in;Inhalt;von",
        "Locuteur;Contenu;D\u00e9but", "INTERVENANT;Propos ;Horodatage", "Hablante;Texto;Inicio", "Orador(a);Transcripci\u00f3n;Tiempo",
        "Spreker;Tekst;Begintijd", "Deelnemer;Uiting;Tijd", "Speaker Name;Spoken text;Start [s]", "speaker_label;Transcript:;TC in",
    ],
)  # fmt: skip
def test_names_of_columns(header):
    shape = read(f"{header}\nINT;{ASK};0:01\nP1;{SAY};0:04\n")
    assert (said(shape), times(shape)) == ([("INT", ASK), ("P1", SAY)], [(1, None), (4, None)])
    assert not shape.problems


def test_nvivo():
    shape = read(table(("Timespan", "Content", "Speaker"), ("0:00.0 - 0:12.3", ASK, "INT"), ("0:12.3 - 1:00.0", SAY, "P1")))
    assert (said(shape), times(shape)) == ([("INT", ASK), ("P1", SAY)], [(0, 12.3), (12.3, 60)])


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [("00:01:02:12", 62), ("00:01:02;12", 62), ("#00:01:02-5#", 62.5), ("[0h1m2s]", 62), ("1 min 2 s", 62), ("62.5 sec", 62.5), ("PT1M2S", 62), ("1:02", 62), ("62,5", 62.5)],
)
def test_times_in_cells(cell, seconds):
    assert times(read(table(("start", "speaker", "text"), (cell, "INT", ASK), (cell, "P1", SAY)))) == [(seconds, None)] * 2


def test_times_that_are_not_understood_and_frames_are_told():
    shape = read(table(("start", "speaker", "text"), ("3 May", "INT", ASK), ("00:00:01:12", "P1", SAY)))
    assert times(shape) == [(None, None), (1, None)]
    assert told(shape) == "the times of 1 rows are not understood and left out / 1 times with frames are read to the second"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("head", ["", "sep=;\r\n", "sep=;\r\nInterview 4, W\u00e4rme\r\n\r\n", "Transcript;;\r\nText, made in May;;\r\n"])
def test_what_stands_above_the_header(head, encoding):
    shape = read(f"{head}Sprecher;Text;Beginn\r\nINT;Wie, bitte?;0:01\r\n;;\r\nZo\u00eb;Gut so, \u00fcber Nacht.;0:04\r\n", encoding)
    assert said(shape) == [("INT", "Wie, bitte?"), ("Zo\u00eb", "Gut so, \u00fcber Nacht.")]
    assert ("above the header row" in told(shape, Severity.NOTE)) == (head.count("\r\n") > 1)


def test_a_header_that_comes_again():
    shape = read(table(("Speaker", "Text"), ("INT", ASK), ("Speaker", "Text"), ("P1", SAY), ("P1", "Text")))
    assert said(shape) == [("INT", ASK), ("P1", SAY), ("P1", "Text")]
    assert told(shape) == "1 rows name the columns once more and are left out"


def conversation(*labels):
    return read(table(("speaker", "text"), *((label, f"{SAY} {number}") for number, label in enumerate(labels))))


def test_a_blank_speaker_goes_on_in_a_conversation():
    shape = conversation("INT", "P1", "", "INT", "P1", "", "", "INT", "P1")
    assert [turn.speaker for turn in shape.utterances] == ["INT", "P1", "P1", "INT", "P1", "P1", "P1", "INT", "P1"]
    assert told(shape, Severity.NOTE) == "3 rows without a speaker are read as the speaker above going on"


@pytest.mark.parametrize(
    "labels",
    [
        ["P1", "P2", "", "P4", "P5", "P6"],  # each row is another person's
        ["nurse", "nurse", "", "doctor", "nurse", "nurse", "doctor", "doctor", "nurse"],  # a profession a row
        ["INT", "", "INT", "P1", "INT", "P1"],  # between two turns of one
    ],
)
def test_a_blank_speaker_is_nobody_where_nothing_shows_that_one_goes_on(labels):
    shape = conversation(*labels)
    assert [turn.speaker or "" for turn in shape.utterances] == labels
    assert told(shape, Severity.WARNING) == "1 rows of its table name no speaker"


def test_most_blank_is_a_group_and_asks_for_a_look():
    shape = conversation("Anna", "", "", "", "Ben", "", "")
    assert [turn.speaker for turn in shape.utterances] == ["Anna"] * 4 + ["Ben"] * 3
    assert told(shape, Severity.WARNING) == "5 rows without a speaker are read as the speaker above going on"


def test_asides_and_what_stands_before_the_first_speaker_are_nobodys():
    rows = (("", "(Talk about the weather)"), ("INT", ASK), ("P1", SAY), ("", "[laughs]"), ("", MORE), ("INT", ASK))
    assert [turn.speaker for turn in read(table(("speaker", "text"), *rows)).utterances] == [None, "INT", "P1", None, "P1", "INT"]


def test_columns_that_are_not_read_are_named():
    shape = read(table(("No.", "speaker", "text", "Remark", ""), (1, "INT", ASK, "", ""), (2, "P1", SAY, "checked", "x")))
    assert told(shape, Severity.NOTE) == "columns that are not read: No., Remark, column 5"


@pytest.mark.parametrize("header", [("Speaker", "Text", "Translation"), ("Sprecher", "Original", "\u00dcbersetzung"), ("Speaker", "Deutsch", "English"), ("Speaker", "Text (German)", "Text (English)")])
def test_a_translation_beside_is_told_and_never_read_as_well(header):
    shape = read(table(header, ("INT", "Wie begann der Morgen?", ASK), ("P1", "Wir standen um die Tafel.", SAY)))
    assert said(shape) == [("INT", "Wie begann der Morgen?"), ("P1", "Wir standen um die Tafel.")]
    assert told(shape, Severity.WARNING) == f"columns that are not read, with 10 words: {header[2]}"
    assert f"from {header[1]}:" in shape.problems[0].hint


QUESTIONS = ("What went well on your ward?", "What would you change, if you could?")


@pytest.mark.parametrize("imports", [True, False])
def test_open_answers_side_by_side(imports):
    names = [("ResponseId", "Q1", "Q2", "Role"), ("Response ID", *QUESTIONS, "What is your role?"), ('{"ImportId":"_recordId"}', '{"ImportId":"QID1_TEXT"}', '{"ImportId":"QID2_TEXT"}', '{"ImportId":"QID3"}')]
    rows = [("R_1", SAY, MORE, "nurse"), ("R_2", "", "Nothing at all, it was good.", "nurse"), ("R_3", "The board was seen by all.", "", "doctor")]
    shape = read(table(*(names if imports else [("ResponseId", *QUESTIONS, "What is your role?")]), *rows))
    asked = [("Interviewer", question) for question in QUESTIONS]
    assert said(shape) == [asked[0], ("R_1", SAY), asked[1], ("R_1", MORE), asked[1], ("R_2", rows[1][2]), asked[0], ("R_3", rows[2][1])]
    assert ("columns that are not read: " + ("Role" if imports else "What is your role?")) in told(shape)


def test_one_open_question_stands_above_the_answers():
    shape = read(table(("Timestamp", QUESTIONS[0]), ("2026-05-01", SAY), ("2026-05-02", MORE)))
    assert said(shape) == [(None, SAY), (None, MORE)]
    assert shape.text.startswith(QUESTIONS[0]) and [piece.kind for piece in shape.furniture][0] == "question"
    assert "no column says who answers" in told(shape, Severity.WARNING)


@pytest.mark.parametrize(("header", "answers"), [(("Question", "Answer"), None), (("Frage", "Antwort"), None), (("Pregunta", "Respuesta"), None), (("Q", "A"), None), (("Interviewer", "Participant"), None)])
@pytest.mark.parametrize("kind", ["csv", "html"])
def test_questions_and_answers(header, answers, kind):
    rows = (header, (ASK, SAY), ("Who kept the time?", "The charge nurse."))
    page = "<!DOCTYPE html><table>" + "".join(f"<tr><td>{one}<td>{other}" for one, other in rows) + "</table>"
    shape = read(table(*rows)) if kind == "csv" else read(page, reader=read_html)
    assert said(shape) == [("Interviewer", ASK), (answers, SAY), ("Interviewer", "Who kept the time?"), (answers, "The charge nurse.")]
    assert "questions of its table" in told(shape, Severity.NOTE)


def test_a_question_that_several_answer_is_asked_again():
    shape = read(table(("respondent", "question", "text"), ("P1", ASK, SAY), ("P1", ASK, "Yes, so it was."), ("P2", ASK, MORE)))
    assert said(shape) == [("Interviewer", ASK), ("P1", SAY), ("P1", "Yes, so it was."), ("Interviewer", ASK), ("P2", MORE)]


def test_a_table_without_names_is_told_by_what_stands_in_it():
    rows = [("0:01", "INT", ASK), ("0:04", "P1", SAY), ("0:09", "INT", "And who kept the time then?"), ("0:12", "P1", MORE)]
    shape = read(table(*rows))
    assert (said(shape), times(shape)[3]) == ([row[1:] for row in rows], (12, None))
    assert "no row names its columns" in told(shape, Severity.WARNING)
    foreign = read(table(("Czas", "Kto", "Co"), *rows))
    assert said(foreign) == said(shape)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "x,y\n" * 9, table(*([(SAY, MORE)] * 5)), ""])
def test_what_shows_no_speakers_is_refused(text):
    with pytest.raises(ReadingError, match="no column"):
        read(text)


PAGE = "<!DOCTYPE html><body><table><tr><th>Speaker<th>Text{}</table>"


def test_merged_cells_of_a_page():
    shape = read(PAGE.format(f"<tr><td rowspan=2>INT<td>{ASK}<tr><td>And when?<tr><td>P1<td>{SAY}"), reader=read_html)
    assert said(shape) == [("INT", ASK), ("INT", "And when?"), ("P1", SAY)]


@pytest.mark.parametrize(
    ("mark", "what"),
    [("<s>{}</s>", "struck-out"), ("<del>{}</del>", "struck-out"), ("<strike><del>{}</del></strike>", "struck-out"), ("<span style='text-decoration: line-through'>{}</span>", "struck-out"),
     ("<span hidden>{}</span>", "hidden"), ("<span style='display:none'>{}</span>", "hidden"), ("<b style='VISIBILITY: hidden'>{}</b>", "hidden")],
)  # fmt: skip
def test_hidden_and_struck_out_words_of_a_page(mark, what):
    shape = read(PAGE.format(f"<tr><td>INT<td>{ASK}<tr><td>P1<td>It was {mark.format('Mary Jones')} good."), reader=read_html)
    assert said(shape) == [("INT", ASK), ("P1", "It was good.")]
    assert f"2 {what} words" in told(shape, Severity.WARNING) and "Mary" not in told(shape)


CELL = st.text(st.sampled_from("ab \u00e9?.;,|\t\"'\n"), min_size=1, max_size=30).map(lambda text: f"w{text}w")


@given(st.lists(st.tuples(st.sampled_from(["INT", "P1", "P2"]), CELL), min_size=2, max_size=8), st.sampled_from([",", ";", "\t", "|"]), st.booleans())
def test_every_word_comes_with_its_speaker(turns, separator, declared):
    text = ("sep=" + separator + "\n") * declared + table(("Sprecher", "Text"), *turns, separator=separator)
    assert said(read(text)) == turns
