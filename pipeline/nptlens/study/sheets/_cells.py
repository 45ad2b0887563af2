"""Sheets that people fill in: where one may be written, which codes a cell holds, and what is wrong with a filled row."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from nptlens.coding.lexical_similarity import words
from nptlens.core.close_names import did_you_mean
from nptlens.core.errors import UsageError
from nptlens.core.text import canonical
from nptlens.schemas.records import NONE_CODE, STANCES, Codebook
from nptlens.store.outputs import as_written
from nptlens.study.folder import Study

_KINDS = (".csv", ".xlsx")
_ALIKE = 0.4  # ids of codes are short: one wrong letter is much of them


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


def codes_of(cell: str) -> tuple[str, ...]:
    """Return the codes of a cell, each once; they are separated by ``;`` or stand on lines of their own."""
    return tuple(dict.fromkeys(part.strip() for part in cell.replace("\n", ";").split(";") if part.strip()))


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
        hint = did_you_mean(unknown, codebook.ids(), "use a code of the codebook", alike=_ALIKE)
        return f"names {unknown}, which the codebook lacks", hint
    if NONE_CODE in codes and len(codes) > 1:
        return f"has {NONE_CODE} beside other codes", "decide for one of the two"
    if stance and stance not in STANCES:
        return f"has a stance that is none of {', '.join(STANCES)}", "correct the stance"
    return None
