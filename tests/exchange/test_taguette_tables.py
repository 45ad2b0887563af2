"""Taguette's own tables: a cell is one tag, whatever stands in it; what is written is what Taguette imports."""

from __future__ import annotations

import csv
import io

import pytest

from nptlens.core.errors import ReadingError
from nptlens.exchange._write_taguette import write_taguette_codebook
from nptlens.exchange.match import match_codes
from nptlens.exchange.read import _table as read_table
from nptlens.schemas.records import Code, Codebook


def table(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return read_table(out.getvalue().encode(), "garden.csv")


HEADER = ("id", "document", "tag", "content")


@pytest.mark.parametrize("tag", ["soil;water", "soil > water", "soil >> water", "none", "weeds, all", "soil|water", "Ünü's.way", "🌱"])
def test_a_cell_is_one_tag(tag):
    found = table(HEADER, (1, "one.vtt", tag, "we dug"), (1, "one.vtt", "other", "we dug"))
    names = {code.id: code.name for code in found.codebook}
    assert [(c.source, names[c.code], c.quote, c.span) for c in found.codings] == [
        ("one.vtt", tag, "we dug", None), ("one.vtt", "other", "we dug", None),
    ]  # fmt: skip
    assert found.problems == ()


def test_a_full_stop_leads_to_a_tag_that_is_there():
    found = table(HEADER, *((n, "a", tag, "x y") for n, tag in enumerate(("beds", "beds.north.rows", "beds.north", "no.parent"))))
    assert {code.name: code.parent for code in found.codebook} == {
        "beds": None, "beds.north.rows": "beds.north", "beds.north": "beds", "no.parent": None,
    }  # fmt: skip


def test_codebooks_of_taguette_and_of_libreqda():
    ours = table(("tag", "description", "number of highlights", "number of documents"), ("beds", "Where;\nall", 1, 1), ("beds.north", "", 0, 0))
    assert [(code.name, code.definition, code.parent) for code in ours.codebook] == [("beds", "Where;\nall", None), ("beds.north", "", "beds")]
    libre = table(("tag", "description", "color", "parent", "number of highlights"), ("beds", "", "#000000", "", 1), ("north", "", "", "beds", 0))
    assert [(code.name, code.parent) for code in libre.codebook] == [("beds", None), ("north", "beds")]
    assert (ours.codings, ours.problems) == ((), ())


def test_rows_without_tag_document_or_words_are_told():
    found = table(HEADER, (1, "a", "beds", "x"), (2, "a", "", "x"), (3, "", "beds", "x"), (4, "a", "beds", " "))
    assert len(found.codings) == 1
    assert sorted(problem.what for problem in found.problems) == [
        "1 highlights carry no tag", "1 highlights hold no words", "1 highlights name no document",
    ]  # fmt: skip
    with pytest.raises(ReadingError):
        table(HEADER, (1, "a", "", "x"))


def test_what_is_written_comes_back():
    book = Codebook("b", "", (Code("1", "beds", "Where.", "rows", "paths"), Code("2", "beds.north", "", parent="1"), Code("3", "=sum", "-x 🌱"),
                              Code("4", "north", "", parent="3")))  # fmt: skip
    data = write_taguette_codebook(book)
    assert data.startswith(b"\xef\xbb\xbftag,description\n") or data.startswith(b"\xef\xbb\xbftag,description\r\n")
    found = read_table(data, "x.csv")
    _, new, _ = match_codes(found.codebook, Codebook("own", "", (Code("other", "other", ""),)))
    assert [(code.name, code.definition, code.include, code.exclude, code.parent) for code in new] == [
        ("beds", "Where.", "rows", "paths", None), ("beds.north", "", "", "", "beds"), ("=sum", "-x 🌱", "", "", None),
        ("=sum.north", "", "", "", "=sum"),
    ]  # fmt: skip


def test_two_codes_of_one_name_are_two_tags():
    data = write_taguette_codebook(Codebook("b", "", (Code("1", "a", ""), Code("2", "a", ""))))
    assert [row["tag"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))] == ["a", "a (2)"]


def test_tags_of_the_tool_itself(shared_data):
    made = shared_data / "qda" / "made" / "taguette"
    codebook = read_table((made / "codebook.csv").read_bytes(), "codebook.csv").codebook
    written = read_table(write_taguette_codebook(codebook), "codebook.csv").codebook
    assert [(code.id, code.parent) for code in written] == [(code.id, code.parent) for code in codebook]
