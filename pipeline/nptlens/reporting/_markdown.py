"""A report as CommonMark with tables; words from outside are escaped, so that they stay words.

A quotation stands in a block quote. Its line ends are hard line breaks (CommonMark 0.31, section 6.7), a second one in a row, white space
at the end of a line and characters that have no look (the marks that turn writing around among them) are character references (section
2.5), so that a reader of CommonMark gives back the exact slice. Control characters, which readers refuse in a reference and terminals obey,
are shown as ⟨U+001B⟩; excerpts.jsonl has them as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from nptlens.reporting import content
from nptlens.reporting._docx import level_of
from nptlens.reporting._words import visible
from nptlens.reporting.content import (
    WITHHELD,
    Block,
    Cell,
    Definitions,
    Document,
    Group,
    Heading,
    ItemList,
    Paragraph,
    Picture,
    Quotation,
    Quotations,
    Row,
    Table,
    Text,
    definitions_table,
    in_words,
)

_MEANING = re.compile(r"([\\`*_\[\]<>#|~&$]|:(?=\S)|(?<=\S)@(?=\S)|^\s*[-+=](?=))")
_NUMBERED = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)")
_ADDRESS = re.compile(r"(?i)\b(www)\.")


def markdown(document: Document) -> str:
    """Return a report as Markdown, without pictures."""
    parts = [f"# {plain(document.title)}", f"{plain(document.kind)} · codebook {plain(document.codebook)}"]
    if document.notice:
        parts.append(f"**Notice.** {plain(document.notice)}")
    for section in document.sections:
        parts.append(f"## {plain(section.title)}")
        parts += _blocks(section.blocks)
    parts.append("Made with nptlens. It holds the words of participants: keep it as safe as the transcripts.")
    return "\n\n".join(filter(None, parts)) + "\n"


def escaped(text: str) -> str:
    """Return one line of text so that CommonMark (and GitHub's tables and links) shows it as it is."""
    safe = _ADDRESS.sub(r"\1\\.", _NUMBERED.sub(r"\1\\\2", _MEANING.sub(r"\\\1", text)))
    safe = "".join(_referred(each) for each in safe)
    inner = safe.strip(" ")
    before, after = len(safe) - len(safe.lstrip(" ")), len(safe) - len(safe.rstrip(" "))
    return "&#32;" * len(safe) if not inner else "&#32;" * before + inner + "&#32;" * after


def _referred(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cc" and character != "\t":
        return visible(character)
    # unusual spaces would be stripped at the ends of a line
    if character == "\t" or (character != " " and kind in ("Cf", "Zs", "Zl", "Zp")):
        return f"&#{ord(character)};"
    return character


def plain(text: Text) -> str:
    """Return words that are no quotation, on one line: control characters by number."""
    return escaped(" ".join(visible(line) for line in content.plain(text).split("\n")))


def quoted(text: str) -> str:
    """Return a quotation's words for a block quote; a reader of CommonMark gives `text` back, a hard break being a line end."""
    lines = text.split("\n")
    made = "> "
    for number, line in enumerate(lines):
        if number and lines[number - 1] and line:
            made += "\\\n> "
        elif number:
            made += "&#10;"
        made += escaped(line)
    return made


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading():
                yield f"{'#' * (level_of(block) + 1)} {plain(block.text)}"
            case Paragraph():
                yield plain(block.text) if block.on != "screen" else ""
            case ItemList():
                yield "\n".join(f"- {plain(line)}" for line in block.lines)
            case Definitions(look="figures"):
                yield _table(definitions_table(block))
            case Definitions():
                yield from (plain(f"{name}: {told}") for name, told in block.pairs)
            case Table():
                yield _table(block)
            case Quotations():
                yield from (_quotation(each) for each in block.entries)
            case Picture():
                yield from map(_table, block.data)
            case Group():
                yield plain(block.summary)
                yield from _blocks(block.blocks)


def _quotation(quotation: Quotation) -> str:
    parts = []
    for piece in quotation.pieces:
        if len(quotation.pieces) > 1:
            parts.append(f"**{plain(piece.speaker)}:**")
        parts.append(quoted(piece.text) if piece.text else plain(WITHHELD))
    if not quotation.pieces:
        parts.append("Nobody speaks at this place.")
    return "\n\n".join([*parts, *(plain(line) for line in (*quotation.source, *in_words(quotation)))])


def _table(table: Table) -> str:
    words = table.words | table.long | {0}
    rule = ["---" if number in words else "---:" for number in range(len(table.columns))]
    rows = [" | ".join(_cells(row)) for row in (*table.rows, *table.foot)]
    title = f"**{plain(table.label or table.title)}.** {plain(table.caption)}".rstrip()
    whole = [" | ".join(plain(column) for column in table.columns), " | ".join(rule), *rows]
    return "\n".join([title, "", *(f"| {row} |" for row in whole)])


def _cells(row: Row) -> list[str]:
    head = f"{row.id} {row.named()}".rstrip() if row.id else row.head
    cells = [plain(f"{head} ({row.below})" if row.below else head)]
    for cell in row.cells:
        cells += [_cell(cell), *[""] * (cell.span - 1)]
    return cells


def _cell(cell: Cell) -> str:
    text = content.plain(cell.text)
    return plain(f"{text} ({cell.below})" if cell.below else text)
