"""What vectors and exported encoders are kept under: another library or other code of ours never finds what the old one made."""

from __future__ import annotations

import pytest

from nptlens.embedding import find_encoder, vectors_key
from nptlens.embedding import keys as keys_module
from nptlens.embedding.keys import export_name

KINDS = ("onnx", "int8.onnx", "static.safetensors", "probe.safetensors")


def names(folder):
    cards = {backend: find_encoder(str(folder), backend=backend) for backend in ("torch", "onnx", "int8", "static")}
    found = {f"vectors {backend}": vectors_key(card) for backend, card in cards.items()}
    return found | {kind: export_name(cards["onnx"], kind) for kind in KINDS}


def differing(before, after):
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("onnxruntime", {"vectors onnx", "vectors int8", "vectors static", "int8.onnx", "static.safetensors"}),
        ("onnx", {"vectors onnx", "vectors int8", "vectors static", "onnx", "int8.onnx", "static.safetensors"}),
        ("torch", {"vectors torch", "probe.safetensors"}),
        ("scikit-learn", {"vectors static", "static.safetensors"}),
        ("pip", set()),
    ],
)
def test_another_version_of_a_library(tiny_bert, monkeypatch, package, expected):
    before, real = names(tiny_bert), keys_module.installed
    monkeypatch.setattr(keys_module, "installed", lambda name: "999" if name == package else real(name))
    assert differing(before, names(tiny_bert)) == expected


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("_onnx_graph", {"vectors onnx", "vectors int8", "vectors static", "onnx", "int8.onnx", "static.safetensors"}),
        ("_static", {"vectors static", "static.safetensors"}),
        ("_sentence_transformers", {"vectors torch", "probe.safetensors"}),
    ],
)
def test_other_code_of_ours(tiny_bert, monkeypatch, module, expected):
    before, real = names(tiny_bert), keys_module.source_digest
    other = f"nptlens.embedding.{module}"
    monkeypatch.setattr(keys_module, "source_digest", lambda *modules: real(*modules) + ("+" if other in modules else ""))
    assert differing(before, names(tiny_bert)) == expected
