"""Manual coding as CSV: transcript, start, end, code, and optionally stance, coder, text, memo, weight, text_sha256.

Offsets are code points of the canonical text. Where a `text` column is there, it must be the exact slice (or the slice as our own CSV
files guard it against spreadsheets): a check that the offsets still fit the transcript. A row with the code ``none`` says that the
coder read the transcript, even if nothing in it is coded. A row with a `weight` comes from a sheet of drawn units: the coder read this
stretch only, which stands for so many units of the study; with the code ``none`` it was read and nothing fits. `text_sha256` is a digest
of the transcript's text when it was coded: where the text is another now, a row holds only if its `text` still stands at its offsets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from nptlens.core.close_names import did_you_mean, shown
from nptlens.core.delimited import Rows, read_rows
from nptlens.core.errors import ReadingError
from nptlens.core.ids import digest, segment_id, transcript_id
from nptlens.core.text import Span, canonical
from nptlens.safety.cells import guarded, unguarded
from nptlens.schemas.records import NONE_CODE, STANCES, Codebook, Problem, Severity, Transcript
from nptlens.schemas.tables import MANUAL_CODINGS, checked, empty

MemoKey = tuple[str, str, int, int, str]
_NEEDED = ("transcript", "start", "end", "code")
_AS_IS = ("text", "memo")
DIGEST = "text_sha256"
_DIGITS = 16
_FEW = 12  # names that a hint lists
_IS_DIGEST = re.compile(rf"[0-9a-f]{{{_DIGITS},64}}")
_MOVED = "its transcript has another text now than when it was coded"


@dataclass(frozen=True, slots=True)
class ManualCoding:
    """The rows that fit their transcripts, and a Problem for each file or kind of row that does not.

    `memos` are what coders noted, by coder, transcript, start, end and code.
    """

    codings: pd.DataFrame
    problems: tuple[Problem, ...]
    memos: Mapping[MemoKey, str] = field(default_factory=dict)


def text_digest(text: str) -> str:
    """Return the digest of a transcript's canonical text as it stands in manual coding: the first 16 digits of its sha256."""
    return digest(text)[:_DIGITS]


def read_manual(paths: Sequence[Path], transcripts: Sequence[Transcript], codebook: Codebook) -> ManualCoding:
    """Read manual codings; the coder is the `coder` column, else the file's name without ``manual_``.

    A row that does not fit (unknown transcript or code, offsets outside the text, another text) is left out and listed with its line.
    A table that is no UTF-8 is read too, and listed with the encoding.
    """
    by_id = {transcript.id: transcript for transcript in transcripts}
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    memos: dict[MemoKey, str] = {}
    for path in sorted(paths):
        try:
            table = read_rows(path)
            found = _rows(table, path.name)
        except ReadingError as error:
            problems.append(Problem(path.name, error.what, error.hint, Severity.ERROR))
            continue
        problems += [Problem(path.name, note, "look at its accents", Severity.NOTE) for note in table.notes]
        stem, moved = canonical(path.stem), Counter[str]()
        for line, row in found:
            fault = _fault(row, by_id, codebook)
            if fault:
                problems.append(Problem(f"{path.name} line {line}", fault[0], _and_so(fault[1])))
                continue
            moved[row["transcript"]] += _is_moved(row, by_id[row["transcript"]])
            start, end = int(row["start"]), int(row["end"])
            coder = row.get("coder") or stem.removeprefix("manual").strip("_- ") or stem
            stance = row.get("stance", "").lower()
            rows.append(
                {"transcript_id": row["transcript"], "start": start, "end": end, "code": row["code"], "stance": stance, "coder": coder}
                | {"weight": float(row.get("weight") or 0)}
            )
            if row.get("memo"):
                memos.setdefault((coder, row["transcript"], start, end, row["code"]), unguarded(row["memo"]))
        problems += [_still_fit(path.name, name, count) for name, count in sorted(moved.items()) if count]
    if not rows:
        return ManualCoding(empty(MANUAL_CODINGS), tuple(problems))
    frame = pd.DataFrame(rows)
    doubled = frame.duplicated(list(MANUAL_CODINGS.key))
    if doubled.any():
        again = frame[doubled].iloc[0]
        one = f"{again['coder']} gives {again['code']} to {segment_id(again['transcript_id'], again['start'], again['end'])} again"
        problems.append(Problem("manual coding", f"{int(doubled.sum())} codings stand twice", f"the first of each is kept; one is: {one}"))
    frame = frame[~doubled].sort_values(list(MANUAL_CODINGS.key), kind="stable")
    return ManualCoding(checked(MANUAL_CODINGS, frame), tuple(problems), memos)


def _rows(table: Rows, where: str) -> list[tuple[int, dict[str, str]]]:
    missing = table.lacking(*_NEEDED)
    if missing:
        raise ReadingError(f"lacks the columns {', '.join(missing)}", where=where, hint=f"needed: {', '.join(_NEEDED)}")
    if table.twice():
        raise ReadingError(f"has the columns {', '.join(table.twice())} twice", where=where, hint="keep one of each")
    return [(row.line, {name: _cell(name, cell) for name, cell in row.cells.items()}) for row in table.rows]


def _cell(name: str, cell: str) -> str:
    # A quotation is compared exactly and a memo kept as it is, so only the other cells are trimmed.
    trimmed = cell if name in _AS_IS else cell.strip()
    return transcript_id(trimmed) if name == "transcript" and trimmed else trimmed


def _is_weight(cell: str) -> bool:
    try:
        return not cell or 0 < float(cell) < float("inf")
    except ValueError:
        return False



def _and_so(hint: str) -> str:
    return f"{hint}; the row is left out" if hint else "the row is left out"


def _fault(row: Mapping[str, str], transcripts: Mapping[str, Transcript], codebook: Codebook) -> tuple[str, str] | None:
    """Return what is wrong with a row, with its value, and what to do about it: the nearest that there is."""
    known = {
        "transcript": (row["transcript"], tuple(transcripts)),
        "code": (row["code"], (*codebook.ids(), NONE_CODE)),
        "stance": (row.get("stance", "").lower(), ("", *STANCES)),
    }
    for kind, (value, values) in known.items():
        if value not in values:
            return _unknown(kind, value, tuple(filter(None, values)))
    transcript = transcripts[row["transcript"]]
    if not _is_weight(row.get("weight", "")):
        return f"its weight {shown(row['weight'])} is no number above 0", ""
    if row.get(DIGEST) and not _IS_DIGEST.fullmatch(row[DIGEST].lower()):
        return f"its {DIGEST} {shown(row[DIGEST])} is no digest", ""
    fault = _fault_of_place(row, transcript)
    if _is_moved(row, transcript) and (fault or not row.get("text")):
        return _MOVED, "correct its offsets, or import the coding again"
    return (fault, "") if fault else None


def _unknown(kind: str, value: str, known: Collection[str]) -> tuple[str, str]:
    few = f"{kind}s are {', '.join(known)}" if len(known) <= _FEW else ""
    return f"no such {kind}: {shown(value)}" if value else f"no such {kind}: the cell is empty", did_you_mean(value, known, few)


def _is_moved(row: Mapping[str, str], transcript: Transcript) -> bool:
    """Tell whether a row was made on another text of its transcript."""
    return not digest(transcript.text).startswith(row.get(DIGEST, "").lower())


def _still_fit(file: str, transcript: str, count: int) -> Problem:
    what = f"the text of {transcript} has changed since it was coded; {count} of its rows still mark the same words and are used"
    return Problem(file, what, "look whether the change matters, then import the coding again", Severity.NOTE)


def _fault_of_place(row: Mapping[str, str], transcript: Transcript) -> str:
    try:
        quote = transcript.quote(Span(int(row["start"]), int(row["end"])))
    except ValueError:
        return f"its offsets {shown(row['start'])} to {shown(row['end'])} are not in the text of {len(transcript.text)} characters"
    if row.get("text") and row["text"] not in {quote, guarded(quote)}:
        return "its text is not the text at its offsets"
    return "" if quote.strip() or row["code"] == NONE_CODE else "it marks no words"
