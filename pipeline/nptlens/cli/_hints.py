"""The study that a command was given, put into the hints that it prints."""

from __future__ import annotations

from pathlib import Path

from nptlens.core.hints import in_study

_named: list[Path] = []  # by the command that is at work; there is one a process


def remember(study: Path | None) -> Path | None:
    """Keep the study that was named, or the folder that stands for it; for Typer to call."""
    _named[:] = [] if study is None else [study]
    return study


def whole(hint: str) -> str:
    """Return a hint with the study in its commands, so that they can be pasted."""
    return in_study(hint, _named[0] if _named else None)
