"""models/registry.toml: which encoders are known, where their files lie, and what they must hash to."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from nptlens.core.errors import IntegrityError, SettingsError
from nptlens.core.ids import digest_file, digest_json
from nptlens.core.resources import resource
from nptlens.embedding._bert import bert
from nptlens.schemas.records import MANY_LANGUAGES

BACKENDS = {
    "torch": "torch, one text a pass, three middle layers",
    "onnx": "onnx float32, texts of one length a pass, three middle layers",
    "int8": "onnx int8, one text a pass, three middle layers",
    "static": "static, 256 axes of single tokens, summed",
}
"""How vectors are made; a change to the words is a change of the vectors, which are cached under them."""
_PACKAGES = {
    "torch": ("torch", "sentence-transformers", "transformers", "tokenizers", "numpy"),
    "onnx": ("onnxruntime", "onnx", "tokenizers", "numpy"),
    "int8": ("onnxruntime", "onnx", "tokenizers", "numpy"),
    "static": ("onnxruntime", "onnx", "tokenizers", "scikit-learn", "numpy"),
}
MODULES = "modules.json"
"""What every folder of a sentence-transformers model holds."""
SHAPING = ("*.safetensors", "*.json", "*.txt", "*/*.json", "*/*.safetensors")
"""Which files of an encoder's folder shape its vectors."""
_CONFIGS = ("config.json", "0_Transformer/config.json")
_MANY_TOKENS = 100_000  # encoders of English have 30,000 to 50,000 tokens, of two languages 60,000, of many 119,000 and more


@dataclass(frozen=True, slots=True)
class Entry:
    """An encoder that the registry knows: whence, under which licence, what its files must hash to.

    Its files lie in the `folder` of a Python package, or, where it has none, in `models_folder`, where `nptlens models add` puts them; one
    that is `distilled_from` another has no files. `probe` names the file of vectors that an exact backend must give; `get` says how to come
    by the files, `get_again` how to replace them (empty where the same way does), `note` what should be told whenever it is used,
    `languages` the ISO 639-1 codes of those it is made for.
    """

    name: str
    source: str
    licence: str = ""
    package: str = ""
    folder: str = ""
    dimension: int = 0
    max_tokens: int = 0
    sha256: dict[str, str] = field(default_factory=dict)
    distilled_from: str = ""
    probe: str = ""
    get: str = ""
    get_again: str = ""
    note: str = ""
    languages: tuple[str, ...] = ()


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
    known = entries()
    entry = next((each for each in known if each.name == name), None)
    if entry is not None and entry.distilled_from:
        card = find_encoder(entry.distilled_from, base, backend="static", device=device)
        return replace(card, name=name, note=entry.note)
    folder = _folder(entry, base or Path(), name)
    if not (folder / MODULES).is_file():
        if entry is not None:
            raise SettingsError(f"the files of {name} are not on this machine", where=str(folder), hint=entry.get)
        names = ", ".join(each.name for each in known)
        raise SettingsError(f"no encoder {name!r}", where=str(folder), hint=f"use {names}, or a folder with a sentence-transformers model")
    digests = {path.relative_to(folder).as_posix(): digest_file(path) for path in shaping_files(folder)}
    if entry is not None:
        wrong = next((file for file, sha256 in entry.sha256.items() if digests.get(file) != sha256), None)
        if wrong is not None:
            hint = f"get its files again: {entry.get_again or entry.get}"
            raise IntegrityError(f"{wrong} of {name} is not the file in the registry", where=str(folder), hint=hint)
    chosen = _chosen(backend, device, folder, name)
    how = BACKENDS[chosen] if device == "cpu" else f"{BACKENDS[chosen]}, {device}"
    return EncoderCard(
        name,
        folder,
        entry.licence if entry is not None else "",
        digest_json([how, digests]),
        weights=digest_json(digests),
        backend=chosen,
        device=device,
        probe=resource("models", entry.probe) if entry is not None and entry.probe else None,
    )


def shaping_files(folder: Path) -> list[Path]:
    """Return the files of an encoder's folder that shape its vectors, in order."""
    return sorted({path for pattern in SHAPING for path in folder.glob(pattern) if path.is_file()})


def entries() -> tuple[Entry, ...]:
    """Return all that models/registry.toml says."""
    said = tomllib.loads(resource("models", "registry.toml").read_text(encoding="utf-8"))
    return tuple(Entry(**{**each, "languages": tuple(each.get("languages", ()))}) for each in said["encoder"])


def encoder_languages(name: str, folder: Path) -> tuple[str, ...]:
    """Return the languages that an encoder is made for, as the registry says; nothing where that is not known.

    Of one that the registry does not know, the vocabulary in its `folder` tells whether it is made for MANY_LANGUAGES.
    """
    entry = next((each for each in entries() if each.name == name), None)
    if entry is not None:
        return entry.languages
    return (MANY_LANGUAGES,) if _vocabulary(folder) >= _MANY_TOKENS else ()


def _vocabulary(folder: Path) -> int:
    """Return how many tokens an encoder tells apart, 0 where its files do not say."""
    for place in _CONFIGS:
        try:
            said = json.loads((folder / place).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        size = said.get("vocab_size") if isinstance(said, dict) else None
        if isinstance(size, int):
            return size
    return 0


def models_folder() -> Path:
    """Return where this user's encoders lie that no Python package brings, for all studies."""
    from platformdirs import user_data_path

    return user_data_path("nptlens", appauthor=False) / "models"


def _folder(entry: Entry | None, base: Path, name: str) -> Path:
    if entry is None or (not entry.package and (base / name / MODULES).is_file()):
        return base / name
    if not entry.package:
        return models_folder() / name
    spec = importlib.util.find_spec(entry.package)
    if spec is None or spec.origin is None:
        raise SettingsError(f"the weights of {name} are not installed", hint=entry.get)
    return Path(spec.origin).parent / entry.folder


def _chosen(backend: str, device: str, folder: Path, name: str) -> str:
    fits = device == "cpu" and bert(folder) is not None
    if backend == "auto":
        return "onnx" if fits else "torch"
    if backend != "torch" and not fits:
        what = f"the {backend} backend cannot use {name}" + ("" if device == "cpu" else f" on {device}")
        raise SettingsError(what, hint='it needs a BERT encoder with averaged tokens, on the CPU; set embedding.backend = "auto"')
    return backend
