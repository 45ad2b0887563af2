"""What happens to files on their way to a researcher, and what somebody who means harm makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import _zips

CANARY = "canary-zebra-quartz"  # stands in a file that no reader may open; it must not turn up in any text
_ARCHIVES = {".docx", ".docm", ".dotx", ".odt", ".xlsx", ".ods", ".qdpx"}
_XML = {".xml", ".qdc", ".html", ".ttml", ".dfxp", ".eaf", ".exb"}


@dataclass(frozen=True, slots=True)
class Base:
    """A good file that mutants are made from."""

    suffix: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Mutant:
    """One hostile or damaged file; `stem` is free of the number that makes it unique."""

    kind: str
    stem: bytes
    suffix: str
    data: bytes


Change = Callable[[bytes, random.Random], bytes]


def flipped(data: bytes, rng: random.Random) -> bytes:
    """Flip up to 64 bits."""
    whole = bytearray(data)
    for _ in range(rng.randint(1, 64)):
        whole[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
    return bytes(whole)


def truncated(data: bytes, rng: random.Random) -> bytes:
    """Cut the end off, or the beginning."""
    cut = rng.randrange(len(data))
    return data[:cut] if rng.random() < 0.8 else data[cut:]


def blocks_swapped(data: bytes, rng: random.Random) -> bytes:
    """Let two blocks change places, as a damaged disk does."""
    size = min(rng.choice((1, 16, 512, 4_096)), max(1, len(data) // 2))
    one, two = sorted(rng.sample(range(len(data) // size), 2)) if len(data) // size > 1 else (0, 0)
    whole = bytearray(data)
    whole[one * size : (one + 1) * size], whole[two * size : (two + 1) * size] = (
        data[two * size : (two + 1) * size],
        data[one * size : (one + 1) * size],
    )
    return bytes(whole)


def blocks_repeated(data: bytes, rng: random.Random) -> bytes:
    """Repeat a block many times."""
    start = rng.randrange(len(data))
    block = data[start : start + rng.choice((1, 2, 17, 300))]
    return data[:start] + block * rng.choice((2, 100, 5_000)) + data[start:]


def with_nul(data: bytes, rng: random.Random) -> bytes:
    """Put NUL and other control characters between the words."""
    whole = data
    for _ in range(rng.randint(1, 5)):
        place = rng.randrange(len(whole))
        whole = whole[:place] + rng.choice((b"\0", b"\x1b[2J", b"\x08", b"\x7f", "\u202e".encode(), "\ufeff".encode())) + whole[place:]
    return whole


def wrong_encoding(data: bytes, rng: random.Random) -> bytes:
    """Save the text in another encoding, or twice in one."""
    text = data.decode("utf-8", "replace")
    name = rng.choice(
        (
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "cp1252",
            "mac_roman",
            "cp500",
            "shift_jis",
            "koi8_r",
            "utf-7",
            "twice",
            "odd",
            "surrogates",
        )
    )
    if name == "twice":
        return text.encode().decode("latin-1").encode()
    if name == "odd":
        return text.encode("utf-16")[:-1]
    if name == "surrogates":
        return text[:100].encode("utf-16") + b"\x00\xd8" * 5 + text[100:].encode("utf-16-le")
    return text.encode(name, "replace")


_LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9))
_QUADRATIC = b'<!ENTITY a "' + b"ha" * 50_000 + b'">'
_DOCTYPES: tuple[tuple[str, bytes, bytes], ...] = (
    ("xml bomb", b'<!DOCTYPE x [<!ENTITY l0 "ha">' + _LAUGHS + b"]>", b"&l9;"),
    ("xml bomb", b"<!DOCTYPE x [" + _QUADRATIC + b"]>", b"&a;" * 2_000),
    ("xml bomb", b'<!DOCTYPE x [<!ENTITY l0 "ha">' + _LAUGHS + b"<!ATTLIST x y CDATA '&l9;'>]>", b""),
    ("xml bomb", b"<!DOCTYPE x [<!ENTITY % a '<!ENTITY &#37; b \"%c;\">'><!ENTITY % c '%a;'> %c;]>", b""),
    ("xxe", b'<!DOCTYPE x [<!ENTITY e SYSTEM "CANARYFILE">]>', b"&e;"),
    ("xxe", b'<!DOCTYPE x [<!ENTITY % e SYSTEM "CANARYFILE"> %e;]>', b""),
    ("xxe", b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">', b""),
    ("xxe", b'<!DOCTYPE x PUBLIC "-//A//B" "CANARYFILE">', b""),
    ("xxe", b"", b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="CANARYFILE" parse="text"/>'),
    ("xxe", b'<?xml-stylesheet type="text/xsl" href="CANARYFILE"?>', b""),
)


def armed(body: bytes, prolog: bytes, inside: bytes, canary: str) -> bytes:
    """Return an XML document with a prolog after its declaration, and something inside of its first text or element."""
    prolog, inside = (part.replace(b"CANARYFILE", canary.encode()) for part in (prolog, inside))
    end = body.find(b"?>") + 2 if body.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") else 0
    if body[end:].lstrip()[:9].lower() == b"<!doctype" and prolog.startswith(b"<!DOCTYPE"):
        body = body[:end] + body[body.find(b">", end) + 1 :]
    place = body.rfind(b"</w:t>") if b"</w:t>" in body else body.rfind(b"</")
    return body[:end] + prolog + (body[end:place] + inside + body[place:] if place > end else body[end:] + inside)


def deep(suffix: str, rng: random.Random) -> bytes:
    """Nest whatever the format can nest."""
    levels = rng.choice((300, 5_000, 100_000))
    if suffix in (".json", ".otr"):
        return rng.choice((b"[" * levels + b"]" * levels, b'{"segments":' * levels + b"1" + b"}" * levels))
    if suffix == ".rtf":
        return b"{\\rtf1 " + b"{\\b " * levels + b"words" + b"}" * levels + b"}"
    if suffix == ".pdf":
        return b"%PDF-1.4\n1 0 obj\n" + b"[" * levels + b"]" * levels + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    if suffix in (".vtt", ".srt"):
        return b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"<i><v A>" * levels + b"words"
    return b"<?xml version='1.0'?>" + b"<div>" * levels + b"words" + b"</div>" * levels


_LINES = (
    "a",
    " ",
    "Ann: ",
    "**",
    "\t",
    "Ann Lee ",
    "[00:00",
    "00:00:01 ",
    "<v ",
    "-->",
    ":",
    "A. ",
    "&#",
    '"',
    ",",
    "{\\rtf",
    "\u0301",
    "Ann\t",
    "00:00:01.000 --> ",
    "[",
    "(",
    "_",
)


def long_line(suffix: str, rng: random.Random) -> bytes:
    """One line of up to three million characters, of what a pattern might stumble over."""
    count = rng.choice((20_000, 300_000, 1_000_000))
    line = (rng.choice(_LINES) * count)[:3_000_000].encode()
    top = {
        ".vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\n",
        ".srt": b"1\n00:00:00,000 --> 00:00:01,000\n",
        ".csv": b"speaker,text\nAnn,",
        ".tsv": b"start\tend\ttext\n0\t1\t",
        ".rtf": b"{\\rtf1 ",
        ".cha": b"@Begin\n*ANN:\t",
        ".textgrid": b'"ooTextFile"\n"TextGrid"\n0\n9\n<exists>\n1\n"IntervalTier"\n"Ann"\n0\n9\n1\n0\n9\n"',
        ".sbv": b"0:00:00.000,0:00:01.000\n",
        ".ass": b"[Events]\nFormat: Start, End, Name, Text\nDialogue: 0:00:00.00,0:00:01.00,Ann,",
    }
    return (
        top.get(suffix, rng.choice((b"", b"Ann: so it was.\n\nBo: yes it was.\n\nAnn: so.\n\nBo: yes.\n\n")))
        + line
        + rng.choice((b"", b"x", b"\n\nAnn: yes"))
    )


def many_lines(suffix: str, rng: random.Random) -> bytes:
    """Very many small turns, cues or rows."""
    count = rng.choice((20_000, 60_000))
    if suffix == ".vtt":
        return b"WEBVTT\n\n" + b"".join(
            b"%02d:%02d:%02d.000 --> 99:00:00.000\nAnn: so %d\n\n" % (n // 3600, n // 60 % 60, n % 60, n) for n in range(count)
        )
    if suffix == ".srt":
        return b"".join(
            b"%d\n%02d:%02d:%02d,000 --> 99:00:00,000\nso %d\n\n" % (n, n // 3600, n // 60 % 60, n % 60, n) for n in range(count)
        )
    row = rng.choice(
        (b"Ann: so it was %d\n", b"\n", b"P%d: so it was\n", b"Ann Lee\n", b"0:01\n", b"# %d\n", b"Ann  0:01\nso %d\n\n", b"Ann,so %d\n")
    )
    top = {".csv": b"speaker,text\n", ".tsv": b"start\tend\ttext\n"}.get(suffix, b"")
    return top + b"".join(row % n if b"%" in row else row for n in range(count))


_NAMES = (
    "interview\u202etxt.exe".encode(),
    b"line\nbreak",
    b"tab\tand\x1b[31mred",
    b"caf\xe9",
    b"\xff\xfe",
    b"..",
    b"a..b",
    b"=cmd()",
    b"-rf",
    b"<script>alert(1)<",
    b"quote'\"`$(id)",
    b"x" * 200,
    "e\u0301".encode(),
    "\U0001f600".encode(),
    b"CON",
    b"trailing ",
    b"%2e%2e%2f",
    b"{braces}",
    b"%s%n",
    "\u2028".encode(),
    b"[red]rich[bold]",
    b"\x7f",
    "\u200b".encode(),
)

_ANY: dict[str, Change] = {
    "bit flips": flipped,
    "truncated": truncated,
    "blocks swapped": blocks_swapped,
    "blocks repeated": blocks_repeated,
    "nul and controls": with_nul,
    "wrong encoding": wrong_encoding,
}
_ZIP: dict[str, Change] = {
    "members swapped": _zips.swapped,
    "members dropped": _zips.dropped,
    "zip slip": _zips.slipping,
    "zip link": _zips.linking,
    "member names": _zips.misnamed,
    "members doubled": _zips.doubled,
    "zip directory lies": _zips.lying,
    "zip bomb": _zips.bomb,
}
KINDS = (
    *_ANY,
    *_ZIP,
    "member damaged",
    "xml bomb",
    "xxe",
    "deep nesting",
    "long line",
    "many lines",
    "wrong suffix",
    "hostile name",
    "tiny",
)


def mutant(index: int, bases: list[Base], suffixes: list[str], *, seed: int, canary: str) -> Mutant:
    """Return mutant number `index`: the same for the same seed and bases; `suffixes` are the kinds of file that are read."""
    rng = random.Random(f"{seed}:{index}")  # noqa: S311 (repeatable on purpose)
    kind = KINDS[index % len(KINDS)]
    base = rng.choice([each for each in bases if kind not in (*_ZIP, "member damaged") or each.suffix in _ARCHIVES])
    stem = b"mutant"
    suffix, data = base.suffix, base.data
    if kind in _ANY:
        data = _ANY[kind](data, rng)
    elif kind in _ZIP:
        data = _ZIP[kind](data, rng)
    elif kind == "member damaged":
        change = rng.choice((flipped, truncated, blocks_swapped, blocks_repeated, with_nul))
        data = _zips.mutated_member(data, rng, lambda body: change(body, rng) if body else body)
    elif kind in ("xml bomb", "xxe"):
        base = rng.choice([each for each in bases if each.suffix in _ARCHIVES | _XML])
        suffix, data = base.suffix, _hostile_xml(base, kind, canary, rng)
    elif kind in ("deep nesting", "long line", "many lines"):
        suffix = base.suffix if base.suffix in _ARCHIVES else rng.choice(suffixes)
        data = _large(kind, suffix, base, rng)
    elif kind == "wrong suffix":
        suffix = rng.choice([*suffixes, ".exe", "", ".TXT", ".docx.txt"])
        data = rng.choice(
            (data, rng.randbytes(5_000), b"MZ" + bytes(500), b"\x89PNG\r\n\x1a\n" + rng.randbytes(900), b"SQLite format 3\0" + bytes(900))
        )
    elif kind == "hostile name":
        stem = rng.choice(_NAMES)
    else:
        data = rng.choice(
            (
                b"",
                b"\0",
                b"\n",
                b" \n \n",
                b"\xef\xbb\xbf",
                b"\xff\xfe",
                b"\xfe\xff\x00",
                b"PK",
                b"PK\x05\x06" + bytes(18),
                b"WEBVTT",
                b"{}",
                b"[]",
                b"<a/>",
                b"%PDF-",
                b"{\\rtf",
                b"text\n",
                b"1",
            )
        )
    return Mutant(kind, stem, suffix, data)


def _hostile_xml(base: Base, kind: str, canary: str, rng: random.Random) -> bytes:
    _, prolog, inside = rng.choice([each for each in _DOCTYPES if each[0] == kind])
    if base.suffix in _ARCHIVES:
        return _zips.with_body(base.data, lambda body: armed(body, prolog, inside, canary))
    return armed(base.data, prolog, inside, canary)


def _large(kind: str, suffix: str, base: Base, rng: random.Random) -> bytes:
    make = {"deep nesting": deep, "long line": long_line, "many lines": many_lines}[kind]
    if base.suffix not in _ARCHIVES:
        return make(suffix, rng)
    if kind == "deep nesting":
        return _zips.with_body(base.data, lambda body: _within(body, deep(".xml", rng)[21:]))
    words = make(".txt", rng).replace(b"&", b"").replace(b"<", b"")
    pieces = words.split(b"\n") if kind == "many lines" else [words]
    return _zips.with_body(base.data, lambda body: _within(body, b"</w:t></w:r></w:p><w:p><w:r><w:t>".join(pieces)))


def _within(body: bytes, inside: bytes) -> bytes:
    """Put `inside` at the end of the last text of a Word document, or before the last end tag of another."""
    place = max(body.rfind(b"</w:t>") if b"</w:t>" in body else body.rfind(b"</"), 0)
    return body[:place] + inside + body[place:]
