"""What is odd about Word files, in one place: the styles that must be there, a template's, and the same bytes each time.

Named styles a template may restyle: Title, Subtitle, Heading 1 to 4, Normal, Quote, Excerpt source, Caption, Table Grid, Table text,
Notice, List Bullet, TOC Heading, toc 1 to 3, and the character styles Code id and ControlCharacter. Those that a template lacks are added.
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from datetime import datetime
from typing import Any

from nptlens.core.errors import ReadingError, SettingsError
from nptlens.reporting._words import visible
from nptlens.reporting._wordxml import CONTROL, el, qn
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml

_EPOCH = datetime(2000, 1, 1)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_INK, _SOFT, _ACCENT = "1C2B33", "52626B", "0B5A6B"
_PARAGRAPHS = {  # name: (based on, points, colour, italic, bold, left indent in points, space before, space after)
    "Excerpt source": ("Normal", 8.5, _SOFT, False, False, 14, 0, 9),
    "Table text": ("Normal", 8.5, None, False, False, 0, 1, 1),
    "Notice": ("Normal", 10.5, None, False, True, 6, 6, 6),
    "toc 1": ("Normal", 10.5, None, False, True, 0, 4, 0),
    "toc 2": ("Normal", 10, None, False, False, 12, 0, 0),
    "toc 3": ("Normal", 9.5, _SOFT, False, False, 24, 0, 0),
}
_OURS = {  # the look of the built-in styles where no template is given, as above
    "Normal": (None, 10.5, _INK, False, False, 0, 0, 6),
    "Title": (None, 24, _INK, False, True, 0, 0, 4),
    "Subtitle": (None, 11, _SOFT, False, False, 0, 0, 10),
    "Heading 1": (None, 17, _ACCENT, False, True, 0, 20, 6),
    "Heading 2": (None, 13.5, _INK, False, True, 0, 16, 4),
    "Heading 3": (None, 11.5, _INK, False, True, 0, 12, 3),
    "Heading 4": (None, 10.5, _SOFT, False, True, 0, 8, 2),
    "Quote": (None, 10.5, _INK, False, False, 14, 8, 2),
    "Caption": (None, 9, _INK, False, False, 0, 10, 3),
    "TOC Heading": (None, 13.5, _INK, False, True, 0, 10, 4),
}


def open_document(template: bytes) -> Any:
    """Return an empty document with the styles, margins, header and footer of `template`, of our own where it is empty.

    Raises SettingsError where the template is no Word file, holds macros or declares a document type.
    """
    import docx

    if not template:
        document = docx.Document()
        _our_look(document)
    else:
        _check(template)
        document = docx.Document(io.BytesIO(template))
        body = document.element.body
        for child in [each for each in body if each.tag != qn("sectPr")]:
            body.remove(child)
    _add_missing(document)
    return document


def _check(template: bytes) -> None:
    hint = "save the template as a plain .docx"
    try:
        archive = open_archive(template, where="report.template")
        names = archive.namelist()
        for name in names:
            if name.endswith((".xml", ".rels")):
                parse_xml(archive.read(name), where="report.template")
    except (ReadingError, zipfile.BadZipFile, OSError) as error:
        raise SettingsError("report.template cannot be read", where="report.template", hint=hint) from error
    if "word/document.xml" not in names or any("vbaProject" in name for name in names):
        raise SettingsError("report.template is no plain Word document", where="report.template", hint=hint)


def _our_look(document: Any) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, look in _OURS.items():
        _restyle(document.styles[name], look)
        _restyle_link(document.styles, document.styles[name])
    rule = el("left", val="single", sz=12, space=8, color="9DB8BF")
    document.styles["Quote"].element.get_or_add_pPr().insert(0, el("pBdr", rule))
    _light_grid(document.styles["Table Grid"].element)
    for edges in document.styles["Title"].element.iter(qn("pBdr")):
        edges.getparent().remove(edges)
    _footer(section)


def _light_grid(style: Any) -> None:
    """Give tables lines between rows only, and a shade behind the row of names."""
    for look in [each for each in style if each.tag in (qn("tblPr"), qn("pPr"))]:
        style.remove(look)
    ends = [el(edge, val="single", sz=8, space=0, color="9DB8BF") for edge in ("top", "bottom")]
    edges = [ends[0], ends[1], el("insideH", val="single", sz=4, space=0, color="D5DEE1")]
    room = el("tblCellMar", *(el(side, w=70, type="dxa") for side in ("left", "right")))
    style.append(el("tblPr", el("tblBorders", *edges), room))
    shade = el("shd", val="clear", color="auto", fill="EAF1F3")
    style.append(el("tblStylePr", el("tcPr", shade), type="firstRow"))


def _footer(section: Any) -> None:
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = 1
    for kind in ("begin", "", "end"):
        inner = el("fldChar", fldCharType=kind) if kind else el("instrText")
        if not kind:
            inner.text = "PAGE"
        paragraph._p.append(el("r", inner))


def _restyle(style: Any, look: tuple[Any, ...]) -> None:
    from docx.shared import Pt, RGBColor

    _, size, colour, italic, bold, indent, before, after = look
    style.font.size, style.font.italic, style.font.bold = Pt(size), italic, bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for each in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(each), "Calibri")
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)
    form = style.paragraph_format
    form.left_indent, form.space_before, form.space_after = Pt(indent), Pt(before), Pt(after)
    form.line_spacing = 1.15 if size < 12 else 1.0


def _restyle_link(styles: Any, style: Any) -> None:
    """Give the character style that belongs to a paragraph style the same letters."""
    link = style.element.find(qn("link"))
    for other in styles.element.iter(qn("style")):
        if link is not None and other.get(qn("styleId")) == link.get(qn("val")):
            for letters in other.findall(qn("rPr")):
                other.remove(letters)
            other.append(deepcopy(style.element.rPr))


def _add_missing(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import RGBColor

    styles = document.styles
    have = {style.name for style in styles}
    for name in ("Title", "Subtitle", *(f"Heading {n}" for n in range(1, 5)), "Quote", "Caption", "List Bullet", "TOC Heading"):
        if name not in have:
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=True).base_style = styles["Normal"]
    for name, look in _PARAGRAPHS.items():
        if name not in have:
            made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.startswith("toc"))
            made.base_style = styles[look[0]]
            _restyle_lightly(made, look)
    if "Table Grid" not in have:
        _table_grid(styles)
    for name in ("Code id", CONTROL):
        if name not in have:
            made = styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
            made.font.color.rgb = RGBColor.from_string(_ACCENT if name == "Code id" else _SOFT)
            made.font.bold = name == "Code id"


def _restyle_lightly(style: Any, look: tuple[Any, ...]) -> None:
    """Set all but the font's family, which a template's Normal gives."""
    from docx.shared import Pt, RGBColor

    _, size, colour, italic, bold, indent, before, after = look
    style.font.size, style.font.italic, style.font.bold = Pt(size), italic or None, bold or None
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)
    form = style.paragraph_format
    form.left_indent, form.space_before, form.space_after = Pt(indent), Pt(before), Pt(after)


def _table_grid(styles: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    made = styles.add_style("Table Grid", WD_STYLE_TYPE.TABLE, builtin=True)
    edges = [el(edge, val="single", sz=4, space=0, color="auto") for edge in ("top", "left", "bottom", "right", "insideH", "insideV")]
    made.element.append(el("tblPr", el("tblBorders", *edges)))


def style_id(document: Any, name: str) -> str:
    """Return the id that paragraphs name a style by."""
    found: str = document.styles[name].style_id
    return found


def saved(document: Any, title: str) -> bytes:
    """Return the document's bytes: no clock is read, and the members of the archive stand in one order."""
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = visible(title)[:255], "nptlens", "nptlens"
    properties.subject = properties.keywords = properties.comments = properties.category = ""
    properties.created = properties.modified = _EPOCH
    properties.revision = 1
    raw = io.BytesIO()
    document.save(raw)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw.getvalue())) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, _ZIP_TIME)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
            target.writestr(member, source.read(name))
    return made.getvalue()
