"""From an encoder's card to the encoder, exported and checked where its backend asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nptlens.core.errors import SettingsError
from nptlens.embedding._bert import Bert, bert
from nptlens.embedding.encoder import Encoder
from nptlens.embedding.keys import export_name
from nptlens.embedding.registry import EncoderCard
from nptlens.schemas.records import Problem, Severity

if TYPE_CHECKING:
    from nptlens.embedding.onnx_exports import Parity


def load_encoder(card: EncoderCard, *, threads: int = 0) -> Encoder:
    """Load an encoder; `threads` 0 means all cores.

    Raises IntegrityError where ONNX Runtime does not give PyTorch's vectors, SettingsError where the device is not there.
    """
    if card.backend == "torch":
        return _torch(card, threads)
    from nptlens.embedding._onnx import OnnxEncoder, quantized
    from nptlens.embedding._onnx_graph import graph
    from nptlens.embedding._pooling import depths
    from nptlens.embedding.onnx_exports import kept, reference, require_parity

    known = _bert(card)

    def exact_model() -> bytes:
        return kept(export_name(card, "onnx"), lambda: graph(known, depths(known.layers)))

    def exact() -> OnnxEncoder:
        encoder = OnnxEncoder(exact_model(), known, threads=threads)
        require_parity(encoder, reference(export_name(card, "probe.safetensors"), card.probe, lambda: _torch(card, threads)), card.name)
        return encoder

    match card.backend:
        case "int8":
            return OnnxEncoder(kept(export_name(card, "int8.onnx"), lambda: quantized(exact_model())), known, threads=threads, alone=True)
        case "static":
            from nptlens.embedding._static import StaticEncoder, distilled

            return StaticEncoder(kept(export_name(card, "static.safetensors"), lambda: distilled(exact(), card.folder)), card.folder)
        case _:
            return exact()


def remarks(card: EncoderCard, *, threads: int = 0) -> tuple[Problem, ...]:
    """Return what must be told of vectors that are not the encoder's own: what int8 loses, measured here, and what the registry notes."""
    found = []
    if card.backend == "int8":
        loss = measured_loss(card, threads=threads)
        what = f"int8: mean cosine {loss.mean:.3f} with the exact vectors over probe texts, the least {loss.least:.3f}"
        found.append(Problem("embedding", what, 'embedding.backend = "auto" is exact', Severity.NOTE))
    if card.note:
        found.append(Problem("embedding", card.note, 'embedding.encoder = "all-MiniLM-L6-v2" reads whole sentences', Severity.NOTE))
    return tuple(found)


def measured_loss(card: EncoderCard, *, threads: int = 0) -> Parity:
    """Return how far the card's backend gives PyTorch's vectors of the probe texts."""
    from nptlens.embedding.onnx_exports import parity, reference

    expected = reference(export_name(card, "probe.safetensors"), card.probe, lambda: _torch(card, threads))
    return parity(load_encoder(card, threads=threads), expected)


def _torch(card: EncoderCard, threads: int) -> Encoder:
    from nptlens.embedding._sentence_transformers import SentenceTransformersEncoder

    return SentenceTransformersEncoder(card.folder, threads=threads, device=card.device)


def _bert(card: EncoderCard) -> Bert:
    found = bert(card.folder)
    if found is None:
        raise SettingsError(f"the {card.backend} backend cannot use {card.name}", hint='set embedding.backend = "auto"')
    return found
