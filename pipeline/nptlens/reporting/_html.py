"""report.html: one file that asks the network for nothing."""

from __future__ import annotations

from pathlib import Path

from nptlens.reporting import _words
from nptlens.reporting._view import ReportView

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def html(view: ReportView) -> str:
    """Return the report as HTML; every word from outside is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(count=_words.count, decimal=_words.decimal)
    environment.globals.update(counted=_words.counted, percent=_words.percent, has_interval=_words.has_interval)
    return environment.get_template("report.html.j2").render(view=view)
