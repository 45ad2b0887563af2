"""The child of the fuzzer: reads files one by one under a limit of memory and tells on stdout how each went."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import time
from pathlib import Path

from benchmarks._bases import PROJECTS
from benchmarks._mutations import CANARY
from nptlens.core.errors import NptlensError
from nptlens.core.ids import digest
from nptlens.reading import Reading, read
from nptlens.schemas.records import Problem, Severity
from nptlens.schemas.settings import default_settings

_GROWTH = 1024**3


def status(field: str) -> int:
    """Return a figure of /proc/self/status in bytes, 0 where there is no such thing."""
    with contextlib.suppress(OSError), Path("/proc/self/status").open(encoding="ascii") as lines:
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:")), 0)
    return 0


def forget_peak() -> None:
    """Let the peak of resident memory start anew, where the system can do it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak() -> int:
    """Return the peak of resident memory since `forget_peak` (of the whole life where that is not told), children included."""
    own = status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)


def shape(reading: Reading) -> dict[str, str]:
    """Return for each source the digest of its transcript, every field of it."""
    return {transcript.source: digest(repr(transcript).encode("utf-8", "surrogatepass")) for transcript in reading.transcripts}


def read_one(path: Path) -> tuple[str, str]:
    """Return the outcome ("read", "noted", "refused", "leaked", "silent") and the first thing that was told."""
    settings = default_settings().reading
    if path.suffix.lower() in PROJECTS:
        from nptlens.exchange.read import read_project

        try:
            project = read_project(path, max_megabytes=settings.max_megabytes)
        except NptlensError as error:
            return "refused", error.what
        texts, problems = [source.text for source in project.sources], project.problems
        outcome = "noted" if problems else "read"
    else:
        reading = read(path, settings=settings)
        texts, problems = [transcript.text for transcript in reading.transcripts], reading.problems
        outcome = "noted" if texts and problems else "read" if texts else "refused" if problems else "silent"
    if any(CANARY in text for text in texts):
        return "leaked", "the words of another file"
    return outcome, _first(problems)


def _first(problems: tuple[Problem, ...]) -> str:
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    return next((problem.what for problem in sorted(problems, key=lambda problem: rank[problem.severity])), "")


def one_by_one(folder: Path, after: bytes) -> None:
    """Read each file of a folder, the good ones first so that all libraries are in memory before the limit is set."""
    names = sorted(os.fsencode(name) for name in os.listdir(folder))  # noqa: PTH208 (names may be no text)
    for name in (name for name in names if name.startswith(b"good")):
        read_one(folder / os.fsdecode(name))
    limit = status("VmSize") + _GROWTH
    if limit > _GROWTH:
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
    for name in (name for name in names if name > after and not name.startswith(b"good")):
        tell(start=os.fsdecode(name))
        forget_peak()
        started = time.perf_counter()
        try:
            outcome, told = read_one(folder / os.fsdecode(name))
        except Exception as error:  # this is what is looked for
            outcome, told = "traceback", _place(error)
        seconds = time.perf_counter() - started
        tell(name=os.fsdecode(name), outcome=outcome, told=told, seconds=seconds, peak=peak())


def _place(error: BaseException) -> str:
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return f"{type(error).__name__} at {Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else type(error).__name__


def tell(**what: object) -> None:
    """Print a line of JSON at once."""
    print(json.dumps(what), flush=True)


def main() -> None:
    """Read the files one by one, or with --whole the folder as a study has it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--after", default="")
    args = parser.parse_args()
    if args.whole:
        reading = read(args.folder, settings=default_settings().reading)
        errors = [problem.where for problem in reading.problems]
        tell(transcripts=shape(reading), problems=errors)
    else:
        one_by_one(args.folder, os.fsencode(args.after))


if __name__ == "__main__":
    main()
