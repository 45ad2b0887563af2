"""The register of projects: what was done, in the words of whoever wrote it down; and the values that people gave the projects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.core.close_names import meant
from nptlens.reading._sheet_rows import refuse, sheet_rows
from nptlens.schemas.fieldwork import PROJECT_VALUES, PROJECTS
from nptlens.schemas.records import Codebook
from nptlens.schemas.tables import checked

if TYPE_CHECKING:
    import pandas as pd

_REGISTER, _VALUES = "register of projects", "values of projects"
_COLUMNS = ("project_id", "practice", "start", "end", "description")
_MACHINE = "machine:"


def read_projects(path: Path) -> pd.DataFrame:
    """Return the projects table, in the order of the rows.

    Columns: project_id, description, and if they are there practice (several separated by ``;``), start, end; others are ignored. Raises
    SettingsError that lists every fault with its line.
    """
    import pandas as pd

    faults: list[str] = []
    lines: dict[str, int] = {}
    rows = []
    for row in sheet_rows(path, _REGISTER, _COLUMNS, needed=("project_id", "description")):
        cells = row.cells
        name, text = cells["project_id"], cells.get("description", "")
        faults += row.too_long()
        if not name:
            faults.append(f"line {row.line}: no project id")
        elif lines.setdefault(name, row.line) != row.line:
            faults.append(f"line {row.line}: project {name} is also on line {lines[name]}")
        if not text:
            faults.append(f"line {row.line}: no description")
        practices = dict.fromkeys(part for each in cells.get("practice", "").split(";") if (part := each.strip()))
        rows.append((name, "; ".join(practices), cells.get("start", ""), cells.get("end", ""), text, row.line))
    refuse(faults, _REGISTER, path, "one row a project, each with an id of its own and a description")
    return checked(PROJECTS, pd.DataFrame(rows, columns=PROJECTS.names()))


def read_project_values(path: Path, projects: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the values that people gave: columns project_id, code, coder; others are ignored.

    Rows without a code or without a coder, and rows of a machine, are passed over: so the result table, corrected, can be read as it is.
    Raises SettingsError that lists every fault with its line: unknown projects and codes, codes that are no value of an attribute, two
    values of one attribute by one coder.
    """
    import pandas as pd

    values = [code.id for code in codebook if code.parent is not None]
    known = set(projects["project_id"])
    faults: list[str] = []
    given: dict[tuple[str, str, str], tuple[str, int]] = {}
    rows = []
    for row in sheet_rows(path, _VALUES, ("project_id", "code", "coder"), needed=("project_id", "code", "coder")):
        project, code, coder = (row.cells.get(name, "") for name in ("project_id", "code", "coder"))
        if not code or not coder or coder.casefold().startswith(_MACHINE):
            continue
        if project not in known:
            faults.append(f"line {row.line}: no project {project} in the register")
        if code not in values:
            faults.append(f"line {row.line}: {code} is no value of an attribute{meant(code, values)}")
            continue
        key = project, codebook.get(code).parent or "", coder
        if key in given:
            other, line = given[key]
            if other != code:
                faults.append(f"line {row.line}: {coder} gives {project} {code}, but {other} on line {line}")
            continue
        given[key] = code, row.line
        rows.append((project, code, coder, row.line))
    refuse(faults, _VALUES, path, "one row a project and value: project_id,code,coder")
    return checked(PROJECT_VALUES, pd.DataFrame(rows, columns=PROJECT_VALUES.names()))
