"""Tell whether two results folders say the same: the words, figures and quotations of their documents, in reading order.

    python -m tools.same_report BEFORE AFTER [NAME ...]

Reads report.html, report.docx, report.md and validation.html, or the names given. White space, mark-up and the full stop or comma at
the end of a word do not count. What differs is printed; exit code 1 where anything does. Quotations are compared apart, with the places
that they name, and of figures it is counted how many are fewer, so that it can be seen whether anything was lost where words changed.
"""

from __future__ import annotations

import difflib
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

NAMES = ("report.html", "report.docx", "report.md", "validation.html")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_INLINE, _SPACED = {"a", "b", "em", "strong"}, {"span", "br", "q", "text"}
_FIGURE = re.compile(r"\d(?:[\d,.]*\d)?")
_MOST, _LONGEST = 60, 240


def html_parts(path: Path) -> list[str]:
    """Return the words of a page's body as they are read, block by block; those of scripts are left out, those of pictures not."""
    body = lxml_html.document_fromstring(path.read_text("utf-8")).body
    return _parts("".join(_spoken(body)).split("\0"))


def _spoken(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in ("script", "style"):
        yield element.tail or ""
        return
    between = "" if element.tag in _INLINE else " " if element.tag in _SPACED else "\0"
    yield between + (element.text or "")
    for child in element:
        yield from _spoken(child)
    yield between + (element.tail or "")


def docx_parts(path: Path) -> list[str]:
    """Return the words of a Word file's paragraphs and cells in their order, its table of contents left out."""
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    parts = []
    for paragraph in root.iter(f"{_WORD}p"):
        style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
        if style is None or not style.get(f"{_WORD}val", "").lower().startswith("toc"):
            parts.append("".join(_run_text(each) for each in paragraph.iter(f"{_WORD}t", f"{_WORD}br", f"{_WORD}tab")))
    return _parts(parts)


def _run_text(element: Any) -> str:
    return element.text or "" if element.tag == f"{_WORD}t" else " "


def markdown_parts(path: Path) -> list[str]:
    """Return the words of a Markdown file line by line, marks of headings, tables and quotations left out."""
    lines = path.read_text("utf-8").replace("\\", "").replace("|", "\n").split("\n")
    return _parts(line.lstrip("#>- ") for line in lines if line.strip("-: "))


def _parts(texts: Iterable[str]) -> list[str]:
    words = (" ".join(word for word in (each.strip(".,:;*") for each in text.split()) if word) for text in texts)
    return [part for part in words if part]


def quotations(path: Path) -> list[tuple[str, str]]:
    """Return the places of a document's quotations with their words, in its order; Markdown names no place."""
    if path.suffix == ".html":
        page = lxml_html.document_fromstring(path.read_text("utf-8"))
        found = page.xpath("//*[@data-segment or @data-span]")
        return [(each.get("data-segment") or each.get("data-span"), each.text_content()) for each in found]
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            root = etree.fromstring(archive.read("word/document.xml"))
        tags = ((control.find(f".//{_WORD}tag"), control) for control in root.iter(f"{_WORD}sdt"))
        return [(tag.get(f"{_WORD}val"), " ".join(control.itertext(f"{_WORD}t"))) for tag, control in tags if tag is not None]
    return [("", line[2:]) for line in path.read_text("utf-8").splitlines() if line.startswith("> ")]


def differences(before: list[str], after: list[str]) -> Iterator[str]:
    """Yield the parts that only one of two documents has, where they part."""
    for kind, start, end, other_start, other_end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, new = " / ".join(before[start:end]), " / ".join(after[other_start:other_end])
        if kind != "equal" and gone.split() != new.split():
            yield f"[-{gone[:_LONGEST]}-] [+{new[:_LONGEST]}+]"


def compare(before: Path, after: Path) -> bool:
    """Print what differs between two documents; tell whether nothing does."""
    read = {".html": html_parts, ".docx": docx_parts, ".md": markdown_parts}[before.suffix]
    first, second = read(before), read(after)
    words, words_after = " ".join(first).split(), " ".join(second).split()
    quoted, quoted_after = quotations(before), quotations(after)
    print(f"{before.name}: {len(words):,} words, {len(quoted):,} quotations")
    print(f"  quotations: {'the same in the same order' if quoted == quoted_after else f'DIFFERENT ({len(quoted_after):,} after)'}")
    if words == words_after:
        print("  words and figures: the same in the same order")
    else:
        found = list(differences(first, second))
        lost = Counter(_FIGURE.findall(" ".join(words))) - Counter(_FIGURE.findall(" ".join(words_after)))
        print(f"  words and figures: DIFFERENT ({len(words_after):,} words after), {len(found)} places; {lost.total():,} figures fewer")
        print(f"    figures that are fewer: {', '.join(f'{each} ({number})' for each, number in lost.most_common(20)) or 'none'}")
        for each in found[:_MOST]:
            print(f"    {each}")
    return quoted == quoted_after and words == words_after


def main(arguments: list[str]) -> int:
    """Compare two folders and return the exit code."""
    if len(arguments) < 2:
        print(__doc__)
        return 2
    before, after = Path(arguments[0]), Path(arguments[1])
    names = arguments[2:] or [name for name in NAMES if (before / name).exists()]
    same = [compare(before / name, after / name) for name in names]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
