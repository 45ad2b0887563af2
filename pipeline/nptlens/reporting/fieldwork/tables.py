"""What is around the coding as a CSV and as sheets of the workbook."""

from __future__ import annotations

import csv
import io
import math

import pandas as pd

from nptlens.reporting._complementary_suppression import hide
from nptlens.reporting._sheets import Cell, Sheet
from nptlens.safety.cells import guarded
from nptlens.schemas.fieldwork import Fieldwork, Register, SamplingFrame

_COLUMNS = (
    ("project_id", 12),
    ("attribute", 14),
    ("code", 20),
    ("code_name", 26),
    ("decided_by", 12),
    ("coder", 24),
    ("reason", 30),
    ("claim", 20),
    ("likeliest", 20),
    ("probability", 11),
    ("margin", 9),
    ("runner_up", 20),
    ("nearest_seeds", 34),
    ("machine", 24),
    ("practice", 12),
    ("description", 90),
)


def _rows(register: Register) -> list[tuple[Cell, ...]]:
    names = {code.id: code.name for code in register.codebook}
    codings = register.codings.assign(code_name=register.codings["code"].map(names).fillna(""))
    told = codings.merge(register.projects, on="project_id", how="left", sort=False).rename(columns={"practices": "practice"})
    return [tuple(_cell(value) for value in row) for row in told[[name for name, _ in _COLUMNS]].itertuples(index=False)]


def _cell(value: object) -> Cell:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return str(value)


def projects_csv(register: Register) -> str:
    """Return the text of projects_coded.csv: a row per project and attribute.

    With `code` and `coder` changed where a person knows better, and saved beside study.toml, it is read back as people's values.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([name for name, _ in _COLUMNS])
    for row in _rows(register):
        writer.writerow(["" if cell is None else f"{cell:.4f}" if isinstance(cell, float) else guarded(str(cell)) for cell in row])
    return buffer.getvalue()


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
        made += [Sheet("Projects", _COLUMNS, tuple(_rows(found.register)), 2), _counts(found.register), _crosses(found.register)]
    if found.sampling is not None:
        made.append(_sampling(found.sampling, least))
    if found.links is not None:
        made.append(_links(found.links, least))
    return tuple(made)


def _counts(register: Register) -> Sheet:
    columns = (
        ("attribute", 14), ("value", 20), ("name", 28), ("projects", 10), ("decided", 10), ("share", 9), ("low", 9), ("high", 9),
        ("by people", 10), ("by the machine", 10), ("machine alone", 10), ("undecided", 10),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            tally.code, value.code, value.name, value.share.n, value.share.of, value.share.value, value.share.low, value.share.high,
            value.people, value.machine, value.machine_alone, tally.undecided,
        )
        for tally in register.tallies
        for value in tally.values
    ]  # fmt: skip
    return Sheet("Project counts", columns, tuple(rows), 2)


def _crosses(register: Register) -> Sheet:
    yes, no = register.outcome
    columns = (
        ("table", 44), ("projects", 40), (yes or "yes", 12), (no or "no", 12), ("neither", 10), ("share", 9), ("low", 9), ("high", 9),
        ("difference of the first two", 12), ("low of it", 9), ("high of it", 9), ("Fisher's p", 9),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for table in register.crosses:
        for number, row in enumerate(table.rows):
            gap = table.difference if number == 0 else None
            beside = (None, None, None) if gap is None else (gap.value, gap.low, gap.high)
            share = row.share
            rows.append(
                (
                    table.title, row.name, row.yes, row.no, row.left_out, share.value, share.low, share.high, *beside,
                    table.fisher if number == 0 else None,
                )
            )  # fmt: skip
    return Sheet("Project cross-tables", columns, tuple(rows), 2)


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
