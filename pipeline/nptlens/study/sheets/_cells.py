"""Sheets that people fill in: where one may be written, which codes a cell holds, and what is wrong with a filled row."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from nptlens.coding.lexical_similarity import words
from nptlens.core.close_names import did_you_mean, nearest
from nptlens.core.errors import UsageError
from nptlens.core.text import canonical
from nptlens.schemas.records import NONE_CODE, STANCES, Codebook
from nptlens.store.outputs import as_written
from nptlens.study.folder import Study

_KINDS = (".csv", ".xlsx")
_ALIKE = 0.4  # ids of codes are short: one wrong letter is much of them
_BETWEEN = re.compile(r"[;|\r\n]")
_SHOWN, _MANY = 40, 12


def check_target(study: Study, path: Path) -> None:
    """Raise UsageError where a sheet cannot be written to `path`: neither .csv nor .xlsx, among the transcripts, or there already.

    A sheet that is as nptlens wrote it holds no label, and may be written again: so can one whose writing was interrupted.
    """
    if path.suffix.lower() not in _KINDS:
        raise UsageError(f"cannot write {path.suffix or 'a file without an ending'}", where=str(path), hint="name a .csv or .xlsx file")
    if os.path.lexists(path) and not as_written(study.store, path):
        raise UsageError("this file is there already, and may hold labels", where=str(path), hint="name another file")
    transcripts = study.transcript_root()
    if transcripts != study.root and path.resolve().is_relative_to(transcripts):
        raise UsageError("a sheet among the transcripts would be read as one", where=str(path), hint="write it elsewhere")


class Spellings:
    """The codes of a codebook as people write them: an id or a name, in any case; what two codes share names neither."""

    def __init__(self, codebook: Codebook) -> None:
        self._ids = {*codebook.ids(), NONE_CODE}
        forms = {(_folded(form), each.id) for each in codebook for form in (each.id, each.name)} | {(NONE_CODE, NONE_CODE)}
        times = Counter(form for form, _ in forms)
        self._known = {form: code for form, code in forms if times[form] == 1}

    def codes_of(self, cell: str) -> tuple[str, ...]:
        """Return the codes of a cell, each once, by their ids where the codebook has them.

        They are parted by ``;``, ``,``, ``|`` or ends of lines; a comma that is a part of a code's own name parts nothing.
        """
        parts = [part for each in _BETWEEN.split(cell) for part in ([each] if self._known.get(_folded(each)) else each.split(","))]
        return tuple(dict.fromkeys(self._id(part.strip()) for part in parts if part.strip()))

    def _id(self, written: str) -> str:
        return written if written in self._ids else self._known.get(_folded(written), written)


def _folded(written: str) -> str:
    return " ".join(written.split()).casefold()


def fault(
    unit: str, excerpt: str, codes: tuple[str, ...], stance: str, texts: Mapping[str, str], codebook: Codebook
) -> tuple[str, str] | None:
    """Return what is wrong with a filled row and what to do, None where nothing is; `texts` are the study's excerpts by their id."""
    if unit not in texts:
        return "names an excerpt that the study lacks", "the sheet is of another study, or the segments have changed since"
    if words(canonical(excerpt)) != words(texts[unit]):
        return "holds other words than the transcript at this place", "leave the column excerpt as it is"
    unknown = next((code for code in codes if code != NONE_CODE and code not in codebook), None)
    if unknown:
        folded = {_folded(each): each for each in reversed(codebook.ids())}
        close = nearest(_folded(unknown), folded, alike=_ALIKE)
        hint = f"did you mean {folded[close]}?" if close else f"use a code of the codebook: {_few(codebook.ids())}"
        return f"names {_few([unknown])}, which the codebook lacks", hint
    if NONE_CODE in codes and len(codes) > 1:
        return f"has {NONE_CODE} beside other codes", "decide for one of the two"
    if stance and stance not in STANCES:
        hint = did_you_mean(stance, STANCES, f"write one of: {', '.join(STANCES)}")
        return f"has the stance {_few([stance])}, and there is no such stance", hint
    return None


def shown_id(unit: str) -> str:
    """Return the id of a row's excerpt as it is told."""
    return _few([unit.strip()]) if unit.strip() else "without an excerpt_id"


def _few(words: Sequence[str]) -> str:
    """Return words as they are told, cut where there are many or long ones."""
    shown = [each if len(each) <= _SHOWN else f"{each[:_SHOWN]}…" for each in words[:_MANY]]
    return ", ".join(shown) + (", …" if len(words) > _MANY else "")
