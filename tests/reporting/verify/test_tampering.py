"""One wrong character of what somebody said, wherever a report shows it: 200 tamperings of each format are rejected with their place.

Every word of the talk is a word of its own, so that what a reader sees of it is found in the files without asking what `verify` reads.
"""

from __future__ import annotations

import base64
import html
import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pytest

from nptlens.core.quotations import Fault, faults, place_of
from nptlens.core.text import Span
from nptlens.exchange.outgoing import OutgoingCoding, OutgoingProject, OutgoingSource
from nptlens.exchange.quotations import qdpx_quotations
from nptlens.exchange.write import WRITERS
from nptlens.reporting import ReportInputs, report
from nptlens.reporting.verify import quotations
from nptlens.schemas.records import Seed

TIMES = 200
_AT_ONCE = 10  # tamperings of a file that are read together, each in a turn of its own
POOL = "aZ9 é🎉Ω.,'’\u00a0\u200b\u202e<&=@\""
_WORD = re.compile(r"kq[0-9]{4}[b-z]{3}")
_LETTERS = "bcdfghjlmnprstvwxz"
_FORMATS = ("html", "csv", "docx", "jsonl", "xlsx")
_EXPORTS = ("qdpx", "csv", "jsonl", "xlsx")


@dataclass(frozen=True, slots=True)
class Site:
    """A word of somebody's as it stands in a member of a file (the file itself where it is none), and how a character is written there."""

    member: str
    start: int
    end: int
    written: Callable[[str], str]


@dataclass(frozen=True)
class Made:
    """The files of a report and the study that they must fit."""

    files: Mapping[str, bytes]
    texts: Mapping[str, str]
    segments: frozenset[str]

    def faults(self, name: str, data: bytes) -> list[Fault]:
        """Return what does not hold in a file."""
        read = qdpx_quotations(data, self.texts, where=name) if name.endswith(".qdpx") else quotations(data, self.texts, where=name)
        return list(faults(read, self.texts, self.segments))

    def place(self, word: str) -> tuple[str, int]:
        """Return the transcript and the offset of a word, which stands nowhere else."""
        ((name, text),) = [each for each in self.texts.items() if word in each[1]]
        return name, text.index(word)


def _word(number: int) -> str:
    return f"kq{number:04}{''.join(_LETTERS[number // 18**power % 18] for power in range(3))}"


def _talk() -> dict[str, list[tuple[str, str]]]:
    numbers = iter(range(10_000))

    def said(words: int) -> str:
        own = [_word(next(numbers)) for _ in range(words)]
        return f"{own[0]} {own[1]}, & <b>{own[2]}</b>\n=“{own[3]}” {' '.join(own[4:])}"

    return {f"interview {n}": [turn for _ in range(6) for turn in (("Int", said(5)), ("Ann Marsh", said(14)), ("Bob Tanner", said(9)))] for n in (1, 2)}


@pytest.fixture(scope="module")
def made(make_inputs: Callable[..., ReportInputs], tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One report of all formats, in which most excerpts are packed, and what is exported for other tools."""
    inputs = make_inputs(_talk())
    settings = inputs.settings.model_copy(update={"excerpts": 2, "formats": _FORMATS})
    own = inputs.segments[["segment_id", "text", "transcript_id"]].itertuples(index=False, name=None)
    taught = tuple(Seed(name, text, ("F1",), group=transcript) for name, text, transcript in own)  # people's coding may teach
    near = "; ".join(f"{seed.id}=0.71" for seed in taught[::3])
    inputs = replace(inputs, codings=inputs.codings.assign(decision="assigned", nearest_seeds=near), settings=settings, taught=taught)
    paths = report(inputs, tmp_path_factory.mktemp("tampered"))
    texts = {each.id: each.text for each in inputs.transcripts}
    spans = inputs.segments[["transcript_id", "start", "end"]].itertuples(index=False, name=None)
    codings = tuple(OutgoingCoding(name, Span(start, end), "F1", "ann") for name, start, end in spans)
    project = OutgoingProject("study", inputs.codebook, tuple(OutgoingSource(*each) for each in texts.items()), codings)
    files = {path.name: path.read_bytes() for path in paths}
    files |= {name: write(project) for name, write in (WRITERS[kind] for kind in _EXPORTS)}
    return Made(files, texts, frozenset(inputs.segments["segment_id"]))


def _members(data: bytes) -> dict[str, bytes]:
    """Return what an archive holds; a file that is none is its own member."""
    if not data.startswith(b"PK"):
        return {"": data}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {member: archive.read(member) for member in archive.namelist()}


def _joined(members: Mapping[str, bytes]) -> bytes:
    if "" in members:
        return members[""]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return buffer.getvalue()


def _written(name: str, member: str) -> Callable[[str], str]:
    """Return how a character of a word is written in a member."""
    if name.endswith(".jsonl"):
        return lambda new: json.dumps(new, ensure_ascii=False)[1:-1]
    if name.endswith(".csv"):
        return lambda new: new.replace('"', '""')
    return str if member.endswith(".txt") else html.escape


def _sites(name: str, members: Mapping[str, bytes]) -> list[Site]:
    """Return where words of the talk stand in a file, in whatever role."""
    texts = {member: data.decode() for member, data in members.items() if member.endswith((".xml", ".qde", ".txt")) or not member}
    return [Site(member, *found.span(), _written(name, member)) for member, text in texts.items() for found in _WORD.finditer(text)]


def _tampered(dice: random.Random, word: str, written: Callable[[str], str]) -> str:
    """Return a word, as it is written, with one character changed, left out or put in, or with two neighbours in each other's place."""
    while True:
        at, new, how = dice.randrange(len(word)), dice.choice(POOL), dice.randrange(4)
        left, here, right = word[:at], word[at], word[at + 1 :]
        found = (
            left + written(new) + right,
            left + right,
            left + written(new) + here + right if dice.random() < 0.5 else left + here + written(new) + right,
            left + right[:1] + here + right[1:],
        )[how]
        if found != word:
            return found


def _told(made: Made, name: str, data: bytes, words: Iterable[str]) -> list[str]:
    """Return the words that no fault of a file names the place of."""
    found = [place_of(fault.place) for fault in made.faults(name, data)]
    places = {word: made.place(word) for word in words}
    return [
        word
        for word, (transcript, offset) in places.items()
        if not any(each is not None and each[0] == transcript and each[1].start <= offset < each[1].end for each in found)
    ]


def test_all_that_a_page_quotes_is_read(made: Made) -> None:
    kinds = {each.kind for each in quotations(made.files["report.html"], made.texts, where="report.html")}
    assert kinds == {"excerpt", "context", "seed", "packed excerpt"}


@pytest.mark.parametrize(
    ("name", "least"),
    [
        *(("report.html", 50), ("report.docx", 50), ("annotated.docx", 250), ("excerpts.xlsx", 250), ("codings.csv", 250), ("excerpts.jsonl", 250)),
        *(("export.qdpx", 300), ("export.csv", 250), ("export.jsonl", 250), ("export.xlsx", 250)),
    ],
)
def test_one_wrong_character_is_rejected(made: Made, name: str, least: int) -> None:
    members = _members(made.files[name])
    assert made.faults(name, _joined(members)) == []
    sites, dice, accepted = _sites(name, members), random.Random(f"tampered {name}"), []
    texts = {site.member: members[site.member].decode() for site in sites}
    assert len({texts[site.member][site.start : site.end] for site in sites}) > least
    at_once = 1 if name.endswith(".qdpx") else _AT_ONCE  # the place of a project's source is the whole transcript
    for _ in range(TIMES // at_once):
        chosen = _apart(made, at_once, {site: texts[site.member][site.start : site.end] for site in dice.sample(sites, len(sites))})
        wrong = dict(texts)
        for site, word in sorted(chosen.items(), key=lambda each: each[0].start, reverse=True):  # offsets before it stay
            text = wrong[site.member]
            wrong[site.member] = f"{text[: site.start]}{_tampered(dice, word, site.written)}{text[site.end :]}"
        data = _joined(members | {member: text.encode() for member, text in wrong.items()})
        accepted += _told(made, name, data, chosen.values())
    assert accepted == []


def _apart(made: Made, number: int, sites: Mapping[Site, str]) -> dict[Site, str]:
    """Return the first sites whose words are of different turns, so that the fault of one is not taken for that of another."""
    found: dict[tuple[str, int], tuple[Site, str]] = {}
    for site, word in sites.items():
        transcript, offset = made.place(word)
        turn = made.texts[transcript].count(": ", 0, offset)
        found.setdefault((transcript, turn), (site, word))
        if len(found) == number:
            break
    assert len(found) == number
    return dict(found.values())


_BLOCK = re.compile(r'(?s)(<script type="application/json"[^>]*>)(.*?)(</script>)')


def _packed(made: Made) -> tuple[str, re.Match[str], dict[str, object]]:
    page = made.files["report.html"].decode()
    found = _BLOCK.search(page)
    assert found is not None
    return page, found, json.loads(found[2])


def _zipped(columns: object) -> str:
    return base64.b64encode(zlib.compress(json.dumps(columns, ensure_ascii=False).encode())).decode()


def test_one_wrong_character_of_a_packed_excerpt_is_rejected(made: Made) -> None:
    page, found, block = _packed(made)
    (stream,) = block["blocks"]
    columns = json.loads(zlib.decompress(base64.b64decode(stream)))
    dice, accepted = random.Random("tampered pack"), []
    for _ in range(TIMES // _AT_ONCE):
        texts, words = list(columns["text"]), []
        for number in dice.sample(range(len(texts)), _AT_ONCE):
            words.append(dice.choice(_WORD.findall(texts[number])))
            texts[number] = texts[number].replace(words[-1], _tampered(dice, words[-1], str))
        wrong = json.dumps(block | {"blocks": [_zipped(columns | {"text": texts})]})
        accepted += _told(made, "report.html", f"{page[: found.start(2)]}{wrong}{page[found.end(2) :]}".encode(), words)
    assert accepted == []


def test_one_wrong_character_of_the_block_is_rejected(made: Made) -> None:
    _, found, _ = _packed(made)
    block, dice, accepted = found[2], random.Random("tampered block"), []
    streams = [each.span(1) for each in re.finditer('"([A-Za-z0-9+/=]{40,})"', block)]
    assert len(streams) == 5  # names, three codes, one block of excerpts
    for _ in range(TIMES):
        at, new = dice.randrange(*dice.choice(streams)), dice.choice("ABCabcxyz019+/=")
        left, old, right = block[:at], block[at], block[at + 1 :]
        wrong = dice.choice((left + new + right, left + right, left + new + old + right, left + right[:1] + old + right[1:]))
        if wrong != block and not made.faults("report.html", f"{found[1]}{wrong}{found[3]}".encode()):
            accepted.append((at, wrong[at - 20 : at + 20]))
    assert accepted == []


@pytest.mark.parametrize(("old", "new"), [('"size":512', '"size":9'), ('"size":512', '"size":0'), ('"size":512', '"size":"512"'), ('"codes":', '"coded":')])
def test_a_block_whose_parts_do_not_fit_is_rejected(made: Made, old: str, new: str) -> None:
    _, found, _ = _packed(made)
    assert made.faults("report.html", found[0].encode()) == []
    assert old in found[2]
    assert made.faults("report.html", f"{found[1]}{found[2].replace(old, new)}{found[3]}".encode())


_MARKS = re.compile(r'w:tag w:val="(q_[^"]*)"')


@pytest.mark.parametrize("name", ["report.docx", "annotated.docx"])
def test_one_wrong_character_of_a_mark_in_word_is_rejected(made: Made, name: str) -> None:
    members, part = _members(made.files[name]), "word/document.xml"
    text, dice = members[part].decode(), random.Random(f"marks {name}")
    marks = list(_MARKS.finditer(text))
    for _ in range(TIMES // _AT_ONCE):
        wrong = text
        for mark in sorted(dice.sample(marks, _AT_ONCE), key=lambda each: each.start(), reverse=True):
            wrong = f"{wrong[: mark.start(1)]}{_tampered(dice, mark[1], html.escape)}{wrong[mark.end(1) :]}"
        assert len(made.faults(name, _joined(members | {part: wrong.encode()}))) == _AT_ONCE
