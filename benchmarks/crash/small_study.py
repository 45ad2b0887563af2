"""A study that runs in seconds, cut from the demo study (invented data)."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_DEMO, _SEEDS = _ROOT / "corpora" / "demo", _ROOT / "corpora" / "seeds"
_NAMES = ("C02.txt", "C05.txt", "S09.txt", "C03.vtt", "C04.md")
_PARAGRAPHS, _CODES, _SEEDS_A_CODE, _NONE_SEEDS, _PROJECTS, _PROJECT_SEEDS = 14, 5, 5, 6, 8, 24
_COMPONENTS = ("CODI", "COCS", "COIS", "COIN")
_SETTINGS = """[study]
name = "small"
invented = true
codebooks = ["few.toml"]
threads = 1
[projects]
coded = "projects_A.csv"
seeds = ["project_seeds.csv"]
[embedding]
encoder = "static"
[topics]
min_topic_size = 2
stability_resamples = 2
stability_reseeds = 0
[coding]
folds = 2
[agreement]
resamples = 20
[saturation]
orders = 20
[validation]
learning_draws = 1
[report]
all_excerpts = true
"""
_MORE = (
    "\nInterviewer  9:59\nAnything else?\n\nTunde Adeyemi  10:02\nWe changed the whole of the morning meeting and everybody now knows"
    " what the others are doing before lunch.\n"
)


def make(folder: Path, *, encoder: str = "static", transcripts: int = len(_NAMES)) -> None:
    """Write the study into a new folder."""
    (folder / "transcripts").mkdir(parents=True)
    names = _NAMES[:transcripts]
    for name in names:
        text = (_DEMO / "transcripts" / name).read_text(encoding="utf-8")
        (folder / "transcripts" / name).write_text("\n\n".join(text.split("\n\n")[:_PARAGRAPHS]) + "\n", encoding="utf-8")
    for name in ("participants.csv", "practices.csv"):
        shutil.copyfile(_DEMO / name, folder / name)
    parts = (_ROOT / "config" / "codebooks" / "npt.toml").read_text(encoding="utf-8").split("[[code]]")
    (folder / "few.toml").write_text("[[code]]".join(parts[: _CODES + 1]), encoding="utf-8")
    _write(folder / "seeds.csv", ["seed_id", "text", "codes", "stance", "note"], _seeds())
    fields, coded = _manual(folder)
    _write(folder / "manual_A.csv", fields, coded)
    _write(folder / "manual_B.csv", fields, [{**row, "coder": "B"} for row in coded[::2]])
    fields, rows = _read(_DEMO / "projects.csv")
    kept = {row["project_id"] for row in rows[:_PROJECTS]}
    _write(folder / "projects.csv", fields, rows[:_PROJECTS])
    fields, rows = _read(_DEMO / "projects_A.csv")
    _write(folder / "projects_A.csv", fields, [row for row in rows if row["project_id"] in kept][::2])
    fields, rows = _read(_SEEDS / "projects.csv")
    _write(folder / "project_seeds.csv", fields, rows[:_PROJECT_SEEDS])
    (folder / "study.toml").write_text(_SETTINGS.replace('"static"', f'"{encoder}"'), encoding="utf-8")


def edit(folder: Path) -> None:
    """Change a text and a setting: most stages must run again, and every result changes."""
    path = folder / "transcripts" / "C02.txt"
    path.write_text(path.read_text(encoding="utf-8") + _MORE, encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("resamples = 20", "resamples = 21"), encoding="utf-8")


def _manual(folder: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Return coder A's rows on the beginnings of the texts that are in the folder."""
    lengths = {path.stem: len(path.read_text(encoding="utf-8")) for path in (folder / "transcripts").glob("*.txt")}
    known = {row["codes"] for row in _seeds()}
    fields, rows = _read(_DEMO / "manual_A.csv")
    return fields, [row for row in rows if row["code"] in known and int(row["end"]) < lengths.get(row["transcript"], 0)]


def _seeds() -> list[dict[str, str]]:
    count: Counter[str] = Counter()
    kept = []
    for row in _read(_SEEDS / "npt.csv")[1]:
        code = row["codes"]
        if code in _COMPONENTS and count[code] < _SEEDS_A_CODE:
            count[code] += 1
            kept.append(row)
    return kept + _read(_SEEDS / "none.csv")[1][:_NONE_SEEDS]


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [name for name in reader.fieldnames or () if name != "provenance"], list(reader)


def _write(path: Path, fields: list[str], rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
