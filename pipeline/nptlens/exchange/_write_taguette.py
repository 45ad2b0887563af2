"""A codebook as Taguette imports one: CSV with the columns tag and description, levels by full stops.

With a byte-order mark: Taguette guesses the encoding from the bytes, and guesses wrong as soon as there is an emoji.
"""

from __future__ import annotations

from nptlens.core.delimited import as_opened, delimited
from nptlens.exchange._codes import unique
from nptlens.exchange._notes import description
from nptlens.safety.cells import guarded
from nptlens.schemas.records import Codebook


def write_taguette_codebook(codebook: Codebook) -> bytes:
    """Return the codebook; a cell that a spreadsheet could run is guarded by an apostrophe."""
    rows = [(guarded(tag), guarded(description(codebook.get(code)))) for code, tag in tags(codebook).items()]
    return as_opened(delimited([("tag", "description"), *rows]))


def tags(codebook: Codebook) -> dict[str, str]:
    """Return the tag of each code: its name, after that of the code above it unless it begins with that already."""
    found: dict[str, str] = {}
    taken: set[str] = set()

    def tag(code: str) -> str:
        if code not in found:
            name, parent = " ".join(codebook.get(code).name.split()), codebook.get(code).parent
            above = f"{tag(parent)}." if parent is not None else ""
            found[code] = unique(name if name.startswith(above) else f"{above}{name}", taken)
        return found[code]

    for code in codebook:
        for each in (*reversed(codebook.ancestors(code.id)), code.id):
            tag(each)
    return {code.id: found[code.id] for code in codebook}
