"""The study's salt: with it, a digest of a few words cannot be guessed from a file of the store alone."""

from __future__ import annotations

import secrets
from pathlib import Path

from nptlens.core.errors import IntegrityError
from nptlens.store.files import read_bytes, write_bytes

NAME = "salt"
_BYTES = 32


def study_salt(store: Path) -> bytes:
    """Return the 32 random bytes in ``store/salt``, made where there are none; no artefact may depend on them.

    Where they are lost, what was kept under them is not found again, and is made anew. Raises StorageError where the disk does not let
    them be read or written.
    """
    path = store / NAME
    try:
        found = read_bytes(path)
    except IntegrityError:  # there are none
        found = b""
    if len(found) != _BYTES:
        found = secrets.token_bytes(_BYTES)
        write_bytes(path, found)
    return found
