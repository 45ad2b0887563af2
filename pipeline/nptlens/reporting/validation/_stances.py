"""Agreement on stance: how far coders agree on what is asserted, contrary, mixed or hypothetical, and which they take for which."""

from __future__ import annotations

from typing import Any

from nptlens.reporting._stance import stance_trust
from nptlens.reporting._words import count, share
from nptlens.reporting.content import Block, Cell, Paragraph, Row, Section, Table, estimate
from nptlens.reporting.drawing._plots import number_of
from nptlens.reporting.validation._shelf import Shelf
from nptlens.schemas.records import STANCES

_TITLE = "Stance: asserted, contrary, mixed or hypothetical?"


def stances(shelf: Shelf) -> Section:
    """Return a table of all pairs, one code by code, and the confusion of each pair; empty where no two coders gave stances."""
    rows = shelf.validation.stances.to_dict("records")
    if not rows:
        return Section("stance", _TITLE, ())
    blocks: list[Block] = []
    if any(row["coder"].startswith("machine") for row in rows):
        blocks.append(Paragraph(stance_trust(shelf.validation.stances, shelf.validation.gold).sentence, "lead"))
    blocks.append(
        Paragraph(
            "Compared are the excerpts that both coders gave the same code and whose stance both judged. Most talk asserts, so what counts "
            "is by how much equal stances pass the share that the second coder asserted, which always saying “asserted” reaches."
        )
    )
    blocks.append(_table(shelf, "All codes together", [row for row in rows if not row["code"]], folded=False))
    blocks.append(_table(shelf, "Code by code", [row for row in rows if row["code"]], folded=True))
    held = shelf.validation.stance_confusion
    for coder, against in dict.fromkeys((row["coder"], row["against"]) for row in rows):
        own = held[(held["coder"] == coder) & (held["against"] == against)]
        counts = {(one, other): n for one, other, n in own[["stance", "stance_against", "n"]].itertuples(index=False)}
        blocks.append(_confusion(shelf, coder, against, counts))
    return Section("stance", _TITLE, tuple(blocks))


def _table(shelf: Shelf, title: str, rows: list[dict[Any, Any]], *, folded: bool) -> Table:
    lines = []
    for row in rows:
        cells = (
            Cell(shelf.against((row["coder"], row["against"]))),
            Cell(count(row["n"]), f"{count(row['clusters'])} {shelf.validation.cluster}s"),
            Cell(share(row["agreed"])),
            Cell(share(row["asserted"]), f"{count(row['not_asserted'])} not asserted"),
            estimate(row["difference"], row["difference_low"], row["difference_high"]),
            estimate(row["kappa"], row["kappa_low"], row["kappa_high"]),
        )
        lines.append(Row(shelf.name(row["code"]) if row["code"] else "all codes", cells, row["code"], 0))
    columns = ("Code", "Coders", "Codings", "Same stance", "Asserted by the second coder", "Difference", "Kappa of stance")
    caption = f"Below each figure: its {shelf.interval()}. n/d: not determined by these data."
    return Table(title, caption, columns, tuple(lines), frozenset({1}), folded=folded, label=f"Agreement on stance: {title.lower()}")


def _confusion(shelf: Shelf, coder: str, against: str, counts: dict[tuple[str, str], float]) -> Table:
    lines = tuple(Row(one, tuple(Cell(number_of(counts.get((one, other), 0.0)) or "0") for other in STANCES)) for one in STANCES)
    first, second = shelf.who(coder), shelf.who(against)
    caption = f"Codings. Rows: {first}; columns: {second}. Drawn excerpts count as many as they stand for."
    return Table(f"Stances: {shelf.against((coder, against))}", caption, (first, *STANCES), lines, folded=True)
