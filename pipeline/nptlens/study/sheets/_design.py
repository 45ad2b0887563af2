"""The design of a sheet, kept in the study: which units stand on it, how they were chosen, what chance each had. It holds no words."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nptlens.agreement.sampling import DESIGN
from nptlens.core.close_names import did_you_mean
from nptlens.core.delimited import delimited, read_rows
from nptlens.core.errors import IntegrityError, ReadingError, UsageError
from nptlens.core.ids import find_segment_id, transcript_id
from nptlens.safety.paths import plain_file, plain_files
from nptlens.schemas.tables import checked
from nptlens.store.outputs import Outputs
from nptlens.study.folder import Study

FOLDER = "sheets"
_SUFFIX = ".design.csv"
AGREED = "agreed"
MISMATCH = "mismatch"
_FACTS = ("coder", "between", "seed", "neighbours", "transcripts", "segments")
_MOST = 60


@dataclass(frozen=True, slots=True)
class Design:
    """A sheet's units (a DESIGN table, and per unit the `codes` that both coders gave it, where they agreed) and what they were made from.

    `between` names the two coders whose mismatches are on it, "" for a blind sheet; `transcripts` are those drawn from, none for all, and
    `segments` is the digest of the units there.
    """

    coder: str
    units: pd.DataFrame
    codes: tuple[str, ...]
    between: str = ""
    seed: int = 0
    neighbours: int = 0
    transcripts: tuple[str, ...] = ()
    segments: str = ""

    def facts(self) -> tuple[str | int, ...]:
        """Return what stands in every row of the file."""
        return self.coder, self.between, self.seed, self.neighbours, "; ".join(self.transcripts), self.segments


def file_name(coder: str) -> str:
    """Return a coder's name as a part of file names; raises UsageError for a name that gives none, or belongs to the machine."""
    name = re.sub(r"[^\w-]+", "_", coder.casefold()).strip("_")
    if not name or len(coder) > _MOST or coder != coder.strip() or not coder.isprintable() or coder.startswith("'"):
        raise UsageError("this is no name for a coder", hint=f"use letters and digits, {_MOST} at most")
    if name.split("_")[0] == "machine":
        raise UsageError("machine is the name of the machine", hint="name the person who codes")
    return name


def design_path(study: Study, coder: str) -> Path:
    """Return where the design of a coder's sheet lies."""
    return study.root / FOLDER / f"{file_name(coder)}{_SUFFIX}"


def manual_path(study: Study, coder: str) -> Path:
    """Return where a coder's filled sheet goes as manual coding."""
    return study.root / f"manual_{file_name(coder)}.csv"


def put_sheet(study: Study, design: Design, path: Path, sheet: bytes) -> Path:
    """Write a sheet to `path` and its design into the study; return where the design lies.

    A coder has one sheet. The same command again changes nothing where the sheet is untouched, so one that was interrupted can be repeated.
    Raises UsageError where a coder of this name has another sheet, or has begun to fill it in.
    """
    own, content = design_path(study, design.coder), _as_csv(design)
    if plain_file(own) and not (own.read_bytes() == content and path.is_file() and path.read_bytes() == sheet):
        hint = f"take another name, or delete {FOLDER}/{own.name} to start anew"
        raise UsageError(f"{design.coder} has a sheet already", where=str(own), hint=hint)
    outputs = Outputs(study.store)
    outputs.write(path, sheet)
    outputs.write(own, content)
    return own


def _as_csv(design: Design) -> bytes:
    rows: list[tuple[object, ...]] = [(*DESIGN.names(), "codes", *_FACTS)]
    for row, codes in zip(design.units.itertuples(index=False, name=None), design.codes, strict=True):
        rows.append((*(repr(cell) if isinstance(cell, float) else cell for cell in row), codes, *design.facts()))
    return delimited(rows).encode()


def _transcript(name: str) -> str:
    return transcript_id(name) if name else ""


def read_design(study: Study, coder: str) -> Design:
    """Return the design of a coder's sheet.

    The case of the name makes no difference. Raises UsageError where no sheet was written for this name, IntegrityError where the file is
    not as it was written.
    """
    path = design_path(study, coder)
    known = [each.name.removesuffix(_SUFFIX) for each in _paths(study)]
    if plain_file(path) is None:
        hint = did_you_mean(file_name(coder), known, f"sheets were written for: {', '.join(known) or 'nobody'}")
        raise UsageError(f"no sheet was written for {coder}", where=str(study.root), hint=hint)
    found = _read(path)
    if found.coder.casefold() != coder.casefold():
        raise UsageError(f"the sheet was written for {found.coder}", where=str(path), hint=f"add: --coder {shlex.quote(found.coder)}")
    return found


def read_designs(study: Study) -> tuple[Design, ...]:
    """Return the designs of all sheets of the study; raises IntegrityError like `read_design`."""
    return tuple(_read(path) for path in _paths(study))


def _paths(study: Study) -> list[Path]:
    return plain_files(study.root / FOLDER, f"*{_SUFFIX}")


def _read(path: Path) -> Design:
    try:
        rows = [dict(row.cells) for row in read_rows(path).rows]
        kinds = dict.fromkeys(("population", "drawn", "order"), "int64") | {"probability": "float64"}
        rows = [{**row, "segment_id": find_segment_id(row["segment_id"]), "transcript": _transcript(row["transcript"])} for row in rows]
        units = checked(DESIGN, pd.DataFrame(rows)[DESIGN.names()].astype(kinds))
        first = rows[0]
        found = Design(
            coder=first["coder"],
            units=units,
            codes=tuple(row["codes"] for row in rows),
            between=first["between"],
            seed=int(first["seed"]),
            neighbours=int(first["neighbours"]),
            transcripts=tuple(_transcript(each) for each in first["transcripts"].split("; ") if each),
            segments=first["segments"],
        )
        if not (units["probability"] > 0).all():
            raise ValueError("a unit without a chance")
    except (ReadingError, ValueError, KeyError, IndexError, TypeError) as error:
        raise IntegrityError(f"{path.name} cannot be read", where=str(path), hint="bring back the file as it was written") from error
    return found
