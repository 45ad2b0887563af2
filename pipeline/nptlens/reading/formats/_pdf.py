"""PDF files by pypdf, in a process of its own (`safety.sandbox`): the text layer as it stands, no recognition of scanned pages.

A PDF places glyphs, so white space and ligatures are the printer's: each run of white space is read as one space, each
ligature as its letters. Words that the printer hyphenated stay so. What the pages add comes after the text.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading.layouts._layout import lay_out
from nptlens.reading.layouts._margins import Page
from nptlens.reading.layouts._page_furniture import NOTE, PAGE, many, with_edges
from nptlens.reading.layouts._pages import pages_of
from nptlens.reading.layouts._parsed import Shaped
from nptlens.safety.sandbox import CPU_S, sandboxed
from nptlens.schemas.records import Problem, Severity

_BREAK = "\f"
_UNREAD = "\ufffd"
_LIGATURES = {
    ord(sign): letters
    for sign, letters in zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)
}
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ue000-\uf8ff]")
_GARBLED = 0.2
_FREE_BYTES, _SECONDS_A_MEGABYTE = 1_000_000, 8.0
_FINAL = (".", "?", "!", "…", '"', "”", "\u2019", ")", "]", ":", "—")
_SCAN = "this PDF has no text layer: it is a scan, or holds only pictures"
_OCR = "ask for the typed transcript, or run text recognition (OCR) on it and check the result"


def read_pdf(data: bytes, *, where: str) -> Shaped:
    """Return a PDF in whichever layout its lines follow; what stands before the first speaker is a header.

    Raises ReadingError for a scan without text, a password, glyphs that stand for no letters, or what takes too long.
    """
    if b"%PDF-" not in data[:1024]:
        raise ReadingError("this is no PDF", where=where, hint="look at the file's ending")
    cpu_s = CPU_S + max(0, len(data) - _FREE_BYTES) / 1_000_000 * _SECONDS_A_MEGABYTE
    raw = sandboxed("nptlens.reading.formats._pdf:text_layer", data, where=where, cpu_s=cpu_s).split(_BREAK)
    letters = sum(len(page) - page.count(_UNREAD) for page in raw if page.strip())
    unread = sum(page.count(_UNREAD) for page in raw)
    if not "".join(raw).strip():
        raise ReadingError(_SCAN, where=where, hint=_OCR)
    if unread > _GARBLED * (letters + unread):
        raise ReadingError("the text layer holds glyphs that stand for no letters", where=where, hint=_OCR)
    pages = pages_of([canonical(page) for page in raw])
    shape = lay_out(_joined(pages))
    edges = [(kind, words) for page in pages for kind, words in ((PAGE, " ".join(page.added)), (NOTE, "\n".join(page.notes))) if words]
    return with_edges(_told(shape, raw, pages, unread, where), edges)


def text_layer(data: bytes) -> str:
    """Return the text of each page, form feeds between them; runs in the sandbox.

    Raises ReadingError where the file is locked with a password.
    """
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ReadingError("it is locked with a password", hint="save it without a password")
    return _BREAK.join(_clean(page.extract_text()) for page in reader.pages)


def _clean(text: str) -> str:
    return _NO_TEXT.sub(_UNREAD, re.sub(r"[\f\v\x1c-\x1e]", "\n", text).translate(_LIGATURES))


def _joined(pages: list[Page]) -> str:
    """Return the pages' lines as one text; a page that ends with a sentence ends with an empty line."""
    pieces: list[str] = []
    for page in pages:
        if page.lines:
            gap = "" if not pieces else "\n\n" if pieces[-1].endswith(_FINAL) else "\n"
            pieces.append(gap + "\n".join(page.lines))
    return canonical("".join(pieces))


def _told(shape: Shaped, raw: list[str], pages: list[Page], unread: int, where: str) -> Shaped:
    problems = list(shape.problems)
    empty = sum(1 for page in raw if not page.strip())
    if empty:
        what = f"{many(empty, 'page')} of {len(raw)} without text: empty, or a scan that is not read"
        problems.append(Problem(where, what, "look at the file", Severity.WARNING))
    if unread:
        problems.append(Problem(where, f"{many(unread, 'character')} could not be read", "look for \ufffd in its quotations"))
    added, notes = sum(len(page.added) for page in pages), sum(len(page.notes) for page in pages)
    if added or notes:
        parts = [many(added, "page number, running head or line number", "page numbers, running heads and line numbers")] * bool(added)
        parts += [many(notes, "line of footnotes", "lines of footnotes")] * bool(notes)
        problems.append(Problem(where, f"{', '.join(parts)} set apart after the text, not coded", "", Severity.NOTE))
    return replace(shape, problems=tuple(problems))
