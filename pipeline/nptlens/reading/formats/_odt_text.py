"""The words below the elements of an OpenDocument text, its white space as the format reads it, with tracked changes accepted.

Hidden and struck-out words are left out and counted; notes are set apart and comments counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nptlens.reading.formats._emphasis import Paragraph, paragraph_of
from nptlens.reading.formats._hidden import HIDDEN, STANDS_OUT, UNREAD, NotShown
from nptlens.reading.formats._odt_styles import OFFICE, TABLE, TEXT, Styles
from nptlens.reading.layouts._rows import Cell, Table, text_of

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_DRAW, _SVG = f"{{{_NAMES}drawing:1.0}}", f"{{{_NAMES}svg-compatible:1.0}}"
_PARAGRAPHS = (TEXT + "p", TEXT + "h")
_SKIPPED = {
    *(TEXT + name for name in ("tracked-changes", "sequence-decls", "variable-decls", "user-field-decls")),
    TEXT + "ruby-text", TEXT + "index-title-template",
    *(OFFICE + name for name in ("forms", "event-listeners", "annotation-end")),
    _SVG + "title", _SVG + "desc", TABLE + "shapes",
}  # fmt: skip
_CHARACTERS = {TEXT + "tab": "\t", TEXT + "line-break": "\n"}
_RUN = re.compile("[ \t\r\n]+")
_BOXES = (_DRAW + "text-box", _DRAW + "custom-shape")
_NOTE, _ANNOTATION, _SPACES, _SPAN = TEXT + "note", OFFICE + "annotation", TEXT + "s", TEXT + "span"
_HIDDEN_TEXT, _HIDDEN_PARAGRAPH, _IS_HIDDEN = TEXT + "hidden-text", TEXT + "hidden-paragraph", TEXT + "is-hidden"
_UNSEEN = ("collapse", "filter")
_MOST_SPACES = 1000
_Runs = list[tuple[str, int]]


class Words:
    """Reads the parts of one document, and counts what it leaves out or reads at another place."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.not_shown = NotShown()
        self.notes: list[str] = []
        self.comments = 0

    def blocks(self, element: Any) -> Iterator[Paragraph | Table]:
        """Yield paragraphs and tables in their order; a text box comes after the paragraph that it is anchored in."""
        for child in element:
            if not isinstance(child.tag, str) or child.tag in _SKIPPED:
                continue
            if child.tag in _PARAGRAPHS:
                boxes: list[Any] = []
                yield self._paragraph(child, boxes)
                for box in boxes:
                    yield from self.blocks(box)
            elif child.tag == TABLE + "table":
                if rows := tuple(self._rows(child)):
                    yield rows
            elif child.tag == _ANNOTATION:
                self.comments += 1
            elif child.tag == TEXT + "section" and _is_hidden(child):
                self.not_shown.add(self.lines(child) + "\n", HIDDEN)
            else:
                yield from self.blocks(child)

    def lines(self, element: Any) -> str:
        """Return the words of `element`, a line a paragraph."""
        found = [block.text if isinstance(block, Paragraph) else block for block in self.blocks(element)]
        return "\n".join(line for line in text_of(found).split("\n") if line.strip()).strip()

    def _paragraph(self, element: Any, boxes: list[Any]) -> Paragraph:
        runs: _Runs = []
        self._collect(element, self._styles.of("paragraph", element.get(TEXT + "style-name")), runs, boxes)
        if any(_is_true(field) for field in element.iter(_HIDDEN_PARAGRAPH)):
            self.not_shown.add("".join(words for words, _ in runs), HIDDEN)
            runs = []
        self.not_shown.apart = True
        return paragraph_of(runs)

    def _rows(self, table: Any) -> Iterator[tuple[Cell, ...]]:
        for row in _nearest(table, TABLE + "table-row"):
            cells: list[Cell] = []
            column = 0
            for cell in _nearest(row, TABLE + "table-cell", TABLE + "covered-table-cell"):
                lines = [block.text if isinstance(block, Paragraph) else text_of([block]) for block in self.blocks(cell)]
                words = "\n".join(line for line in lines if line.strip())
                cells.append(Cell(column, words, cell.tag == TABLE + "covered-table-cell"))
                column += _number(cell, TABLE + "number-columns-repeated")
            if row.get(TABLE + "visibility") in _UNSEEN:
                self.not_shown.add("".join(f"{cell.text}\n" for cell in cells), HIDDEN)
            elif cells:
                yield tuple(cells)

    def _collect(self, element: Any, look: int, runs: _Runs, boxes: list[Any]) -> None:
        """Put the words of a paragraph into `runs`, and its text boxes into `boxes`."""
        self._take(_RUN.sub(" ", element.text or ""), look, runs)
        for child in element:
            tag = child.tag
            if tag == _SPAN:
                self._collect(child, self._styles.of("text", child.get(TEXT + "style-name"), look), runs, boxes)
            elif tag in _CHARACTERS:
                self._take(_CHARACTERS[tag], look, runs)
            elif tag == _SPACES:
                self._take(" " * _number(child, TEXT + "c"), look, runs)
            elif tag == _NOTE:
                self.notes += [words for body in child if body.tag == TEXT + "note-body" and (words := self.lines(body))]
            elif tag == _ANNOTATION:
                self.comments += 1
            elif tag == _HIDDEN_TEXT and _is_true(child):
                self.not_shown.add("".join(child.itertext()) or child.get(TEXT + "string-value", ""), HIDDEN)
            elif tag in _BOXES:
                boxes.append(child)
            elif isinstance(tag, str) and tag not in _SKIPPED:
                self._collect(child, look, runs, boxes)
            if child.tail:
                self._take(_RUN.sub(" ", child.tail), look, runs)

    def _take(self, words: str, look: int, runs: _Runs) -> None:
        if words and look & UNREAD:
            self.not_shown.add(words, look)
        elif words:
            runs.append((words, look & STANDS_OUT))
            self.not_shown.apart = True


def _is_true(field: Any) -> bool:
    return str(field.get(_IS_HIDDEN, "")) == "true"


def _is_hidden(section: Any) -> bool:
    display = section.get(TEXT + "display")
    return display == "none" or (display == "condition" and _is_true(section))


def _nearest(element: Any, *tags: str) -> Iterator[Any]:
    for child in element:
        if child.tag in tags:
            yield child
        elif isinstance(child.tag, str) and child.tag not in (*_PARAGRAPHS, TABLE + "table"):
            yield from _nearest(child, *tags)


def _number(element: Any, name: str) -> int:
    value = element.get(name, "")
    return min(int(value), _MOST_SPACES) if value.isdecimal() and len(value) < 6 else 1
