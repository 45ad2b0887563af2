"""How common each code is: as the machine counts it, corrected for its errors, and with one voice for every participant."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from nptlens.reporting._matrix import blocks as in_blocks
from nptlens.reporting._words import count, share, visible
from nptlens.reporting.content import Block, Cell, Heading, Paragraph, Row, Section, Table
from nptlens.reporting.validation._shelf import Shelf
from nptlens.schemas.code_figures import HEADINGS

_GROUPS = 5  # groups side by side that fit on a printed page
_BY = {"role": "role", "practice": "practice", "adopter_category": "adopter category", "project_type": "project type"}
_CAPTION = (
    f"{HEADINGS['corrected']}: the machine’s share with its errors, as measured on the units that a person coded too, taken out. "
    f"{HEADINGS['counted']}: the machine’s share as it is, not corrected."
)


def prevalence(shelf: Shelf) -> Section:
    """Return prevalence by level for everybody, then by group."""
    rows = shelf.validation.prevalence.to_dict("records")
    found: list[Block] = [
        Paragraph(
            "A machine that misses excerpts and invents others miscounts, and the rarer a code the more. The corrected share comes "
            "with an interval that holds this uncertainty; shares as counted have none and are not to be reported alone. With equal voice, "
            "every participant counts once however much they said."
        )
    ]
    for (against, level), held in groupby(rows, key=lambda row: (row["against"], row["level"])):
        found.append(Heading(f"Share of {level} with each code, corrected by {shelf.who(str(against))}"))
        for by, part in groupby(held, key=lambda row: row["by"]):
            own = list(part)
            found += _groups(shelf, str(by), own) if by else _everybody(shelf, own)
    return Section("prevalence", "How common each code is, corrected for coding error", tuple(found) if rows else ())


def _everybody(shelf: Shelf, rows: list[dict[Any, Any]]) -> list[Block]:
    lines = tuple(
        Row(
            shelf.name(row["code"]),
            (
                Cell(count(row["n"]), f"{count(row['measured'])} measured"),
                _interval(row, "corrected", "low", "high"),
                Cell(share(row["raw"])),
                _interval(row, "equal_voice", "equal_voice_low", "equal_voice_high"),
            ),
            row["code"],
            shelf.depth(row["code"]),
        )
        for row in rows
    )
    caption = f"{_CAPTION} Measured: units that a person coded too. Below each figure: its {shelf.interval()}."
    return [Table("Everybody", caption, ("Code", "Units", HEADINGS["corrected"], HEADINGS["counted"], "Equal voice"), lines)]


def _groups(shelf: Shelf, by: str, rows: list[dict[Any, Any]]) -> list[Block]:
    groups = list(dict.fromkeys(row["group"] for row in rows))
    codes = list(dict.fromkeys(row["code"] for row in rows))
    held = {(row["code"], row["group"]): row for row in rows}
    parts = in_blocks(len(groups), _GROUPS)
    found: list[Block] = []
    for number, part in enumerate(parts, start=1):
        names = [groups[at] for at in part]
        lines = tuple(
            Row(shelf.name(code), tuple(_group(held.get((code, group))) for group in names), code, shelf.depth(code)) for code in codes
        )
        title = f"By {_BY.get(by, visible(by))}{f', part {number} of {len(parts)}' if len(parts) > 1 else ''}"
        caption = f"Corrected share; below it the {shelf.interval()}, the share as counted and the number of units. {_CAPTION}"
        found.append(Table(title, caption, ("Code", *(visible(name) or "not stated" for name in names)), lines, folded=True))
    return found


def _group(row: dict[Any, Any] | None) -> Cell:
    if row is None:
        return Cell("–")
    cell = _interval(row, "corrected", "low", "high")
    return Cell(cell.text, "; ".join(part for part in (cell.below, f"as counted {share(row['raw'])}", f"n = {count(row['n'])}") if part))


def _interval(row: dict[Any, Any], value: str, low: str, high: str) -> Cell:
    between = f"{share(row[low])} to {share(row[high])}"
    return Cell(share(row[value]), "" if "n/d" in between else between)
