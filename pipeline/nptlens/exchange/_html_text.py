"""The text of an HTML fragment, and where a count of UTF-8 bytes over its text nodes lies in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from nptlens.core.errors import ReadingError

_BLOCKS = frozenset(
    "address article aside blockquote body dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre "
    "section table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_SKIPPED = frozenset({"script", "style", "title", "template"})


class HtmlText:
    """`text` is the fragment's text nodes with a line break between blocks, which HTML shows but does not hold as characters.

    Raises ReadingError where the fragment cannot be parsed.
    """

    def __init__(self, html: str, *, where: str) -> None:
        self._pieces: list[str] = []
        self._bare = 0  # code points of the text nodes so far
        self._breaks: list[int] = []  # where, in those code points, a break was put
        self._last = "\n"
        self._gather(html, where)
        self.text = "".join(self._pieces)
        self._bytes: np.ndarray | None = None

    def points(self, start: int | None, end: int | None) -> tuple[int | None, int | None]:
        """Return the code points in `text` of offsets that count UTF-8 bytes of the text nodes; None, None where they lead out."""
        if self._bytes is None:
            breaks = np.zeros(len(self.text), dtype=bool)
            breaks[[place + number for number, place in enumerate(self._breaks)]] = True
            points = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), dtype="<u4")[~breaks]
            self._bytes = np.cumsum(1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF))
        length = int(self._bytes[-1]) if len(self._bytes) else 0
        if start is None or end is None or not 0 <= start <= end <= length:
            return None, None
        first = int(np.searchsorted(self._bytes, start, side="right"))
        last = int(np.searchsorted(self._bytes, end, side="left")) + 1 if end else 0
        # A break at the very start or end of the stretch is not part of it.
        first = min(first, last)
        opening, closing = first + bisect_right(self._breaks, first), last + bisect_left(self._breaks, last)
        return min(opening, closing), closing

    def _gather(self, html: str, where: str) -> None:
        from lxml import etree

        parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
        shown = html.replace("\0", "\ufffd")
        data = f"<html><body><div>{shown}</div></body></html>".encode("utf-8", "replace")
        try:
            root = etree.fromstring(data, parser)
        except (etree.LxmlError, ValueError) as error:
            raise ReadingError("a document's HTML cannot be read", where=where) from error
        skipped = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            skipped += (event == "start") - (event == "end") if element.tag in _SKIPPED else 0
            if event == "start" and not skipped:
                self._break(element.tag)
                self._words(element.text)
            elif event == "end" and not skipped:
                self._close(element.tag)
                self._words(element.tail)

    def _words(self, words: str | None) -> None:
        if words:
            self._pieces.append(words)
            self._bare += len(words)
            self._last = words[-1]

    def _break(self, tag: object) -> None:
        if tag == "br" or (tag in _BLOCKS and self._last != "\n"):
            self._put("\n")

    def _close(self, tag: object) -> None:
        if tag in _BLOCKS and self._last != "\n":
            self._put("\n")
        elif tag in _CELLS:
            self._put("\t")

    def _put(self, mark: str) -> None:
        self._pieces.append(mark)
        self._breaks.append(self._bare)
        self._last = mark
