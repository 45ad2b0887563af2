"""A trained coder in a folder: coder.json, and two safetensors files whose sha256 it holds. No pickle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nptlens.coding import Excerpts, Scales
from nptlens.core.errors import IntegrityError, UsageError
from nptlens.core.ids import digest
from nptlens.safety.paths import own_folder, plain_file, printable_path
from nptlens.schemas.records import Codebook, Embedded, HeadCard, Problem, Seed
from nptlens.schemas.settings import CodingSettings
from nptlens.store.files import read_bytes, read_records, write_bytes, write_records

_FORMAT = 1
_CODER, _HEADS, _EXAMPLES = "coder.json", "heads.safetensors", "seeds.safetensors"
_FILES = {_CODER, _HEADS, _EXAMPLES}
_AGAIN = "save the coder again, or train it again"


@dataclass(frozen=True, slots=True)
class SavedCoder:
    """All that a trained coder consists of; `heads` are safetensors, `examples` the seeds as the heads see them."""

    encoder: str
    encoder_digest: str
    settings: CodingSettings
    codebook: Codebook
    seeds: tuple[Seed, ...]
    cards: tuple[HeadCard, ...]
    problems: tuple[Problem, ...]
    heads: bytes
    examples: Excerpts
    scales: Scales


@dataclass(frozen=True, slots=True)
class _Record:
    """What coder.json holds."""

    format: int
    encoder: str
    encoder_digest: str
    settings: dict[str, float | int | str]
    codebook: Codebook
    seeds: tuple[Seed, ...]
    cards: tuple[HeadCard, ...]
    problems: tuple[Problem, ...]
    runs: tuple[str, ...]
    sha256: dict[str, str]


def write_saved(folder: Path, saved: SavedCoder) -> None:
    """Write a coder to a folder; raises UsageError where something else than an earlier coder lies there."""
    from safetensors.numpy import save

    own_folder(folder)
    if folder.is_dir() and any(each.name not in _FILES for each in folder.iterdir()):
        raise UsageError("the folder holds something else", where=printable_path(folder), hint="name an empty or a new folder")
    embedded, scales = saved.examples.embedded, saved.scales
    arrays = {
        "vectors": embedded.vectors,
        "layers": embedded.layers,
        "mean": scales.mean,
        "spread": scales.spread,
        "rarity": scales.rarity,
    }
    data = {_HEADS: saved.heads, _EXAMPLES: save({name: np.ascontiguousarray(array) for name, array in arrays.items()})}
    for name, each in data.items():
        write_bytes(folder / name, each)
    record = _Record(
        format=_FORMAT,
        encoder=saved.encoder,
        encoder_digest=saved.encoder_digest,
        settings=saved.settings.model_dump(),
        codebook=saved.codebook,
        seeds=saved.seeds,
        cards=saved.cards,
        problems=saved.problems,
        runs=scales.runs,
        sha256={name: digest(each) for name, each in data.items()},
    )
    write_records(folder / _CODER, record)


def read_saved(folder: Path) -> SavedCoder:
    """Return the coder in a folder; raises UsageError where there is none, IntegrityError where a file is not as it was written."""
    from safetensors.numpy import load

    if plain_file(folder / _CODER) is None:
        raise UsageError("no trained coder is in this folder", where=printable_path(folder), hint="name a folder that save() wrote")
    try:
        record = read_records(folder / _CODER, _Record)
        settings = CodingSettings.model_validate(record.settings)
    except (IntegrityError, ValueError) as error:
        raise _damaged(folder / _CODER) from error
    if record.format != _FORMAT:
        raise IntegrityError("the coder was saved by another version of nptlens", where=str(folder), hint=_AGAIN)
    data = {name: _checked(folder / name, record) for name in (_HEADS, _EXAMPLES)}
    arrays = load(data[_EXAMPLES])
    examples = Excerpts(tuple(seed.text for seed in record.seeds), Embedded(arrays["vectors"], arrays["layers"]))
    return SavedCoder(
        encoder=record.encoder,
        encoder_digest=record.encoder_digest,
        settings=settings,
        codebook=record.codebook,
        seeds=record.seeds,
        cards=record.cards,
        problems=record.problems,
        heads=data[_HEADS],
        examples=examples,
        scales=Scales(arrays["mean"], arrays["spread"], record.runs, arrays["rarity"]),
    )


def _checked(path: Path, record: _Record) -> bytes:
    data = read_bytes(path)
    if digest(data) != record.sha256.get(path.name):
        raise _damaged(path)
    return data


def _damaged(path: Path) -> IntegrityError:
    return IntegrityError(f"{path.name} is not as it was saved", where=str(path), hint=_AGAIN)
