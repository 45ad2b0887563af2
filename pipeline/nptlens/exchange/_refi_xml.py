"""Small tools over REFI-QDA's XML: names without namespaces, ids without braces, texts inside the archive."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.schemas.records import Problem, Severity

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


class Tally:
    """Counts what was not understood, and tells it as Problems in the order of first appearance."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str, Severity]] = Counter()

    def add(self, where: str, what: str, hint: str = "", severity: Severity = Severity.WARNING, *, times: int = 1) -> None:
        """Count a thing; ``{n}`` in `what` becomes the number of times."""
        if times:
            self._counts[(where, what, hint, severity)] += times

    def problems(self) -> tuple[Problem, ...]:
        """Return a Problem for each kind of thing."""
        counts = self._counts.items()
        return tuple(Problem(where, what.replace("{n}", str(n)), hint, severity) for (where, what, hint, severity), n in counts)


def kind(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the direct children that have one of these names (all elements where none is given)."""
    for child in element if element is not None else ():
        if kind(child) and (not names or kind(child) in names):
            yield child


def child(element: Element | None, name: str) -> Element | None:
    """Return the first direct child of that name."""
    return next(children(element, name), None)


def words_of(element: Element | None) -> str:
    """Return an element's own text, whatever processing instructions stand in it."""
    if element is None:
        return ""
    return (element.text or "") + "".join(each.tail or "" for each in element)


def guid(element: Element, attribute: str = "guid") -> str:
    """Return an id in lower case without braces; "" where there is none."""
    return (element.get(attribute) or "").strip().strip("{}").lower()


def unique(name: str, taken: set[str]) -> str:
    """Return `name`, with a number behind it where it is taken, and take it."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    taken.add(found)
    return found


def members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the members' names by their folded spelling; where two fold alike, the first counts."""
    return {name.replace("\\", "/").casefold(): name for name in reversed(archive.namelist())}


def member(names: Mapping[str, str], path: str, folder: str = "") -> str | None:
    """Return which of the `members` an internal path names, in whatever spelling of the folder ``sources``; None where none does.

    `folder` is where the project itself lies in the archive.
    """
    scheme, mark, rest = path.partition("://")
    if mark and scheme.lower() != "internal":
        return None
    wanted = (rest if mark else path).replace("\\", "/").lstrip("/").casefold()
    before = f"{folder}/".replace("\\", "/").casefold() if folder else ""
    places = (f"{before}sources/{wanted}", f"{before}{wanted}", f"sources/{wanted}", wanted)
    return next((names[place] for place in places if place in names), None)


def read_member(archive: zipfile.ZipFile, name: str, *, where: str) -> bytes:
    """Return a member's bytes; raises ReadingError where it is damaged, encrypted or packed in an unknown way."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError, zlib.error) as error:
        raise ReadingError("a part of the archive is damaged", where=where, hint="export the project again") from error


def decoded(data: bytes) -> tuple[str, bool]:
    """Return a text and whether it is in UTF-8, as the standard wants; its byte-order mark stays."""
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        pass
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "\ufeff" + data.decode("utf-16", "replace"), False
    return data.decode("cp1252", "replace"), False
