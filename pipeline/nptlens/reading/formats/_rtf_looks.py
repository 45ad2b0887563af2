"""RTF source with marks put into it wherever the look of its words changes, and text with such marks taken apart into runs.

A library that makes text of RTF forgets what is hidden or struck out. Each mark is a code point that stands for no character and is
kept for a program's own use; it says all looks that hold from there on, so that one lost in a part that is not shown does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nptlens.reading.formats._hidden import BOLD, HIDDEN, ITALIC, STRUCK

DELETED = 16  # under tracked changes
_FIRST, _LAST = 0xFDD0, 0xFDEF
_MARKS = f"{chr(_FIRST)}-{chr(_LAST)}"
_LOOKS = {"v": HIDDEN, "strike": STRUCK, "strikedl": STRUCK, "striked": STRUCK, "deleted": DELETED, "b": BOLD, "i": ITALIC}
_TOKEN = re.compile(r"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\[^a-zA-Z]|[{}]")
_RUN = re.compile(f"([{_MARKS}]?)([^{_MARKS}]*)")
_OWN_MARK = re.compile(r"(\\u(?:-5[3-6][0-9]|-52[89]|649[7-9][0-9]|6500[0-7]))(?![0-9])")
_UNREAD = r"\u65533"


def with_marks(source: str) -> str:
    """Return RTF source, all of it ASCII, with a mark at each change of look."""
    source = _OWN_MARK.sub(lambda found: _UNREAD if _is_mark(int(found[1][2:])) else found[1], source)
    pieces: list[str] = []
    open_groups: list[int] = []
    look = position = 0
    for token in _TOKEN.finditer(source):
        before, word = look, token[1]
        if word is not None:
            if word not in _LOOKS and word != "plain":
                continue
            look = look & DELETED if word == "plain" else _switched(look, _LOOKS[word], token[2])
        elif token[0] == "{":
            open_groups.append(look)
            continue
        elif token[0] == "}":
            look = open_groups.pop() if open_groups else look
        else:
            continue
        if look != before:
            pieces += [source[position : token.end()], f"{{\\uc0\\u{_FIRST + look} }}"]
            position = token.end()
    return "".join([*pieces, source[position:]])


def runs(text: str) -> Iterator[tuple[str, int]]:
    """Yield the runs of a text with marks, and the look of each."""
    for run in _RUN.finditer(text):
        if run[2]:
            yield run[2], ord(run[1]) - _FIRST if run[1] else 0


def _switched(look: int, one: int, number: str | None) -> int:
    return look & ~one if number is not None and int(number) == 0 else look | one


def _is_mark(code: int) -> bool:
    return _FIRST <= code % 0x10000 <= _LAST
