"""Manual coding as CSV: transcript, start, end, code, and optionally stance, coder, text, memo, weight.

Offsets are code points of the canonical text. Where a `text` column is there, it must be the exact slice (or the slice as our own CSV
files guard it against spreadsheets): a check that the offsets still fit the transcript. A row with the code ``none`` says that the
coder read the transcript, even if nothing in it is coded. A row with a `weight` comes from a sheet of drawn units: the coder read this
stretch only, which stands for so many units of the study; with the code ``none`` it was read and nothing fits.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from nptlens.errors import ReadingError
from nptlens.records import NONE_CODE, STANCES, Codebook, Problem, Severity, Transcript
from nptlens.safety.cells import bare, guarded
from nptlens.tables import MANUAL_CODINGS, checked, empty
from nptlens.text import Span, canonical

MemoKey = tuple[str, str, int, int, str]
_NEEDED = ("transcript", "start", "end", "code")
_AS_IS = ("text", "memo")


@dataclass(frozen=True, slots=True)
class ManualCoding:
    """The rows that fit their transcripts, and a Problem for each file or kind of row that does not.

    `memos` are what coders noted, by coder, transcript, start, end and code.
    """

    codings: pd.DataFrame
    problems: tuple[Problem, ...]
    memos: Mapping[MemoKey, str] = field(default_factory=dict)


def read_manual(paths: Sequence[Path], transcripts: Sequence[Transcript], codebook: Codebook) -> ManualCoding:
    """Read manual codings; the coder is the `coder` column, else the file's name without ``manual_``.

    A row that does not fit (unknown transcript or code, offsets outside the text, another text) is left out and listed with its line.
    """
    by_id = {transcript.id: transcript for transcript in transcripts}
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    memos: dict[MemoKey, str] = {}
    for path in sorted(paths):
        try:
            found = _rows(path)
        except ReadingError as error:
            problems.append(Problem(path.name, error.what, error.hint, Severity.ERROR))
            continue
        for line, row in found:
            fault = _fault(row, by_id, codebook)
            if fault:
                problems.append(Problem(f"{path.name} line {line}", fault, "the row is left out"))
                continue
            start, end = int(row["start"]), int(row["end"])
            coder = row.get("coder") or path.stem.removeprefix("manual").strip("_- ") or path.stem
            stance = row.get("stance", "").lower()
            rows.append(
                {"transcript_id": row["transcript"], "start": start, "end": end, "code": row["code"], "stance": stance, "coder": coder}
                | {"weight": float(row.get("weight") or 0)}
            )
            if row.get("memo"):
                memos.setdefault((coder, row["transcript"], start, end, row["code"]), _unguarded(canonical(row["memo"])))
    if not rows:
        return ManualCoding(empty(MANUAL_CODINGS), tuple(problems))
    frame = pd.DataFrame(rows)
    doubled = frame.duplicated(list(MANUAL_CODINGS.key))
    if doubled.any():
        problems.append(Problem("manual coding", f"{int(doubled.sum())} codings stand twice", "the first of each is kept"))
    frame = frame[~doubled].sort_values(list(MANUAL_CODINGS.key), kind="stable")
    return ManualCoding(checked(MANUAL_CODINGS, frame), tuple(problems), memos)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), strict=True)
        # A quotation is compared exactly and a memo kept as it is, so only the other cells are trimmed.
        rows = [
            (reader.line_num, {k.strip().lower(): v if k.strip().lower() in _AS_IS else (v or "").strip() for k, v in row.items() if k})
            for row in reader
        ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReadingError(f"cannot be read: {type(error).__name__}", where=path.name, hint="save it as CSV in UTF-8") from error
    missing = [name for name in _NEEDED if name not in [(field or "").strip().lower() for field in reader.fieldnames or ()]]
    if missing:
        raise ReadingError(f"lacks the columns {', '.join(missing)}", where=path.name, hint=f"needed: {', '.join(_NEEDED)}")
    return rows


def _is_weight(cell: str) -> bool:
    try:
        return not cell or 0 < float(cell) < float("inf")
    except ValueError:
        return False


def _unguarded(cell: str) -> str:
    return bare(cell) if guarded(bare(cell)) == cell else cell


def _fault(row: Mapping[str, str], transcripts: Mapping[str, Transcript], codebook: Codebook) -> str:
    transcript = transcripts.get(row["transcript"])
    if transcript is None:
        return "no such transcript"
    if row["code"] != NONE_CODE and row["code"] not in codebook:
        return "no such code in the codebook"
    if row.get("stance", "").lower() not in {"", *STANCES}:
        return "no such stance"
    if not _is_weight(row.get("weight", "")):
        return "its weight is no number above 0"
    return _fault_of_place(row, transcript)


def _fault_of_place(row: Mapping[str, str], transcript: Transcript) -> str:
    try:
        quote = transcript.quote(Span(int(row["start"]), int(row["end"])))
    except ValueError:
        return "its offsets are not in the text"
    if row.get("text") and canonical(row["text"]) not in {quote, guarded(quote)}:
        return "its text is not the text at its offsets"
    return "" if quote.strip() or row["code"] == NONE_CODE else "it marks no words"
