"""The levels of the shipped codebooks: constructs, the components below them, and themes, which stand alone."""

from __future__ import annotations

from nptlens.schemas.records import Codebook


def levels(book: Codebook) -> dict[str, tuple[str, ...]]:
    """Return the codes of each level, in the codebook's order."""
    constructs = tuple(code.id for code in book if book.children(code.id))
    components = tuple(code.id for code in book if code.parent in constructs)
    themes = tuple(each for each in book.ids() if each not in constructs + components)
    return {"constructs": constructs, "components": components, "themes": themes}
