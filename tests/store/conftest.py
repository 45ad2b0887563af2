"""Here it is tested when a disk is waited for, so it is."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def waits_for_the_disk(real_sync):
    pass
