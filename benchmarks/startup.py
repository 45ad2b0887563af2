"""`make startup`: how long `nptlens --help` takes although torch is installed; the median of five, beside an empty Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

_BAR = 0.4


def main() -> int:
    """Print both medians; exits with 1 above the bar."""
    program = str(Path(sys.executable).with_name("nptlens"))
    runs: dict[str, list[float]] = {"python -c pass": [], "nptlens --help": []}
    for _ in range(5):
        for name, command in (("python -c pass", [sys.executable, "-c", "pass"]), ("nptlens --help", [program, "--help"])):
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            runs[name].append(time.perf_counter() - started)
    for name, seconds in runs.items():
        print(f"{name}: median {statistics.median(seconds):.3f} s of {', '.join(f'{each:.3f}' for each in seconds)}")
    return int(statistics.median(runs["nptlens --help"]) > _BAR)


if __name__ == "__main__":
    sys.exit(main())
