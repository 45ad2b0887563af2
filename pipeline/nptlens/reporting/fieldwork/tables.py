"""What is around the coding as a CSV and as sheets of the workbook."""

from __future__ import annotations

import pandas as pd

from nptlens.reporting._columns import Cell, Column, Sheet, cells_csv, frame_columns, frame_rows, sheet
from nptlens.reporting._complementary_suppression import hide
from nptlens.schemas.fieldwork import AttributeTally, CrossRow, CrossTable, Difference, Fieldwork, Register, SamplingFrame, ValueTally

_PROJECTS = {
    "project_id": 12,
    "attribute": 14,
    "code": 20,
    "code_name": 26,
    "decided_by": 12,
    "coder": 24,
    "reason": 30,
    "claim": 20,
    "likeliest": 20,
    "probability": 11,
    "margin": 9,
    "runner_up": 20,
    "nearest_seeds": 34,
    "machine": 24,
    "practice": 12,
    "description": 90,
}
"""The columns of projects_coded.csv and of the sheet Projects, with their widths."""


def _projects(register: Register) -> pd.DataFrame:
    names = {code.id: code.name for code in register.codebook}
    codings = register.codings.assign(code_name=register.codings["code"].map(names).fillna(""))
    told = codings.merge(register.projects, on="project_id", how="left", sort=False).rename(columns={"practices": "practice"})
    return told[list(_PROJECTS)]


def projects_csv(register: Register) -> str:
    """Return the text of projects_coded.csv: a row per project and attribute.

    With `code` and `coder` changed where a person knows better, and saved beside study.toml, it is read back as people's values.
    """
    return cells_csv(list(_PROJECTS), frame_rows(_projects(register)))


def project_cells(register: Register) -> dict[str, str]:
    """Return the cells that a person may correct: of each project and attribute, its `code` and its `coder`, by name."""
    columns = ("project_id", "attribute", "code", "coder")
    found: dict[str, str] = {}
    for project, attribute, code, coder in zip(*(register.codings[name].tolist() for name in columns), strict=True):
        found |= {"\t".join((project, attribute, "code")): code, "\t".join((project, attribute, "coder")): coder}
    return found


def sheets(found: Fieldwork, least: int) -> tuple[Sheet, ...]:
    """Return the sheets of what the study has; counts of participants below `least` are hidden."""
    made = []
    if found.register is not None:
        table = _projects(found.register)
        made.append(sheet("Projects", frame_columns(table, _PROJECTS.__getitem__), frame_rows(table), 2))
        counts = ((tally, value) for tally in found.register.tallies for value in tally.values)
        made += [sheet("Project counts", _COUNTS, counts, 2), _crosses(found.register)]
    if found.sampling is not None:
        made.append(_sampling(found.sampling, least))
    if found.links is not None:
        made.append(_links(found.links, least))
    return tuple(made)


_COUNTS: tuple[Column[tuple[AttributeTally, ValueTally]], ...] = (
    Column("attribute", 14, lambda row: row[0].code),
    Column("value", 20, lambda row: row[1].code),
    Column("name", 28, lambda row: row[1].name),
    Column("projects", 10, lambda row: row[1].share.n),
    Column("decided", 10, lambda row: row[1].share.of),
    Column("share", 9, lambda row: row[1].share.value),
    Column("low", 9, lambda row: row[1].share.low),
    Column("high", 9, lambda row: row[1].share.high),
    Column("by people", 10, lambda row: row[1].people),
    Column("by the machine", 10, lambda row: row[1].machine),
    Column("machine alone", 10, lambda row: row[1].machine_alone),
    Column("undecided", 10, lambda row: row[0].undecided),
)


def _crosses(register: Register) -> Sheet:
    """Return the cross-tables row by row; what compares the first two rows stands in the first."""
    yes, no = register.outcome
    columns: tuple[Column[tuple[CrossTable, CrossRow, Difference | None, float | None]], ...] = (
        Column("table", 44, lambda row: row[0].title),
        Column("projects", 40, lambda row: row[1].name),
        Column(yes or "yes", 12, lambda row: row[1].yes),
        Column(no or "no", 12, lambda row: row[1].no),
        Column("neither", 10, lambda row: row[1].left_out),
        Column("share", 9, lambda row: row[1].share.value),
        Column("low", 9, lambda row: row[1].share.low),
        Column("high", 9, lambda row: row[1].share.high),
        Column("difference of the first two", 12, lambda row: row[2].value if row[2] else None),
        Column("low of it", 9, lambda row: row[2].low if row[2] else None),
        Column("high of it", 9, lambda row: row[2].high if row[2] else None),
        Column("Fisher's p", 9, lambda row: row[3]),
    )
    rows = (
        (table, row, None if number else table.difference, None if number else table.fisher)
        for table in register.crosses
        for number, row in enumerate(table.rows)
    )
    return sheet("Project cross-tables", columns, rows, 2)


def _sampling(frame: SamplingFrame, least: int) -> Sheet:
    columns = (("practice", 12), ("adopter category", 18), ("role", 22), ("invited", 10), ("interviewed", 12))
    people = frame.table[frame.table["participant_id"] != ""]
    rows: list[tuple[Cell, ...]] = [
        (str(practice), str(category), str(role), *(_people(n, least) for n in (len(own), int(own["interviewed"].sum()))))
        for (practice, category, role), own in people.groupby(["practice", "adopter_category", "role"], sort=False)
    ]
    empty = frame.table[frame.table["participant_id"] == ""]
    rows += [(str(row.practice), str(row.adopter_category), "", 0, 0) for row in empty.itertuples(index=False)]
    return Sheet("Sampling frame", columns, tuple(rows), 1)


def _people(number: int, least: int) -> Cell:
    shown = hide(number, least)
    return shown if isinstance(shown, int) else str(shown)


def _links(links: pd.DataFrame, least: int) -> Sheet:
    rows = []
    for row in links.to_dict("records"):
        small = least if row["level"] == "participants" else 0
        counts = {name: _people(int(row[name]), small) for name in ("n", "theme_n", "code_n", "both_n")}
        figures = {name: float(row[name]) for name in ("lift", "lift_low", "lift_high", "phi", "phi_low", "phi_high")}
        told = {name: str(row[name]) for name in ("theme", "code", "level")} | {"expected": "yes" if row["expected"] else "no"}
        rows.append(tuple((told | counts | figures)[str(name)] for name in links.columns))
    return Sheet("Links between codes", tuple((str(name), 12) for name in links.columns), tuple(rows), 2)
