"""HTML by lxml: the words of the body in their block structure, without scripts and what is hidden or struck out; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical, count_words
from nptlens.reading.formats._style_sheet import style_sheet
from nptlens.reading.layouts._layout import lay_out
from nptlens.reading.layouts._not_speech import refuse_abstract, refuse_chat
from nptlens.reading.layouts._parsed import Shaped
from nptlens.reading.layouts._rows import Block, Cell, turns_of_tables
from nptlens.schemas.records import Problem

_DROPPED = {"script", "style", "head", "template", "noscript", "svg", "object", "iframe", "audio", "video", "select"}
_APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "section", "article", "hr", "pre"}
_BLOCKS = {"div", "li", "tr", "dt", "dd", "body", "main", "header", "footer", "nav", "aside", "form", "figure", "figcaption", "caption"}
_CELLS = {"td", "th"}
_STRUCK = {"s", "del", "strike"}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE)
_STRIKING = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_TAKING = re.compile(f"{_HIDING.pattern}|{_STRIKING.pattern}", re.IGNORECASE)
_MOST_SPAN = 1000  # rows or columns that a cell may be merged over
_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset[ \t]*=[ \t]*[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
# Stands for a line end that a block asks for, for an empty line, for a cell's edge, and for a line end that is written.
_LINE, _EMPTY, _CELL, _BREAK = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = re.compile("[\ue000-\ue003]")
_RUN = re.compile(f" ?[{_LINE}{_EMPTY}{_BREAK}{_CELL}][ {_LINE}{_EMPTY}{_BREAK}{_CELL}]*")


def read_html(data: bytes, *, where: str) -> Shaped:
    """Return a web page in whichever layout its lines follow.

    Raises ReadingError where it is no text or no HTML, and for a saved chat or an abstract.
    """
    raw, encoding = _decoded(data, where=where)
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(_MARKS.sub("\ufffd", raw).encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError):
        raise ReadingError("not readable as HTML", where=where, hint="save the page again") from None
    if any(entry.level_name == "FATAL" for entry in parser.error_log):  # the parser stopped: the rest would be lost
        raise ReadingError("a part of the page cannot be parsed", where=where, hint="save it as text")
    problems = [*_taken_out(root, where)]
    blocks = _blocks(root)
    shape = turns_of_tables(blocks, where=where) if any(not isinstance(block, str) for block in blocks) else None
    shape = shape or lay_out(canonical(_laid("".join(_pieces(root)))))
    refuse_chat(shape.text, where=where)
    refuse_abstract(shape, where=where)
    return replace(shape, notes=(*shape.notes, *encoding_notes(encoding)), problems=(*shape.problems, *problems))


def _decoded(data: bytes, *, where: str) -> tuple[str, str]:
    """Return the text; what is no UTF-8 is read in the encoding that the page declares."""
    named = _CHARSET.search(data[:4096])
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    if named:
        try:
            return data.decode(named[1].decode("ascii")), "utf-8 not needed"
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data, where=where)


def _blocks(root: Any) -> list[Block]:
    """Return the text between the tables, and the tables that hold no table."""
    blocks: list[Block] = []
    pieces: list[str] = []
    for piece in _pieces(root, whole=False):
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            blocks += [_laid("".join(pieces)), _table(piece)]
            pieces = []
    return [block for block in [*blocks, _laid("".join(pieces))] if block]


def _taken_out(root: Any, where: str) -> Iterator[Problem]:
    """Take hidden and struck-out elements out of the page; yield how many words they hold."""
    hidden = struck = 0
    gone: set[Any] = set()
    sheet = style_sheet(root, _TAKING)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in _DROPPED or element.getparent() is None:
            continue
        style = f"{sheet.of(element) if sheet.rules else ''};{element.get('style') or ''}"
        conceals = element.get("hidden") is not None or _HIDING.search(style) is not None
        strikes = element.tag in _STRUCK or _STRIKING.search(style) is not None
        if (conceals or strikes) and element.tag != "body" and gone.isdisjoint(element.iterancestors()):
            words = count_words(" ".join(element.itertext()))
            hidden, struck = hidden + (words if conceals else 0), struck + (0 if conceals else words)
            element.drop_tree()
            gone.add(element)
    if hidden:
        hint = "hidden for the participant's sake? show them and save the page again if they are to be read"
        yield Problem(where, f"{hidden} hidden words of the page are not read", hint)
    if struck:
        hint = "struck out for the participant's sake? take the line off if they are to be read"
        yield Problem(where, f"{struck} struck-out words are not read", hint)


def _table(table: Any) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows of a table, each cell in its column; a cell that is merged over rows goes on in those below."""
    rows: list[tuple[Cell, ...]] = []
    merged: dict[int, int] = {}  # by column: how many rows below it still goes on
    for row in table.iter("tr"):
        held = [cell for cell in row if cell.tag in _CELLS]
        if not held and not merged:
            continue
        cells = [Cell(column, "", goes_on=True) for column in merged]
        below = {column: rest - 1 for column, rest in merged.items() if rest > 1}
        column = 0
        for cell in held:
            while column in merged:
                column += 1
            cells.append(Cell(column, re.sub(r"\n+", "\n", _laid("".join(_pieces(cell))))))
            if (rest := _span(cell, "rowspan") - 1) > 0:
                below[column] = rest
            column += _span(cell, "colspan")
        merged = below
        rows.append(tuple(sorted(cells, key=lambda cell: cell.column)))
    return tuple(rows)


def _span(cell: Any, name: str) -> int:
    stated = (cell.get(name) or "").strip()
    return min(int(stated), _MOST_SPAN) if stated.isdecimal() and 0 < len(stated) < 6 and int(stated) else 1


def _pieces(root: Any, *, whole: bool = True) -> list[Any]:
    """Return the text of all elements in document order, with a mark where a block, a cell or a line ends.

    Unless it is to be `whole`, an inner table that stands in rows and cells alone is returned as an element.
    """
    from lxml import etree

    pieces: list[Any] = []
    skipped: Any = None
    preformatted = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        start = event == "start"
        if skipped is None and start and tag in _DROPPED:
            skipped = element
        elif skipped is None and start and not whole and tag == "table" and _is_plain(element):
            skipped = element
            pieces.append(element)
        if skipped is None:
            preformatted += (1 if start else -1) if tag == "pre" else 0
            pieces.append(_edge(tag, start=start))
            pieces.append(_spaced((element.text if start else "") or "", preformatted))
        if not start:
            skipped = None if skipped is element else skipped
            if skipped is None and element is not root:
                pieces.append(_spaced(element.tail or "", preformatted))
    return pieces


def _is_plain(table: Any) -> bool:
    """Tell whether all words of a table are in the cells of its rows, and no table is inside."""
    inside = sum(len("".join(cell.itertext()).split()) for cell in table.iter(*_CELLS))
    return next(table.iter("tr"), None) is not None and inside == len(" ".join(table.itertext()).split())


def _edge(tag: str, *, start: bool) -> str:
    if tag in _APART:
        return _EMPTY
    if tag in _BLOCKS:
        return _LINE
    if tag == "br":
        return _BREAK if start else ""
    return _CELL if tag in _CELLS and not start else ""


def _spaced(text: str, preformatted: int) -> str:
    return text.replace("\r\n", "\n").replace("\n", _BREAK) if preformatted else _SPACE.sub(" ", text)


def _laid(marked: str) -> str:
    """Return the text with the marks turned into line ends and tabs."""
    return _RUN.sub(_line_ends, re.sub(" {2,}", " ", marked)).strip(" \n\t")


def _line_ends(run: re.Match[str]) -> str:
    marks = run[0].replace(" ", "")
    if _CELL in marks and _LINE not in marks:  # paragraphs inside of cells do not end the row
        return "\t" * marks.count(_CELL)
    return "\n\n" if _EMPTY in marks or marks.count(_BREAK) > 1 else "\n"
