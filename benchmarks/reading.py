"""`make bench-reading`: how fast each format is read beside a plain loop over the same bytes, and memory for growing folders.

The plain loop is what somebody would write instead: `open().read()` for text, the library's own loop for other formats. It finds
no speakers and checks nothing. Both take turns in one run, so that their ratio holds on a busy machine; `--beside PATH` adds the build
of another checkout. The folders of 1, 10 and 100 MB are copies of the demo transcripts; they are read one by one with
`iter_transcripts`, each folder in a fresh process, and the peak of memory must not grow with the folder.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks._bases import demo_files, small
from benchmarks._probe import peak, tell
from benchmarks.records import Record, write
from nptlens.core.errors import NptlensError
from nptlens.reading import iter_transcripts, kinds, read_file
from nptlens.schemas.records import Problem, Transcript
from nptlens.schemas.settings import default_settings

_RUNS, _SECONDS, _GROWTH = 5, 0.3, 1.15
_SAME = (".docm", ".dotx", ".htm", ".dfxp", ".ssa")  # read as another suffix is
_OTHER = "other checkout"


def _docx(data: bytes) -> str:
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)


def _vtt(data: bytes) -> str:
    import webvtt

    return "\n".join(caption.text for caption in webvtt.from_string(data.decode()).captions)


def _srt(data: bytes) -> str:
    import srt

    return "\n".join(subtitle.content for subtitle in srt.parse(data.decode()))


def _csv(data: bytes) -> str:
    return "\n".join(row[-1] for row in csv.reader(io.StringIO(data.decode())))


def _odt(data: bytes) -> str:
    from odfdo import Document

    return "\n".join(paragraph.text_recursive for paragraph in Document(io.BytesIO(data)).body.paragraphs)


def _rtf(data: bytes) -> str:
    from striprtf.striprtf import rtf_to_text

    return str(rtf_to_text(data.decode("latin-1")))  # type: ignore[no-untyped-call]


def _pdf(data: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def _xlsx(data: bytes) -> str:
    from openpyxl import load_workbook

    return "\n".join(str(row[-1]) for row in load_workbook(io.BytesIO(data), read_only=True).active.iter_rows(values_only=True))


def _xml(data: bytes) -> str:
    from lxml import etree

    return "".join(etree.fromstring(data).itertext())


def _html(data: bytes) -> str:
    from lxml import html

    return str(html.fromstring(data).text_content())


_BASELINES: dict[str, tuple[str, Callable[[bytes], object]]] = {
    ".docx": ("python-docx paragraphs", _docx),
    ".vtt": ("webvtt captions", _vtt),
    ".srt": ("srt subtitles", _srt),
    ".csv": ("csv rows", _csv),
    ".odt": ("odfdo paragraphs", _odt),
    ".rtf": ("striprtf", _rtf),
    ".pdf": ("pypdf pages", _pdf),
    ".xlsx": ("openpyxl rows", _xlsx),
    ".json": ("json.loads", json.loads),
    ".xml": ("lxml text", _xml),
    ".html": ("lxml text", _html),
}
_PLAIN = ("bytes.decode", bytes.decode)


def files(data: Path) -> dict[str, list[bytes]]:
    """Return good files by format: the demo study, real files under `data` where present, an invented one for the rest."""
    found: dict[str, list[bytes]] = {kind: [] for kind in kinds()}
    real = sorted((data / "formats").iterdir()) if (data / "formats").is_dir() else []
    for path in [*demo_files(), *(path for path in real if path.name != "formats.csv")]:
        if path.suffix in found and _readable(path):
            found[path.suffix].append(path.read_bytes())
    for base in small():
        if base.suffix in found and not found[base.suffix]:
            found[base.suffix].append(base.data)
    return found


def _readable(path: Path) -> bool:
    try:
        read_file(path, transcript_id="t", source=path.name, max_megabytes=100)
    except NptlensError:
        return False
    return True


def seconds(works: Sequence[Callable[[], object]]) -> list[list[float]]:
    """Return the seconds that each work takes, by turns, after one run that loads libraries; short work is repeated."""
    times = []
    for work in works:
        work()
        started = time.perf_counter()
        work()
        times.append(max(1, int(_SECONDS / (time.perf_counter() - started + 1e-9))))
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(_RUNS):
        for number, work in enumerate(works):
            started = time.perf_counter()
            for _ in range(times[number]):
                work()
            taken[number].append((time.perf_counter() - started) / times[number])
    return taken


def speeds(data: Path) -> list[Record]:
    """Return MB/s of each format for nptlens and the plain loop, and for formats that pack, per MB of the file."""
    made: list[Record] = []
    for kind, contents in files(data).items():
        if not contents or kind in _SAME:
            continue
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / f"{number}{kind}" for number in range(len(contents))]
            for path, content in zip(paths, contents, strict=True):
                path.write_bytes(content)
            name, plain = _BASELINES.get(kind, _PLAIN)
            works = {"nptlens": partial(_read_all, paths)}
            try:
                _loop(plain, paths)
                works[name] = partial(_loop, plain, paths)
            except Exception as error:
                print(f"{kind}: {name} fails on these files: {type(error).__name__}", file=sys.stderr)
            size = sum(map(len, contents)) / 1e6
            for system, taken in zip(works, seconds(list(works.values())), strict=True):
                each = sorted(size / one for one in taken)
                made.append(Record(kind, system, "one by one", "MB/s", statistics.median(each), each[0], each[-1], len(contents)))
    return made


def beside(checkout: Path, data: Path) -> list[Record]:
    """Return the speeds of the build in another checkout, measured in the same way."""
    places = [str(checkout.resolve() / "pipeline"), str(Path(__file__).resolve().parents[1])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, "-m", "benchmarks.reading", "--told", f"--data={data.resolve()}"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)  # noqa: S603
    return [Record(kind, _OTHER, "one by one", "MB/s", *figures) for kind, figures in told.items()]


def table(made: Sequence[Record]) -> str:
    """Return a line a format: MB/s of nptlens and of the others, and their ratios."""
    lines = []
    for kind in dict.fromkeys(record.set for record in made):
        own = next(record.value for record in made if record.set == kind and record.system == "nptlens")
        others = [record for record in made if record.set == kind and record.system != "nptlens"]
        against = "".join(f"  {each.system} {each.value:.2f}, ratio {own / each.value:.2f}" for each in others)
        lines.append(f"{kind:8}{own:9.2f} MB/s{against}")
    return "\n".join(lines)


def _read_all(paths: list[Path]) -> None:
    for path in paths:
        read_file(path, transcript_id="t", source=path.name, max_megabytes=100)


def _loop(plain: Callable[[bytes], object], paths: list[Path]) -> None:
    for path in paths:
        plain(path.read_bytes())


def fill(folder: Path, megabytes: int) -> int:
    """Copy the demo transcripts into `folder` until it holds so many megabytes; return the number of files."""
    folder.mkdir(parents=True)
    size = number = 0
    while size < megabytes * 1_000_000:
        for path in demo_files():
            (folder / f"{number:06}-{path.name}").write_bytes(path.read_bytes())
            size += path.stat().st_size
            number += 1
    return number


def walk(folder: Path) -> None:
    """Read a folder one by one in this process and tell seconds, files and the peak of memory."""
    started = time.perf_counter()
    read = refused = words = 0
    for found in iter_transcripts(folder, settings=default_settings().reading):
        if isinstance(found, Transcript):
            read, words = read + 1, words + found.words()
        elif isinstance(found, Problem):
            refused += found.severity == "error"
    tell(seconds=time.perf_counter() - started, read=read, refused=refused, words=words, peak=peak())


def folders(root: Path, sizes: list[int]) -> list[Record]:
    """Return speed and peak of memory for folders of `sizes` megabytes."""
    made: list[Record] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=root) as name:
            folder = Path(name) / "transcripts"
            count = fill(folder, size)
            command = [sys.executable, "-m", "benchmarks.reading", f"--walk={folder}"]
            told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603
        if told["read"] != count:
            print(f"{size} MB: {told['read']} of {count} files were read", file=sys.stderr)
        for metric, value in (("MB/s", size / told["seconds"]), ("peak MB", told["peak"] / 1e6)):
            made.append(Record(f"demo x {size} MB", "nptlens", "iter_transcripts", metric, value, value, value, count))
    return made


def main() -> int:
    """Print and write all figures; exits with 1 where memory grows with the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sizes", type=int, nargs="*", default=[1, 10, 100])
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/reading.json"))
    parser.add_argument("--beside", type=Path, help="another checkout, whose build is measured too")
    parser.add_argument("--told", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--walk", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.walk:
        walk(args.walk)
        return 0
    logging.disable()  # a library's remarks on files
    root = Path("build")
    root.mkdir(exist_ok=True)
    measured = speeds(args.data)
    if args.told:
        print(json.dumps({r.set: [r.value, r.low, r.high, r.n] for r in measured if r.system == "nptlens"}))
        return 0
    measured += beside(args.beside, args.data) if args.beside else []
    print(table(measured))
    made = [*measured, *folders(root, args.sizes)]
    print(f"{'set':16}{'system':24}{'metric':9}{'median':>9}{'low':>9}{'high':>9}{'files':>7}")
    for record in made:
        figures = "".join(f"{figure:9.2f}" for figure in (record.value, record.low, record.high))
        print(f"{record.set:16}{record.system:24}{record.metric:9}{figures}{record.n:7}")
    write(args.out, made)
    peaks = [record.value for record in made if record.metric == "peak MB"]
    grows = len(peaks) > 1 and peaks[-1] > _GROWTH * peaks[-2]
    print("memory grows with the folder" if grows else "memory does not grow with the folder")
    return int(grows)


if __name__ == "__main__":
    sys.exit(main())
