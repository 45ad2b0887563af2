"""Quotations of exported REFI-QDA projects: what was written holds; one wrong character, place or name does not."""

from __future__ import annotations

import io
import random
import re
import zipfile

import pytest
from lxml import etree

from nptlens.core.errors import ReadingError
from nptlens.core.quotations import Fault, faults
from nptlens.core.text import Span, canonical
from nptlens.exchange.outgoing import Claim, OutgoingCoding, OutgoingProject, OutgoingSource
from nptlens.exchange.quotations import qdpx_quotations
from nptlens.exchange.write import write_qdpx
from nptlens.schemas.records import Code, Codebook

SAID = canonical(
    "<script>alert(1)</script> &amp; so on\r\n=HYPERLINK(\"http://x\") @SUM \u202ereversed\u202c cafe\u0301 \U0001f389 \U0001d49c\r\n"
    + "x" * 10_000 + "\n  two  spaces,\ta tab, a \x01 and \x0b, somebody's 'words'.\n"
)
NAME = "an  odd & name"
CLAIM = Claim(0.8, "assigned", 0.2)
CODES = Codebook("book", "1", (Code("A", "A", ""), Code("B", "B", "")))
SPANS = (Span(0, 37), Span(20, 60), Span(38, 45), Span(30, 10_100), Span(len(SAID) - 40, len(SAID)), Span(3, 3))
CODINGS = [
    OutgoingCoding(name, span, code, coder, claim=claim)
    for name in ("S01", NAME)
    for span in SPANS
    for code, coder, claim in (("A", "ann", None), ("B", "ann", None), ("A", "machine:0", CLAIM))
]
PROJECT = OutgoingProject("study", CODES, (OutgoingSource("S01", SAID), OutgoingSource(NAME, SAID), OutgoingSource("S02", "")), tuple(CODINGS))
TEXTS = {source.id: source.text for source in PROJECT.sources}
DATA = write_qdpx(PROJECT)
POOL = "aZ9 é🎉Ω.,'’\u00a0\n<&=@"


def wrong(data: bytes, texts: dict[str, str] | None = None) -> list[Fault]:
    return list(faults(qdpx_quotations(data, TEXTS, where="x.qdpx"), texts or TEXTS, ()))


def members() -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(DATA))
    return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_what_was_written_holds():
    assert wrong(DATA) == []
    found = qdpx_quotations(DATA, TEXTS, where="x.qdpx")
    assert sum(each.kind == "source" for each in found) == 3
    assert sum(each.kind == "selection" for each in found) == 2 * len(SPANS) * 2


def test_one_wrong_character_of_a_source_is_found():
    dice, files = random.Random(6), members()
    names = [name for name, data in files.items() if name.startswith("sources/") and data]
    for _ in range(100):
        name = dice.choice(names)
        right, at, new = files[name].decode(), dice.randrange(len(SAID)), dice.choice(POOL)
        text = dice.choice((right[:at] + new + right[at + 1 :], right[:at] + right[at + 1 :], right[:at] + new + right[at:]))
        if text != right:
            assert "source" in {fault.kind for fault in wrong(packed({**files, name: text.encode()}))}


def test_one_wrong_character_of_a_place_or_a_name_is_found():
    dice, files = random.Random(7), members()
    root = etree.fromstring(files["project.qde"])
    selections = list(root.iter("{*}PlainTextSelection"))
    for _ in range(100):
        selection, name = dice.choice(selections), dice.choice(("startPosition", "endPosition", "name"))
        right = selection.get(name)
        new = dice.choice("0123456789") if name != "name" else dice.choice("éΩ9")
        at = dice.randrange(len(right) + (not right))
        selection.set(name, right[:at] + new + right[at + 1 :])
        if selection.get(name) != right:
            assert wrong(packed({**files, "project.qde": etree.tostring(root)}))
        selection.set(name, right)


def test_two_names_that_changed_places_are_found():
    files = members()
    root = etree.fromstring(files["project.qde"])
    first, second = list(root.iter("{*}PlainTextSelection"))[:2]
    names = first.get("name"), second.get("name")
    if names[0] == names[1]:
        second = next(each for each in root.iter("{*}PlainTextSelection") if each.get("name") != names[0])
        names = first.get("name"), second.get("name")
    first.set("name", names[1])
    second.set("name", names[0])
    assert len(wrong(packed({**files, "project.qde": etree.tostring(root)}))) == 2


def test_a_source_that_the_study_lacks_or_the_project_lost_is_found():
    assert {fault.what for fault in wrong(DATA, {"S01": SAID, "S02": ""})} == {"the study has no such transcript"}
    files = members()
    files.pop(next(name for name, data in files.items() if name.startswith("sources/") and data))
    told = [fault.what for fault in wrong(packed(files))]
    assert any("does not hold the text" in what for what in told)


@pytest.mark.parametrize("origin", ["NVivo", ""])
def test_a_project_of_another_program_is_refused(origin):
    files = members()
    files["project.qde"] = re.sub(rb'origin="[^"]*"', f'origin="{origin}"'.encode(), files["project.qde"], count=1)
    with pytest.raises(ReadingError, match="not a project that nptlens exported"):
        wrong(packed(files))
