"""A report as one HTML file that asks the network for nothing; the one script that may run in it is named by its digest.

Every word is escaped on its way in: `_tag` takes for mark-up only what it made itself (markupsafe), control characters are shown by
number. An excerpt's element holds the exact slice and nothing else, no tag and no space.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape

from nptlens.reporting._packed import Packed
from nptlens.reporting._words import count, counted, decimal, visible
from nptlens.reporting.content import (
    WITHHELD,
    Block,
    Cell,
    Definitions,
    Document,
    Group,
    Heading,
    ItemList,
    NearestSeed,
    Paragraph,
    Picture,
    Quotation,
    Quotations,
    Reason,
    Remainder,
    Row,
    Run,
    Section,
    Speech,
    Table,
    Text,
    flat,
)

_FOLDER = Path(__file__).resolve().parent / "page"
_DENSE = 8  # columns from which on a table is set close
_TAGS = {"strong": "b", "id": "span", "small": "span", "stance": "span", "link": "a", "open": "em"}
_FOOTER = (
    "Made with nptlens. This file loads nothing from the network. It holds the words of participants: keep it as safe as the transcripts."
)
_NOTHING, _LINE, _BREAK = Markup(""), Markup("\n"), Markup("<br>")
_PAGE = Markup(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{title}: {subject}</title>
<style>
{styles}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the {page}</a>
<div class="page">
<header>
<p class="kicker">{kind} · codebook {codebook}</p>
<h1 dir="auto">{title}</h1>
{notice}</header>
<nav aria-labelledby="contents">
<h2 id="contents">Contents</h2>
{contents}
</nav>
<main id="main" tabindex="-1">
{sections}</main>
<footer><p class="small">{footer}</p></footer>
</div>
{scripts}</body>
</html>
"""
)


def html(document: Document, packed: Packed | None = None, files: Sequence[str] = ()) -> str:
    """Return a report as HTML; `packed` holds excerpts that the page opens, `files` the names of those that list every excerpt."""
    writer = _Writer(packed or Packed("", {}, {}), tuple(files))
    script, policy, scripts = _file("report.js"), "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'", ""
    if writer.packed.block:
        digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        policy = f"{policy}; script-src 'sha256-{digest}'"
        scripts = f'<script type="application/json" id="packed">{writer.packed.block}</script>\n<script>{script}</script>\n'
    notice = _tag("p", _tag("strong", "Notice.") + " " + document.notice, class_="notice", role="note") if document.notice else ""
    validation = document.kind.startswith("Validation")
    styles = ("report.css", "charts.css", *(["validation.css"] if validation else []))
    page = _PAGE.format(
        policy=Markup(policy),  # noqa: S704 – ours
        title=visible(document.title),
        subject="validation" if validation else document.kind.lower(),
        page="validation" if validation else "report",
        kind=document.kind,
        codebook=visible(document.codebook),
        notice=notice and notice + "\n",
        styles=Markup("".join(map(_file, styles))),  # noqa: S704 – ours
        contents=_contents(document.sections),
        sections=_joined(map(writer.section, document.sections)),
        footer=_FOOTER,
        scripts=Markup(scripts),  # noqa: S704 – ours, and base64
    )
    return str(page)


def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _tag(name: str, content: str = "", **attributes: object) -> Markup:
    """Return an element; `content` is escaped unless it is mark-up, attributes that are "" or None are left out."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items() if value is not None and value != ""
    )
    return Markup(f"<{name}{told}>{escape(content)}</{name}>")  # noqa: S704 – escaped in this line and in the one before


def _joined(parts: Iterable[Markup], between: Markup = _NOTHING) -> Markup:
    return between.join(parts)


def _shown(text: Text, line_end: Markup = _BREAK) -> Markup:
    """Return a text with its looks; a line end is `line_end`, any other control character is shown by number."""
    return _joined(_run(part, line_end) for part in ((text,) if isinstance(text, str) else text))


def _run(part: str | Run, line_end: Markup) -> Markup:
    if isinstance(part, str):
        return _joined((escape(visible(line)) for line in part.split("\n")), line_end) if "\n" in part else escape(visible(part))
    return _tag(_TAGS[part.look], _run(part.text, line_end), class_=part.look if _TAGS[part.look] == "span" else "", href=part.target)


def _heading_text(text: Text) -> Markup:
    return _shown(text, escape(visible("\n")))


def _contents(sections: Sequence[Section]) -> Markup:
    entries = []
    for section in sections:
        below = [each for each in flat(section.blocks) if isinstance(each, Heading) and each.anchor]
        inner = [_tag("li", _link(each.text, each.anchor), class_=f"level-{min(each.level - 3, 2)}") for each in below]
        listed = "\n" + _tag("ul", _LINE + _joined(inner, _LINE) + "\n") if inner else _NOTHING
        entries.append(_tag("li", _link(section.title, section.anchor) + listed))
    return _tag("ul", _LINE + _joined(entries, _LINE) + "\n")


def _link(text: Text, anchor: str) -> Markup:
    return _tag("a", _heading_text(text), href=f"#{anchor}")


@dataclass(slots=True)
class _Writer:
    """Writes blocks one after the other and numbers tables and figures."""

    packed: Packed
    files: tuple[str, ...]
    tables: int = 0
    figures: int = 0

    def section(self, section: Section) -> Markup:
        """Return a section with its heading."""
        inner = _LINE + _tag("h2", section.title, id=section.anchor) + "\n" + self.blocks(section.blocks)
        return _tag("section", inner, class_=section.look, aria_labelledby=section.anchor) + "\n"

    def blocks(self, blocks: Iterable[Block]) -> Markup:
        """Return blocks, each on lines of its own."""
        return _joined(self.block(each) + "\n" for each in blocks)

    def block(self, block: Block) -> Markup:
        """Return one block."""
        match block:
            case Paragraph():
                made = _NOTHING if block.on == "paper" else _tag("p", _shown(block.text), class_=block.look)
            case Heading():
                made = _tag(f"h{min(block.level, 6)}", _heading_text(block.text), id=block.anchor)
            case ItemList():
                made = _list(block)
            case Definitions():
                pairs = (_tag("div", _tag("dt", _shown(name)) + _tag("dd", _shown(told))) for name, told in block.pairs)
                made = _tag("dl", _LINE + _joined(pairs, _LINE) + _LINE, class_=block.look)
            case Quotations():
                entries = _joined(map(_quotation, block.entries), _LINE)
                made = _tag("ol", _LINE + entries + _LINE, class_="excerpts mismatches" if block.numbered else "excerpts")
            case Table():
                made = self.table(block)
            case Picture():
                made = self.picture(block)
            case Remainder():
                made = self.remainder(block)
            case Group():
                made = self.group(block)
        return made

    def group(self, group: Group) -> Markup:
        """Return blocks that belong together."""
        inner = _LINE + self.blocks(group.blocks)
        if group.look == "details":
            return _tag("details", _tag("summary", _shown(group.summary)) + inner, class_="data" if group.folded else "")
        if group.look == "code":
            anchor = next((each.anchor for each in group.blocks if isinstance(each, Heading)), "")
            return _tag("section", inner, class_=group.look, aria_labelledby=anchor)
        return _tag("article" if group.look == "card" else "div", inner, class_=group.look)

    def table(self, table: Table) -> Markup:
        """Return a table below its caption; a folded one in details."""
        self.tables += 1
        heads = _joined(_tag("th", _shown(text), scope="col", class_=_figure(table, n)) for n, text in enumerate(table.columns))
        rows = [_row(table, row) for row in table.rows]
        rows = rows or [_tag("tr", _tag("td", table.empty, colspan=len(table.columns)))]
        parts = [
            _tag("caption", _tag("strong", f"{visible(table.title)}.") + " " + _shown(table.caption)),
            _tag("thead", _tag("tr", heads)),
            _tag("tbody", _LINE + _joined(rows, _LINE) + "\n"),
        ]
        if table.foot:
            parts.append(_tag("tfoot", _joined(_row(table, row) for row in table.foot)))
        look = f"{'dense ' if table.look or len(table.columns) > _DENSE else ''}{table.look.replace('dense', '')}".strip()
        whole = _tag("table", _LINE + _joined(parts, _LINE) + _LINE, class_=look)
        made = _scroll(whole, f"Table {self.tables}", table.label or table.title)
        return _tag("details", _tag("summary", f"{visible(table.title)} (table)") + "\n" + made, class_="data") if table.folded else made

    def picture(self, picture: Picture) -> Markup:
        """Return a figure with its caption and its tables."""
        self.figures += 1
        drawn = _NOTHING
        if picture.svg:  # made by us, its words escaped
            drawn = _scroll(Markup(picture.svg), f"Figure {self.figures}", picture.title) + "\n"  # noqa: S704
        title = "" if picture.plain else _tag("strong", f"{visible(picture.title)}.") + " "
        told = _tag("figcaption", title + _shown(picture.caption), class_="small")
        return _tag("figure", _LINE + drawn + told + "\n" + self.blocks(picture.data), class_="" if picture.plain else "chart")

    def remainder(self, rest: Remainder) -> Markup:
        """Return where the page's script opens the excerpts of a code that are not quoted, and which files list them."""
        others, held = self.packed.others.get(rest.anchor, 0), self.packed.held.get(rest.anchor, 0)
        if not others:
            return _NOTHING
        told = f"{counted(others, 'more excerpt')} of this code"
        if held:
            which = "all" if held == others else f"of which the {count(held)} most probable"
            told += f", {which} in this page, the most probable first; where scripts are off, they stay closed"
        told += "."
        if self.files:
            told += f" {' and '.join(self.files)} {'list' if len(self.files) > 1 else 'lists'} every excerpt."
        note = _tag("p", told, class_="note")
        return _tag("div", note, class_="rest", data_anchor=rest.anchor, data_code=visible(rest.code), data_held=held)


def _list(items: ItemList) -> Markup:
    if not items.lines:
        return _NOTHING
    inner = _joined((_tag("li", _shown(each)) for each in items.lines), _LINE)
    return _tag("ol" if items.numbered else "ul", _LINE + inner + _LINE, class_="" if items.numbered else "sources")


def _scroll(inner: Markup, number: str, title: str) -> Markup:
    label = f"{number}: {visible(title)}"
    return _tag("div", _LINE + inner + "\n", class_="scroll", tabindex=0, role="region", aria_label=label)


def _figure(table: Table, column: int) -> str:
    return "n" if column and column not in table.words and column not in table.long else ""


def _row(table: Table, row: Row) -> Markup:
    head = (_tag("span", visible(row.id), class_="id") if row.id else _NOTHING) + _shown(row.named())
    head = (_tag("span", head, class_="inset") if row.depth else head) + _small(row.below)
    level = f"level-{min(row.depth, 2)}" if row.depth else ""
    cells = [_tag("th", head, scope="row", class_=f"{level} {'long' if 0 in table.long else ''}".strip())]
    column = 1
    for cell in row.cells:
        kind = "long" if column in table.long else _figure(table, column)
        span = cell.span if cell.span > 1 else None
        cells.append(_tag("td", _cell(cell), class_=f"{kind} {cell.look}".strip(), colspan=span))
        column += cell.span
    return _tag("tr", _joined(cells))


def _cell(cell: Cell) -> Markup:
    told = _shown(cell.text)
    if cell.quotation is not None:
        told = _tag("strong", told, class_="tally") + (_tag("span", f"{cell.stance}:", class_="stance") if cell.stance else "") + " "
        told += _excerpt("q", cell.quotation) if cell.quotation.text else _tag("span", "[withheld]", class_="range")
    return told + _small(cell.below)


def _small(text: str) -> Markup:
    return _joined(_tag("span", _shown(part), class_="range") for part in text.split("; ") if part)


def _excerpt(tag: str, speech: Speech) -> Markup:
    """Return the element that holds an exact slice and nothing else: its words are escaped and not changed in any other way."""
    kind, mark = ("context" if speech.relation else "excerpt"), {"data_segment" if speech.segment else "data_span": speech.data_span}
    return _tag(tag, speech.text, class_=kind, **mark, dir="auto")


def _quotation(quotation: Quotation) -> Markup:
    parts = []
    for piece in quotation.pieces:
        if len(quotation.pieces) > 1:
            parts.append(_tag("p", _tag("b", visible(piece.speaker)), class_="who"))
        parts.append(_tag("blockquote", _excerpt("span", piece)) if piece.text else _tag("p", WITHHELD, class_="note"))
    if not quotation.pieces:
        parts.append(_tag("p", "Nobody speaks at this place.", class_="note"))
    parts.append(_tag("p", _joined(map(_shown, quotation.source), _BREAK), class_="who"))
    if quotation.sides:
        parts.append(_tag("dl", _joined(_side(*side) for side in quotation.sides), class_="sides"))
        parts.append(_tag("p", _shown(quotation.remark), class_="who"))
    more = _context(quotation) + _why(quotation.why)
    parts += [_tag("div", more, class_="more")] if more else []
    return _tag("li", _LINE + _joined(parts, _LINE) + "\n")


def _side(who: str, codes: Sequence[Text]) -> Markup:
    given = _joined(_tag("span", _shown(each), class_="given") for each in codes) or "not coded"
    return _tag("div", _tag("dt", _shown(who)) + _tag("dd", given))


def _context(quotation: Quotation) -> Markup:
    if not quotation.before and not quotation.after:
        return _NOTHING
    middle = _tag("p", "[the excerpt]", class_="said small")
    turns = [*map(_said, quotation.before), middle, *map(_said, quotation.after)]
    return _tag("details", _tag("summary", "Turns around it") + "\n" + _joined(turns, _LINE)) + "\n"


def _said(speech: Speech) -> Markup:
    cut = _tag("span", "[…] ", class_="small") if speech.cut_before else ""
    more = _tag("span", " […]", class_="small") if speech.cut_after else ""
    head = _tag("b", visible(speech.speaker)) + " " + _tag("span", f"({speech.relation})", class_="small")
    asks = "said asks" if speech.speaker == "interviewer" else "said"
    return _tag("p", head + _BREAK + cut + _excerpt("span", speech) + more, class_=asks)


def _why(reasons: Sequence[Reason]) -> Markup:
    if not reasons:
        return _NOTHING
    lines = []
    for reason in reasons:
        seeds = _tag("ul", _joined((_tag("li", _seed(each)) for each in reason.seeds), _LINE)) if reason.seeds else ""
        lines.append(_tag("dt", reason.name) + _tag("dd", seeds or _shown(reason.text)))
    return _tag("details", _tag("summary", "Why") + "\n" + _tag("dl", _LINE + _joined(lines, _LINE) + "\n"))


def _seed(seed: NearestSeed) -> Markup:
    stance = f", {seed.stance}" if seed.stance else ""
    told = _tag("b", visible(seed.id)) + f", similarity {decimal(seed.similarity, 3)}{stance}"
    return told + ": " + _tag("span", seed.text, class_="seed", data_span=seed.place, dir="auto") if seed.text else told
