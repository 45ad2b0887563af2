"""Formats: the bytes of a file into turns, a module a format; `READERS` says which suffix goes to which."""

from __future__ import annotations

from typing import Protocol

from nptlens.reading.formats._captions import read_sbv, read_srt, read_vtt
from nptlens.reading.formats._chat import read_chat
from nptlens.reading.formats._csv import read_csv, read_tsv
from nptlens.reading.formats._docx import read_docx
from nptlens.reading.formats._eaf import read_eaf
from nptlens.reading.formats._exb import read_exb
from nptlens.reading.formats._html import read_html
from nptlens.reading.formats._json import read_json
from nptlens.reading.formats._lrc import read_lrc
from nptlens.reading.formats._ods import read_ods
from nptlens.reading.formats._odt import read_odt
from nptlens.reading.formats._ohms import read_ohms
from nptlens.reading.formats._pdf import read_pdf
from nptlens.reading.formats._plain import read_plain
from nptlens.reading.formats._rtf import read_rtf
from nptlens.reading.formats._textgrid import read_textgrid
from nptlens.reading.formats._timed_text import read_ass, read_ttml
from nptlens.reading.formats._xlsx import read_xlsx
from nptlens.reading.layouts._parsed import Shaped


class Reader(Protocol):
    """What reads one format: the bytes of a file into turns; `where` is the path that messages show."""

    def __call__(self, data: bytes, *, where: str) -> Shaped:
        """Return the turns; raises ReadingError where the bytes are none of the format."""
        ...


READERS: dict[str, Reader] = {
    ".txt": read_plain,
    ".md": read_plain,
    ".docx": read_docx,
    ".docm": read_docx,
    ".dotx": read_docx,
    ".odt": read_odt,
    ".rtf": read_rtf,
    ".pdf": read_pdf,
    ".vtt": read_vtt,
    ".srt": read_srt,
    ".sbv": read_sbv,
    ".ttml": read_ttml,
    ".dfxp": read_ttml,
    ".ass": read_ass,
    ".ssa": read_ass,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".xlsx": read_xlsx,
    ".ods": read_ods,
    ".json": read_json,
    ".otr": read_json,
    ".lrc": read_lrc,
    ".html": read_html,
    ".htm": read_html,
    ".xml": read_ohms,
    ".eaf": read_eaf,
    ".exb": read_exb,
    ".cha": read_chat,
    ".textgrid": read_textgrid,
}

__all__ = ["READERS", "Reader"]
