"""`make fuzz`: damaged and hostile files must be read or refused, quickly, in little memory, and must not touch the good ones beside them.

2,000 files are made from the demo study and, where present, from real files. They are read in batches, one by one and as a
folder with good files in between, in child processes. A violation is: a traceback, more than 10 s, a peak of 1 GB, a file
neither read nor listed, words of a file that nobody named, a good file that reads differently beside bad ones, an exit code of
`nptlens check` other than 1, or a file's name that steers the terminal.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks._bases import PROJECTS, bases, demo_files
from benchmarks._mutations import CANARY, KINDS, mutant
from benchmarks.records import Record, write
from nptlens.reading import kinds

_SECONDS, _BYTES, _BATCH = 10.0, 1024**3, 50
_START_SECONDS = 120.0  # a child imports its libraries and reads the good files before the first bad one
_GOOD = ("C01.docx", "C02.txt", "C03.vtt", "C04.md", "S03b.csv", "FG1.txt")


@dataclass(slots=True)
class Tally:
    """What became of the mutants of one kind."""

    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: float = 0.0
    peak: int = 0
    caught: list[str] = field(default_factory=list)  # refused because a library failed, not because a rule of ours says so
    violations: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Batch:
    """A folder with mutants and good files; `made` is kind and number by file name."""

    folder: Path
    made: dict[str, str]


def make_batch(folder: Path, numbers: range, *, data: Path, seed: int, canary: str) -> Batch:
    """Write the mutants `numbers` and the good files into a new folder."""
    folder.mkdir(parents=True)
    made: dict[str, str] = {}
    good = bases(data)
    suffixes = sorted({*kinds(), *(base.suffix for base in good if base.suffix in PROJECTS)})
    for number in numbers:
        case = mutant(number, good, suffixes, seed=seed, canary=canary)
        name = b"m%05d-%s%s" % (number, case.stem, case.suffix.encode())
        with open(os.path.join(os.fsencode(folder), name), "wb") as out:  # noqa: PTH118, PTH123 (names may be no text)
            out.write(case.data)
        made[os.fsdecode(name)] = case.kind
    put_good(folder)
    return Batch(folder, made)


def put_good(folder: Path) -> None:
    """Copy good files into the folder."""
    for path in demo_files():
        if path.name in _GOOD:
            shutil.copyfile(path, folder / f"good-{path.name}")


def probe(folder: Path) -> Iterator[dict[str, object]]:
    """Yield how each file of the folder went; a child that hangs or dies is named and replaced."""
    after: str | None = ""
    while after is not None:
        command = [sys.executable, "-m", "benchmarks._probe", str(folder), f"--after={after}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:  # noqa: S603
            after = yield from _follow(child)


def _follow(child: subprocess.Popen[bytes]) -> Generator[dict[str, object], None, str | None]:
    """Yield the child's lines; return the file that it did not survive, or None."""
    assert child.stdout
    current, pending = "", b""
    until = time.monotonic() + _START_SECONDS
    while True:
        if not select.select([child.stdout], [], [], max(0.0, until - time.monotonic()))[0]:
            child.kill()
            yield {"name": current, "outcome": "too slow", "told": "", "seconds": _SECONDS, "peak": 0}
            return current or None
        chunk = os.read(child.stdout.fileno(), 65_536)
        *lines, pending = (pending + chunk).split(b"\n")
        for line in map(json.loads, lines):
            if "start" in line:
                current, until = str(line["start"]), time.monotonic() + _SECONDS + 1
            else:
                current = ""
                yield line
        if not chunk:
            break
    if child.wait() == 0:
        return None
    words = child.stderr.read().decode(errors="replace").strip().splitlines() if child.stderr else []
    yield {"name": current, "outcome": "died", "told": f"exit {child.returncode} {words[-1] if words else ''}", "seconds": 0.0, "peak": 0}
    return current or None


def judge(batch: Batch, tallies: dict[str, Tally]) -> set[str]:
    """Read the batch file by file; return the names that broke a rule."""
    broken: set[str] = set()
    for line in probe(batch.folder):
        name, outcome, told = str(line["name"]), str(line["outcome"]), str(line["told"])
        seconds, peak = float(str(line["seconds"])), int(str(line["peak"]))
        tally = tallies[batch.made.get(name, "the child itself")]
        tally.outcomes[outcome] += 1
        tally.seconds, tally.peak = max(tally.seconds, seconds), max(tally.peak, peak)
        if told.endswith("Error)"):
            tally.caught.append(f"{name!r}: {told}")
        wrong = [
            outcome if outcome not in ("read", "noted", "refused") else "",
            f"{seconds:.1f} s" if seconds >= _SECONDS else "",
            f"{peak / 1e6:.0f} MB" if peak >= _BYTES else "",
            "out of memory" if "MemoryError" in told else "",
        ]
        if any(wrong):
            broken.add(name)
            tally.violations.append(f"{name!r}: {', '.join(filter(None, wrong))} {told}")
    return broken


def judge_folder(batch: Batch, alone: dict[str, str], tallies: dict[str, Tally]) -> None:
    """Read the batch as one folder: all files accounted for, the good ones as they are without the bad ones."""
    done = _run("benchmarks._probe", str(batch.folder), "--whole")
    tally = tallies["the folder"]
    if done.returncode:
        tally.violations.append(f"{batch.folder.name}: {_last(done)}")
        return
    whole = json.loads(done.stdout)
    if {name: each for name, each in whole["transcripts"].items() if name in alone} != alone:
        tally.violations.append(f"{batch.folder.name}: good files read differently beside bad ones")
    told = {*whole["transcripts"], *whole["problems"]}
    for name in batch.made:
        shown = name.encode(errors="backslashreplace").decode()
        if (batch.folder / name).exists() and shown not in told:
            tally.violations.append(f"{name!r}: neither read nor listed")


def judge_check(batch: Batch, alone: list[object], tallies: dict[str, Tally]) -> None:
    """Run the program itself over the folder, once with JSON and once with tables."""
    for options in (["--json"], []):
        done = _run("nptlens", "check", "--folder", str(batch.folder), *options)
        tally = tallies["nptlens check"]
        if done.returncode != 1 or b"Traceback" in done.stderr:
            tally.violations.append(f"{batch.folder.name} {' '.join(options)}: exit code {done.returncode}, {_last(done)}")
        elif options:
            files = [file for file in json.loads(done.stdout)["files"] if file["source"].startswith("good-")]
            if files != alone:
                tally.violations.append(f"{batch.folder.name}: check tells other things of good files beside bad ones")
        if any(control in done.stdout + done.stderr for control in (b"\x1b[31m", "\u202e".encode())):
            tally.violations.append(f"{batch.folder.name} {' '.join(options)}: a file's name sends control characters to the terminal")


def _run(module: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", module, *words], capture_output=True, check=False, timeout=_BATCH * _SECONDS)  # noqa: S603


def _last(done: subprocess.CompletedProcess[bytes]) -> str:
    return (done.stderr.decode(errors="replace").strip().splitlines() or [""])[-1][:200]


def fuzz(cases: range, *, data: Path, seed: int, root: Path, keep: bool) -> dict[str, Tally]:
    """Make and judge all mutants; return what became of them, by kind."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    put = root / "alone"
    put.mkdir()
    put_good(put)
    outside = root / "outside.txt"
    outside.write_text(CANARY, encoding="utf-8")
    alone = json.loads(_run("benchmarks._probe", str(put), "--whole").stdout)["transcripts"]
    checked = json.loads(_run("nptlens", "check", "--folder", str(put), "--json").stdout)["files"]
    for start in range(cases.start, cases.stop, _BATCH):
        numbers = range(start, min(cases.stop, start + _BATCH))
        batch = make_batch(root / f"batch-{start:05}", numbers, data=data, seed=seed, canary=outside.as_uri())
        for name in judge(batch, tallies):
            if name in batch.made:
                (batch.folder / name).unlink()
        judge_folder(batch, alone, tallies)
        judge_check(batch, checked, tallies)
        if not keep:
            shutil.rmtree(batch.folder)
        print(f"{numbers.stop - cases.start} of {len(cases)}", file=sys.stderr)
    return tallies


def show(tallies: dict[str, Tally]) -> int:
    """Print the table and every violation; return the number of violations."""
    columns = ("read", "noted", "refused")
    print(f"{'kind':20}" + "".join(f"{name:>9}" for name in (*columns, "other", "caught", "s", "MB", "wrong")))
    for kind in [*KINDS, *(kind for kind in tallies if kind not in KINDS)]:
        tally = tallies[kind]
        other = sum(count for name, count in tally.outcomes.items() if name not in columns)
        counts = [tally.outcomes[name] for name in columns]
        cells = [*counts, other, len(tally.caught), f"{tally.seconds:.2f}", round(tally.peak / 1e6), len(tally.violations)]
        print(f"{kind:20}" + "".join(f"{cell:>9}" for cell in cells))
    caught = [f"{kind}: {each}" for kind, tally in tallies.items() for each in tally.caught]
    print("\n".join(["", "refused only because a library failed:", *caught]) if caught else "")
    wrong = [f"{kind}: {each}" for kind, tally in tallies.items() for each in tally.violations]
    print("\n".join(["", *wrong]) if wrong else "\nno violation")
    return len(wrong)


def records(tallies: dict[str, Tally], *, seed: int) -> list[Record]:
    """Return the table as records."""
    made: list[Record] = []
    for kind, tally in tallies.items():
        count = sum(tally.outcomes.values())
        figures = {name: float(each) for name, each in tally.outcomes.items()}
        figures |= {"caught": float(len(tally.caught)), "violations": float(len(tally.violations))}
        figures |= {"max_seconds": round(tally.seconds, 3), "max_megabytes": round(tally.peak / 1e6, 1)}
        made += [Record(f"mutants, seed {seed}", "nptlens", kind, metric, value, value, value, count) for metric, value in figures.items()]
    return made


def main() -> int:
    """Run the fuzzer; exits with 1 where a rule is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant, to make one of them again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--keep", type=Path, help="an empty folder that keeps all that was made")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/fuzz.json"))
    args = parser.parse_args()
    cases = range(args.first, args.first + args.cases)
    with tempfile.TemporaryDirectory() as folder:
        root = args.keep or Path(folder)
        root.mkdir(parents=True, exist_ok=True)
        tallies = fuzz(cases, data=args.data, seed=args.seed, root=root.resolve(), keep=args.keep is not None)
    wrong = show(tallies)
    write(args.out, records(tallies, seed=args.seed))
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
