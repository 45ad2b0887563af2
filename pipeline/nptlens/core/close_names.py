"""A name that is not known, and the known one that is nearest to it, as a hint for whoever mistyped it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_ALIKE = 0.6  # of `difflib.SequenceMatcher`, from 0 to 1


def nearest(name: str, known: Iterable[str], *, alike: float = _ALIKE) -> str:
    """Return the known name that is most like `name`, "" where none has a likeness of `alike` (0 to 1)."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=alike)), "")


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "", *, alike: float = _ALIKE) -> str:
    """Return "did you mean X?", or `otherwise` where no known name is near."""
    close = nearest(name, known, alike=alike)
    return f"did you mean {close}?" if close else otherwise


def meant(name: str, known: Iterable[str]) -> str:
    """Return " (did you mean X?)" to stand behind a name, "" where no known name is near."""
    told = did_you_mean(name, known)
    return f" ({told})" if told else ""
