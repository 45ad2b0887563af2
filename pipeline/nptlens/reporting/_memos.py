"""What the study's people noted: about codes, cases and excerpts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nptlens.reporting._index import Index
from nptlens.reporting.content import Block, Cell, Heading, Paragraph, Quotation, Quotations, Row, Run, Speech, Table, place_in
from nptlens.schemas.records import Memo, MemoAbout


def memos(index: Index) -> Iterator[Block]:
    """Yield the memos on codes and cases as a table, those on excerpts below the exact words, where these are still at their place."""
    found = index.inputs.memos
    general = [each for each in found if each.kind is not MemoAbout.EXCERPT]
    if general:
        names = {code.id: code.name for code in index.inputs.codebook}
        rows = tuple(_row(each, names.get(each.about, "") if each.kind is MemoAbout.CODE else "") for each in general)
        yield Table("About codes and cases", "", ("About", "Memo", "By"), rows, frozenset({2}), long=frozenset({1}))
    excerpts = [each for each in found if each.kind is MemoAbout.EXCERPT]
    if excerpts:
        yield Heading("About excerpts")
        yield Quotations(tuple(_quotation(index, each) for each in excerpts))


def _row(memo: Memo, name: str) -> Row:
    is_code = memo.kind is MemoAbout.CODE
    return Row(name if is_code else memo.about, (Cell(memo.memo), Cell(memo.by)), memo.about if is_code else "")


def _quotation(index: Index, memo: Memo) -> Quotation:
    by = f", by {memo.by}" if memo.by else ""
    noted = (Run(memo.memo, "strong"), f" (memo{by})")
    words = _words(index, memo)
    if words is None or index.inputs.settings.most_quoted_words:  # the limit holds for what reports choose; here nobody chose
        return Quotation((Speech("", "", memo.about, ""),), (noted, memo.about))
    return Quotation((Speech("", "", memo.about, words),), (noted, memo.about))


def _words(index: Index, memo: Memo) -> str | None:
    """Return the words at a memo's place, None where they are no longer what it was written about."""
    try:
        name, start, end = place_in(memo.about)
    except ValueError:
        return None
    transcript = index.transcripts.get(name)
    words = transcript.text[start:end] if transcript else ""
    return words if words and memo.text in ("", words) else None


def on_code(found: Iterable[Memo], code: str) -> Iterator[Block]:
    """Yield the memos on a code, as paragraphs below its heading."""
    for each in found:
        if each.kind is MemoAbout.CODE and each.about == code:
            yield Paragraph((Run(f"Memo{f' by {each.by}' if each.by else ''}: ", "strong"), each.memo))
