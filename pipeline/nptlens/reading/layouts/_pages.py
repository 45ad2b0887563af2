"""What a printed page adds to the words: its number, running heads and feet, line numbers in the margin, footnotes.

Every rule looks at all pages together, because a lone number or a short line may as well be an answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from nptlens.reading.layouts._margins import Page, without_margin

_DEPTH = 4  # how many lines from the edge of a page a head or foot may reach
_SHARE, _LEAST = 0.3, 3  # a running head stands on so many of the pages
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_PAGE = re.compile(
    r"(?:(?P<word>page|p\.|seite|pagina|página) ?)?[-–—\[(]? ?(?P<number>[0-9]{1,4}|[ivxlcdm]{1,7})"
    r"(?: ?(?:/|of|von|de|sur|di) ?(?P<total>[0-9]{1,4}))? ?[-–—\])]?",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\s{20,}[0-9]{1,3}\s+\S")  # a word processor draws the line above footnotes with spaces


def pages_of(raw: Sequence[str]) -> list[Page]:
    """Return the pages with every run of white space made one space, and what is no text set apart.

    No character but white space is lost: lines, additions and notes together hold all that the page holds.
    """
    pages = without_margin([_cut(text) for text in raw])
    number_at = _numbers([page.lines for page in pages])
    heads = _running([page.lines for page in pages])
    return [_peeled(page, heads | number_at[index]) for index, page in enumerate(pages)]


def _cut(text: str) -> Page:
    """Return a page's lines; footnotes apart."""
    raw = text.split("\n")
    cut = next((i for i, line in enumerate(raw) if i * 2 >= len(raw) and _FOOTNOTE.match(line)), len(raw))
    plain = [" ".join(line.split()) for line in raw]
    return Page(tuple(plain[:cut]), notes=tuple(filter(None, plain[cut:])))


def _edge(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    filled = [line for line in lines if line]
    return filled[:_DEPTH], filled[-_DEPTH:]


def _numbers(pages: Sequence[Sequence[str]]) -> list[set[str]]:
    """Return the lines of each page that are its number: it says so itself, or it grows with the pages as another one does."""
    found: list[tuple[int, str, int]] = []
    believed: list[set[str]] = [set() for _ in pages]
    for index, lines in enumerate(pages):
        top, bottom = _edge(lines)
        for line in dict.fromkeys([*top, *bottom]):
            match = _PAGE.fullmatch(line)
            if match is None:
                continue
            if match["word"] or match["total"] == str(len(pages)):
                believed[index].add(line)
            roman = not match["number"].isdigit()
            value = _roman(match["number"]) if roman else int(match["number"])
            found.append((index, line, value - index + 1_000_000 * roman))
    pages_with: dict[int, set[int]] = {}
    for index, _, offset in found:
        pages_with.setdefault(offset, set()).add(index)
    for index, line, offset in found:
        if pages_with[offset] & {index - 2, index - 1, index + 1, index + 2}:
            believed[index].add(line)
    return believed


def _roman(number: str) -> int:
    values = [_ROMAN[letter] for letter in number.lower()]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def _running(pages: Sequence[Sequence[str]]) -> set[str]:
    """Return the lines that stand at the edge of many pages, but for their numbers, and hardly anywhere else."""
    at_edge: Counter[str] = Counter()
    spelled: dict[str, set[str]] = {}
    for lines in pages:
        edge = {line for end in _edge(lines) for line in end}
        at_edge.update({_masked(line) for line in edge})
        for line in edge:
            spelled.setdefault(_masked(line), set()).add(line)
    everywhere = Counter(_masked(line) for lines in pages for line in lines if line)
    least = max(_LEAST, _SHARE * len(pages))
    running = [masked for masked, count in at_edge.items() if count >= least and everywhere[masked] <= count + count // 4]
    return {line for masked in running for line in spelled[masked]}


def _masked(line: str) -> str:
    return re.sub(r"[0-9]+", "#", line).casefold()


def _peeled(page: Page, additions: set[str]) -> Page:
    """Take additions off both ends of a page, up to the first line that is none, and empty lines with them."""
    lines = list(page.lines)
    taken: tuple[list[str], list[str]] = ([], [])
    for end, kept in zip((0, -1), taken, strict=True):
        while lines and (not lines[end] or (len(kept) < _DEPTH and lines[end] in additions)):
            line = lines.pop(end)
            if line:
                kept.append(line)
    return Page(tuple(lines), (*taken[0], *reversed(taken[1]), *page.added), page.notes)
