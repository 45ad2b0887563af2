"""Which code of another tool's project is which code of the study, and what is new."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from nptlens.exchange._codes import unique
from nptlens.exchange._guids import code_guids, given_guid
from nptlens.exchange._notes import split_description, split_note
from nptlens.schemas.records import NONE_CODE, Code, Codebook

__all__ = ["match_codes", "split_note"]


def match_codes(found: Codebook, own: Codebook) -> tuple[dict[str, str], Codebook, int]:
    """Return the study's id for each code of a project, the codes that are new to the study, and how many of them lose their parent.

    A code is the study's own where another tool kept the id that an export gave it, else where the ids are the same, else where one
    code of the study has its name.
    """
    by_guid = {guid: code_id for code_id, guid in code_guids(own).items()}
    spelled = Counter(code.name.casefold() for code in own)
    by_name = {code.name.casefold(): code.id for code in own if spelled[code.name.casefold()] == 1}
    known = set(own.ids())
    ids: dict[str, str] = {}
    new: list[Code] = []
    taken = {*known, NONE_CODE}
    for code in found:
        one = by_guid.get(given_guid(code)) or (code.id if code.id in known else by_name.get(code.name.casefold()))
        if one is None:
            one = unique(" ".join(code.id.replace(";", ",").split()) or "code", taken)
            new.append(replace(split_description(code), id=one, name=" ".join(code.name.split()) or one))
        ids[code.id] = one
    mine = {code.id for code in new}
    placed = [replace(code, parent=ids.get(code.parent) if code.parent else None) for code in new]
    orphans = [code for code in placed if code.parent is not None and code.parent not in mine]
    kept = tuple(replace(code, parent=None) if code in orphans else code for code in placed)
    return ids, Codebook(found.name, found.version, kept), len(orphans)
