"""Versions of what makes results: of installed packages, and of modules of ours whose output is kept."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from nptlens.core.errors import SettingsError
from nptlens.core.ids import digest, digest_json


@cache
def installed(package: str) -> str:
    """Return the version of an installed package, "absent" where it is not; asked once, since a run names some fifty."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def require(setting: str, *packages: str) -> None:
    """Raise SettingsError unless the packages that a setting needs are installed; `setting` is as study.toml has it."""
    lacking = [package for package in packages if installed(package) == "absent"]
    if lacking:
        what = f"{setting} needs {' and '.join(lacking)}, which this installation does without"
        raise SettingsError(what, where="study.toml", hint=f"python -m pip install {' '.join(lacking)}")


@cache
def source_digest(*modules: str) -> str:
    """Return one digest over the source text of modules, whatever their line ends; nothing is imported that is not yet.

    What a module writes is kept under it, so that a corrected module never finds what the faulty one wrote. Raises ModuleNotFoundError for
    a module that is not there: a renamed one must not drop out in silence.
    """
    return digest_json([digest(_source(module).replace(b"\r\n", b"\n")) for module in modules])


def _source(module: str) -> bytes:
    found = find_spec(module)
    if found is None or not found.origin:
        raise ModuleNotFoundError(module)
    return Path(found.origin).read_bytes()
