"""Whatever is said comes back, in every layout and format, and nothing is left over."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading import kinds, read_file

WORD = st.text(st.sampled_from("abcdefghij\u00e9'\u2019\u4e2d"), min_size=1, max_size=7).filter(
    lambda word: any(c.isalpha() for c in word)
)
SENTENCE = st.lists(WORD, min_size=1, max_size=12).map(lambda words: canonical("so " + " ".join(words) + "."))
TURNS = st.lists(SENTENCE, min_size=4, max_size=12)
NAMES = st.sampled_from([("INT", "C01"), ("I", "R"), ("Ann Lee", "Bo Ek"), ("Interviewer", "Ann"), ("SMITH", "O'NEIL")])


def _time(index: int) -> str:
    return f"{index // 60}:{index % 60:02}"


def _word(pairs) -> bytes:
    document = docx.Document()
    for name, words in pairs:
        document.add_paragraph(f"{name}: {words}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _csv(pairs) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([("speaker", "text"), *pairs])
    return out.getvalue().encode()


def _cues(pairs, point: str, pattern: str) -> str:
    return "\n\n".join(
        f"00:00:{i:02}{point}000 --> 00:00:{i + 1:02}{point}000\n" + pattern.format(*pair)
        for i, pair in enumerate(pairs)
    )


WRITERS = {
    "colon.txt": lambda pairs: "\n\n".join(f"{n}: {w}" for n, w in pairs).encode(),
    "tight.txt": lambda pairs: "\r\n".join(f"{n}: {w}" for n, w in pairs).encode("utf-8-sig"),
    "bold.md": lambda pairs: "\n\n".join(f"**{n}:** {w}" for n, w in pairs).encode("utf-16"),
    "timed.txt": lambda pairs: "\n".join(f"[{_time(i)}] {n}: {w}" for i, (n, w) in enumerate(pairs)).encode(),
    "otter.md": lambda pairs: "\n\n".join(f"{n}  {_time(i)}  \n{w}" for i, (n, w) in enumerate(pairs)).encode(),
    "tab.txt": lambda pairs: "\n".join(f"{n}\t{w}" for n, w in pairs).encode(),
    "own.txt": lambda pairs: "\n\n".join(f"{n}\n{w}" for n, w in pairs).encode(),
    "zoom.txt": lambda pairs: "\n".join(f"{n}\n00:00:{i:02}\n{w}" for i, (n, w) in enumerate(pairs)).encode(),
    "word.docx": _word,
    "rows.csv": _csv,
    "zoom.vtt": lambda pairs: ("WEBVTT\n\n" + _cues(pairs, ".", "{}: {}")).encode(),
    "teams.vtt": lambda pairs: ("WEBVTT\n\n" + _cues(pairs, ".", "<v {}>{}</v>")).encode(),
    "names.srt": lambda pairs: _cues(pairs, ",", "{}: {}").encode(),
}


def _read(name: str, data: bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read_file(path, transcript_id="t", source=name, max_megabytes=1)


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=25, deadline=None)
@given(turns=TURNS, names=NAMES)
def test_turns_come_back(name, turns, names):
    pairs = [(names[i % 2], words) for i, words in enumerate(turns)]
    transcript = _read(name, WRITERS[name](pairs))
    assert [(u.speaker, transcript.quote(u.span)) for u in transcript.utterances] == pairs
    transcript.verify()
    assert canonical(transcript.text) == transcript.text


@pytest.mark.parametrize("kind", kinds())
@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.sampled_from("aB1:.\n\t []*#<>-,;\u2028\ufeffI\u0301"), max_size=120), data=st.binary(max_size=60)
)
def test_anything_is_read_or_refused(kind, text, data):
    for raw in (text.encode(), data, b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + text.encode(), b"text\n" + text.encode()):
        try:
            transcript = _read(f"x{kind}", raw)
        except ReadingError:
            continue
        transcript.verify()
