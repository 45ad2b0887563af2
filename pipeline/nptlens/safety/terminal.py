"""What is printed must not steer the terminal: a file's name or a speaker's label may hold what moves or recolours words."""

from __future__ import annotations

import re

# Control characters but tab and line feed, and the marks that turn the direction of writing round (plain marks of direction stay).
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Return `text` with each character that steers a terminal, or cannot be printed, written as its escape."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
