"""Computations side by side: how many at a time, and who hears how many are done."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

Task = TypeVar("Task")
Made = TypeVar("Made")


def untold(done: int, total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Workers:
    """`threads` computations go side by side (0: as many as there are processors); `progress` hears how many are done, and of how many."""

    threads: int = 0
    progress: Callable[[int, int], None] = untold

    def map(self, make: Callable[[Task], Made], tasks: Sequence[Task]) -> list[Made]:
        """Return what is made of each task, in their order. Where one fails, those that wait are not begun."""
        self.progress(0, len(tasks))
        pool = ThreadPoolExecutor(self.threads or os.cpu_count() or 1)  # more than processors would each hold a copy of the features
        found: list[Made] = []
        try:
            for made in pool.map(make, tasks):
                found.append(made)
                self.progress(len(found), len(tasks))
        finally:
            pool.shutdown(cancel_futures=True)
        return found
