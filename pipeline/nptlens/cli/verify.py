"""nptlens verify"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli import _show
from nptlens.cli._hints import remember
from nptlens.core.hints import command
from nptlens.safety.terminal import printable

if TYPE_CHECKING:
    from nptlens.core.quotations import Fault

_EPILOG = "Examples:\n\n  nptlens verify my-study/results\n\n  nptlens verify report.html --study my-study --json"
_MOST = 30


def verify_cli(
    report: Annotated[Path, typer.Argument(help="A report (HTML, DOCX, XLSX, CSV, JSONL, QDPX), or a folder of them.", show_default=False)],
    study: Annotated[
        Path | None, typer.Option(help="The study folder.", show_default="the one around the report", callback=remember)
    ] = None,
    json: _show.Json = False,
) -> None:
    """Check that every quotation of a report is the exact slice of its source."""
    from nptlens.core.errors import IntegrityError
    from nptlens.study.verify import verify

    found = verify(report, study)
    if json:
        _show.as_json(found)
    else:
        rows = [[each.path.name, kind.kind, kind.checked, kind.faulty] for each in found.files for kind in each.counts]
        _show.table(["report", "quotations", "checked", "wrong"], rows)
        for each in found.files:
            for fault in each.faults[:_MOST]:
                typer.echo(_line(each.path.name, fault), err=True)
            if len(each.faults) > _MOST:
                typer.echo(f"… and {len(each.faults) - _MOST} more in {each.path.name}; all are in --json", err=True)
        for name in found.unchecked:
            typer.echo(f"note: {name}: not checked, no quotation in it names its place", err=True)
        if found.holds():
            _show.next_step("hand the report on; keep the sources, so that it can be verified again")
        else:
            _show.next_step(f"write the report again: {command('report', found.study)}")
    if not found.holds():
        raise typer.Exit(IntegrityError.exit_code)


def _line(name: str, fault: Fault) -> str:
    """Return a fault in words; it shows code points, never words of a transcript."""
    told = f"error: {name}: {fault.kind}, {fault.at}: {fault.place or 'no place'}: {fault.what}"
    if fault.offset is not None:
        told += f" at offset {fault.offset}: {fault.expected} expected, {fault.found} found"
    return printable(told).replace("\n", "\\n")


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("verify", epilog=_EPILOG)(verify_cli)
