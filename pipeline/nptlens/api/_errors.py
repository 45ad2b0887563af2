"""Errors of the operating system, raised as the package's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nptlens.core.errors import storage_error


@contextmanager
def own_errors() -> Iterator[None]:
    """Raise an OSError of what runs inside as a StorageError, which says in words what is wrong and what to do."""
    try:
        yield
    except BrokenPipeError:  # whoever read what is printed is gone: no disk is to blame
        raise
    except OSError as error:
        raise storage_error(error) from error
