"""The words below the elements of a Word document, as they read when every tracked change is accepted.

``Paragraph.text`` of python-docx leaves out tracked insertions, content controls and text boxes, so the elements
themselves are walked. Hidden and struck-out words are left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nptlens.reading.formats._docx_styles import Styles, W
from nptlens.reading.formats._emphasis import Paragraph, paragraph_of
from nptlens.reading.formats._hidden import HIDDEN, STANDS_OUT, UNREAD, NotShown
from nptlens.reading.layouts._rows import Cell, Table

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_GONE = {W + "del", W + "moveFrom"}
_SKIPPED = {*_GONE, *(W + name for name in ("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sectPr", "rt"))}
_CHARACTERS = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "\u2011"}
_BOX, _P, _R, _T, _SYM, _RPR, _TBL = (*(W + name for name in ("txbxContent", "p", "r", "t", "sym", "rPr", "tbl")),)
_OFF = ("0", "false", "off")
_Runs = list[tuple[str, int]]
_Boxes = list[tuple[Any, bool]]  # a text box, and whether the run that holds it is hidden


class Words:
    """Reads the parts of one document, and counts what it leaves out or reads at another place."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.not_shown = NotShown()
        self.boxes = 0

    def blocks(self, element: Any) -> Iterator[Paragraph | Table]:
        """Yield the paragraphs and tables below `element` in their order, a text box after the paragraph that holds it.

        A paragraph whose end mark is deleted runs on into the next, as it does in Word once the change is accepted. One that is hidden
        with its end mark is no paragraph.
        """
        held: _Runs = []
        for child in _flat(element):
            if child.tag == _TBL:
                if held:
                    yield paragraph_of(held)
                    held = []
                if table := tuple(self._rows(child)):
                    yield table
                continue
            boxes: _Boxes = []
            properties = child.find(W + "pPr")
            mark = properties.find(_RPR) if properties is not None else None
            self._collect(child, self._styles.of_paragraph(properties), held, boxes)
            self.not_shown.apart = True
            if mark is not None and not boxes and (_is_gone(mark) or (not held and self._hides(properties, mark, child))):
                continue
            yield paragraph_of(held)
            held = []
            for box, hidden in boxes:
                yield from self._box(box, hidden=hidden)
        if held:
            yield paragraph_of(held)

    def below(self, element: Any) -> str:
        """Return the words of `element`, a line a paragraph."""
        lines: list[str] = []
        for block in self.blocks(element):
            lines += [block.text] if isinstance(block, Paragraph) else ["\t".join(cell.text for cell in row) for row in block]
        return "\n".join(line for line in lines if line.strip())

    def _box(self, box: Any, *, hidden: bool) -> Iterator[Paragraph | Table]:
        if hidden:
            self.not_shown.add(self.below(box) + "\n", HIDDEN)
            return
        self.boxes += 1
        yield from self.blocks(box)

    def _hides(self, properties: Any, mark: Any, paragraph: Any) -> bool:
        """Tell whether a paragraph without words to be read is hidden as a whole."""
        hidden = self._styles.of_run(self._styles.of_paragraph(properties), mark) & HIDDEN
        return bool(hidden) and next(paragraph.iter(_R), None) is not None

    def _rows(self, table: Any) -> Iterator[tuple[Cell, ...]]:
        for row in _nearest(table, W + "tr"):
            properties = row.find(W + "trPr")
            if properties is not None and properties.find(W + "del") is not None:
                continue
            hidden = properties.find(W + "hidden") if properties is not None else None
            column = _number(properties, "gridBefore", 0)
            cells: list[Cell] = []
            for cell in _nearest(row, W + "tc"):
                own = cell.find(W + "tcPr")
                span = max(1, _number(own, "gridSpan", 1))
                merged = own.find(W + "vMerge") if own is not None else None
                goes_on = merged is not None and merged.get(W + "val", "continue") == "continue"
                if own is None or own.find(W + "cellDel") is None:
                    cells.append(Cell(column, self.below(cell), goes_on))
                column += span
            if hidden is not None and hidden.get(W + "val", "1") not in _OFF:
                self.not_shown.add("".join(f"{cell.text}\n" for cell in cells), HIDDEN)
            elif cells:
                yield tuple(cells)

    def _collect(self, element: Any, paragraph: int, runs: _Runs, boxes: _Boxes) -> None:
        """Put the runs below `element` into `runs` and its text boxes into `boxes`; `paragraph` is what the paragraph's style turns on."""
        for child in element:
            tag = child.tag
            if tag == _R:
                self._run(child, paragraph, runs, boxes)
            elif tag in (_T, _MATH):
                runs.append((child.text or "", 0))
            elif tag == _BOX:
                boxes.append((child, False))
            elif isinstance(tag, str) and tag not in _SKIPPED:
                for each in _chosen(child):
                    self._collect(each, paragraph, runs, boxes)

    def _run(self, run: Any, paragraph: int, runs: _Runs, boxes: _Boxes) -> None:
        properties: Any | None = None
        pieces: list[str] = []
        below: _Runs = []
        held: _Boxes = []
        for child in run:
            tag = child.tag
            if tag == _T:
                pieces.append(child.text or "")
            elif tag == _RPR:
                properties = child
            elif tag in _CHARACTERS:
                pieces.append(_CHARACTERS[tag])
            elif tag == _SYM:
                pieces.append(_symbol(child.get(W + "char", "")))
            elif tag in (_MATH, _BOX) or (len(child) and tag not in _SKIPPED):
                self._collect((child,), paragraph, below, held)
                pieces += [words for words, _ in below]
                below.clear()
        words = "".join(pieces)
        look = self._styles.of_run(paragraph, properties)
        if look & UNREAD:
            self.not_shown.add(words, look)
        elif words:
            runs.append((words, look & STANDS_OUT))
            self.not_shown.apart = True
        boxes += [(box, hidden or bool(look & HIDDEN)) for box, hidden in held]


def _flat(element: Any) -> Iterator[Any]:
    """Yield paragraphs and tables, looked up in content controls and the like but not in each other."""
    for child in _children(element):
        if child.tag in (_P, _TBL):
            yield child
        else:
            yield from _flat(child)


def _children(element: Any) -> Iterator[Any]:
    """Yield what is read below an element: of alternative contents only the first, and nothing that was deleted."""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _chosen(child)


def _chosen(child: Any) -> tuple[Any, ...]:
    """Return an element, or of alternative contents the first."""
    if child.tag != _MC + "AlternateContent":
        return (child,)
    choice = child.find(_MC + "Choice")
    choice = child.find(_MC + "Fallback") if choice is None else choice
    return () if choice is None else (choice,)


def _nearest(element: Any, tag: str) -> Iterator[Any]:
    for child in _children(element):
        if child.tag == tag:
            yield child
        elif child.tag not in (_TBL, _P):
            yield from _nearest(child, tag)


def _number(properties: Any, name: str, otherwise: int) -> int:
    found = properties.find(W + name) if properties is not None else None
    value = found.get(W + "val", "") if found is not None else ""
    return int(value) if value.isdecimal() and len(value) < 4 else otherwise


def _is_gone(mark: Any) -> bool:
    return any(mark.find(tag) is not None for tag in _GONE)


def _symbol(code: str) -> str:
    """Return a character of a symbol font; those fonts use the private area, whose meaning only the font knows."""
    try:
        return chr(int(code, 16)) if len(code) <= 4 and not 0xD800 <= int(code, 16) < 0xE000 else ""
    except ValueError:
        return ""
