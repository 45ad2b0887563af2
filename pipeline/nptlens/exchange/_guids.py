"""Ids for other tools: the same for the same thing in every export, and a tool's own id where a code came with one."""

from __future__ import annotations

import re
from uuid import UUID, uuid5

from nptlens.exchange._refi_codes import GUID
from nptlens.schemas.records import Code, Codebook

_SPACE = UUID("6f2d3b52-5a0e-5c59-8d0b-3a4f6c1e9b70")
_GIVEN = re.compile(GUID + r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?: |\Z)")


def guid_of(*parts: str) -> str:
    """Return the id of the thing that `parts` name."""
    return str(uuid5(_SPACE, "\x1f".join(part.encode("utf-8", "replace").decode() for part in parts)))


def given_guid(code: Code) -> str:
    """Return the id that another tool gave to a code, "" where none did."""
    found = _GIVEN.match(code.source)
    return found.group(1) if found else ""


def code_guids(codebook: Codebook) -> dict[str, str]:
    """Return the id of each code: the one it came with where no earlier code has it, else one made from the code's own id."""
    guids: dict[str, str] = {}
    taken: set[str] = set()
    for code in codebook:
        given = given_guid(code)
        guids[code.id] = given if given and given not in taken else guid_of("code", code.id)
        taken.add(guids[code.id])
    return guids
