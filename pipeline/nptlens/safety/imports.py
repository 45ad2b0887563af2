"""Libraries that another would bring along, and nobody needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_COMMANDS = "spacy.cli.info"


@contextmanager
def spacy_alone() -> Iterator[None]:
    """Let spaCy be imported without torch and without its commands, where nothing imported them yet.

    thinc, below spaCy, imports torch for wrappers that a tokenizer never calls; spaCy's commands load clients of the network.
    """
    nothing: ModuleType | None = None  # the import system's own sign for "not there"
    hidden = {"torch": nothing} if "torch" not in sys.modules else {}
    if "spacy" not in sys.modules:
        hidden[_COMMANDS] = ModuleType(_COMMANDS)
        vars(hidden[_COMMANDS])["info"] = None  # what spaCy itself asks of them
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
