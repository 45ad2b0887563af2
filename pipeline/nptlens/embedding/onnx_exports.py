"""Exported encoders: made once, kept in the user's cache folder by what made them, and held against PyTorch before they are used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nptlens.core.errors import IntegrityError, StorageError
from nptlens.core.ids import digest
from nptlens.embedding._probe import TEXTS
from nptlens.embedding.encoder import Encoder
from nptlens.safety import network
from nptlens.schemas.records import Embedded
from nptlens.store.files import write_bytes, write_text

LEAST_COSINE = 0.9999
"""What the vectors and middle layers of an exact backend must share with PyTorch's, text by text."""


@dataclass(frozen=True, slots=True)
class Parity:
    """Cosines of a backend's vectors with PyTorch's over the probe texts: their mean and the least; of the middle layers the least."""

    mean: float
    least: float
    least_layers: float


def cache_folder() -> Path:
    """Return where exported encoders are kept for this user. It holds weights, never a text of a study."""
    return network.cache_folder() / "encoders"


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """Return the file `name` of the cache folder, made where it is missing or no longer what was written; it lives in memory alone
    where the folder cannot be written."""
    path = cache_folder() / name
    seal = path.with_name(f"{name}.digest")
    try:
        data = path.read_bytes()
        if seal.read_text(encoding="utf-8") == digest(data):
            return data
    except (OSError, UnicodeDecodeError):
        pass
    data = make()
    try:
        write_bytes(path, data)
        write_text(seal, digest(data))
    except (OSError, StorageError):
        pass
    return data


def reference(name: str, shipped: Path | None, exact: Callable[[], Encoder]) -> Embedded:
    """Return what PyTorch makes of the probe texts: from the registry's file, or computed once and kept as `name`."""
    from safetensors.numpy import load, save

    def compute() -> bytes:
        found = exact().encode(TEXTS)
        return save({"vectors": found.vectors, "layers": found.layers})

    data = shipped.read_bytes() if shipped is not None else kept(name, compute)
    found = load(data)
    return Embedded(found["vectors"], found["layers"])


def parity(encoder: Encoder, expected: Embedded) -> Parity:
    """Return how far an encoder gives what was expected of the probe texts."""
    found = encoder.encode(TEXTS)
    vectors, layers = _cosines(found.vectors, expected.vectors), _cosines(found.layers, expected.layers)
    return Parity(float(vectors.mean()), float(vectors.min()), float(layers.min(initial=1.0)))


def require_parity(encoder: Encoder, expected: Embedded, name: str) -> None:
    """Raise IntegrityError where an exact backend is not PyTorch's equal."""
    found = parity(encoder, expected)
    least = min(found.least, found.least_layers)
    if not least >= LEAST_COSINE:
        raise IntegrityError(
            f"ONNX Runtime does not give the vectors of {name} on this machine (least cosine {least:.6f}, {LEAST_COSINE} is needed)",
            hint='set embedding.backend = "torch"',
        )


def _cosines(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    a, b = one.astype(np.float64), other.astype(np.float64)
    if a.shape[1] == 0:
        return np.empty(0)
    cosines: NDArray[np.float64] = (a * b).sum(axis=1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-30)
    return cosines
