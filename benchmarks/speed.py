"""`make bench`: this project beside what a user would pick instead and beside the machine's own limit, in one run.

Embedding is measured on real interview turns of mixed length; the whole run on a study of the scrum interviews, beside a plain script
with sentence-transformers and BERTopic on the same segments. Parts alternate, each in its own process; figures are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import growth
from benchmarks.real import DRAW, PER_CODE
from benchmarks.records import Record, write
from benchmarks.studies import draw_seeds, scrum, write_study
from nptlens.embedding import find_encoder
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.pipeline import stage_named

_EMBEDDING = ("sgemm", "sentence-transformers", "nptlens onnx", "nptlens int8", "nptlens static", "nptlens torch")
_LAYERS, _WIDTH, _INNER = 6, 384, 1_536  # of all-MiniLM-L6-v2
NPTLENS = [sys.executable, "-m", "nptlens"]


@dataclass(slots=True)
class Measured:
    """What repeated runs of one part gave: wall seconds, peak memory in MB, and its own figures by name."""

    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    figures: dict[str, list[float]] = field(default_factory=dict)

    def median(self, name: str = "") -> float:
        """Return the median of a figure, of the wall seconds where none is named."""
        return statistics.median(self.figures[name] if name else self.seconds)

    def add(self, seconds: float, peak: float, figures: dict[str, float]) -> None:
        """Take a run in."""
        self.seconds.append(seconds)
        self.peaks.append(peak)
        for name, value in figures.items():
            self.figures.setdefault(name, []).append(value)


def main() -> int:
    """Measure, print and write; exits with 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--words", type=int, default=40_000, help="how much talk is embedded")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=("embedding", "run", "start", "growth"), default=None)
    parser.add_argument("--growth", type=int, nargs="*", default=list(growth.SIZES), help="segments; a million take half an hour")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/speed.json"))
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"real data are not here: {arguments.data}", file=sys.stderr)
        return 3
    records: list[Record] = []
    with tempfile.TemporaryDirectory(prefix="nptlens-speed-") as name:
        folder = Path(name)
        if arguments.only in (None, "embedding"):
            for what, texts in (("turns", _turns(arguments.data)), ("excerpts", _excerpts(arguments.data, folder))):
                records += _embedding(what, _spread(texts, arguments.words), arguments.repeats, folder)
        if arguments.only in (None, "run"):
            records += _runs(arguments.data, arguments.repeats, folder)
        if arguments.only in (None, "start"):
            records += _start(arguments.repeats, folder)
        if arguments.only in (None, "growth") and arguments.growth:
            print(f"\n{growth.NOTE}")
            rows = growth.growth(arguments.growth, told=growth.show)
            records += growth.told_records(rows)
            print("\n".join(growth.broken(rows)))
    missed = _bars(records)
    write(arguments.out, [*_others(arguments.out, records), *records], [growth.NOTE])
    return int(missed)


def _others(path: Path, records: Sequence[Record]) -> list[Record]:
    """Return what an earlier run wrote of that which was not measured now."""
    if not path.is_file():
        return []
    now = {each.set for each in records}
    written = [each for each in json.loads(path.read_text(encoding="utf-8"))["records"] if each["set"] not in now]
    return [Record(**{key: float("nan") if value is None else value for key, value in each.items()}) for each in written]


def _turns(data: Path) -> list[str]:
    """Return what participants say, turn by turn."""
    return [unit.text for unit in scrum(data).units if not unit.interviewer and unit.text.strip()]


def _excerpts(data: Path, folder: Path) -> list[str]:
    """Return the same talk as a run cuts and embeds it."""
    real = scrum(data)
    write_study(real, folder / "cut", (), sorted({unit.transcript for unit in real.units}))
    study = open_study(folder / "cut")
    Artefacts(study).make(stage_named("segment"), lambda *_: None)
    return [str(text) for text in pd.read_parquet(study.store / "segments.parquet", columns=["text"])["text"]]


def _spread(texts: Sequence[str], words: int) -> list[str]:
    """Return texts evenly spaced that hold about so many words."""
    number = round(len(texts) * min(1.0, words / sum(len(text.split()) for text in texts)))
    return [texts[int(place)] for place in np.linspace(0, len(texts) - 1, number)]


def _embedding(what: str, texts: list[str], repeats: int, folder: Path) -> list[Record]:
    given = folder / "texts.json"
    given.write_text(json.dumps(texts), encoding="utf-8")
    found: dict[str, Measured] = {part: Measured() for part in _EMBEDDING}
    out = {part: folder / f"{part.replace(' ', '-')}.npy" for part in _EMBEDDING}
    for _ in range(repeats):
        for part in _EMBEDDING:
            seconds, peak, printed = measured([sys.executable, "-m", "benchmarks._speed_parts", part, str(given), str(out[part])])
            found[part].add(seconds, peak, json.loads(printed.splitlines()[-1]))
    work = gflop(texts)
    limit = found["sgemm"].median("gflops")
    words = statistics.mean(len(text.split()) for text in texts)
    print(f"\n{len(texts)} interview {what}, {words:.0f} words on average, {work:.0f} GFLOP; sgemm {limit:.0f} GFLOP/s")
    print(f"{'embedding':24}{'seconds':>9}{'times':>8}{'GFLOP/s':>9}{'of limit':>10}{'peak MB':>9}{'least cosine':>14}{'mean':>8}")
    reference = np.load(out["sentence-transformers"])
    slow = found["sentence-transformers"].median("embed_s")
    records = [_record(what, "sgemm", "gflops", limit, len(texts))]
    for part in _EMBEDDING[1:]:
        seconds, vectors = found[part].median("embed_s"), np.load(out[part])
        cosines = (vectors * reference).sum(axis=1) if vectors.shape == reference.shape else np.array([np.nan])
        rate = work / seconds
        share = f"{rate:>9.0f}{rate / limit:>10.0%}" if part != "nptlens static" else f"{'-':>9}{'-':>10}"
        peak = statistics.median(found[part].peaks)
        print(f"{part:24}{seconds:>9.2f}{slow / seconds:>8.2f}{share}{peak:>9.0f}{cosines.min():>14.6f}{cosines.mean():>8.4f}")
        figures = {"embed_s": seconds, "times": slow / seconds, "of_limit": rate / limit, "peak_mb": peak, "least_cosine": cosines.min()}
        records += [_record(what, part, metric, float(value), len(texts)) for metric, value in figures.items()]
    return records


def gflop(texts: Sequence[str]) -> float:
    """Return the work of the encoder's matrix products in GFLOP: per token and layer 8 w² for attention's four, 4 w i for the two of
    the feed-forward part, and 4 w for each token looked at, w the width and i the inner width (two for a product and its sum)."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(find_encoder("all-MiniLM-L6-v2").folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    lengths = np.array([len(each.ids) for each in tokenizer.encode_batch(list(texts))], dtype=np.float64)
    per_token = 8 * _WIDTH**2 + 4 * _WIDTH * _INNER + 4 * _WIDTH * lengths
    return float((lengths * per_token).sum() * _LAYERS / 1e9)


def _runs(data: Path, repeats: int, folder: Path) -> list[Record]:
    real = scrum(data)
    seeds, kept = draw_seeds(real, PER_CODE, DRAW)
    clean = folder / "clean"
    write_study(real, clean, seeds, kept)
    parts = {name: Measured() for name in ("script", "run", "again", "edited")}
    measured([*NPTLENS, "run", str(_copied(clean, folder / "warm")), "--json"])  # exports the encoder, once per machine
    texts = folder / "segments.json"
    segments = pd.read_parquet(folder / "warm" / ".nptlens" / "segments.parquet", columns=["text"])
    texts.write_text(json.dumps(segments["text"].tolist()), encoding="utf-8")
    for _ in range(repeats):
        seconds, peak, printed = measured([sys.executable, "-m", "benchmarks._speed_parts", "script", str(texts), str(folder / "x.npy")])
        parts["script"].add(seconds, peak, json.loads(printed.splitlines()[-1]))
        study = _copied(clean, folder / "study")
        for name in ("run", "again", "edited"):
            if name == "edited":
                _edit(study)
            seconds, peak, printed = measured([*NPTLENS, "run", str(study), "--json"])
            parts[name].add(seconds, peak, {each["stage"]: each["seconds"] for each in json.loads(printed)["stages"]})
    n = len(segments)
    plain = parts["script"].median()
    print(f"\nscrum, {n} segments{'':14}{'seconds':>9}{'of script':>11}{'peak MB':>9}  stages")
    records = []
    for name, part in parts.items():
        stages = ", ".join(f"{stage} {part.median(stage):.1f}" for stage in part.figures if stage != "topics" and part.median(stage) >= 0.1)
        peak = statistics.median(part.peaks)
        print(f"{name:34}{part.median():>9.1f}{part.median() / plain:>11.2f}{peak:>9.0f}  {stages}")
        records += [_record("scrum", name, "wall_s", part.median(), n), _record("scrum", name, "peak_mb", peak, n)]
        records += [_record("scrum", name, f"{stage} s", part.median(stage), n) for stage in part.figures]
    return records


def _copied(clean: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(clean, to)
    return to


def _edit(study: Path) -> None:
    """Change a word that a participant said in one transcript, as a typist who found a slip would."""
    path = sorted((study / "transcripts").iterdir())[0]
    text = path.read_text(encoding="utf-8")
    segments = pd.read_parquet(study / ".nptlens" / "segments.parquet", columns=["transcript_id", "text"])
    own = [each for each in segments.loc[segments["transcript_id"] == path.stem, "text"] if " the " in each and text.count(each) == 1]
    said = own[len(own) // 2]
    path.write_text(text.replace(said, said.replace(" the ", " those ", 1)), encoding="utf-8")


def _start(repeats: int, folder: Path) -> list[Record]:
    demo = folder / "demo"
    _, peak, _ = measured([*NPTLENS, "demo", str(demo), "--json"])
    seconds: dict[str, list[float]] = {"--help": [], "status": []}
    for _ in range(max(5, repeats)):
        for name, more in (("--help", ["--help"]), ("status", ["status", str(demo)])):
            seconds[name].append(measured([*NPTLENS, *more])[0])
    records = [_record("demo", "demo", "peak_mb", peak, 1)]
    print(f"\ndemo: peak {peak:.0f} MB")
    for name, found in seconds.items():
        print(f"nptlens {name}: median {statistics.median(found):.2f} s of {', '.join(f'{each:.2f}' for each in found)}")
        records.append(_record("demo", name, "wall_s", statistics.median(found), 1))
    return records


def measured(command: Sequence[str]) -> tuple[float, float, str]:
    """Run a program to its end and return wall seconds, peak memory in MB and what it printed; raises where it failed."""
    with tempfile.TemporaryFile() as printed:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.DEVNULL)  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):  # 1: done, and a person must look
            raise subprocess.CalledProcessError(process.returncode, command)
        printed.seek(0)
        return seconds, usage.ru_maxrss / 1024, printed.read().decode("utf-8")


def _record(data: str, system: str, metric: str, value: float, n: int) -> Record:
    return Record(data, system, "", metric, value, float("nan"), float("nan"), n)


def _bars(records: Sequence[Record]) -> bool:
    """Print each bar and whether it is met; return whether one is missed."""
    found = {(each.set, each.system, each.metric): each.value for each in records}
    full, script = found.get(("scrum", "run", "wall_s"), np.nan), found.get(("scrum", "script", "wall_s"), np.nan)
    bars = (
        ("onnx on turns, times sentence-transformers", ("turns", "nptlens onnx", "times"), 1, ">=", 1.5),
        ("onnx on excerpts, times sentence-transformers", ("excerpts", "nptlens onnx", "times"), 1, ">=", 1.5),
        ("onnx on excerpts, share of the machine's limit", ("excerpts", "nptlens onnx", "of_limit"), 1, ">=", 0.7),
        ("int8 on excerpts, times sentence-transformers", ("excerpts", "nptlens int8", "times"), 1, ">=", 2.2),
        ("static on excerpts, times sentence-transformers", ("excerpts", "nptlens static", "times"), 1, ">=", 50),
        ("onnx on turns, least cosine", ("turns", "nptlens onnx", "least_cosine"), 1, ">=", 0.9999),
        ("onnx on turns, share of the machine's limit", ("turns", "nptlens onnx", "of_limit"), 1, ">=", 0.7),
        ("int8 on turns, times sentence-transformers", ("turns", "nptlens int8", "times"), 1, ">=", 2.2),
        ("static on turns, times sentence-transformers", ("turns", "nptlens static", "times"), 1, ">=", 50),
        ("run, share of the plain script", ("scrum", "run", "wall_s"), script, "<=", 0.6),
        ("nothing changed, seconds", ("scrum", "again", "wall_s"), 1, "<=", 3),
        ("one transcript edited, seconds", ("scrum", "edited", "wall_s"), 1, "<=", 0.1 * full + 3),
        ("--help, seconds", ("demo", "--help", "wall_s"), 1, "<", 0.3),
        ("status, seconds", ("demo", "status", "wall_s"), 1, "<", 1),
        ("demo, peak MB", ("demo", "demo", "peak_mb"), 1, "<", 1_500),
    )
    missed = False
    print()
    for name, key, unit, sign, bar in bars:
        if key in found:
            value = found[key] / unit
            met = value >= bar if sign == ">=" else value <= bar
            missed |= not met
            print(f"{'met   ' if met else 'MISSED'}  {name}: {value:.4g} ({sign} {bar:.4g})")
    return missed


if __name__ == "__main__":
    sys.exit(main())
