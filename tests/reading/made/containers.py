"""Lines of text as the bytes of a file: plain text in several encodings, Word, LibreOffice, RTF, web pages."""

from __future__ import annotations

import html
import io
import random
import re
import zipfile

import docx

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def as_text(lines: list[str], rng: random.Random, odd: list[str]) -> bytes:
    """Return plain text with an encoding and line ends drawn at random, that are added to `odd`."""
    if rng.random() < 0.2:
        odd.append("trailing spaces")
        lines = [line + "  " * (rng.random() < 0.4) for line in lines]
    text = "\n".join(lines).rstrip("\n") + "\n" * rng.randint(0, 3)
    if rng.random() < 0.3:
        odd.append("CRLF")
        text = text.replace("\n", "\r\n")
    encodings = ["utf-8"] * 6 + ["utf-8-sig", "utf-16"]
    if any(sign in text for sign in "äöüßéèçñíó") and not re.search(r"[^\x00-\xff–—’“”…•]", text):
        encodings += ["cp1252", "cp1252"]
    encoding = rng.choice(encodings)
    if encoding != "utf-8":
        odd.append(encoding)
    return text.encode(encoding)


def as_docx(lines: list[str], labels: tuple[str, ...], rng: random.Random, odd: list[str]) -> bytes:
    """Return a Word document, a paragraph a line; labels at the start of a line may be bold."""
    document = docx.Document()
    bold = rng.random() < 0.4
    odd += ["bold labels"] * bold
    for line in lines:
        paragraph = document.add_paragraph()
        label = next((each for each in sorted(labels, key=len, reverse=True) if line.startswith(each)), "") if bold else ""
        if label:
            paragraph.add_run(label + line[len(label) : len(label) + 1].rstrip(" \t")).bold = True
            line = line[len(label) :].removeprefix(line[len(label) : len(label) + 1].rstrip(" \t"))
        paragraph.add_run(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_table(rows: list[list[str]], above: list[str]) -> bytes:
    """Return a Word document with a table, and lines above it."""
    document = docx.Document()
    for line in above:
        document.add_paragraph(line)
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, cells in zip(made.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_rtf(lines: list[str]) -> bytes:
    """Return RTF, a paragraph a line."""
    def escaped(line: str) -> str:
        line = re.sub(r"([\\{}])", r"\\\1", line).replace("\t", r"\tab ")
        units = (int.from_bytes(line.encode("utf-16-le")[at : at + 2], "little") for at in range(0, len(line.encode("utf-16-le")), 2))
        return "".join(chr(unit) if unit < 128 else rf"\u{unit - 65536 if unit > 32767 else unit}?" for unit in units)

    body = "".join(rf"\pard {escaped(line)}\par" + "\n" for line in lines)
    return (r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\fs24" + "\n" + body + "}").encode("ascii")


def as_odt(lines: list[str]) -> bytes:
    """Return an OpenDocument text, a paragraph a line."""
    def escaped(line: str) -> str:
        line = html.escape(line, quote=False).replace("\t", "<text:tab/>")
        return re.sub(r" ( +)", lambda found: f' <text:s text:c="{len(found[1])}"/>', line)

    body = "".join(f"<text:p>{escaped(line)}</text:p>" for line in lines)
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{_ODF}office:1.0" xmlns:text="{_ODF}text:1.0" office:version="1.2"><office:body><office:text>{body}</office:text></office:body></office:document-content>'
    manifest = f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{_ODF}manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def as_html(lines: list[str]) -> bytes:
    """Return a web page, a paragraph a line that is not empty."""
    body = "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line.strip())
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>t</title></head><body>\n{body}\n</body></html>\n'.encode()


def as_docx_bold(paragraphs: list[str], bold: tuple[str, ...]) -> bytes:
    """Return a Word document in which some paragraphs are bold and nobody is named."""
    document = docx.Document()
    for words in paragraphs:
        document.add_paragraph().add_run(words).bold = words in bold
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_docx_pairs(pairs: list[tuple[str, str]]) -> bytes:
    """Return a Word document whose paragraphs begin with a name that nothing but its bold letters marks."""
    document = docx.Document()
    for name, words in pairs:
        paragraph = document.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(f" {words}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
