"""The words below the elements of a Word document, as they read when every tracked change is accepted.

``Paragraph.text`` of python-docx leaves out tracked insertions, content controls and text boxes, so the elements
themselves are walked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nptlens.reading._rows import Block, Cell

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_GONE = {W + "del", W + "moveFrom"}
_SKIPPED = {*_GONE, *(W + name for name in ("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sectPr", "rt"))}
_CHARACTERS = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "\u2011"}
_BOX = W + "txbxContent"


def blocks(element: Any) -> Iterator[Block]:
    """Yield the paragraphs and tables below `element` in their order, a text box after the paragraph that holds it.

    A paragraph whose end mark is deleted runs on into the next, as it does in Word once the change is accepted.
    """
    held = ""
    for child in _flat(element):
        if child.tag == W + "tbl":
            if held:
                yield held
                held = ""
            if table := tuple(_rows(child)):
                yield table
            continue
        boxes: list[Any] = []
        held += _words(child, boxes)
        if _mark_is_gone(child) and not boxes:
            continue
        yield held
        held = ""
        for box in boxes:
            yield from blocks(box)
    if held:
        yield held


def text_boxes(element: Any) -> int:
    """Return how many text boxes are read below `element`."""
    return sum(1 for _ in _boxes(element)) if next(element.iter(_BOX), None) is not None else 0


def words_below(element: Any) -> str:
    """Return the words of `element`, a line a paragraph."""
    lines: list[str] = []
    for block in blocks(element):
        lines += [block] if isinstance(block, str) else ["\t".join(cell.text for cell in row) for row in block]
    return "\n".join(line for line in lines if line.strip())


def _flat(element: Any) -> Iterator[Any]:
    """Yield paragraphs and tables, looked up in content controls and the like but not in each other."""
    for child in _children(element):
        if child.tag in (W + "p", W + "tbl"):
            yield child
        else:
            yield from _flat(child)


def _children(element: Any) -> Iterator[Any]:
    """Yield what is read below an element: of alternative contents only the first, and nothing that was deleted."""
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SKIPPED:
            continue
        if child.tag == _MC + "AlternateContent":
            choice = child.find(_MC + "Choice")
            choice = child.find(_MC + "Fallback") if choice is None else choice
            if choice is not None:
                yield choice
        else:
            yield child


def _boxes(element: Any) -> Iterator[Any]:
    for child in _children(element):
        if child.tag == _BOX:
            yield child
        yield from _boxes(child)


def _rows(table: Any) -> Iterator[tuple[Cell, ...]]:
    for row in _nearest(table, W + "tr"):
        properties = row.find(W + "trPr")
        if properties is not None and properties.find(W + "del") is not None:
            continue
        column = _number(properties, "gridBefore", 0)
        cells: list[Cell] = []
        for cell in _nearest(row, W + "tc"):
            own = cell.find(W + "tcPr")
            span = max(1, _number(own, "gridSpan", 1))
            merged = own.find(W + "vMerge") if own is not None else None
            goes_on = merged is not None and merged.get(W + "val", "continue") == "continue"
            if own is None or own.find(W + "cellDel") is None:
                cells.append(Cell(column, words_below(cell), goes_on))
            column += span
        if cells:
            yield tuple(cells)


def _nearest(element: Any, tag: str) -> Iterator[Any]:
    for child in _children(element):
        if child.tag == tag:
            yield child
        elif child.tag not in (W + "tbl", W + "p"):
            yield from _nearest(child, tag)


def _number(properties: Any, name: str, otherwise: int) -> int:
    found = properties.find(W + name) if properties is not None else None
    value = found.get(W + "val", "") if found is not None else ""
    return int(value) if value.isdecimal() and len(value) < 4 else otherwise


def _mark_is_gone(paragraph: Any) -> bool:
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(mark.find(tag) is not None for tag in _GONE)


def _words(element: Any, boxes: list[Any]) -> str:
    """Return the words of a paragraph; its text boxes are put into `boxes`."""
    pieces: list[str] = []
    for child in _children(element):
        if child.tag in (W + "t", _MATH):
            pieces.append(child.text or "")
        elif child.tag in _CHARACTERS:
            pieces.append(_CHARACTERS[child.tag])
        elif child.tag == W + "sym":
            pieces.append(_symbol(child.get(W + "char", "")))
        elif child.tag == _BOX:
            boxes.append(child)
        else:
            pieces.append(_words(child, boxes))
    return "".join(pieces)


def _symbol(code: str) -> str:
    """Return a character of a symbol font; those fonts use the private area, whose meaning only the font knows."""
    try:
        return chr(int(code, 16)) if len(code) <= 4 and not 0xD800 <= int(code, 16) < 0xE000 else ""
    except ValueError:
        return ""
