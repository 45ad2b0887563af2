"""Write requirements.lock and requirements-light.lock: every library of the documented installation, with versions and sha256 digests.

`make lock` runs it. Versions are those of constraints.txt, digests those of the public package index; uv finds both. The light lock leaves
out what a run with the settings as shipped never imports, though a library may name it as needed: it is for ``pip install --no-deps``. Both
hold what builds the package too, so that nothing comes in unchecked.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"requirements.lock": False, "requirements-light.lock": True}
"""The files, and whether each is light."""
HEAVY = ("bertopic", "hdbscan", "sentence-transformers", "torch", "umap-learn")
"""Requirements that only some settings import: topics.method = "bertopic", and encoders that run in PyTorch."""

_NEVER = "sys_platform == 'none'"


def blocks(lock: Path) -> list[str]:
    """Return what a lock file says of each library: a line ``name==version``, with a condition perhaps, and its digests."""
    return re.findall(r"^\S.*\n(?: .*\n)*", lock.read_text(encoding="utf-8"), re.MULTILINE)


def name_of(requirement: str) -> str:
    """Return the normalized name at the beginning of a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]).lower()


def wanted(*, light: bool) -> list[str]:
    """Return the requirements of pyproject.toml that a lock answers, those for building included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    every = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    return [each for each in every if not (light and name_of(each) in HEAVY)]


def main() -> None:
    """Write both files."""
    options = ["--generate-hashes", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "--quiet"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as never:
        never.writelines(f"{name} ; {_NEVER}\n" for name in HEAVY)
        never.flush()
        for name, light in LOCKS.items():
            command = [sys.executable, "-m", "uv", "pip", "compile", "-", "-c", "constraints.txt", *options, "-o", name]
            left_out = ["--override", never.name] if light else []
            subprocess.run([*command, *left_out], input="\n".join(wanted(light=light)), text=True, cwd=ROOT, check=True)  # noqa: S603
            kept = [block for block in blocks(ROOT / name) if _NEVER not in block]
            (ROOT / name).write_text("".join(kept), encoding="utf-8")
            print(f"{name}: {len(kept)} libraries")


if __name__ == "__main__":
    main()
