"""Bytes to text, without asking the user for an encoding: transcripts, and tables as spreadsheets save them."""

from __future__ import annotations

import codecs

from nptlens.core.errors import ReadingError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_MOSTLY, _HARDLY = 0.4, 0.05  # of the bytes at even (or odd) places; English in UTF-16 has a NUL at nearly every other place
_HINT = "save it as UTF-8 text"
_KNOWN = b"\t\n\r\f\v\x15\x1c\x1d\x1e\x1f"  # control characters that texts hold; \x15 stands around the times of CHAT
_ODD = bytes(code for code in range(32) if code not in _KNOWN)
_WESTERN = 0.05  # below this share of bytes beyond ASCII, English text from Windows is by far the likeliest
_FEW, _WESTERN_OF_FEW = 2_000, 0.2  # bytes of a table that are too few to guess from: a few names may have many accents


def decode_table(data: bytes, *, where: str) -> tuple[str, str]:
    """Return the text of a table, without a byte-order mark, and the name of its encoding; raises ReadingError where it is no text."""
    text, encoding = decode(data, where=where, western=_WESTERN if len(data) > _FEW else _WESTERN_OF_FEW)
    return text.removeprefix("\ufeff"), encoding


def decode(data: bytes, *, where: str, western: float = _WESTERN) -> tuple[str, str]:
    """Return the text and the name of its encoding.

    A byte-order mark decides, then NUL bytes at every other place (UTF-16 without a mark), then UTF-8, then Windows-1252
    for text whose share of bytes beyond ASCII is below `western`, then charset-normalizer.
    Raises ReadingError where the bytes are not text.
    """
    text, encoding = _decoded(data, where=where, western=western)
    written = text.encode("utf-8", "surrogatepass")  # bytes are counted faster than characters
    odd = len(written) - len(written.translate(None, _ODD))
    if "\0" in text or odd > len(text) / 100:
        raise ReadingError("this is not text", where=where, hint=_HINT)
    return text, encoding


def encoding_notes(encoding: str) -> tuple[str, ...]:
    """Return a remark where the encoding had to be guessed."""
    return () if encoding.startswith("utf") else (f"read as {encoding}, because it is no UTF-8",)


def _decoded(data: bytes, *, where: str, western: float) -> tuple[str, str]:
    try:
        if data.startswith(_UTF32):
            return data.decode("utf-32"), "utf-32"
        if data.startswith(_UTF16):
            return data.decode("utf-16"), "utf-16"
        if b"\0" in data and (unmarked := _unmarked(data)):
            return data.decode(unmarked), unmarked
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    beyond = sum(byte > 127 for byte in data)
    if b"\0" in data or data.startswith(_UTF16):
        raise ReadingError("this is not text", where=where, hint=_HINT)
    if beyond < western * len(data):
        try:
            return data.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            pass
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise ReadingError("its encoding cannot be told", where=where, hint=_HINT)
    return str(best), best.encoding


def _unmarked(data: bytes) -> str:
    """Return which UTF-16 the NUL bytes of `data` speak for, "" where they are strewn."""
    even, odd = (data[start::2].count(0) / max(1, len(data) // 2) for start in (0, 1))
    if odd >= _MOSTLY and even <= _HARDLY:
        return "utf-16-le"
    return "utf-16-be" if even >= _MOSTLY and odd <= _HARDLY else ""
