"""A codebook from its file: TOML, or a table as CSV in any spelling or as a workbook."""

from __future__ import annotations

from pathlib import Path

from nptlens.core.errors import CodebookError, ReadingError
from nptlens.safety.tables import read_any_table
from nptlens.schemas.codebook import FIELDS, codebook_of_table, load_codebook
from nptlens.schemas.records import Codebook


def codebook_of_file(path: Path) -> Codebook:
    """Read one codebook file; raises CodebookError that lists every fault in it."""
    if path.suffix.lower() == ".toml":
        return load_codebook(path)
    try:
        table = read_any_table(path, known=FIELDS)
    except ReadingError as error:
        raise CodebookError(f"cannot read the codebook: {error.what}", where=str(path), hint=error.hint) from None
    return codebook_of_table(table, path)
