"""report.html: one file that asks the network for nothing; the one script that may run in it is named by its digest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.reporting import _groups, _words
from nptlens.reporting._packed import Packed
from nptlens.reporting._truncation import ROWS
from nptlens.reporting._view import ReportView

if TYPE_CHECKING:
    from jinja2 import Environment

_FILES = (("csv", "codings.csv"), ("jsonl", "excerpts.jsonl"), ("xlsx", "excerpts.xlsx"))
_TEMPLATES = Path(__file__).resolve().parent / "templates"


@cache
def environment() -> Environment:
    """Return where templates are read from: words from outside are escaped, a missing one is an error; it keeps what it compiled."""
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
    made.globals.update(group_columns=_groups.columns, group_line=_groups.line)
    made.globals.update(counted=_words.counted, percent=_words.percent, has_interval=_words.has_interval)
    return made


def html(view: ReportView, packed: Packed, formats: Collection[str]) -> str:
    """Return the report as HTML; every word from outside is escaped, `packed` holds none but in base64. `formats` are written beside it."""
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    allowed = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    whole = view.figures.assigned + view.figures.abstained <= ROWS  # else the workbook does not hold every excerpt
    files = tuple(name for kind, name in _FILES if kind in formats and (whole or kind != "xlsx"))
    template = environment().get_template("report.html.j2")
    return template.render(view=view, packed=packed, files=files, script=script, allowed=allowed)
