"""report.docx: the report as a Word file that a template can restyle.

Every quotation is the whole content of an inline content control tagged ``q_<transcript>_<start>_<end>`` (`_wordxml` says how a long id is
written, and reads them back); all other words from outside have their control characters shown by number. The same inputs, settings and
template give the same bytes: archive and properties bear a fixed date.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from nptlens.reporting._blocks import Block, Figure, Grid, Heading, Items, Quote, Words
from nptlens.reporting._docx_file import open_document, saved, style_id
from nptlens.reporting._docx_table import LONGEST, table
from nptlens.reporting._outline import outline
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import visible
from nptlens.reporting._wordxml import el, quotation, run, shown, text_runs

WITHHELD = "[Withheld: the limit on words quoted of this participant is reached.]"
_LOOKS = {"": "Normal", "lead": "Normal", "note": "Excerpt source"}
_DEEPEST = 3  # headings in the table of contents
_TWIPS = 635  # English metric units of a twentieth of a point
_WIDEST, _TALLEST = 0.72, 0.78  # of a picture: shares of the page's width, and of the height between its margins


def docx(view: ReportView, template: bytes) -> bytes:
    """Return report.docx; raises SettingsError where the template cannot be used."""
    page = Page(open_document(template))
    blocks = list(outline(view))
    page.words("Title", view.title)
    page.words("Subtitle", f"Coded excerpts · codebook {view.codebook}")
    if view.notice:
        page.words("Notice", f"Notice. {view.notice}")
    page.contents([block for block in blocks if isinstance(block, Heading) and block.level <= _DEEPEST])
    for block in blocks:
        page.block(block)
    page.words("Excerpt source", "Made with nptlens. It holds the words of participants: keep it as safe as the transcripts.")
    return saved(page.document, f"{view.title}: coded excerpts")


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

    def words(self, style: str, text: str, *, together: bool = False) -> None:
        """Put a paragraph of words from outside."""
        self.paragraph(style, *text_runs(shown(text)), together=together)

    def block(self, block: Block) -> None:
        """Put a block."""
        match block:
            case Heading():
                self.heading(block)
            case Words():
                self.words(_LOOKS[block.look], block.text, together=block.look == "note")
            case Items():
                for line in block.lines:
                    self.words("List Bullet", line)
            case Grid():
                self.table(block)
            case Quote():
                self.quote(block)
            case Figure():
                self.figure(block)

    def heading(self, heading: Heading) -> None:
        """Put a heading; one that stands in the table of contents has a bookmark."""
        runs = text_runs(shown(heading.text))
        if heading.level <= _DEEPEST:
            self.headings += 1
            self.bookmarks += 1
            start = el("bookmarkStart", id=self.bookmarks, name=_mark(self.headings))
            runs = [start, *runs, el("bookmarkEnd", id=self.bookmarks)]
        self.paragraph(f"Heading {heading.level}", *runs)

    def contents(self, headings: Sequence[Heading]) -> None:
        """Put a table of contents: a field that Word can update, filled with links to the headings."""
        self.words("TOC Heading", "Contents", together=True)
        for number, heading in enumerate(headings, start=1):
            link = el("hyperlink", *text_runs(shown(heading.text)), anchor=_mark(number), history=1)
            opening = _field_start(f' TOC \\o "1-{_DEEPEST}" \\h \\z \\u ') if number == 1 else []
            closing = [el("r", el("fldChar", fldCharType="end"))] if number == len(headings) else []
            self.paragraph(f"toc {heading.level}", *opening, link, *closing)
        self.words("Excerpt source", "Page numbers appear when the table of contents is updated (Word: right-click, Update field).")

    def quote(self, quote: Quote) -> None:
        """Put a quotation, and what it is from."""
        before = text_runs(f"{shown(quote.speaker)}: ", bold=True) if quote.speaker else []
        if quote.text:
            self.paragraph("Quote", *before, quotation(quote.transcript, quote.start, quote.end, quote.text), together=bool(quote.source))
        else:
            self.paragraph("Quote", *before, *text_runs(WITHHELD), together=bool(quote.source))
        if quote.source:
            self.words("Excerpt source", "\n".join(map(visible, quote.source)))

    def figure(self, figure: Figure) -> None:
        """Put a picture with its alternative text, and its caption below it; all of it, and a heading above it, fit on one page."""
        self.figures += 1
        section = self.document.sections[0]
        picture = self.document.add_picture(io.BytesIO(figure.draw()), width=round(section.page_width * _WIDEST))
        most = (section.page_height - section.top_margin - section.bottom_margin) * _TALLEST
        if picture.height > most:
            picture.width, picture.height = round(picture.width * most / picture.height), round(most)
        picture._inline.docPr.set("descr", visible(figure.alt)[:2000])
        picture._inline.docPr.set("title", visible(figure.title)[:250])
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self.caption(f"Figure {self.figures}. {figure.title}.", figure.caption)

    def table(self, grid: Grid) -> None:
        """Put a table below its caption; its header row is repeated on every page."""
        self.tables += 1
        self.caption(f"Table {self.tables}. {grid.title}.", grid.caption, together=True)
        self.put(table(self, grid, self.room()))
        cut = grid.folded and len(grid.lines) > LONGEST
        self.words("Excerpt source", f"The first {LONGEST} rows of {len(grid.lines):,}; a report in HTML holds them all." if cut else "")

    def caption(self, head: str, told: str, *, together: bool = False) -> None:
        """Put a caption: what it is the caption of, and what that shows."""
        self.paragraph("Caption", *text_runs(shown(head), bold=True), *text_runs(shown(f" {told}".rstrip())), together=together)

    def room(self) -> int:
        """Return the width between the margins, in twentieths of a point."""
        section = self.document.sections[0]
        return int((section.page_width - section.left_margin - section.right_margin) / _TWIPS)


@cache
def _mark(number: int) -> str:
    return f"_Toc{number:08d}"


def _field_start(code: str) -> list[Any]:
    words = el("instrText")
    words.text = code
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return [run(el("fldChar", fldCharType="begin")), run(words), run(el("fldChar", fldCharType="separate"))]
