"""Where the shipped settings, codebooks, demo study and model registry lie.

In a wheel they are package data (``nptlens/_data``); in a checkout they are the top-level folders, so that
git holds one copy.
"""

from __future__ import annotations

from pathlib import Path

from nptlens.core.errors import IntegrityError

_PACKAGE = Path(__file__).resolve().parents[1]


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, e.g. ``resource("config", "default.toml")``.

    Raises IntegrityError where the installation lacks it.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parents[1]):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise IntegrityError(f"this installation lacks {'/'.join(parts)}", hint="install nptlens again")
