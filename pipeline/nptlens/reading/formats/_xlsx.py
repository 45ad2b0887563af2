"""Workbooks (.xlsx): the first visible sheet that has a column of words; stored values are read, hidden and struck-out cells are not."""

from __future__ import annotations

import zipfile
import zlib

from nptlens.core.errors import ReadingError
from nptlens.reading.formats._sheets import turns_of_sheets
from nptlens.reading.formats._xlsx_parts import Workbook
from nptlens.reading.layouts._parsed import Shaped
from nptlens.safety.archives import ArchiveLimits, open_archive

_OLE = b"\xd0\xcf\x11\xe0"
_LIMITS = ArchiveLimits(total_bytes=64 * 1024 * 1024)
_HINT = "open it and save it again"


def read_xlsx(data: bytes, *, where: str) -> Shaped:
    """Return a workbook: one utterance for each row that has words; titles above the header row are no speech.

    Raises ReadingError where it is no readable archive, breaks a limit, declares a document type, or has no column of
    words.
    """
    if data.startswith(_OLE):
        raise ReadingError("an old or password-protected workbook", where=where, hint="save it as .xlsx without password")
    with open_archive(data, where=where, limits=_LIMITS) as archive:
        try:
            sheets = list(Workbook(archive, where).sheets())
        except (ValueError, IndexError, zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as error:
            raise ReadingError(f"a damaged workbook ({type(error).__name__})", where=where, hint=_HINT) from None
    return turns_of_sheets(sheets, where=where)
