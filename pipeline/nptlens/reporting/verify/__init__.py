"""Every quotation of a finished report, read back from the file as it lies there.

How a quotation names its place, ``TRANSCRIPT:start-end`` in code points of canonical text, in each output:

HTML      An element that holds the exact slice and nothing else, no tag and no space: `data-segment` where the place is a segment of the
          study, `data-span` where it is any other. All that stands in a `blockquote` or a `q`, or in an element of the class `excerpt` or
          `context`, is a quotation and needs such a mark; a `seed` has one where its words are the study's own.
tables    (CSV, XLSX, JSON lines) One row a quotation, its words in the column `excerpt` (`text` in exports), its place in `transcript`,
          `start` and `end`; `segment_id` where it is a segment. CSV cells, and those of a column `text`, are guarded (`safety.cells`).
          In JSON lines, `turns` are quotations of their own, with `place` and `text`. No words: they are withheld.
DOCX      The whole content of a content control whose tag names the place (`reporting._wordxml`); a paragraph of the style Quote holds
          nothing else but, in bold, who speaks.

A shortened quotation is its parts, each a quotation with its own mark; what stands for the words left out stands outside of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import PurePath

from nptlens.core.errors import UsageError
from nptlens.core.quotations import Quotation
from nptlens.reporting.verify._docx import docx_quotations
from nptlens.reporting.verify._html import html_quotations
from nptlens.reporting.verify._tables import csv_quotations, json_quotations
from nptlens.reporting.verify._xlsx import xlsx_quotations

__all__ = ["READERS", "quotations"]

READERS: Mapping[str, Callable[[bytes, Collection[str], str], tuple[Quotation, ...]]] = {
    ".html": lambda data, _, where: html_quotations(data, where=where),
    ".csv": lambda data, _, where: csv_quotations(data, where=where),
    ".xlsx": lambda data, _, where: xlsx_quotations(data, where=where),
    ".jsonl": lambda data, _, where: json_quotations(data, where=where),
    ".docx": lambda data, transcripts, where: docx_quotations(data, transcripts, where=where),
}
"""Per suffix: the function that gives a report's quotations from its bytes, the ids of the study's transcripts and its name."""


def quotations(data: bytes, transcripts: Collection[str], *, where: str) -> tuple[Quotation, ...]:
    """Return the quotations of a report by the suffix of its name `where`, in the order of the file; `transcripts` are the study's ids.

    Raises UsageError for a suffix that is not in `READERS`, ReadingError where the file is not what its suffix says.
    """
    suffix = PurePath(where).suffix.lower()
    if suffix not in READERS:
        raise UsageError(f"{suffix or 'a file without suffix'} cannot be verified", where=where, hint=f"use one of {', '.join(READERS)}")
    return READERS[suffix](data, transcripts, where)
