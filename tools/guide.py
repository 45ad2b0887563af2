"""Run the commands that the guide shows, and compare what they print with what stands in the guide.

In the pages of `PAGES`, in this order and in one folder, two kinds of blocks count. A block after ``<!-- file: NAME -->`` is the content of
that file; of a ``console`` block, each line that begins with ``$`` is typed into a shell, and the lines after it are what it must print.
``...`` stands for any text. `make guide` writes what is printed now into the pages: look at the change before you keep it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = ("first-study.md", "transcripts.md", "codebook-and-seeds.md", "validating.md", "correcting-and-publishing.md", "other-tools.md")
"""The pages whose commands are run, in the order in which a reader would follow them."""

_BLOCK = re.compile(r"(?:^<!-- file: (?P<file>\S+) -->\n+)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_PACE = re.compile(r"^[\w :]+: .*\bso far$")  # a line that only a slow machine prints
_SECONDS = re.compile(r" +\d+\.\d\d$")
_MACHINE = re.compile(r"machine:[0-9a-f]{12}")  # the digest of the trained heads
_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A command of the guide whose output is another now, or that failed."""

    page: str
    command: str
    expected: str
    printed: str


def commands(block: str) -> list[tuple[str, str]]:
    """Return the commands of a console block, each with the output that stands below it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, output.strip("\n")) for command, _, output in (part.partition("\n") for part in parts)]


def same(expected: str, printed: str) -> bool:
    """Tell whether what is printed is what is expected, where ``...`` stands for any text."""
    return re.fullmatch(re.escape(expected).replace(r"\.\.\.", ".*?"), printed, re.DOTALL) is not None


def run(command: str, folder: Path) -> str:
    """Return what a command prints in `folder`, without spaces at the ends of lines, and its exit code where it is neither 0 nor 1."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    shell = f'nptlens() {{ "{sys.executable}" -m nptlens "$@"; }}\n{command}'
    environment = {**os.environ, "HOME": str(home), "COLUMNS": "140", "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(  # noqa: S603 - what is run are the pages of this repository
        ["bash", "-c", shell],  # noqa: S607
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=_TIMEOUT_S, check=False,
    )  # fmt: skip
    lines = [line.rstrip() for line in done.stdout.replace(str(folder), "~").splitlines() if not _PACE.match(line)]
    lines = [_MACHINE.sub("machine:...".ljust(20), line).rstrip() for line in lines]
    if any(line.endswith(" seconds") for line in lines):
        lines = [_SECONDS.sub(lambda found: "...".rjust(len(found[0])), line) for line in lines]
    ending = [] if done.returncode in (0, 1) else [f"(exit code {done.returncode})"]
    return "\n".join([*lines, *ending]).strip("\n")


def check_page(name: str, folder: Path) -> list[Mismatch]:
    """Make the files and run the commands of a page in `folder`, and return what differs."""
    found: list[Mismatch] = []
    for block in _BLOCK.finditer((DOCS / name).read_text(encoding="utf-8")):
        if block["file"]:
            path = folder / block["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "console":
            for command, expected in commands(block["text"]):
                printed = run(command, folder)
                if not same(expected, printed):
                    found.append(Mismatch(name, command, expected, printed))
    return found


def rewrite(name: str, mismatches: list[Mismatch]) -> None:
    """Put what is printed now in the place of what stands in the page."""
    text = (DOCS / name).read_text(encoding="utf-8")
    for each in mismatches:
        old = f"$ {each.command}\n{each.expected}" + "\n" * bool(each.expected)
        text = text.replace(old, f"$ {each.command}\n{each.printed}" + "\n" * bool(each.printed), 1)
    (DOCS / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Run all pages; with ``--write`` put what is printed into them. Returns 1 where something differed."""
    differed = False
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "guide"
        folder.mkdir()
        for name in PAGES:
            found = check_page(name, folder)
            differed |= bool(found)
            for each in found:
                print(f"{each.page}: {each.command}\n--- expected\n{each.expected}\n--- printed\n{each.printed}\n")
            if "--write" in sys.argv:
                rewrite(name, found)
    return 1 if differed else 0


if __name__ == "__main__":
    sys.exit(main())
