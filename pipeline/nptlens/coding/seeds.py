"""The labelled seed set: tables (CSV, workbook) of seed_id, text, codes, stance, note, and group where seeds share an origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nptlens.core.close_names import did_you_mean, meant, shown
from nptlens.core.errors import ReadingError, SeedError
from nptlens.core.ids import transcript_id
from nptlens.core.text import canonical
from nptlens.safety.tables import read_any_table
from nptlens.schemas.records import NONE_CODE, STANCES, Codebook, Problem, Seed, Severity

_COLUMNS = ("seed_id", "text", "codes", "code", "stance", "note", "group")
_UNNAMED = "a cell stands in a column without a heading and is not read"
_BEYOND = 'it has more cells than columns: put "quotation marks" around a text that holds what stands between cells'


@dataclass(frozen=True, slots=True)
class SeedSet:
    """The seeds that speak of the codebook, and what a person should know of the others."""

    seeds: tuple[Seed, ...]
    problems: tuple[Problem, ...]


def load_seeds(paths: Sequence[Path], codebook: Codebook) -> SeedSet:
    """Read seed tables. Seeds whose codes are all unknown to the codebook are left out, counted and listed, never read as ``none``.

    Raises SeedError, listing every fault with file and line, for missing columns, empty texts, unknown stances, ids used twice.
    """
    faults: list[str] = []
    problems: list[Problem] = []
    seeds: dict[str, Seed] = {}
    known = set(codebook.ids())
    for path in paths:
        lost: list[Seed] = []
        for line, row in _rows(path, faults, problems):
            where = f"{path.name} line {line}"
            seed = _seed(row, where, faults)
            if seed is None:
                continue
            if seed.id in seeds:
                faults.append(f"{where}: seed_id {seed.id} is used twice")
            codes = tuple(code for code in seed.codes if code in known)
            if len(codes) < len(seed.codes):
                lost.append(seed)
            if codes or not seed.codes:
                seeds[seed.id] = replace(seed, codes=codes)
        problems += _left_out(lost, path.name, known)
    if faults:
        raise SeedError("; ".join(faults), hint="correct the seed table and run again")
    return SeedSet(tuple(seeds[key] for key in sorted(seeds)), tuple(problems))


def _rows(path: Path, faults: list[str], problems: list[Problem]) -> list[tuple[int, Mapping[str, str]]]:
    try:
        table = read_any_table(path, known=_COLUMNS)
    except ReadingError as error:
        faults.append(f"{path.name}: {error.what}")
        return []
    problems += [Problem(path.name, note, "look at its accents", Severity.NOTE) for note in table.notes]
    unnamed = [f"{path.name} line {row.line}" for row in table.rows if row.unnamed]
    problems += [Problem(where, _UNNAMED, "give the column a heading", Severity.NOTE) for where in unnamed]
    faults += [f"{path.name} line {row.line}: {_BEYOND}" for row in table.rows if row.beyond]
    missing = table.lacking("code" if "code" in table.columns else "codes", "seed_id", "text")
    if missing:
        faults.append(f"{path.name}: lacks the columns {', '.join(missing)}")
    if table.twice():
        faults.append(f"{path.name}: has the columns {', '.join(table.twice())} twice")
    return [] if missing or table.twice() else [(row.line, row.cells) for row in table.rows]


def _seed(row: Mapping[str, str], where: str, faults: list[str]) -> Seed | None:
    codes = tuple(dict.fromkeys(part.strip() for part in (row.get("codes") or row.get("code") or "").split(";") if part.strip()))
    stance = row.get("stance", "").strip().lower()
    text = canonical(row["text"]).strip()
    before = len(faults)
    if not row["seed_id"].strip():
        faults.append(f"{where}: seed_id is empty")
    if not text:
        faults.append(f"{where}: text is empty")
    if not codes:
        faults.append(f"{where}: codes is empty (write {NONE_CODE} for a seed of no code)")
    if NONE_CODE in codes and len(codes) > 1:
        faults.append(f"{where}: {NONE_CODE} stands beside other codes")
    if stance and stance not in STANCES:
        faults.append(f"{where}: stance {shown(stance)} is none of {', '.join(STANCES)}{meant(stance, STANCES)}")
    if len(faults) > before:
        return None
    real = tuple(code for code in codes if code != NONE_CODE)
    return Seed(row["seed_id"].strip(), text, real, stance, row.get("note", "").strip(), _group(row.get("group", "")))


def _group(cell: str) -> str:
    """Return the name of a group as the id of a transcript has it: most groups are transcripts."""
    return transcript_id(cell) if cell.strip() else ""


def _left_out(lost: Sequence[Seed], file: str, known: set[str]) -> list[Problem]:
    """Return a warning for each code that the codebook lacks: how many seeds are lost with it, and how many keep another code."""
    codes = sorted({code for seed in lost for code in seed.codes if code not in known})
    return [_of_code(code, [seed for seed in lost if code in seed.codes], file, known) for code in codes]


def _of_code(code: str, seeds: Sequence[Seed], file: str, known: set[str]) -> Problem:
    gone = sum(known.isdisjoint(seed.codes) for seed in seeds)
    kept = len(seeds) - gone
    if len(seeds) == 1:
        named, told = "1 seed names", ["it is left out" if gone else "it teaches its other codes only"]
    else:
        named, told = f"{len(seeds)} seeds name", []
        told += [f"{gone} {'is' if gone == 1 else 'are'} left out"] if gone else []
        told += [f"{kept} {'teaches its' if kept == 1 else 'teach their'} other codes only"] if kept else []
    hint = did_you_mean(code, sorted(known), "name the codebook that defines it in study.codebooks, or take these seeds out")
    return Problem(file, f"{named} {shown(code)}, which the codebook lacks: {' and '.join(told)}", hint)
