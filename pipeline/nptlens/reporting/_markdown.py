"""report.md: the report as CommonMark with tables; words from outside are escaped, so that they stay words.

A quotation stands in a block quote. Its line ends are hard line breaks (CommonMark 0.31, section 6.7), a second one in a row, white space
at the end of a line and characters that have no look (the marks that turn writing around among them) are character references (section
2.5), so that a reader of CommonMark gives back the exact slice. Control characters, which readers refuse in a reference and terminals obey,
are shown as ⟨U+001B⟩; excerpts.jsonl has them as they are.
"""

from __future__ import annotations

import re
import unicodedata

from nptlens.reporting._blocks import Block, Cell, Figure, Grid, Heading, Items, Line, Quote, Words
from nptlens.reporting._docx import WITHHELD
from nptlens.reporting._outline import outline
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import visible

_MEANING = re.compile(r"([\\`*_\[\]<>#|~&$]|:(?=\S)|(?<=\S)@(?=\S)|^\s*[-+=](?=))")
_NUMBERED = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)")
_ADDRESS = re.compile(r"(?i)\b(www)\.")


def markdown(view: ReportView) -> str:
    """Return report.md."""
    parts = [f"# {plain(view.title)}", f"Coded excerpts · codebook {plain(view.codebook)}"]
    if view.notice:
        parts.append(f"**Notice.** {plain(view.notice)}")
    parts += [_block(block) for block in outline(view) if not isinstance(block, Figure)]
    parts.append("Made with nptlens. It holds the words of participants: keep it as safe as the transcripts.")
    return "\n\n".join(parts) + "\n"


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


def plain(text: str) -> str:
    """Return words that are no quotation, on one line: control characters by number."""
    return escaped(" ".join(visible(line) for line in text.split("\n")))


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


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * (block.level + 1)} {plain(block.text)}"
        case Words():
            return plain(block.text)
        case Items():
            return "\n".join(f"- {plain(line)}" for line in block.lines)
        case Grid():
            return _table(block)
        case Quote():
            return _quote(block)
    return ""


def _quote(quote: Quote) -> str:
    parts = [f"**{plain(quote.speaker)}:**"] if quote.speaker else []
    parts.append(quoted(quote.text) if quote.text else plain(WITHHELD))
    return "\n\n".join([*parts, *(plain(line) for line in quote.source)])


def _table(grid: Grid) -> str:
    rule = ["---" if number in grid.words or not number else "---:" for number in range(len(grid.columns))]
    rows = [" | ".join(_cells(line)) for line in grid.lines]
    title = f"**{plain(grid.title)}.** {plain(grid.caption)}".rstrip()
    table = [" | ".join(plain(column) for column in grid.columns), " | ".join(rule), *rows]
    return "\n".join([title, "", *(f"| {row} |" for row in table)])


def _cells(line: Line) -> list[str]:
    head = f"{line.id} {line.head}" if line.id else line.head
    return [plain(head), *(_cell(cell) for cell in line.cells)]


def _cell(cell: Cell) -> str:
    return plain(f"{cell.text} ({cell.below})" if cell.below else cell.text)
