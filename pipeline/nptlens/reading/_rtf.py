r"""RTF files by striprtf, in a process of its own (`safety.sandbox`).

striprtf takes text and drops or doubles some of it, so the source is rewritten before, without a change of its meaning: raw bytes
become ``\'xx`` of their code page, links lose the address that striprtf would add to the words, table cells end in a tab, and text
deleted under tracked changes is marked as not to be shown.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading._layout import lay_out
from nptlens.reading._page_furniture import many
from nptlens.reading._parsed import Shaped
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
        (r"\\deleted(?![a-zA-Z0-9])", r"\\*\\deleted"),
    )
)
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
    answer = json.loads(sandboxed("nptlens.reading._rtf:words", data, where=where))
    text = canonical(answer["text"])
    shape = lay_out(text, line_is_paragraph=True)
    counts = [many(number, name, _BOXES.get(name, "")) for name, number in answer["left_out"]]
    left_out = [Problem(where, f"{count} left out", "", Severity.NOTE) for count in counts]
    unread = [Problem(where, f"{many(text.count(_UNREAD), 'character')} could not be read", "look for \ufffd in it")] * (_UNREAD in text)
    return Shaped(shape.text, shape.layout, shape.utterances, shape.furniture, shape.notes, (*shape.problems, *left_out, *unread))


def words(data: bytes) -> str:
    """Return the words and the counts of what is left out, as JSON; runs in the sandbox."""
    from striprtf.striprtf import rtf_to_text

    source, encoding = _prepared(data)
    convert: Callable[..., str] = rtf_to_text
    text = convert(source, encoding=encoding, errors="replace")
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # astral characters are two \u in RTF
    plain = re.sub("[\x00-\x08\x0e-\x1f\x7f]", _UNREAD, joined)
    counts = [(name, len(re.findall(rf"\\{word}(?![a-zA-Z0-9])", source))) for word, name in _LEFT_OUT]
    return json.dumps({"text": re.sub(r"\t+(?=\n|$)", "", plain), "left_out": [pair for pair in counts if pair[1]]})


def _prepared(data: bytes) -> tuple[str, str]:
    """Return the source as ASCII, rewritten as the module says, and the encoding of its bytes."""
    source = "".join(chr(byte) if byte < 128 else f"\\'{byte:02x}" for byte in data.removeprefix(codecs.BOM_UTF8))
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
