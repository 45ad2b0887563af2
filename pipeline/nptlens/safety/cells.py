"""Text that goes into a spreadsheet must stay text.

A cell that starts with one of ``= + - @`` (also full-width, or tab, carriage return, line feed) can run as a formula when a CSV file is
opened; OWASP's "CSV injection" advice is to put an apostrophe before it. `bare` takes it off again, so that a round trip keeps the words.
"""

from __future__ import annotations

_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def guarded(text: str) -> str:
    """Return `text` so that a spreadsheet shows it instead of running it."""
    return f"'{text}" if text.startswith((*_RISKY, "'")) else text


def bare(cell: str) -> str:
    """Return the text that `guarded` was given."""
    return cell[1:] if cell.startswith("'") else cell


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that `guarded` put before it; one that a person typed before other words stays."""
    return bare(cell) if guarded(bare(cell)) == cell else cell
