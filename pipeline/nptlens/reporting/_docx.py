"""A report as a Word file that a template can restyle.

Every quotation is the whole content of an inline content control tagged ``q_<transcript>_<start>_<end>`` (`_wordxml` says how a long id is
written, and reads them back); all other words from outside have their control characters shown by number. The same content and template
give the same bytes: archive and properties bear a fixed date.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from nptlens.reporting._docx_file import open_document, saved, style_id
from nptlens.reporting._docx_table import LONGEST, WIDEST, table
from nptlens.reporting._matrix import blocks as runs_of
from nptlens.reporting._words import visible
from nptlens.reporting._wordxml import el, quotation, run, shown, text_runs
from nptlens.reporting.content import (
    WITHHELD,
    Block,
    Definitions,
    Document,
    Group,
    Heading,
    ItemList,
    Paragraph,
    Picture,
    Quotation,
    Quotations,
    Table,
    Text,
    definitions_table,
    flat,
    in_words,
    place_in,
    plain,
)

_LOOKS = {"": "Normal", "lead": "Normal", "definition": "Normal"}  # all others are small print
_DEEPEST = 3  # headings in the table of contents
_TWIPS = 635  # English metric units of a twentieth of a point
_WIDEST_PICTURE, _TALLEST = 0.72, 0.78  # shares of the page's width, and of the height between its margins


def docx(document: Document, template: bytes) -> bytes:
    """Return a report as a Word file; raises SettingsError where the template cannot be used."""
    page = Page(open_document(template))
    page.words("Title", document.title)
    page.words("Subtitle", f"{document.kind} · codebook {document.codebook}")
    if document.notice:
        page.words("Notice", f"Notice. {document.notice}")
    page.contents(list(_contents(document)))
    for section in document.sections:
        page.heading(section.title, 1)
        for block in section.blocks:
            page.block(block)
    page.words("Excerpt source", "Made with nptlens. It holds the words of participants: keep it as safe as the transcripts.")
    return saved(page.document, f"{document.title}: {document.kind.lower()}")


def level_of(heading: Heading) -> int:
    """Return the level of a heading in a document, where sections have 1; minor ones stand below those of the table of contents."""
    return _DEEPEST + 1 if heading.minor else min(heading.level - 1, _DEEPEST)


def _contents(document: Document) -> Iterator[tuple[str, int]]:
    for section in document.sections:
        yield section.title, 1
        for block in () if document.brief else flat(section.blocks):
            if isinstance(block, Heading) and not block.minor:
                yield plain(block.text), level_of(block)


@dataclass(slots=True)
class Page:
    """A Word document that is written from top to bottom."""

    document: Any
    tables: int = 0
    figures: int = 0
    headings: int = 0
    bookmarks: int = 0
    _styles: dict[str, str] = field(default_factory=dict)

    def put(self, element: Any) -> Any:
        """Put an element at the end of the body."""
        self.document.element.body.sectPr.addprevious(element)
        return element

    def style(self, name: str) -> str:
        """Return the id of a style by its name."""
        if name not in self._styles:
            self._styles[name] = style_id(self.document, name)
        return self._styles[name]

    def paragraph(self, style: str, *content: Any, together: bool = False) -> Any:
        """Put a paragraph; `together`: it stays on the page of the next one."""
        return self.put(self.made(style, *content, together=together))

    def made(self, style: str, *content: Any, together: bool = False) -> Any:
        """Return a paragraph that is not yet put anywhere."""
        look = el("pPr", el("pStyle", val=self.style(style)), *([el("keepNext")] if together else []))
        return el("p", look, *content)

    def words(self, style: str, text: Text, *, together: bool = False) -> None:
        """Put a paragraph of words from outside."""
        self.paragraph(style, *self.runs(text), together=together)

    def runs(self, text: Text, *, bold: bool = False) -> list[Any]:
        """Return the runs of a text: ids of codes in their style, what is strong in bold."""
        found: list[Any] = []
        for part in (text,) if isinstance(text, str) else text:
            if isinstance(part, str):
                found += text_runs(shown(part), bold=bold)
            elif part.look == "id":
                found += text_runs(f"{shown(part.text)} ", style=self.style("Code id"), bold=bold)
            else:
                found += text_runs(shown(part.text), bold=bold or part.look == "strong")
        return found

    def block(self, block: Block) -> None:
        """Put a block."""
        match block:
            case Heading():
                self.heading(block.text, level_of(block))
            case Paragraph():
                if block.on != "screen":
                    self.words(_LOOKS.get(block.look, "Excerpt source"), block.text, together=block.look not in _LOOKS)
            case ItemList():
                self.lines("List Bullet", block.lines)
            case Definitions(look="figures"):
                self.table(definitions_table(block))
            case Definitions():
                self.lines("Normal", [f"{name}: {told}" for name, told in block.pairs])
            case Table():
                self.table(block)
            case Quotations():
                self.quotations(block)
            case Picture():
                self.picture(block)
            case Group():
                self.group(block)

    def lines(self, style: str, lines: Sequence[str]) -> None:
        """Put a paragraph for each line."""
        for line in lines:
            self.words(style, line)

    def group(self, group: Group) -> None:
        """Put blocks that belong together, below the words that a page folds them away under."""
        if group.summary:
            self.words("Excerpt source", group.summary, together=True)
        for block in group.blocks:
            self.block(block)

    def quotations(self, quoted: Quotations) -> None:
        """Put quotations one below the other."""
        for entry in quoted.entries:
            self.quotation(entry)

    def heading(self, text: Text, level: int) -> None:
        """Put a heading; one that stands in the table of contents has a bookmark."""
        runs = self.runs(text)
        if level <= _DEEPEST:
            self.headings += 1
            self.bookmarks += 1
            start = el("bookmarkStart", id=self.bookmarks, name=_mark(self.headings))
            runs = [start, *runs, el("bookmarkEnd", id=self.bookmarks)]
        self.paragraph(f"Heading {level}", *runs)

    def contents(self, headings: Sequence[tuple[str, int]]) -> None:
        """Put a table of contents, a field that Word can update, filled with links to the headings, given as (words, level)."""
        self.words("TOC Heading", "Contents", together=True)
        for number, (text, level) in enumerate(headings, start=1):
            link = el("hyperlink", *text_runs(shown(text)), anchor=_mark(number), history=1)
            opening = _field_start(f' TOC \\o "1-{_DEEPEST}" \\h \\z \\u ') if number == 1 else []
            closing = [el("r", el("fldChar", fldCharType="end"))] if number == len(headings) else []
            self.paragraph(f"toc {level}", *opening, link, *closing)
        self.words("Excerpt source", "Page numbers appear when the table of contents is updated (Word: right-click, Update field).")

    def quotation(self, quoted: Quotation) -> None:
        """Put a quotation, turn by turn, and what it is from."""
        for piece in quoted.pieces:
            before = text_runs(f"{shown(piece.speaker)}: ", bold=True) if len(quoted.pieces) > 1 else []
            words = [quotation(*place_in(piece.data_span), piece.text)] if piece.text else text_runs(WITHHELD)
            self.paragraph("Quote", *before, *words, together=True)
        if not quoted.pieces:
            self.words("Excerpt source", "Nobody speaks at this place.", together=True)
        runs: list[Any] = []
        for line in (*quoted.source, *in_words(quoted)):
            runs += [run(el("br"))] if runs else []
            runs += self.runs(line if not isinstance(line, str) else visible(line))
        self.paragraph("Excerpt source", *runs)

    def picture(self, picture: Picture) -> None:
        """Put a picture with its alternative text and its caption, then its tables; picture and caption fit on a page with a heading."""
        if picture.svg and picture.draw is not None:
            self.figures += 1
            section = self.document.sections[0]
            drawn = self.document.add_picture(io.BytesIO(picture.draw()), width=round(section.page_width * _WIDEST_PICTURE))
            most = (section.page_height - section.top_margin - section.bottom_margin) * _TALLEST
            if drawn.height > most:
                drawn.width, drawn.height = round(drawn.width * most / drawn.height), round(most)
            drawn._inline.docPr.set("descr", visible(picture.alt)[:2000])
            drawn._inline.docPr.set("title", visible(picture.title)[:250])
            self.document.paragraphs[-1].paragraph_format.keep_with_next = True
            self.caption(f"Figure {self.figures}. {picture.title}.", picture.caption)
        for data in picture.data:
            self.table(data)

    def table(self, whole: Table) -> None:
        """Put a table below its caption, a wide one in parts; its header row is repeated on every page."""
        for part in _parts(whole):
            self.tables += 1
            self.caption(f"Table {self.tables}. {part.label or part.title}.", part.caption, together=True)
            self.put(table(self, part, self.room()))
            cut = part.folded and len(part.rows) > LONGEST
            self.words("Excerpt source", f"The first {LONGEST} rows of {len(part.rows):,}; a report in HTML holds them all." if cut else "")

    def caption(self, head: str, told: str, *, together: bool = False) -> None:
        """Put a caption: what it is the caption of, and what that shows."""
        self.paragraph("Caption", *text_runs(shown(head), bold=True), *text_runs(shown(f" {told}".rstrip())), together=together)

    def room(self) -> int:
        """Return the width between the margins, in twentieths of a point."""
        section = self.document.sections[0]
        return int((section.page_width - section.left_margin - section.right_margin) / _TWIPS)


def _parts(table: Table) -> Iterator[Table]:
    """Yield a table of more columns than fit on an upright page in parts; each row's head is repeated."""
    if len(table.columns) <= WIDEST or any(cell.span > 1 for row in (*table.rows, *table.foot) for cell in row.cells):
        yield table
        return
    parts = runs_of(len(table.columns) - 1, WIDEST - 1)
    for part in parts:
        cut = slice(part[0], part[-1] + 1)
        name = f"{table.label or table.title}, columns {part[0] + 1} to {part[-1] + 1}"
        yield replace(
            table,
            label=name,
            columns=(table.columns[0], *table.columns[1:][cut]),
            rows=tuple(replace(row, cells=row.cells[cut]) for row in table.rows),
            foot=tuple(replace(row, cells=row.cells[cut]) for row in table.foot),
            words=frozenset(each - part[0] for each in table.words if each - 1 in part),
            long=frozenset(each - part[0] for each in table.long if each - 1 in part) | (table.long & {0}),
        )


@cache
def _mark(number: int) -> str:
    return f"_Toc{number:08d}"


def _field_start(code: str) -> list[Any]:
    words = el("instrText")
    words.text = code
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return [run(el("fldChar", fldCharType="begin")), run(words), run(el("fldChar", fldCharType="separate"))]
