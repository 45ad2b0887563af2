"""Under what is kept that an encoder makes: whatever shapes it, our own code and the libraries' versions among it."""

from __future__ import annotations

from nptlens.core.ids import digest_json
from nptlens.core.versions import installed, source_digest
from nptlens.embedding.registry import EncoderCard

_GRAPH = ("_bert", "_onnx_graph", "_pooling")
_RUN = (*_GRAPH, "_onnx", "_word_tokenizer", "_batches")
_CODE = {
    "torch": ("_sentence_transformers", "_batches", "_pooling"),
    "onnx": _RUN,
    "int8": _RUN,
    "static": (*_RUN, "_static"),
}
"""The modules of ours that shape vectors, by backend."""
_EXPORTS = {
    "onnx": (_GRAPH, ("onnx",)),
    "int8.onnx": ((*_GRAPH, "_onnx"), ("onnx", "onnxruntime")),
    "static.safetensors": ((*_RUN, "_static"), ("onnx", "onnxruntime", "tokenizers", "scikit-learn", "scipy", "numpy")),
    "probe.safetensors": (("_probe", *_CODE["torch"]), ("torch", "sentence-transformers", "transformers", "tokenizers", "numpy")),
}
"""What shapes each kind of file that is kept for all studies: modules of ours, and packages."""


def code_digest(card: EncoderCard) -> str:
    """Return the digest of our own code that makes the vectors of this encoder."""
    return source_digest(*_named(_CODE[card.backend]))


def vectors_key(card: EncoderCard) -> str:
    """Return what an encoder's vectors are cached under: its files, backend and device, our code, its libraries' versions."""
    return digest_json([card.digest, code_digest(card), {package: installed(package) for package in card.packages}])


def export_name(card: EncoderCard, kind: str) -> str:
    """Return the name under which a file of this kind is kept that was made of the encoder's weights (a key of `_EXPORTS`)."""
    modules, packages = _EXPORTS[kind]
    made_by = digest_json([source_digest(*_named(modules)), {package: installed(package) for package in packages}])
    return f"{card.weights[:32]}.{made_by[:16]}.{kind}"


def _named(modules: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"nptlens.embedding.{module}" for module in modules)
