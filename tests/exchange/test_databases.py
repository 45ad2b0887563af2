"""Taguette, QualCoder and RQDA: small databases with the tools' own tables."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import unicodedata
import zipfile
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.exchange._html_text import HtmlText
from nptlens.exchange._qualcoder import read_qualcoder
from nptlens.exchange._rqda import read_rqda
from nptlens.exchange._taguette import read_taguette
from nptlens.exchange.read import _database as read_database
from nptlens.exchange.read import read_project

TAGUETTE = """
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(200), description TEXT, created DATETIME);
CREATE TABLE documents (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(200), description TEXT, filename VARCHAR(200),
  created DATETIME, project_id INTEGER, text_direction VARCHAR(13), contents TEXT);
CREATE TABLE highlights (id INTEGER PRIMARY KEY AUTOINCREMENT, document_id INTEGER, start_offset INTEGER, end_offset INTEGER, snippet TEXT);
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER, path VARCHAR(200), description TEXT);
CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER, PRIMARY KEY (highlight_id, tag_id));
CREATE TABLE commands (id INTEGER PRIMARY KEY AUTOINCREMENT, date DATETIME, user_login VARCHAR(30), project_id INTEGER,
  document_id INTEGER, payload TEXT);
"""
QUALCODER = """
CREATE TABLE project (databaseversion TEXT, date TEXT, memo TEXT, about TEXT);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, fulltext TEXT, mediapath TEXT, memo TEXT, owner TEXT, date TEXT, unique(name));
CREATE TABLE code_cat (catid INTEGER PRIMARY KEY, name TEXT, owner TEXT, date TEXT, memo TEXT, supercatid INTEGER, unique(name));
CREATE TABLE code_name (cid INTEGER PRIMARY KEY, name TEXT, memo TEXT, catid INTEGER, owner TEXT, date TEXT, color TEXT, unique(name));
CREATE TABLE code_text (ctid INTEGER PRIMARY KEY, cid INTEGER, fid INTEGER, seltext TEXT, pos0 INTEGER, pos1 INTEGER, owner TEXT,
  date TEXT, memo TEXT, avid INTEGER, important INTEGER, unique(cid, fid, pos0, pos1, owner));
CREATE TABLE code_av (avid INTEGER PRIMARY KEY, id INTEGER, pos0 INTEGER, pos1 INTEGER, cid INTEGER, memo TEXT, date TEXT, owner TEXT);
"""
RQDA = """
CREATE TABLE source (name text, id integer, file text, memo text, owner text, date text, dateM text, status integer);
CREATE TABLE freecode (name text, memo text, owner text, date text, dateM text, id integer, status integer, color text);
CREATE TABLE treecode (cid integer, catid integer, date text, dateM text, memo text, status integer, owner text);
CREATE TABLE codecat (name text, cid integer, catid integer, owner text, date text, dateM text, memo text, status integer);
CREATE TABLE coding (cid integer, fid integer, seltext text, selfirst real, selend real, status integer, owner text, date text, memo text);
"""


def database(schema, rows, extra=""):
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema)
    for table, columns, values in rows:
        names = columns.split()
        connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", values)
    connection.executescript(extra)
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


def taguette(html, highlights, *, tags=((1, "team"),), commands=()):
    """`highlights` are (id, start, end, snippet, tag ids)."""
    return database(TAGUETTE, [
        ("projects", "id name description", [(1, "Clinics", "")]),
        ("documents", "id name description filename project_id contents", [(1, "one", "first talk", "one.html", 1, html)]),
        ("tags", "id project_id path description", [(key, 1, path, f"about {path}") for key, path in tags]),
        ("highlights", "id document_id start_offset end_offset snippet", [(h[0], 1, *h[1:4]) for h in highlights]),
        ("highlight_tags", "highlight_id tag_id", [(h[0], tag) for h in highlights for tag in h[4]]),
        ("commands", "user_login project_id document_id payload", [(user, 1, 1, json.dumps(told)) for user, told in commands]),
    ])


def quotes(project):
    texts = {source.name: source.text for source in project.sources}
    return [coding.span.of(texts[coding.source]) if coding.span else None for coding in project.codings]


PLACES = (
    # html, words that are highlighted, the source's canonical text
    ("<p>We met weekly.</p>", "met", "We met weekly.\n"),
    ("<p>Café tables.</p>", "tables", "Café tables.\n"),
    ("<p>So 😀 glad we met.</p>", "glad", "So 😀 glad we met.\n"),
    ("<p>One.</p><p>Two.</p>", "Two.", "One.\nTwo.\n"),
    ("<p>One.</p>\n<p>Two.</p>", "Two.", "One.\n\nTwo.\n"),
    ("<p>Line<br>break here.</p>", "break", "Line\nbreak here.\n"),
    ("<p>A <b>bo</b>ld word &amp; more.</p>", "bold word & more", "A bold word & more.\n"),
    ("<p>Cafe\u0301 and the\u0301.</p>", "and", "Café and thé.\n"),
    ("<ul><li>first</li><li>second</li></ul>", "second", "first\nsecond\n"),
    ("plain words", "plain", "plain words\n"),
)


@pytest.mark.parametrize(("html", "words", "text"), PLACES, ids=[row[1] for row in PLACES])
@pytest.mark.parametrize("with_snippet", [True, False])
def test_taguette_counts_bytes_of_the_text_of_the_html(html, words, text, with_snippet):
    bare = "".join(HtmlText(piece, where="x").text.rstrip("\n") for piece in [html.replace("<p>", "").replace("</p>", "").replace(
        "<br>", "").replace("<li>", "").replace("</li>", "").replace("<ul>", "").replace("</ul>", "")])
    start = len(bare[: bare.index(words)].encode())
    snippet = words.replace("&", "&amp;") if with_snippet else ""
    project = read_taguette(taguette(html, [(1, start, start + len(words.encode()), snippet, [1])]), where="t.sqlite3")
    assert project.sources[0].text == text
    assert quotes(project) == [words]
    assert project.problems == ()


def test_taguette_names_who_put_each_tag_there():
    added = {"type": "highlight_add", "highlight_id": 1, "start_offset": 0, "end_offset": 2}
    data = taguette("<p>We met.</p>", [(1, 0, 2, "We", [1, 2]), (2, 3, 6, "met", [2]), (3, 3, 6, "met", [])],
                    tags=((1, "team"), (2, "team.meetings")),
                    commands=[("ann", {**added, "tags": [1]}), ("bob", {**added, "tags": [1, 2]}), ("ann", {"type": "tag_add"})])
    project = read_taguette(data, where="2026_Clinics.sqlite3")
    assert [(c.code, c.coder) for c in project.codings] == [("team", "ann"), ("team.meetings", "bob"), ("team.meetings", "2026_Clinics")]
    assert project.codebook.get("team.meetings").parent == "team"
    assert project.codebook.get("team").definition == "about team"
    assert (project.tool, project.codebook.name, project.sources[0].memo) == ("Taguette", "Clinics", "first talk")
    assert [p.what for p in project.problems] == ["1 highlights carry no tag"]


def test_taguette_words_lead_where_offsets_do_not():
    project = read_taguette(taguette("<p>We met, we met.</p>", [(1, 900, 903, "met", [1]), (2, 0, 2, "gone", [1])]), where="t.db")
    assert [(c.span is not None, c.quote) for c in project.codings] == [(False, "met"), (False, "gone")]  # met stands twice
    assert sorted(p.what.split(" ", 1)[1] for p in project.problems) == [
        "codings fit neither by their offsets nor by their words",
    ]
    assert all("met" not in p.what + p.hint and "gone" not in p.what + p.hint for p in project.problems)


def test_a_server_of_several_projects_keeps_them_apart():
    data = database(TAGUETTE, [
        ("projects", "id name", [(1, "A"), (2, "B")]),
        ("documents", "id name project_id contents", [(1, "one", 1, "x"), (2, "one", 2, "y"), (3, "one", 2, "z")]),
        ("tags", "id project_id path", [(1, 1, "t"), (2, 2, "t")]),
    ])
    project = read_taguette(data, where="t.db")
    assert [s.name for s in project.sources] == ["A/one", "B/one", "B/one (2)"]
    assert project.codebook.ids() == ("A/t", "B/t")


def qualcoder(text, codings, extra=""):
    """`codings` are (cid, start, end, words, owner)."""
    return database(QUALCODER, [
        ("source", "id name fulltext memo", [(1, "one.txt", text, "a talk"), (2, "film.mp4", None, "")]),
        ("code_cat", "catid name memo supercatid", [(1, "work", "m", None), (2, "daily", "", 1)]),
        ("code_name", "cid name memo catid", [(1, "team", "talking", 2), (2, "daily", "", None)]),
        ("code_text", "cid fid pos0 pos1 seltext owner memo", [(c[0], 1, *c[1:5], "why") for c in codings]),
    ], extra)


def test_qualcoder_keeps_categories_coders_and_memos():
    project = read_qualcoder(qualcoder("We met 😀 weekly.", [(1, 0, 6, "We met", "ann"), (2, 9, 15, "weekly", "bob")]), where="p.qda")
    assert [(c.id, c.name, c.parent) for c in project.codebook] == [
        ("work", "work", None), ("work/daily", "daily", "work"), ("team", "team", "work/daily"), ("daily", "daily", None),
    ]
    assert [(c.code, c.coder, c.memo) for c in project.codings] == [("team", "ann", "why"), ("daily", "bob", "why")]
    assert quotes(project) == ["We met", "weekly"]
    assert [p.what for p in project.problems] == ["1 sources hold no text"]


@pytest.mark.parametrize(("text", "start", "end", "words", "how"), [
    ("We met.", 3, 6, "met", None),
    ("We met.", 3, 6, "", None),
    ("a\r\nb met", 5, 8, "met", None),
    ("\ufeffa met", 3, 6, "met", None),
    ("😀 met", 3, 6, "met", "count astral characters twice"),
    ("we met, and met", 13, 16, "met", "stand elsewhere"),
    ("e\u0301 met", 3, 6, "met", None),
    ("one\ntwo", 0, 7, "one\u2029two", None),
])
def test_qualcoder_offsets(text, start, end, words, how):
    project = read_qualcoder(qualcoder(text, [(1, start, end, words, "a")]), where="p.qda")
    assert quotes(project) == [canonical(words or "met")]
    told = [p.what for p in project.problems if "codings" in p.what]
    assert told == [] if how is None else how in told[0]


def test_qualcoder_project_folder_and_zip(tmp_path):
    data = qualcoder("We met.", [(1, 3, 6, "met", "a")])
    folder = tmp_path / "p.qda"
    folder.mkdir()
    (folder / "data.qda").write_bytes(data)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("p.qda/data.qda", data)
        archive.writestr("p.qda/documents/one.txt", "We met.")
    (tmp_path / "p.zip").write_bytes(packed.getvalue())
    for path in (folder, tmp_path / "p.zip"):
        assert quotes(read_project(path, max_megabytes=10)) == ["met"]


def test_rqda_leaves_out_what_its_user_deleted():
    project = read_rqda(database(RQDA, [
        ("source", "name id file status", [("one", 1, "We met.", 1), ("two", 2, "Gone.", 0)]),
        ("freecode", "name memo id status", [("team", "talk", 1, 1), ("team", "", 2, 1)]),
        ("codecat", "name catid status", [("work", 1, 1), ("rest", 2, 1)]),
        ("treecode", "cid catid status", [(1, 1, 1), (1, 2, 1)]),
        ("coding", "cid fid seltext selfirst selend status owner", [(1, 1, "met", 3.0, 6.0, 1, "ann"), (1, 1, "We", 0.0, 2.0, 0, "ann"),
                                                                  (2, 1, "We", 0.0, 2.0, 1, None), (9, 1, "We", 0.0, 2.0, 1, "ann")]),
    ]), where="study.rqda")
    assert [(c.code, c.coder) for c in project.codings] == [("work/team", "ann"), ("team", "study")]
    assert quotes(project) == ["met", "We"]
    assert [p.what for p in project.problems] == [
        "2 deleted sources and codings are left out", "1 codes are in several categories", "1 codings name a code or a source that is not there",
    ]


def test_the_tool_is_told_by_its_tables():
    assert read_database(taguette("x", []), where="a.db").tool == "Taguette"
    assert read_database(qualcoder("x", []), where="a.db").tool == "QualCoder"
    assert read_database(database(RQDA, []), where="a.db").tool == "RQDA"
    with pytest.raises(ReadingError, match="no tool that is known"):
        read_database(database("CREATE TABLE x (y)", []), where="a.db")


VIEW = QUALCODER.replace("CREATE TABLE source", "CREATE TABLE hidden") + "CREATE VIEW source AS SELECT * FROM hidden;"
GENERATED = QUALCODER.replace("fulltext TEXT", "fulltext TEXT GENERATED ALWAYS AS (hex(zeroblob(9)))")


@pytest.mark.parametrize("data", [
    pytest.param(database(VIEW, []), id="a view instead of a table"),
    pytest.param(database(GENERATED, []), id="a column that is computed"),
    pytest.param(b"SQLite format 3\0" + b"\0" * 400, id="only a header"),
    pytest.param(b"SQLite format 3\0", id="16 bytes"),
    pytest.param(b"PK\x03\x04nothing", id="no archive"),
    pytest.param(b"words", id="text"),
])
def test_databases_that_cannot_be_read(data):
    with pytest.raises(ReadingError):
        read_database(data, where="a.qda")


def test_a_database_with_a_write_ahead_log_is_read():
    data = bytearray(qualcoder("We met.", [(1, 3, 6, "met", "a")]))
    data[18:20] = b"\x02\x02"
    assert quotes(read_database(bytes(data), where="a.qda")) == ["met"]


def test_triggers_are_of_no_use():
    data = qualcoder("We met.", [(1, 3, 6, "met", "a")], "CREATE TRIGGER t AFTER INSERT ON source BEGIN DELETE FROM code_text; END;")
    assert quotes(read_database(data, where="a.qda")) == ["met"]


@pytest.mark.parametrize("make", [lambda: taguette("<p>We met.</p>", [(1, 3, 6, "met", [1])]), lambda: qualcoder("We met.", [(1, 3, 6, "met", "a")])])
def test_damage_is_told_and_never_raised(make):
    data, chance = make(), random.Random(1)
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 40)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            project = read_database(bytes(broken[: chance.choice([len(broken), chance.randrange(len(broken))])]), where="a.db")
        except ReadingError:
            continue
        quotes(project)


WORDS = st.lists(st.text(st.sampled_from("ab é😀e\u0301\u0323\r\nㄱ각\u1161"), min_size=1, max_size=6), min_size=3, max_size=3)


def selections_hold(words, reader):
    before, quote, after = words
    text = before + quote + after
    if reader == "qualcoder":
        project = read_qualcoder(qualcoder(text, [(1, len(before), len(before + quote), "", "a")]), where="p.qda")
        assert project.sources[0].text == canonical(text)
        held, wanted = (Counter(unicodedata.normalize("NFD", canonical(part))) for part in (quotes(project)[0], quote.strip("\r\n")))
        assert wanted <= held
    else:
        html = f"<p>{text}</p>".replace("\r\n", "\n").replace("\r", "\n")
        before, quote = (part.replace("\r\n", "\n").replace("\r", "\n") for part in (before, quote))
        start = len(before.encode())
        project = read_taguette(taguette(html, [(1, start, start + len(quote.encode()), "", [1])]), where="p.db")
        assert project.codings[0].span is not None


@given(WORDS, st.sampled_from(["qualcoder", "taguette"]))
@settings(max_examples=30, deadline=None)
def test_selections_hold(words, reader):
    selections_hold(words, reader)


@pytest.mark.slow
@given(WORDS, st.sampled_from(["qualcoder", "taguette"]))
@settings(max_examples=10_000, deadline=None)
def test_selections_hold_in_many_cases(words, reader):
    selections_hold(words, reader)
