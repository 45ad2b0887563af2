"""The files that an import writes into the study's folder, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nptlens.core.delimited import as_opened, delimited
from nptlens.core.text import Span
from nptlens.exchange._codes import unique
from nptlens.exchange.manual import DIGEST
from nptlens.exchange.project import ImportedCase
from nptlens.safety.cells import guarded
from nptlens.schemas.records import Code, Codebook

Key = tuple[str, str, int, int, str]
_CODE = ("id", "name", "definition", "include", "exclude", "source", "parent")
_MANUAL = ("transcript", "start", "end", "code", "stance", "coder", "text", "memo", "how", DIGEST)
_LOST = ("source", "start", "end", "code", "stance", "coder", "text", "memo", "why")
_LONGEST = 100_000  # the csv module reads no cell beyond 131,072 characters; offsets alone say as much


@dataclass(frozen=True, slots=True)
class Row:
    """A coding of a person as it stands in the manual coding; `weight` is of drawn units only (`exchange.manual`)."""

    coder: str
    transcript: str
    start: int
    end: int
    code: str
    stance: str
    text: str
    memo: str
    how: str = ""
    weight: float | None = None

    def at(self, transcript: str, span: Span, text: str, how: str) -> Row:
        """Return the row at its place in a transcript."""
        return replace(self, transcript=transcript, start=span.start, end=span.end, text=span.of(text), how=how)

    def key(self) -> Key:
        """Return what tells the coding from others."""
        return self.coder, self.transcript, self.start, self.end, self.code


@dataclass(frozen=True, slots=True)
class Lost:
    """A coding that has no place in the study, and why."""

    source: str
    span: Span | None
    row: Row
    why: str


def put(rows: dict[Key, Row], row: Row) -> bool:
    """Add a row and tell whether one of its key was there; then memos are joined and the first stance stays."""
    there = rows.get(row.key())
    if there is None:
        rows[row.key()] = row
        return False
    memos = dict.fromkeys(memo for memo in (there.memo, row.memo) if memo)
    rows[row.key()] = replace(there, memo="\n\n".join(memos), stance=there.stance or row.stance)
    return True


def slug(tool: str) -> str:
    """Return a tool's name as a part of a file name: without its version, small letters."""
    name = re.split(r"[\s_-]+v?\d", tool.lower())[0]
    return re.sub(r"[^a-z0-9]+", "_", name).strip("_")[:40] or "project"


def codebook_csv(codebook: Codebook) -> bytes:
    """Return a codebook as nptlens reads one."""

    def row(code: Code) -> list[str]:
        return [_plain(getattr(code, field) or "") for field in _CODE]

    return _csv(_CODE, map(row, codebook))


def manual_csv(rows: Iterable[Row], digests: Mapping[str, str]) -> bytes:
    """Return manual coding as nptlens reads it, in the order of transcripts and places; `digests` are those of the transcripts' texts."""
    ordered = sorted(rows, key=lambda row: (row.transcript, row.start, row.end, row.coder, row.code))
    drawn = any(row.weight is not None for row in ordered)
    return _csv(
        (*_MANUAL, "weight") if drawn else _MANUAL,
        (
            (
                _plain(row.transcript), row.start, row.end, _plain(row.code), row.stance, _plain(row.coder),
                guarded(row.text) if len(row.text) <= _LONGEST else "", guarded(row.memo[:_LONGEST]), row.how,
                digests.get(row.transcript, ""),
                *(("" if row.weight is None else repr(row.weight),) if drawn else ()),
            )
            for row in ordered
        ),
    )  # fmt: skip


def memos_csv(memos: Mapping[str, str]) -> bytes:
    """Return what people noted about transcripts."""
    return _csv(("transcript", "memo"), ((_plain(name), guarded(memo[:_LONGEST])) for name, memo in sorted(memos.items())))


def cases_csv(cases: Sequence[ImportedCase], transcripts: Mapping[str, str]) -> bytes:
    """Return cases with their attributes as columns; `transcripts` are the study's ids of sources."""
    names = list(dict.fromkeys(name for case in cases for name, _ in case.values))
    taken: set[str] = {"participant", "transcripts", "memo"}
    columns = [unique(" ".join(name.split()) or "attribute", taken) for name in names]

    def row(case: ImportedCase) -> list[str]:
        ids = [transcripts[source] for source in case.sources if transcripts.get(source)]
        values = dict(case.values)
        return [_plain(case.name), ", ".join(ids), *(guarded(values.get(name, "")) for name in names), guarded(case.memo[:_LONGEST])]

    return _csv(("participant", "transcripts", *map(_plain, columns), "memo"), map(row, cases))


def lost_csv(lost: Iterable[Lost]) -> bytes:
    """Return the codings that were not found, with all that the other tool said of them."""
    return _csv(
        _LOST,
        (
            (
                guarded(each.source), each.span.start if each.span else "", each.span.end if each.span else "", guarded(each.row.code),
                each.row.stance, guarded(each.row.coder), guarded(each.row.text), guarded(each.row.memo), each.why,
            )
            for each in lost
        ),
    )  # fmt: skip


def _plain(cell: str) -> str:
    # Ids and names are trimmed when they are read, so a blank keeps them from running without becoming a part of them.
    return cell if guarded(cell) == cell else f" {cell}"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    return as_opened(delimited([columns, *rows]))
