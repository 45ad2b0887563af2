"""Character references, ``&amp;`` or ``&#8212;``, where a file that is no HTML uses them all the same."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
RESOLVED = "character references such as &amp; were resolved"


def resolved(text: str) -> str:
    """Return `text` with its complete character references resolved; ``AT&T`` and ``&copy`` without ``;`` stay."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text)


def uses_references(texts: Sequence[str]) -> bool:
    """Tell whether texts plainly use character references: they hold some, and hardly an ampersand that is none."""
    found = sum(len(_REFERENCE.findall(text)) for text in texts)
    return found > 0 and sum(text.count("&") for text in texts) - found <= found // 20
