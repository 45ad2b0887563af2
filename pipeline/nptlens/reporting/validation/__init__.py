"""What a validation leaves behind: validation.html, validation.json and validation.xlsx."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nptlens.records import Codebook
from nptlens.reporting._xlsx import book
from nptlens.reporting.inputs import Provenance
from nptlens.reporting.validation._json import to_json
from nptlens.reporting.validation._mismatches import disputed
from nptlens.reporting.validation._page import html, page
from nptlens.reporting.validation._sheets import about, sheets
from nptlens.reporting.validation._shelf import shelf_of
from nptlens.settings import ReportSettings
from nptlens.store.files import write_bytes, write_text
from nptlens.validation import Validation

__all__ = ["write_validation"]


def write_validation(
    validation: Validation,
    segments: pd.DataFrame,
    codebook: Codebook,
    settings: ReportSettings,
    folder: Path,
    *,
    provenance: tuple[Provenance, ...] = (),
) -> tuple[Path, ...]:
    """Write validation.html and validation.xlsx (where `settings.formats` names them) and validation.json, and return their paths.

    `segments` is the table of `nptlens.tables` and gives the mismatches their excerpts; `provenance` is printed as it is. Each file is
    written whole or not at all, and the same inputs, in whatever order of rows, give the same bytes. Raises IntegrityError where a table
    is not what `nptlens.validation` says or a mismatch names a segment that is not there.
    """
    shelf = shelf_of(validation, codebook)
    rows = disputed(shelf, segments)
    written: list[Path] = []
    if "html" in settings.formats:
        written.append(folder / "validation.html")
        write_text(written[-1], html(page(shelf, rows, provenance, settings.mismatches)))
    written.append(folder / "validation.json")
    write_text(written[-1], to_json(shelf, provenance))
    if "xlsx" in settings.formats:
        written.append(folder / "validation.xlsx")
        content = book(validation.study, sheets(shelf, rows), lambda notices: about(shelf, provenance, notices), "validation.json")
        write_bytes(written[-1], content)
    return tuple(written)
