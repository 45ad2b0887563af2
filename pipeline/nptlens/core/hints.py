"""Commands that a person is told to type next: words and paths in, text that can be pasted into a shell out.

A hint that knows its study is made by `command`. One that does not (a table's reader, what a stage keeps for the report) writes ``STUDY``
where the study belongs; who prints it puts in the one that the person named (`in_study`).
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

STUDY = "STUDY"
_PLACE = re.compile(rf"(\bnptlens(?: [\w./-]+)+?) {STUDY}\b")
_SEEN = {"\\": "\\\\", "'": "\\'"}


def command(*words: str | Path) -> str:
    """Return ``nptlens`` and the words, each quoted for bash; a path that begins with a dash is no option, and option strings stay."""
    return " ".join(["nptlens", *map(quoted, words)])


def quoted(word: str | Path) -> str:
    """Return a word as bash takes it back, control characters as escapes."""
    text = str(word)
    if isinstance(word, Path) and text.startswith("-"):
        text = f"./{text}"
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(_SEEN.get(each, each) if each.isprintable() else _escaped(each) for each in text) + "'"


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def in_study(text: str, study: Path | None) -> str:
    """Return a text with the study in the commands that lack it; without one, ``STUDY`` stays for the person to fill in."""
    return text if study is None else _PLACE.sub(lambda found: f"{found[1]} {quoted(study)}", text)
