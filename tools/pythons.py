"""Run the quick tests on each supported Python at hand, without PyTorch and BERTopic: `make test-pythons`.

Each Python gets an environment in build/pythons with the libraries of requirements-light.lock and the tests' tools. Tests that need a
library that is not there are skipped, and say so. Arguments go to pytest; without any, all quick tests run. Exits with 1 where tests fail
or no Python is at hand.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.lock import ROOT, name_of

MADE = ROOT / "build" / "pythons"
NOT_FOR_TESTS = {"build", "import-linter", "mypy", "pandas-stubs", "ruff"}
"""Of the group dev: what checks sources, and needs but one Python."""


def supported() -> tuple[str, ...]:
    """Return the versions that pyproject.toml names, such as 3.12."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = (re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each) for each in project["classifiers"])
    return tuple(each[1] for each in found if each)


def candidates(version: str) -> Iterator[Path]:
    """Yield where a Python of a version may lie: on the path, then among pyenv's."""
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from sorted(versions.glob(f"{version}.*/bin/python{version}"), reverse=True)


def at_hand(version: str) -> Path | None:
    """Return a Python of the version that runs, None where there is none."""
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    for path in candidates(version):
        told = subprocess.run([path, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
        if told.stdout.strip() == version:
            return path
    return None


def tools_of_tests() -> list[str]:
    """Return the requirements of the tests: those of the group dev that tests import or run."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    return [each for each in groups["dev"] if name_of(each) not in NOT_FOR_TESTS]


def environment(version: str, python: Path) -> Path:
    """Return the Python of the environment for a version; it is made where it is not there, or where the locked libraries changed."""
    folder = MADE / version
    own, ready = folder / "bin" / "python", folder / ".ready"
    asked = "\n".join([(ROOT / "requirements-light.lock").read_text(encoding="utf-8"), *tools_of_tests()])
    if ready.is_file() and ready.read_text(encoding="utf-8") == asked:
        return own
    subprocess.run([python, "-m", "venv", "--clear", folder], check=True)  # noqa: S603
    pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", "requirements-light.lock"], check=True, cwd=ROOT)  # noqa: S603
    subprocess.run([*pip, "-c", "constraints.txt", *tools_of_tests()], check=True, cwd=ROOT)  # noqa: S603
    ready.write_text(asked, encoding="utf-8")
    return own


def main(arguments: list[str]) -> int:
    """Run the tests on each Python, and print for each what came of it."""
    outcomes = {}
    for version in supported():
        python = at_hand(version)
        if python is None:
            outcomes[version] = "not at hand, not tested"
            continue
        print(f"Python {version}: {python}", flush=True)
        command = [environment(version, python), "-m", "pytest", *(arguments or ["-n", "auto", "--maxprocesses", "4"])]
        ended = subprocess.run(command, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "pipeline")})  # noqa: S603
        outcomes[version] = "passed" if ended.returncode == 0 else f"failed (pytest ended with {ended.returncode})"
    for version, outcome in outcomes.items():
        print(f"Python {version}: {outcome}")
    failed = [outcome for outcome in outcomes.values() if outcome.startswith("failed")]
    return int(bool(failed) or "passed" not in outcomes.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
