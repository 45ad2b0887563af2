"""report.md and excerpts.jsonl: words stay words, and come back exactly."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from nptlens.core.text import canonical
from nptlens.reporting import ReportInputs, report
from nptlens.reporting._markdown import plain, quoted
from nptlens.reporting._words import visible
from nptlens.schemas.records import Participant

PARSER = MarkdownIt("commonmark").enable("table")
HOSTILE = (
    "<script>alert(1)</script> ![x](http://evil.example/x.png) [click](javascript:1)",
    "# not a heading\n- not a list\n1. nor this\n> nor that\n```\n| a | b |\n---\n\n\n    no code",
    "https://evil.example and www.evil.example, <a@b.c> &amp; &lt;",
    "then \u202ereversed *and* _never_ ~~closed~~ $x$ :heart: @someone",
    "x" * 10_000,
)


def _words(tokens: list[Token]) -> str:
    """Return the text of a parsed document; anything but paragraphs in one block quote is a fault."""
    found = ""
    for token in tokens:
        assert token.type in {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline"}, token.type
        for child in token.children or []:
            assert child.type in {"text", "hardbreak", "softbreak", "text_special"}, child.type
            found += "\n" if child.type == "hardbreak" else child.content
    return found


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=80))
def test_any_quotation_comes_back(raw: str) -> None:
    text = canonical(raw).strip()
    shown = "".join(visible(each) if unicodedata.category(each) == "Cc" and each not in "\n\t" else each for each in text)
    if text:
        assert _words(PARSER.parse(quoted(text))) == shown


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    assert _words(PARSER.parse(quoted(words))) == words
    (paragraph, inline, _) = PARSER.parse(plain(words))
    assert paragraph.type == "paragraph_open" and {each.type for each in inline.children or []} <= {"text", "text_special"}


def _with(inputs: ReportInputs, *formats: str, **settings: object) -> ReportInputs:
    return replace(inputs, settings=inputs.settings.model_copy(update={"formats": formats, **settings}))


def test_the_file_holds_nothing_but_words_tables_and_quotes(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    talk = {"i1": [turn for words in HOSTILE for turn in (("Int", "Go on?"), ("Ann Marsh", words))]}
    people = {"Int": Participant("INT", interviewer=True), "Ann Marsh": Participant("<b>S|1</b>", (), "# GP", "[P](x)")}
    inputs = _with(make_inputs(talk, people=people, study_name="# Study\n<script>"), "md", excerpts=99)
    (path,) = report(inputs, tmp_path)
    tokens = PARSER.parse(path.read_text(encoding="utf-8"))
    kinds = {each.type for token in tokens for each in [token, *(token.children or [])]}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "fence", "code_block", "hr"}
    tops = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"]
    assert tops[0] == "Findings" and tops[-1] == "Methods appendix"


def test_lines_hold_the_exact_words(inputs: ReportInputs, tmp_path: Path) -> None:
    (path,) = report(_with(inputs, "jsonl"), tmp_path)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = {each.id: each.text for each in inputs.transcripts}
    machine = [row for row in rows if row["coder"].startswith("machine")]
    assert machine and all(row["text"] == texts[row["transcript"]][row["start"] : row["end"]] for row in machine)
    people = [row for row in rows if not row["coder"].startswith("machine")]
    assert len(people) == 4  # the coding of ``none`` is no coding
    for row in people:
        for turn in row["turns"]:
            name, _, offsets = turn["place"].rpartition(":")
            start, end = map(int, offsets.split("-"))
            assert turn["text"] == texts[name][start:end]


def test_same_inputs_same_bytes(inputs: ReportInputs, tmp_path: Path) -> None:
    shuffled = replace(inputs, codings=inputs.codings.iloc[::-1], manual=inputs.manual.iloc[::-1], segments=inputs.segments.iloc[::-1])
    first, again = report(_with(inputs, "md", "jsonl"), tmp_path / "a"), report(_with(shuffled, "md", "jsonl"), tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
