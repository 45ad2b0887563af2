"""Libraries that another would bring along, and nobody needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_torch() -> Iterator[None]:
    """Hide torch, where nothing imported it yet: below spaCy, thinc imports it for wrappers that a tokenizer never calls."""
    hidden = "torch" not in sys.modules
    if hidden:
        sys.modules["torch"] = None  # type: ignore[assignment]  # the import system's own sign for "not there"
    try:
        yield
    finally:
        if hidden:
            del sys.modules["torch"]
