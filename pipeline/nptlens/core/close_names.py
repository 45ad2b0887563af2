"""A name that is not known, and the known one that is nearest to it, as a hint for whoever mistyped it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_ALIKE = 0.6  # of `difflib.SequenceMatcher`, from 0 to 1
_SHOWN, _WORDS = 40, 4  # characters and words of a value that is told: a name, never a passage that stands in the wrong column


def nearest(name: str, known: Iterable[str], *, alike: float = _ALIKE) -> str:
    """Return the known name that is most like `name`, in any case, "" where none has a likeness of `alike` (0 to 1)."""
    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(each.casefold(), each)
    close = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=alike)
    return folded[close[0]] if close else ""


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "", *, alike: float = _ALIKE) -> str:
    """Return "did you mean X?", or `otherwise` where no known name is near."""
    close = nearest(name, known, alike=alike)
    return f"did you mean {close}?" if close else otherwise


def meant(name: str, known: Iterable[str]) -> str:
    """Return " (did you mean X?)" to stand behind a name, "" where no known name is near."""
    told = did_you_mean(name, known)
    return f" ({told})" if told else ""


def shown(value: object) -> str:
    """Return a value that a person wrote as it is told: in quotation marks; of words in the wrong column only how long they are."""
    text = " ".join(str(value).split())
    return f"'{text}'" if len(text) <= _SHOWN and text.count(" ") < _WORDS else f"a text of {len(text)} characters"
