"""For whom a filled sheet was written: found by its units and their order, which is another for each coder."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from nptlens.core.errors import UsageError
from nptlens.exchange.coding_sheet import FilledSheet
from nptlens.schemas.records import Problem
from nptlens.study.folder import Study
from nptlens.study.sheets._design import AGREED, Design, read_design, read_designs

_FEWEST = 4  # rows in one order by chance: one time in 24


def whose(study: Study, sheet: FilledSheet, path: Path, coder: str = "") -> tuple[Design, tuple[Problem, ...]]:
    """Return the design of a filled sheet, and a Problem where it looks like that of another coder than the one named.

    Raises UsageError where none was written for that coder, where no design or several fit, and as `read_design`.
    """
    rows = [row.excerpt_id for row in sheet.rows]
    if coder:
        named = read_design(study, coder)
        if bool(named.between) != sheet.decides:
            what = f"this is not the sheet that was written for {named.coder}"
            raise UsageError(what, where=str(path), hint="give its own coder to --coder")
        return named, _anothers(study, named, rows, path)
    fitting = [each for each in read_designs(study) if bool(each.between) == sheet.decides and set(rows) & set(_units(each))]
    own = [each for each in fitting if _in_order(each, rows)] or fitting
    if len(own) != 1:
        raise _unknown(own, study, path)
    return own[0], ()


def _units(design: Design) -> list[str]:
    """Return the units on the sheet, in its order."""
    on_sheet = design.units[design.units["kind"] != AGREED]
    return on_sheet.sort_values("order", kind="stable")["segment_id"].tolist()


def _in_order(design: Design, rows: Sequence[str]) -> bool:
    """Tell whether all rows are units of the design, in the order of its sheet; some may be gone."""
    place = {unit: number for number, unit in enumerate(_units(design))}
    found = [place.get(row, -1) for row in rows]
    return all(0 <= one < other for one, other in pairwise(found)) and min(found, default=-1) >= 0


def _anothers(study: Study, named: Design, rows: Sequence[str], path: Path) -> tuple[Problem, ...]:
    """Return a Problem where the rows stand in the order of the sheet of somebody else."""
    if len(rows) < _FEWEST or _in_order(named, rows):
        return ()
    others = [each.coder for each in read_designs(study) if each.coder != named.coder and _in_order(each, rows)]
    if not others:
        return ()
    what = f"its rows stand in the order of the sheet that was written for {others[0]}, and it is taken as coded by {named.coder}"
    return (Problem(path.name, what, f"if {others[0]} coded it, import it again with: --coder {shlex.quote(others[0])}"),)


def _unknown(fitting: Sequence[Design], study: Study, path: Path) -> UsageError:
    if not fitting:
        known = ", ".join(each.coder for each in read_designs(study)) or "nobody"
        hint = f"is it of another study? Sheets of this one were written for: {known}"
        return UsageError("no sheet of this study has these excerpts", where=str(path), hint=hint)
    options = " or ".join(f"--coder {shlex.quote(each.coder)}" for each in fitting)
    return UsageError("whose coding is it? Sheets of several coders hold these excerpts", where=str(path), hint=f"add: {options}")
