"""Plain text that carries codes: qcoder's marks in a transcript, and lists of codes, a line a code."""

from __future__ import annotations

import re
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.exchange._codes import CodeList
from nptlens.exchange._offsets import CanonicalMap
from nptlens.exchange.project import ImportedCoding, ImportedProject, ImportedSource
from nptlens.safety.grid import decoded
from nptlens.schemas.records import Problem

_MARK = re.compile(r"\(QCODE\)|\(/QCODE\)((?:\{#[^{}\n]*\})*)")
_ABOVE = ">>"


def read_text(data: bytes, *, where: str) -> ImportedProject:
    """Return a transcript with qcoder's marks, or a codebook from a list of codes (``category>>code``, a memo after a tab).

    Raises ReadingError where the text is neither.
    """
    text, problems = decoded(data, where=where)
    if _MARK.search(text):
        return _marked(text, problems, where)
    if any(_ABOVE in line or "\t" in line for line in text.splitlines()):
        return _list(text, problems, where)
    raise ReadingError("no codes are marked in the text", where=where, hint="marks are (QCODE)words(/QCODE){#code}")


def _marked(text: str, problems: tuple[Problem, ...], where: str) -> ImportedProject:
    """Take the marks out of the text; a mark without its partner or its code stays in it as it is."""
    pairs, faults = _pairs(text)
    taken = sorted([mark for opening, closing, _ in pairs for mark in (opening.span(), closing.span())])
    pieces, moved, place, gone = [], {}, 0, 0
    for start, end in taken:
        pieces.append(text[place:start])
        moved[start] = start - gone
        gone, place = gone + end - start, end
    pieces.append(text[place:])
    whole = CanonicalMap("".join(pieces))
    codes = CodeList()
    for _, _, names in pairs:
        for name in names:
            codes.add(name, name)
    codebook, stem = codes.codebook(Path(where).stem), Path(where).stem
    codings = []
    for opening, closing, names in pairs:
        # What follows an opening mark starts where the mark stood.
        span = whole.span(moved[opening.start()], moved[closing.start()])
        codings += [ImportedCoding(stem, str(codes.id_of(name)), stem, span, span.of(whole.text)) for name in names]
    if faults:
        problems = (*problems, Problem(where, f"{faults} marks lack their partner or their code", "they stay in the text as they are"))
    return ImportedProject("qcoder", codebook, (ImportedSource(stem, whole.text),), tuple(codings), problems)


def _pairs(text: str) -> tuple[list[tuple[re.Match[str], re.Match[str], tuple[str, ...]]], int]:
    """Return opening and closing marks with their codes, in the order they open, and the number of marks left over."""
    waiting: list[re.Match[str]] = []
    pairs, faults = [], 0
    for mark in _MARK.finditer(text):
        if mark.group(1) is None:
            waiting.append(mark)
            continue
        opening = waiting.pop() if waiting else None
        names = tuple(dict.fromkeys(name for part in re.split(r"[{},]", mark.group(1)) if (name := part.strip().lstrip("#").strip())))
        if opening is not None and names:
            pairs.append((opening, mark, names))
        else:
            faults += 1 + (opening is not None)
    return sorted(pairs, key=lambda pair: pair[0].start()), faults + len(waiting)


def _list(text: str, problems: tuple[Problem, ...], where: str) -> ImportedProject:
    above: dict[str, str | None] = {}
    memos: dict[str, str] = {}
    for line in text.splitlines():
        path, _, memo = line.partition("\t")
        names = [" ".join(name.split()) for name in path.split(_ABOVE) if name.strip()]
        # A name means the same code wherever it stands in the list.
        for number, name in enumerate(names):
            if above.get(name) is None:
                above[name] = names[number - 1] if number else None
        if names and memo.strip():
            memos.setdefault(names[-1], memo)
    codes = CodeList()
    for name, parent in above.items():
        codes.add(name, name, memos.get(name, ""), parent)
    if not len(codes):
        raise ReadingError("no code in the list", where=where)
    return ImportedProject("QualCoder", codes.codebook(Path(where).stem), (), (), problems)
