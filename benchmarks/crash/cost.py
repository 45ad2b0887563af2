"""How long runs of this build take beside another: whole processes, one build after the other in turn."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.crash import small_study
from benchmarks.crash.bench import put

BAR = 1.03
_FEW = 3  # transcripts with the real encoder
_DRAWS = 2000
_FEWEST = 3
_CHANGES = ("fresh", "after an edit", "nothing changed")
_DEFAULT = "all-MiniLM-L6-v2"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Seconds of this build divided by those of the other: ratio of medians with a bootstrap interval (95 %); the medians."""

    setting: str
    ratio: float
    low: float
    high: float
    ours: float
    theirs: float
    repeats: int

    def over(self) -> bool:
        """Tell whether the whole interval lies above the bar; fewer than three pairs tell nothing."""
        return self.low > BAR and self.repeats >= _FEWEST


def ratio(setting: str, ours: list[float], theirs: list[float]) -> Ratio:
    """Return the ratio of two lists of seconds, measured in turn; the interval resamples the pairs."""
    pairs = np.array([ours, theirs])
    drawn = pairs[:, np.random.default_rng(1).integers(len(ours), size=(_DRAWS, len(ours)))]
    low, high = np.percentile(np.divide(*np.median(drawn, axis=2)), [2.5, 97.5])
    one, other = statistics.median(ours), statistics.median(theirs)
    return Ratio(setting, one / other, float(low), float(high), one, other, len(ours))


def measure(builds: Mapping[str, Path], repeats: int, seconds: float) -> Iterator[Ratio]:
    """Yield ratios of the builds "now" and "before": the small study and, with the default encoder, a few transcripts."""
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="nptlens-cost-") as folder:
        work = Path(folder).resolve()
        for name, encoder, transcripts in (("small study", "static", 8), ("default encoder", _DEFAULT, _FEW)):
            source = work / "source" / encoder
            small_study.make(source, encoder=encoder, transcripts=transcripts)
            yield from _of_study(name, source, builds, repeats, until, work)


def _of_study(name: str, source: Path, builds: Mapping[str, Path], repeats: int, until: float, work: Path) -> Iterator[Ratio]:
    taken: dict[tuple[str, str], list[float]] = {(build, change): [] for build in builds for change in _CHANGES}
    for number in range(repeats + 1):  # the first one warms disks and caches up and does not count
        if time.monotonic() > until and number > 1:
            break
        for build in sorted(builds, reverse=bool(number % 2)):
            study = put(source, work / "study")
            for change in _CHANGES:
                if change == "after an edit":
                    small_study.edit(study)
                spent = _seconds(builds[build], study, work / "compiled" / build)
                if number:
                    taken[build, change].append(spent)
        print(f"cost, {name}: {number} of {repeats}", file=sys.stderr, flush=True)
    for change in _CHANGES:
        yield ratio(f"{name}, {change}", taken["now", change], taken["before", change])


def _seconds(build: Path, study: Path, compiled: Path) -> float:
    # Modules are compiled once, as where the package is installed: else each new module would cost what no user pays.
    given = {**environment(build), "PYTHONPYCACHEPREFIX": str(compiled)}
    del given["PYTHONDONTWRITEBYTECODE"]
    started = time.perf_counter()
    command = [sys.executable, "-m", "nptlens", "run", str(study)]
    done = subprocess.run(command, env=given, capture_output=True, check=False)  # noqa: S603
    if done.returncode not in (0, 1):
        raise SystemExit(f"a run ended with {done.returncode}: {done.stderr.decode(errors='replace')[-400:]}")
    return time.perf_counter() - started


def environment(build: Path) -> dict[str, str]:
    """Return the environment in which the package of a checkout is the one that is imported."""
    return {**os.environ, "PYTHONPATH": str(build / "pipeline"), "PYTHONDONTWRITEBYTECODE": "1"}
