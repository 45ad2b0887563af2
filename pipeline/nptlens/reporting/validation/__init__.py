"""What a validation leaves behind: validation.html, validation.json and validation.xlsx."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pandas as pd

from nptlens.reporting._html import html
from nptlens.reporting._quotation_limit import LIMIT
from nptlens.reporting._xlsx import book
from nptlens.reporting.inputs import Provenance
from nptlens.reporting.validation._json import to_json
from nptlens.reporting.validation._mismatches import disputed
from nptlens.reporting.validation._page import page
from nptlens.reporting.validation._sheets import about, sheets
from nptlens.reporting.validation._shelf import shelf_of
from nptlens.schemas.records import Codebook
from nptlens.schemas.settings import ReportSettings
from nptlens.schemas.validation import Validation
from nptlens.store.files import write_bytes
from nptlens.store.outputs import OutputFile

__all__ = ["VALIDATION_FILES", "validation_files", "write_validation"]

VALIDATION_FILES = ("validation.html", "validation.json", "validation.xlsx")
"""The names that files of a validation may have."""


def write_validation(
    validation: Validation,
    segments: pd.DataFrame,
    codebook: Codebook,
    settings: ReportSettings,
    folder: Path,
    *,
    provenance: tuple[Provenance, ...] = (),
) -> tuple[Path, ...]:
    """Write the files of a validation into `folder`, whatever is there, and return their paths; raises as `validation_files`."""
    written = []
    for file in validation_files(validation, segments, codebook, settings, provenance=provenance):
        written.append(folder / file.name)
        write_bytes(written[-1], file.make())
    return tuple(written)


def validation_files(
    validation: Validation,
    segments: pd.DataFrame,
    codebook: Codebook,
    settings: ReportSettings,
    *,
    provenance: tuple[Provenance, ...] = (),
    withheld: Collection[str] = (),
) -> tuple[OutputFile, ...]:
    """Return validation.html and validation.xlsx (where `settings.formats` names them) and validation.json.

    `segments` is the table of `nptlens.schemas.tables` and gives the mismatches their excerpts, but for those whose id is `withheld`;
    `provenance` is printed as it is. The same inputs, in whatever order of rows, give the same bytes. Raises IntegrityError where a table
    is not what `nptlens.schemas.validation` says or a mismatch names a segment that is not there.
    """
    shelf = shelf_of(validation, codebook)
    rows = disputed(shelf, segments, withheld)
    made: dict[str, Callable[[], bytes]] = {
        "validation.html": lambda: html(page(shelf, rows, provenance, settings.mismatches)).encode("utf-8"),
        "validation.json": lambda: to_json(shelf, provenance).encode("utf-8"),
        "validation.xlsx": lambda: book(
            validation.study, sheets(shelf, rows), lambda notices: about(shelf, provenance, notices), "validation.json"
        ),
    }
    limit = {LIMIT: str(settings.most_quoted_words)}
    quoting = [name for name in made if name != "validation.json"]
    left_out = {name for name in quoting if name.removeprefix("validation.") not in settings.formats}
    return tuple(
        OutputFile(name, make, (lambda data: limit) if name in quoting else (lambda data: {}))
        for name, make in made.items()
        if name not in left_out
    )
