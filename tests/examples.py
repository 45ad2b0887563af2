"""How many examples a property that takes long is tried on: a quarter in `make test`, all in `make test-all`."""

from __future__ import annotations

from hypothesis import settings


def examples(number: int) -> int:
    """Return `number`, or a quarter of it, at least ten, where the tests were not asked for with ``--hypothesis-profile=all``."""
    return number if settings.get_current_profile_name() == "all" else max(10, number // 4)
