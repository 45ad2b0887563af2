"""The suffix of a file that is not read into what it is and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

_UNSUPPORTED = "unsupported kind of file"
_AS_DOCX = "choose Word Document (.docx) there, and leave the old file out of the folder"
_KINDS: tuple[tuple[str, str, str], ...] = (
    (".doc .dot", "an old Word file", f"open it in Word (File > Save As) or LibreOffice Writer (File > Save As), {_AS_DOCX}"),
    (".wpd .wps .wri", "a file of an old word processor", f"open it in LibreOffice Writer (File > Save As), {_AS_DOCX}"),
    (".pages", "a Pages document", "open it in Pages (File > Export To > Word), and leave the .pages file out of the folder"),
    (
        ".gdoc .gsheet",
        "a link to a Google document, not the document",
        "open it in Google Docs (File > Download > Microsoft Word), and put that file into the folder",
    ),
    (".xls .xlsb .numbers", "a workbook of another kind", "open it in the program that made it, and save or export it as .xlsx or .csv"),
    (
        ".mp3 .mp4 .m4a .m4v .wav .wma .wmv .ogg .oga .opus .flac .aac .aif .aiff .amr .3gp .mov .avi .mkv .webm .dss .ds2 .mts",
        "this is a recording",
        "transcribe it first, and put the transcript into the folder",
    ),
    (
        ".png .jpg .jpeg .heic .tif .tiff .gif .bmp .webp",
        "this is a picture",
        "type its words, or run text recognition (OCR) on it and check the result",
    ),
    (".zip .7z .rar .gz .tar", "a packed archive", "unpack it, and put the files into the folder"),
    (".odp .pptx .ppt .key", "slides", "save their text as .docx or .txt"),
)
_BY_SUFFIX = {suffix: (what, hint) for suffixes, what, hint in _KINDS for suffix in suffixes.split()}


def advice(suffix: str, known: Iterable[str]) -> tuple[str, str]:
    """Return what a file with that suffix is, and a hint; `known` are the suffixes that can be read."""
    what, hint = _BY_SUFFIX.get(suffix.lower(), ("", ""))
    return (f"{_UNSUPPORTED}: {what}", hint) if what else (_UNSUPPORTED, f"known kinds: {', '.join(known)}")
