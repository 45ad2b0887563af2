"""Taguette's own tables, and LibreQDA's: highlights (a row a highlight and tag) and codebooks.

A cell holds one tag, whatever signs are in it. A full stop in a tag's name leads to the tag before it where there is one; LibreQDA has
a column for the parent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.exchange._codes import CodeList
from nptlens.exchange.project import ImportedCoding, ImportedProject, ImportedSource
from nptlens.safety.cells import unguarded
from nptlens.schemas.records import Problem

_HIGHLIGHTS = {"id", "document", "tag", "content"}
_COUNTED = "numberofhighlights"


def is_taguette_table(header: Sequence[str]) -> bool:
    """Tell whether a table with these columns, written without case, spaces and signs, is one of Taguette's."""
    named = set(filter(None, header))
    return named >= _HIGHLIGHTS or ("tag" in named and (_COUNTED in named or named == {"tag", "description"}))


def read_taguette_rows(
    header: Sequence[str], rows: Sequence[Sequence[str]], problems: Sequence[Problem], *, where: str
) -> ImportedProject:
    """Return the project of a table's rows below its `header`; raises ReadingError where no row holds a tag."""
    cells = [
        {name: _cell(row[place]) for place, name in enumerate(header) if name and place < len(row)} for row in rows
    ]
    codes = _codes(cells)
    if not len(codes):
        raise ReadingError("no tag in the table", where=where)
    codebook = codes.codebook(Path(where).stem)
    told = list(problems)
    if not set(header) >= _HIGHLIGHTS:
        return ImportedProject("Taguette", codebook, (), (), tuple(told))
    coder = Path(where).stem
    sources: dict[str, None] = {}
    codings, faults = [], Counter[str]()
    for row in cells:
        source, tag, quote = (" ".join(row.get("document", "").split()), _tag(row), row.get("content", ""))
        if not source or not tag or not quote.strip():
            faults["name no document" if not source else "carry no tag" if not tag else "hold no words"] += 1
            continue
        sources.setdefault(source)
        codings.append(ImportedCoding(source, str(codes.id_of(tag)), coder, None, quote))
    told += [Problem(where, f"{count} highlights {what}", "they are left out") for what, count in faults.items()]
    return ImportedProject("Taguette", codebook, tuple(ImportedSource(name, "") for name in sources), tuple(codings), tuple(told))


def tag_above(path: str, known: Mapping[str, object]) -> str | None:
    """Return the longest beginning of a tag, up to a full stop, that is a tag itself; None where there is none."""
    while "." in path:
        path = path.rpartition(".")[0]
        if path in known:
            return path
    return None


def _codes(rows: Sequence[Mapping[str, str]]) -> CodeList:
    known = dict.fromkeys(tag for row in rows if (tag := _tag(row)))
    codes = CodeList()
    for row in rows:
        if tag := _tag(row):
            codes.add(tag, tag, row.get("description", ""), row.get("parent", "").strip() or tag_above(tag, known))
    return codes


def _tag(row: Mapping[str, str]) -> str:
    return row.get("tag", "").strip()


def _cell(cell: str) -> str:
    return unguarded(canonical(cell))
