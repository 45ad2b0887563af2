"""The code hierarchy of a REFI-QDA project or codebook.

A code's id is the path of its names (``parent/child``), so that it is readable and the same for each export of a project; two codes with
the same path get `` (2)``. `Code.source` keeps the tool's own id and whether the code may be used: ``guid:… `` or ``guid:… not codable``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nptlens.core.text import canonical
from nptlens.exchange._refi_xml import child, children, guid, unique, words_of
from nptlens.schemas.records import NONE_CODE, Code, Codebook

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

GUID, NOT_CODABLE = "guid:", "not codable"


def read_codes(codebook: Element | None, name: str, notes: Mapping[str, str]) -> tuple[Codebook, dict[str, str]]:
    """Return the codebook and the code id of each guid; a code's notes follow its description in `Code.definition`."""
    codes: list[Code] = []
    by_guid: dict[str, str] = {}
    taken = {NONE_CODE}
    pending = [(each, "") for each in reversed(list(children(child(codebook, "Codes"), "Code")))]
    while pending:
        element, parent = pending.pop()
        own = guid(element)
        label = _clean(element.get("name") or "") or own or "unnamed"
        code_id = unique((f"{parent}/{label}" if parent else label).replace(";", ","), taken)
        codes.append(Code(code_id, label, _definition(element, notes), source=_source(element, own), parent=parent or None))
        if own:
            by_guid.setdefault(own, code_id)
        pending += [(each, code_id) for each in reversed(list(children(element, "Code")))]
    return Codebook(name, "", tuple(codes)), by_guid


def _definition(element: Element, notes: Mapping[str, str]) -> str:
    said = [words_of(child(element, "Description"))] + [notes.get(guid(ref, "targetGUID"), "") for ref in children(element, "NoteRef")]
    return canonical("\n\n".join(text.strip() for text in said if text.strip()))


def _source(element: Element, own: str) -> str:
    codable = (element.get("isCodable") or "true").strip().lower() not in {"false", "0"}
    return " ".join(part for part in (f"{GUID}{own}" if own else "", "" if codable else NOT_CODABLE) if part)


def _clean(name: str) -> str:
    return " ".join(canonical(name).split())
