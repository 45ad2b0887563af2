"""Hostile strings in text, speakers, file names and code names are shown as text: nothing in the page comes from them but words."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from openpyxl import load_workbook
from tests.injections import STRINGS

from nptlens.core.quotations import faults
from nptlens.core.text import canonical
from nptlens.reporting import ReportInputs, report
from nptlens.reporting._wordxml import W
from nptlens.reporting.verify import quotations
from nptlens.schemas.records import Code, Codebook, Participant

_BATCH = 23
_NAMED = ("href", "role", "style", "src", "type", "http-equiv", "content", "name", "tabindex", "dir", "scope", "colspan")


def planted(make_inputs: Callable[..., ReportInputs], strings: Sequence[str], *, excerpts: int = 3, codes: int | None = None) -> ReportInputs:
    """A study with each string as a participant, role, practice, transcript, code name, definition, and at both ends of an answer."""
    people = {"Int": Participant("INT", interviewer=True)}
    people |= {f"R{n}": Participant(each, (), f"{each}role", f"{each}practice") for n, each in enumerate(strings)}
    talk = {
        each: [("Int", f"{each}?"), (f"R{n}", f"{each} is what they typed"), ("Int", "And?"), (f"R{n}", f"They also typed {each}")]
        for n, each in enumerate(strings)
    }
    book = tuple(Code(f"K{n}", each, f"{each} meant", f"{each} in", f"{each} out", each) for n, each in enumerate(strings[:codes]))
    inputs = make_inputs(talk, people=people, codebook=Codebook("hostile", strings[0], book), study_name=strings[-1])
    settings = inputs.settings.model_copy(update={"excerpts": excerpts})
    return replace(inputs, codings=inputs.codings.assign(decision="assigned"), settings=settings)


def _skeleton(page: bytes) -> set[tuple[str, ...]]:
    """What a page is made of: elements with their attributes, and the values of those that do something."""
    root = lxml_html.document_fromstring(page, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    found = {(str(each.tag), *sorted(each.attrib)) for each in root.iter()}
    drawn = set(root.xpath("//svg/descendant::*"))  # the look of a mark follows the figures
    plain = [each for each in root.iter() if each not in drawn]
    found |= {(str(each.tag), name, each.get(name)) for each in plain for name in _NAMED if each.get(name) is not None}
    found |= {(str(each.tag), "class", word) for each in plain for word in each.get("class", "").split()}
    return {each for each in found if not re.fullmatch("s[0-5]", each[-1])}


def _parts(data: bytes) -> tuple[set[str], set[tuple[str, ...]], list[str]]:
    """What an Office file is made of: its members, their elements with their attributes, and the targets outside of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        roots = {name: etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    elements = [each for root in roots.values() for each in root.iter()]
    outside = [each.get("Target", "") for each in elements if each.get("TargetMode") == "External"]
    return set(roots), {(str(each.tag), *sorted(each.attrib)) for each in elements}, outside


def _marks(page: str) -> set[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    return {each.type for token in tokens for each in [token, *(token.children or [])]}


_STARTS = range(0, len(STRINGS), _BATCH)


_OWN_LOOK = {f"{{{W}}}{name}" for name in ("br", "tab", "rStyle")}  # lines and tabs of the words, control characters shown by number


@pytest.mark.parametrize("start", [_STARTS[0], *(pytest.param(each, marks=pytest.mark.slow) for each in _STARTS[1:])])
def test_nothing_comes_alive(make_inputs: Callable[..., ReportInputs], tmp_path: Path, start: int) -> None:
    strings = STRINGS[start : start + _BATCH]
    inputs, twin = planted(make_inputs, strings), planted(make_inputs, [f"harmless{n}" for n in range(len(strings))])
    report(inputs, tmp_path / "hostile")
    report(twin, tmp_path / "twin")
    page = (tmp_path / "hostile" / "report.html").read_bytes()
    assert _skeleton(page) == _skeleton((tmp_path / "twin" / "report.html").read_bytes())

    texts = {transcript.id: transcript.text for transcript in inputs.transcripts}
    said = {canonical(words) for each in strings for words in (f"{each} is what they typed", f"They also typed {each}")}
    for name in ("report.html", "codings.csv", "excerpts.xlsx"):
        found = quotations((tmp_path / "hostile" / name).read_bytes(), texts, where=name)
        assert list(faults(found, texts, set(inputs.segments["segment_id"]))) == []
        assert said <= {each.text for each in found}

    book = load_workbook(io.BytesIO((tmp_path / "hostile" / "excerpts.xlsx").read_bytes()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert not [cell for cell in cells if cell.hyperlink]


@pytest.mark.slow
@pytest.mark.parametrize("start", _STARTS)
def test_nothing_comes_alive_in_files_to_edit(make_inputs: Callable[..., ReportInputs], tmp_path: Path, start: int) -> None:
    strings = STRINGS[start : start + _BATCH]
    made = {"hostile": planted(make_inputs, strings, codes=4), "twin": planted(make_inputs, [f"harmless{n}" for n in range(len(strings))], codes=4)}
    for name, inputs in made.items():
        report(replace(inputs, settings=inputs.settings.model_copy(update={"formats": ("docx", "md", "jsonl")})), tmp_path / name)
    texts = {transcript.id: transcript.text for transcript in made["hostile"].transcripts}
    said = {canonical(words) for each in strings for words in (f"{each} is what they typed", f"They also typed {each}")}
    for name in ("report.docx", "annotated.docx"):
        members, elements, outside = _parts((tmp_path / "hostile" / name).read_bytes())
        harmless = _parts((tmp_path / "twin" / name).read_bytes())
        assert members == harmless[0]
        assert {each for each in elements - harmless[1] if each[0] not in _OWN_LOOK} == set()
        assert outside == harmless[2] == []
    for name in ("report.docx", "annotated.docx", "excerpts.jsonl"):
        found = quotations((tmp_path / "hostile" / name).read_bytes(), texts, where=name)
        assert list(faults(found, texts, set(made["hostile"].segments["segment_id"]))) == []
        assert name == "report.docx" or said <= {each.text for each in found}
    hostile, twin = ((tmp_path / name / "report.md").read_text("utf-8") for name in made)
    assert _marks(hostile) - _marks(twin) <= {"softbreak", "hardbreak", "text_special"}
