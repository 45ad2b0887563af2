"""report.html: one file that asks the network for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.reporting import _words
from nptlens.reporting._view import ReportView

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def environment() -> Environment:
    """Return where templates are read from: words from outside are escaped, a missing one is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters.update(count=_words.count, decimal=_words.decimal, visible=_words.visible)
    made.globals.update(counted=_words.counted, percent=_words.percent, has_interval=_words.has_interval)
    return made


def html(view: ReportView) -> str:
    """Return the report as HTML; every word from outside is escaped."""
    return environment().get_template("report.html.j2").render(view=view)
