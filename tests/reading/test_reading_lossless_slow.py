"""Ten thousand invented files of each format: all that is said comes back in order, and nothing else does.

Two properties: whatever text a file holds, the canonical text holds it code point by code point (white space apart, which formats treat
in their own ways); and turns written in a layout come back as the same turns. The small profile runs a few of them each time.
"""

from __future__ import annotations

import csv
import html
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading import kinds, read_file

EXAMPLES = int(os.environ.get("NPTLENS_EXAMPLES", "10000"))
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

# Letters of several scripts, combining marks, astral code points, quotes, marks of direction, punctuation that layouts look at.
LETTERS = "abcdefgXYZ\u00e9\u0301\u00df\u4e2d\u05d0\u0627\U0001f600\U00020000'\u2019\u201c0123.,?!:;-\u2014()[]*_#/>\u200f\u00a0\u00ad"
LINE = st.text(st.sampled_from(LETTERS + " " * 12), min_size=1, max_size=80)  # one draw: nested lists take three times as long
LINES = st.lists(LINE, min_size=1, max_size=10)
SAFE = st.text(st.sampled_from("abcdefgXYZ\u00e9\u00df\u4e2d\u05d0\U0001f600\u2019" + " " * 3), max_size=60)
SENTENCE = SAFE.map(lambda text: canonical(" ".join(f"so {text} it is.".split())))
TURNS = st.lists(SENTENCE, min_size=4, max_size=12)
NAMES = st.sampled_from([("INT", "C01"), ("I", "R"), ("Ann Lee", "Bo Ek"), ("Interviewer", "Ann"), ("SMITH", "O'NEIL"), ("Zo\u00eb", "Ann")])


def _docx(lines):
    """A document as small as Word opens it; python-docx, which other tests write with, takes sixty milliseconds for each."""
    space = "http://schemas.openxmlformats.org/"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{html.escape(line, quote=False)}</w:t></w:r></w:p>' for line in lines)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}package/2006/relationships"><Relationship Id="r1" '
        f'Type="{space}officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{space}wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>',
    }
    return _zipped(parts)


def _zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _odt(lines):
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    kind = "application/vnd.oasis.opendocument.text"
    body = "".join(f"<text:p>{html.escape(line, quote=False)}</text:p>" for line in lines)
    content = (
        f'<office:document-content xmlns:office="{names}office:1.0" xmlns:text="{names}text:1.0" office:version="1.3">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    entry = '<m:file-entry m:full-path="{}" m:media-type="{}"/>'
    manifest = f'<m:manifest xmlns:m="{names}manifest:1.0">{entry.format("/", kind)}{entry.format("content.xml", "text/xml")}</m:manifest>'
    empty = f'<office:document-{{0}} xmlns:office="{names}office:1.0" office:version="1.3"/>'
    parts = {"mimetype": kind, "content.xml": content, "styles.xml": empty.format("styles"), "meta.xml": empty.format("meta")}
    return _zipped({**parts, "META-INF/manifest.xml": manifest})


def _rtf(lines):
    def written(character):
        if ord(character) < 128:
            return f"\\{character}" if character in "\\{}" else character
        units = character.encode("utf-16-le")
        codes = [int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2)]
        return "".join(f"\\u{code}?" for code in codes)

    return ("{\\rtf1\\ansi\\uc1 " + "\\par\n".join("".join(map(written, line)) for line in lines) + "}").encode()


def _table(rows, separator=","):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode()


def _xlsx(rows):
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return out.getvalue()


def _cues(lines, point):
    return "\n\n".join(f"00:{i:02}:00{point}000 --> 00:{i:02}:30{point}000\n{line}" for i, line in enumerate(lines))


def _vtt(lines):
    return ("WEBVTT\n\n" + _cues([html.escape(line, quote=False) for line in lines], ".")).encode()


def _lrc(lines):
    return "\n".join(f"[{i:02}:00.00]{line}" for i, line in enumerate(lines)).encode()


def _html(lines):
    return ("<!DOCTYPE html><meta charset=utf-8><body>" + "".join(f"<p>{html.escape(line)}</p>" for line in lines)).encode()


def _json(rows):
    return json.dumps({"segments": [{"start": i, "end": i + 1, **row} for i, row in enumerate(rows)]}).encode()


def _ohms(text):
    return f'<ROOT xmlns="https://www.weareavp.com/nunncenter/ohms"><record><transcript>{html.escape(text)}</transcript></record></ROOT>'.encode()


# What a file of the kind looks like that holds these lines, and nothing else.
HOLDERS = {
    "a.txt": lambda lines: "\n".join(lines).encode(),
    "bom.txt": lambda lines: "\r\n".join(lines).encode("utf-8-sig"),
    "wide.txt": lambda lines: "\r".join(lines).encode("utf-16"),
    "a.md": lambda lines: "\n\n".join(lines).encode(),
    "a.docx": _docx,
    "a.odt": _odt,
    "a.rtf": _rtf,
    "a.vtt": _vtt,
    "a.srt": lambda lines: "\n\n".join(f"{i}\n{cue}" for i, cue in enumerate(_cues(lines, ",").split("\n\n"), 1)).encode(),
    "a.csv": lambda lines: _table([("text",), *((line,) for line in lines)]),
    "a.tsv": lambda lines: _table([("start", "end", "text"), *((i, i + 1, line) for i, line in enumerate(lines))], "\t"),
    "a.xlsx": lambda lines: _xlsx([("text",), *((line,) for line in lines)]),
    "a.json": lambda lines: _json([{"text": line} for line in lines]),
    "a.lrc": _lrc,
    "a.html": _html,
    "a.xml": lambda lines: _ohms("\n".join(lines)),
}
CAPTIONS = (".vtt", ".srt", ".lrc", ".tsv", ".json")
# The same turns in each format.
WRITERS = {
    **{name: (lambda pairs, holder=holder: holder([f"{n}: {w}" for n, w in pairs])) for name, holder in HOLDERS.items()},
    "timed.txt": lambda pairs: "\n".join(f"[0:{i:02}] {n}: {w}" for i, (n, w) in enumerate(pairs)).encode(),
    "otter.txt": lambda pairs: "\n\n".join(f"{n}  0:{i:02}\n{w}" for i, (n, w) in enumerate(pairs)).encode(),
    "voice.vtt": lambda pairs: ("WEBVTT\n\n" + _cues([f"<v {n}>{w}</v>" for n, w in pairs], ".")).encode(),
    "a.csv": lambda pairs: _table([("speaker", "text"), *pairs]),
    "a.tsv": lambda pairs: _table([("speaker", "text"), *pairs], "\t"),
    "a.xlsx": lambda pairs: _xlsx([("speaker", "text"), *pairs]),
    "a.json": lambda pairs: _json([{"speaker": n, "text": w} for n, w in pairs]),
}


@pytest.fixture(autouse=True, scope="module")
def _no_box():
    """Call striprtf in this process: the box around it has tests of its own, and ten thousand processes take an hour."""
    from nptlens.reading.formats import _rtf

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_rtf, "sandboxed", lambda name, data, where: _rtf.words(data))
        yield


def _read(name, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read_file(path, transcript_id="t", source=name, max_megabytes=1)


def _squeezed(text):
    return "".join(canonical(text).split())


def nothing_is_lost(name, lines):
    if Path(name).suffix not in kinds():
        pytest.skip(f"{name}: not read yet")
    if Path(name).suffix in CAPTIONS:  # a label that each cue of one speaker repeats is mark-up of the cue, and left out
        lines = [line.replace(":", ";") for line in lines]
    try:
        transcript = _read(name, HOLDERS[name](lines))
    except ReadingError:
        return
    transcript.verify()
    assert canonical(transcript.text) == transcript.text
    assert _squeezed(transcript.text) == _squeezed("\n".join(lines))


def turns_come_back(name, turns, names):
    if Path(name).suffix not in kinds():
        pytest.skip(f"{name}: not read yet")
    pairs = [(names[i % 2], words) for i, words in enumerate(turns)]
    transcript = _read(name, WRITERS[name](pairs))
    assert [(u.speaker, transcript.quote(u.span)) for u in transcript.utterances] == pairs
    transcript.verify()


@pytest.mark.parametrize("name", HOLDERS)
@FEW
@given(lines=LINES)
def test_nothing_is_lost(name, lines):
    nothing_is_lost(name, lines)


@pytest.mark.parametrize("name", WRITERS)
@FEW
@given(turns=TURNS, names=NAMES)
def test_turns_come_back(name, turns, names):
    turns_come_back(name, turns, names)


@pytest.mark.slow
@pytest.mark.parametrize("name", HOLDERS)
@MANY
@given(lines=LINES)
def test_nothing_is_lost_in_ten_thousand(name, lines):
    nothing_is_lost(name, lines)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
@MANY
@given(turns=TURNS, names=NAMES)
def test_turns_come_back_in_ten_thousand(name, turns, names):
    turns_come_back(name, turns, names)
