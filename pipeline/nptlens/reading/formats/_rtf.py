r"""RTF files by striprtf, in a process of its own (`safety.sandbox`).

striprtf takes text and drops or doubles some of it, so the source is rewritten before, without a change of its meaning: raw bytes
become ``\'xx`` of their code page, links lose the address that striprtf would add to the words, table cells end in a tab, and marks say
what is hidden, struck out, deleted under tracked changes, bold or italic (`_rtf_looks`).
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from nptlens.core.errors import ReadingError
from nptlens.reading.formats._emphasis import Paragraph, paragraph_of, shape_of
from nptlens.reading.formats._hidden import STANDS_OUT, UNREAD, NotShown
from nptlens.reading.formats._rtf_looks import DELETED, runs, with_marks
from nptlens.reading.layouts._page_furniture import many
from nptlens.reading.layouts._parsed import Shaped
from nptlens.safety.sandbox import sandboxed
from nptlens.schemas.records import Problem, Severity

_UNREAD = "\ufffd"
_REWRITES = tuple(
    (re.compile(r"(?<!\\)" + pattern), new)
    for pattern, new in (
        (r"\\field\{", r"\\field {"),
        (r"\\(?:nest)?cell(?![a-zA-Z])", r"\\tab"),
        (r"\\column(?![a-zA-Z])", r"\\page"),
        (r"\\lbr(?:[0-9]|(?![a-zA-Z0-9]))", r"\\line"),
        (r"\\-", ""),
    )
)
_RAW = re.compile("[\x80-\xff]")
_CODE_PAGE = re.compile(r"\\ansicpg(\d+)")
_SETS = {r"\mac": "mac_roman", r"\pca": "cp850", r"\pc": "cp437"}
_LEFT_OUT = (("footnote", "footnote"), ("annotation", "comment"), ("shptxt", "text box"), ("deleted", "tracked deletion"))
_BOXES = {"text box": "text boxes"}


def read_rtf(data: bytes, *, where: str) -> Shaped:
    """Return an RTF file in whichever layout its paragraphs follow.

    Raises ReadingError where it is no RTF, or takes too long or too much memory. What is left out is counted in problems.
    """
    if not data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{\\rtf"):
        raise ReadingError("this is no RTF", where=where, hint="look at the file's ending")
    answer = json.loads(sandboxed("nptlens.reading.formats._rtf:words", data, where=where))
    not_shown = NotShown()
    shape = shape_of(list(_paragraphs(answer["text"], not_shown)), where=where)
    counts = [many(number, name, _BOXES.get(name, "")) for name, number in answer["left_out"]]
    left_out = [Problem(where, f"{count} left out", "", Severity.NOTE) for count in counts]
    number = shape.text.count(_UNREAD)
    unread = [Problem(where, f"{many(number, 'character')} could not be read", "look for \ufffd in it")] * (number > 0)
    return replace(shape, problems=(*shape.problems, *not_shown.told(where), *left_out, *unread))


def _paragraphs(marked: str, not_shown: NotShown) -> Iterator[Paragraph]:
    """Yield the lines of a text with marks; what is not shown is left out and counted, its line ends are kept."""
    line: list[tuple[str, int]] = []
    for piece, look in runs(marked):
        if look & DELETED:
            continue
        for number, words in enumerate(piece.split("\n")):
            if number:
                yield _cut(line)
                line = []
                not_shown.apart = True
            if look & UNREAD:
                not_shown.add(words, look)
            elif words:
                line.append((words, look & STANDS_OUT))
                not_shown.apart = True
    yield _cut(line)


def _cut(line: list[tuple[str, int]]) -> Paragraph:
    """Return a line as a paragraph, without the tabs that end the last cell of a row."""
    while line and not line[-1][0].rstrip("\t"):
        line.pop()
    return paragraph_of([*line[:-1], (line[-1][0].rstrip("\t"), line[-1][1])] if line else [])


def words(data: bytes) -> str:
    """Return the words, with marks where their look changes, and the counts of what is left out, as JSON; runs in the sandbox."""
    from striprtf.striprtf import rtf_to_text

    source, encoding = _prepared(data)
    convert: Callable[..., str] = rtf_to_text
    text = convert(with_marks(source), encoding=encoding, errors="replace")
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # astral characters are two \u in RTF
    plain = re.sub("[\x00-\x08\x0e-\x1f\x7f]", _UNREAD, joined)
    counts = [(name, len(re.findall(rf"\\{word}(?![a-zA-Z0-9])", source))) for word, name in _LEFT_OUT]
    return json.dumps({"text": plain, "left_out": [pair for pair in counts if pair[1]]})


def _prepared(data: bytes) -> tuple[str, str]:
    """Return the source as ASCII, rewritten as the module says, and the encoding of its bytes."""
    latin = data.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    source = _RAW.sub(lambda found: f"\\'{ord(found[0]):02x}", latin)
    for pattern, new in _REWRITES:
        source = pattern.sub(new, source)
    encoding = next((name for word, name in _SETS.items() if re.search(rf"\{word}(?![a-zA-Z])", source[:200])), "cp1252")
    page = _CODE_PAGE.search(source)
    if page and page[1] == "10000":
        encoding = "mac_roman"
    if page and not _known(f"cp{page[1]}"):
        source = source.replace(page[0], "")
    return f"{source}\n", encoding


def _known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True
