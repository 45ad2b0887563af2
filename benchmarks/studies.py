"""Study folders made from real human-coded data: the benchmark writes what a user would have, and nptlens runs it as it runs any study.

Each set says how its rows become transcripts (CSV files), a codebook and gold codes. Seeds are drawn from some transcripts; the study
holds only the others, so that nothing measured was ever seen.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nptlens.core.text import count_words
from nptlens.reading import read_file

GOLD = "gold"
_FEWEST = 4  # seeds below which nptlens drops a code


@dataclass(frozen=True, slots=True)
class Unit:
    """A coded or uncoded stretch of the data: a row of a transcript. `coded` is the part of `text` that carries the codes."""

    transcript: str
    speaker: str
    text: str
    codes: tuple[str, ...] = ()
    coded: str = ""
    interviewer: bool = False


@dataclass(frozen=True, slots=True)
class RealSet:
    """A set as it will be studied: its units in order, its codes (id, name, definition) and settings for study.toml."""

    name: str
    units: tuple[Unit, ...]
    codes: tuple[tuple[str, str, str], ...]
    settings: str


def scrum(data: Path) -> RealSet:
    """22 interviews and focus groups on Scrum; pattern codes with definitions; chunks found in their turns."""
    turns = pd.read_csv(data / "scrum" / "turns.csv", dtype=str, keep_default_na=False)
    chunks = pd.read_csv(data / "scrum" / "segments.csv", dtype=str, keep_default_na=False)
    book = pd.read_csv(data / "scrum" / "codebook.csv", dtype=str, keep_default_na=False)
    book = book[book["level"] == "pattern"].drop_duplicates("code")
    place = {code.casefold(): code for code in book["code"]}
    by_turn: dict[tuple[str, str], list[tuple[str, tuple[str, ...]]]] = {}
    for row in chunks.itertuples():
        codes = tuple(place[code.strip().casefold()] for code in row.pattern_code.split("|") if code.strip().casefold() in place)
        if codes:
            by_turn.setdefault((row.transcript_id, row.turn_index), []).append((row.text, codes))
    units = []
    for row in turns.itertuples():
        found = by_turn.get((row.transcript_id, row.turn_index), [])
        codes = tuple(dict.fromkeys(code for _, each in found for code in each))
        coded = found[0][0] if len({text for text, _ in found}) == 1 else ""
        units.append(Unit(row.transcript_id, row.speaker, row.text, codes, coded, row.speaker == "RESEARCHER"))
    codes = tuple((row.code, row.code, f"{row.definition} {row.inclusion}".strip()) for row in book.itertuples())
    return RealSet("scrum", tuple(units), codes, "")


def ml_quality(data: Path) -> RealSet:
    """15 interviews on machine-learning systems, 7 families of codes, moderated coding as gold, uncoded paragraphs included."""
    turns = pd.read_csv(data / "ml_quality" / "turns.csv", dtype=str, keep_default_na=False)
    book = pd.read_csv(data / "ml_quality" / "codebook.csv", dtype=str, keep_default_na=False)
    family = {row.code: row.family for row in book.itertuples() if row.family not in ("structural", "other")}
    units = []
    for row in turns[turns["moderator"] != ""].itertuples():
        codes = tuple(dict.fromkeys(family[code] for code in row.codes_moderated.split("|") if code in family))
        units.append(Unit(row.transcript_id, row.speaker_raw, row.text, codes, "", row.role == "interviewer"))
    codes = tuple((name, name, "") for name in sorted(set(family.values())))
    return RealSet("ml_quality", tuple(units), codes, "")


def nhs_comments(data: Path) -> RealSet:
    """3,728 comments of NHS patients, multi-label; a comment is a unit, a respondent a participant; the 16 most frequent labels."""
    rows = pd.read_csv(data / "nhs_comments" / "comments_multilabel.csv", dtype=str, keep_default_na=False)
    book = pd.read_csv(data / "nhs_comments" / "codebook.csv", dtype=str, keep_default_na=False)
    kept = [code for code in book["code"] if code != "Not assigned"][:16]
    units = []
    for row in rows[rows["text"].str.strip() != ""].itertuples():
        codes = tuple(code for code in kept if code in row.codes.split("|"))
        units.append(Unit(row.transcript_id, row.transcript_id, row.text, codes))
    settings = '[segmenting]\nunit = "utterance"\nleast_words = 1\n[agreement]\ncluster = "participant"\n'
    return RealSet("nhs_comments", tuple(units), tuple((code, code, "") for code in kept), settings)


def annomi(data: Path) -> RealSet:
    """71 demonstrations of motivational interviewing, an utterance a unit; 4 codes of therapists and 3 of clients, one each."""
    turns = pd.read_csv(data / "annomi" / "turns.csv", dtype=str, keep_default_na=False)
    kept = turns[turns["text"].str.strip() != ""]
    units = tuple(Unit(row.transcript_id, row.speaker, row.text, (row.code,) if row.code else ()) for row in kept.itertuples())
    codes = sorted({code for unit in units for code in unit.codes})
    return RealSet("annomi", units, tuple((code, code.replace("_", " "), "") for code in codes), "")


def pdpilot(data: Path) -> RealSet:
    """4 interviews on a tool for data scientists, 8 parent codes; a turn carries the codes of the segments found in it."""
    turns = pd.read_csv(data / "pdpilot" / "turns.csv", dtype=str, keep_default_na=False)
    coded = pd.read_csv(data / "pdpilot" / "segments.csv", dtype=str, keep_default_na=False)
    found: dict[tuple[str, str], list[str]] = {}
    for row in coded.itertuples():
        found.setdefault((row.transcript_id, row.turn_index), []).append(row.parent_code)
    units = []
    for row in turns.itertuples():
        codes = tuple(dict.fromkeys(found.get((row.transcript_id, row.turn_index), [])))
        units.append(Unit(row.transcript_id, row.speaker, row.text, codes, "", row.speaker == "Dan"))
    names = sorted(set(coded["parent_code"]))
    return RealSet("pdpilot", tuple(units), tuple((name, name, "") for name in names), "")


SETS: tuple[Callable[[Path], RealSet], ...] = (scrum, ml_quality, nhs_comments, annomi, pdpilot)

STUDIES = SETS[:3]  # those that `make real` runs whole


def draw_seeds(real: RealSet, per_code: int, seed: int) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """Return seed units (with their texts cut to the coded part) and the transcripts left to measure on.

    Half of the transcripts are the pool, of 100 random halves the one that leaves most codes on both sides; up to
    `per_code` units of each code are drawn from it, and some uncoded ones beside them.
    """
    rng = np.random.default_rng(seed)
    names = sorted({unit.transcript for unit in real.units})
    splits = [set(rng.permutation(names)[: len(names) // 2].tolist()) for _ in range(100)]
    pool_names = max(splits, key=lambda split: _both_sides(real, split, per_code))
    pool = [unit for unit in real.units if unit.transcript in pool_names and not unit.interviewer and len(unit.text.split()) >= 3]
    order = [pool[i] for i in rng.permutation(len(pool))]
    drawn: dict[int, Unit] = {}
    for code, _, _ in sorted(real.codes, key=lambda each: sum(each[0] in unit.codes for unit in pool)):
        have = sum(code in unit.codes for unit in drawn.values())
        for unit in order:
            if have >= per_code:
                break
            if code in unit.codes and id(unit) not in drawn:
                drawn[id(unit)] = unit
                have += 1
    uncoded = [unit for unit in order if not unit.codes]
    drawn.update((id(unit), unit) for unit in uncoded[: max(per_code, len(drawn) // 4)])
    return tuple(drawn.values()), tuple(name for name in names if name not in pool_names)


def _both_sides(real: RealSet, pool: set[str], per_code: int) -> tuple[int, int]:
    """Count the codes that can be both trained and measured, then, up to `per_code` each, the units of the poorer side."""
    usable, total = 0, 0
    for code, _, _ in real.codes:
        inside = sum(unit.transcript in pool for unit in real.units if code in unit.codes)
        outside = sum(code in unit.codes for unit in real.units) - inside
        usable += inside >= _FEWEST and outside > 0
        total += min(inside, outside, per_code)
    return usable, total


def write_study(real: RealSet, folder: Path, seeds: Sequence[Unit], measured: Sequence[str]) -> None:
    """Write study.toml, codebook.csv, seeds.csv, participants.csv, transcripts/*.csv and manual_gold.csv."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "transcripts").mkdir(parents=True)
    (folder / "study.toml").write_text(f'[study]\nname = "{real.name}"\ncodebooks = ["codebook.csv"]\n{real.settings}', encoding="utf-8")
    _write(folder / "codebook.csv", ("id", "name", "definition"), real.codes)
    _write(
        folder / "seeds.csv",
        ("seed_id", "text", "codes", "stance", "note", "group"),
        ((f"s{i:04d}", unit.coded or unit.text, ";".join(unit.codes) or "none", "", "", unit.transcript) for i, unit in enumerate(seeds)),
    )
    units = [unit for unit in real.units if unit.transcript in set(measured)]
    roles = {unit.speaker: "interviewer" if unit.interviewer else "participant" for unit in units}
    _write(folder / "participants.csv", ("participant", "role"), sorted(roles.items()))
    # Comments are one file: a file for each respondent would be thousands.
    whole = len({unit.transcript for unit in units}) > 200
    files: dict[str, list[Unit]] = {}
    for unit in units:
        files.setdefault(real.name if whole else re.sub(r"\W+", "_", unit.transcript), []).append(unit)
    gold = [row for name, own in sorted(files.items()) for row in _transcript(folder / "transcripts" / f"{name}.csv", own)]
    _write(folder / "manual_gold.csv", ("transcript", "start", "end", "code", "stance", "coder"), gold)


def _transcript(path: Path, units: Sequence[Unit]) -> Iterable[tuple[object, ...]]:
    """Write a transcript and yield its gold codings, with offsets in the text as nptlens reads it."""
    spoken = [unit for unit in units if count_words(unit.text)]
    _write(path, ("speaker", "text"), ((unit.speaker, unit.text) for unit in spoken))
    transcript = read_file(path, transcript_id=path.stem, source=path.name, max_megabytes=64)
    if len(transcript.utterances) != len(spoken):
        raise ValueError(f"{path.name}: {len(spoken)} rows were written, {len(transcript.utterances)} were read")
    yield (path.stem, 0, len(transcript.text), "none", "", GOLD)
    for unit, utterance in zip(spoken, transcript.utterances, strict=True):
        start, end = utterance.span.start, utterance.span.end
        found = transcript.text.find(unit.coded, start, end) if unit.coded else -1
        if found >= 0:
            start, end = found, found + len(unit.coded)
        for code in unit.codes:
            yield (path.stem, start, end, code, "", GOLD)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
