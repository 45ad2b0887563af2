"""Codebooks: one TOML file or table (CSV, workbook) each, shipped or the user's own.

TOML: ``name``, ``version``, ``[[code]]`` tables with ``id``, ``name``, ``definition`` and optionally ``include``, ``exclude``,
``source``, ``parent``; ``[[link]]`` tables with ``first``, ``second``, ``note``. A table has the code's fields as columns.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nptlens.core.close_names import meant, shown
from nptlens.core.delimited import Rows, read_rows, read_table_text
from nptlens.core.errors import CodebookError, ReadingError
from nptlens.core.resources import resource
from nptlens.core.text import canonical
from nptlens.schemas.records import NONE_CODE, Code, Codebook, CodeLink

FIELDS = ("id", "name", "definition", "include", "exclude", "source", "parent")
_KEYS = ("name", "version", "code", "link", "note")
_SUFFIXES = (".toml", ".csv", ".tsv", ".xlsx", ".ods")
SHIPPED = ("npt", "microsystems", "npt-cmo-2022")
OF_PROJECTS = ("projects",)
"""Shipped codebooks of attributes, for a register of projects, not for interviews."""


def find_codebook(name: str, folder: Path) -> Path:
    """Return the file of a codebook: a shipped name, or a path relative to `folder`.

    Raises CodebookError where there is neither.
    """
    if name in SHIPPED + OF_PROJECTS:
        return resource("config", "codebooks", f"{name}.toml")
    path = folder / name
    if path.suffix.lower() in _SUFFIXES and path.is_file():
        return path
    raise CodebookError(
        f"no codebook {shown(name)}{meant(name, _there(folder))}",
        where=str(folder),
        hint=f"name one of {', '.join(SHIPPED)}, or a .toml, .csv, .xlsx or .ods file",
    )


def _there(folder: Path) -> list[str]:
    return [*SHIPPED, *(path.name for path in folder.glob("*") if path.suffix.lower() in _SUFFIXES)]


def load_codebook(path: Path) -> Codebook:
    """Read one codebook in TOML or CSV; raises CodebookError that lists every fault in it."""
    try:
        if path.suffix.lower() != ".toml":
            return codebook_of_table(read_rows(path, known=FIELDS), path)
        data = tomllib.loads(canonical(read_table_text(path).text))
    except (ReadingError, tomllib.TOMLDecodeError) as error:
        told = error.what if isinstance(error, ReadingError) else str(error)
        raise CodebookError(f"cannot read the codebook: {told}", where=str(path)) from None
    unknown = sorted(set(data) - set(_KEYS))
    if unknown:
        raise CodebookError(f"unknown keys {_with_nearest(unknown, _KEYS)}", where=str(path), hint="codes are [[code]] tables")
    name, version = str(data.get("name", path.stem)), str(data.get("version", ""))
    return _build(name, version, _listed(data, "code", str(path)), _listed(data, "link", str(path)), str(path))


def codebook_of_table(table: Rows, path: Path) -> Codebook:
    """Return the codebook of a table that was read from `path`; raises CodebookError that lists every fault in it."""
    if table.twice():
        raise CodebookError(f"it has the columns {', '.join(table.twice())} twice", where=str(path), hint="keep one of each")
    for row in table.rows:
        if row.beyond:
            what = f'line {row.line}: more cells than columns ("{row.beyond[0]}")'
            raise CodebookError(what, where=str(path), hint='put "quotation marks" around words that hold what stands between cells')
        if row.unnamed:
            what = f'line {row.line}: "{row.unnamed[0]}" stands in a column without a heading'
            raise CodebookError(what, where=str(path), hint="give the column a heading, or empty it")
    return _build(path.stem, "", [row.cells for row in table.rows], [], str(path))


def merge(codebooks: Sequence[Codebook]) -> Codebook:
    """Return several codebooks as one; raises CodebookError where two use the same code id."""
    codes = [code for book in codebooks for code in book]
    return _validated(
        " + ".join(book.name for book in codebooks),
        " + ".join(book.version for book in codebooks),
        codes,
        [link for book in codebooks for link in book.links],
        "several codebooks",
    )


def _with_nearest(names: Sequence[str], known: Sequence[str]) -> str:
    return ", ".join(f"{each}{meant(each, known)}" for each in names)


def _listed(data: Mapping[str, Any], kind: str, where: str) -> list[Mapping[str, Any]]:
    found = data.get(kind, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise CodebookError(f"{kind} is not a list of tables", where=where, hint=f"write [[{kind}]] above each {kind}")
    return found


def _build(
    name: str, version: str, rows: Iterable[Mapping[str, Any]], links: Iterable[Mapping[str, Any]], where: str
) -> Codebook:
    codes = []
    for number, row in enumerate(rows, start=1):
        extra = sorted(str(key) for key in row if key not in FIELDS)
        if extra:
            what = f"code {number}: unknown fields {_with_nearest(extra, FIELDS)}"
            raise CodebookError(what, where=where, hint=f"use {', '.join(FIELDS)}")
        untold = [key for key in FIELDS if isinstance(row.get(key), list | dict)]
        if untold:
            raise CodebookError(f"code {number}: {', '.join(untold)} must be text", where=where, hint='name = "x"')
        known = {key: str(row.get(key) or "").strip() for key in FIELDS}
        codes.append(Code(**{**known, "parent": known["parent"] or None}))  # type: ignore[arg-type]
    links = list(links)
    for number, link in enumerate(links, start=1):
        if not link.get("first") or not link.get("second"):
            raise CodebookError(f"link {number} lacks first or second", where=where, hint="name two codes")
    found = [CodeLink(str(link["first"]), str(link["second"]), str(link.get("note", ""))) for link in links]
    return _validated(name, version, codes, found, where)


def _validated(
    name: str, version: str, codes: Sequence[Code], links: Sequence[CodeLink], where: str
) -> Codebook:
    ids = [code.id for code in codes]
    faults = [] if codes else ["it holds no code"]
    for number, code in enumerate(codes, start=1):
        if not code.id or not code.name:
            faults.append(f"code {number} lacks an id or a name")
        if code.id == NONE_CODE or ";" in code.id:
            faults.append(f"code {number}: {code.id!r} cannot be an id ('{NONE_CODE}' and ';' are reserved)")
        if ids.count(code.id) > 1 and ids.index(code.id) == number - 1:
            faults.append(f"{code.id} is defined twice")
        if code.parent is not None and code.parent not in ids:
            faults.append(f"{code.id}: its parent {shown(code.parent)} is not defined{meant(code.parent, ids)}")
    faults += _circles({code.id: code.parent for code in codes})
    if faults:
        raise CodebookError("; ".join(faults), where=where, hint="correct the file and run again")
    return Codebook(name=name, version=version, codes=tuple(codes), links=tuple(links))


def _circles(parents: Mapping[str, str | None]) -> list[str]:
    for start in parents:
        seen, current = {start}, parents[start]
        while current is not None:
            if current in seen:
                return [f"{start} is its own ancestor"]
            seen.add(current)
            current = parents.get(current)
    return []
