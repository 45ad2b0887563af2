"""The code hierarchy of a REFI-QDA project or codebook.

Ids are those of every other way into a study (`exchange._codes`): the name, where names meet the path of names, so that a project gives
the same ids as its database and its tables. `Code.source` keeps the tool's own id and whether the code may be used: ``guid:… `` or
``guid:… not codable``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nptlens.core.text import canonical
from nptlens.exchange._codes import CodeList
from nptlens.exchange._refi_xml import child, children, guid, words_of
from nptlens.schemas.records import Codebook

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

GUID, NOT_CODABLE = "guid:", "not codable"


def read_codes(codebook: Element | None, name: str, notes: Mapping[str, str]) -> tuple[Codebook, dict[str, str]]:
    """Return the codebook and the code id of each guid; a code's notes follow its description in `Code.definition`."""
    codes = CodeList()
    keys: dict[str, int] = {}
    pending: list[tuple[Element, int | None]] = [(each, None) for each in reversed(list(children(child(codebook, "Codes"), "Code")))]
    while pending:
        element, parent = pending.pop()
        own, key = guid(element), len(codes)
        label = " ".join(canonical(element.get("name") or "").split()) or own or "unnamed"
        codes.add(key, label, _definition(element, notes), parent, _source(element, own))
        if own:
            keys.setdefault(own, key)
        pending += [(each, key) for each in reversed(list(children(element, "Code")))]
    book = codes.codebook(name)
    return book, {own: str(codes.id_of(key)) for own, key in keys.items()}


def _definition(element: Element, notes: Mapping[str, str]) -> str:
    said = [words_of(child(element, "Description"))] + [notes.get(guid(ref, "targetGUID"), "") for ref in children(element, "NoteRef")]
    return canonical("\n\n".join(text.strip() for text in said if text.strip()))


def _source(element: Element, own: str) -> str:
    codable = (element.get("isCodable") or "true").strip().lower() not in {"false", "0"}
    return " ".join(part for part in (f"{GUID}{own}" if own else "", "" if codable else NOT_CODABLE) if part)

