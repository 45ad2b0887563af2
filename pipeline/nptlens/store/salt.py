"""The study's salt: random bytes of its own, so that digests of short utterances cannot be looked up in a list of likely ones."""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from nptlens.errors import IntegrityError

_FILE, _BYTES = "salt", 32


def study_salt(store: Path) -> bytes:
    """Return the salt (32 bytes) of the study whose store this is, made where it is missing.

    Raises IntegrityError where the file is not what was written.
    """
    path = store / _FILE
    if not path.is_file():
        store.mkdir(parents=True, exist_ok=True)
        temporary = store / f".{_FILE}.{os.getpid()}.tmp"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    salt = path.read_bytes()
    if len(salt) != _BYTES:
        raise IntegrityError("the study's salt is damaged", where=str(path), hint=f"delete {path.name} and the kept runs, and run again")
    return salt


def salted(digest: str, salt: bytes) -> str:
    """Return a digest keyed by a salt (HMAC-SHA256), as 64 hexadecimal digits: without the salt, likely texts cannot be tried."""
    return hmac.new(salt, digest.encode(), sha256).hexdigest()
