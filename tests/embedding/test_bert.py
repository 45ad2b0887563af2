"""The graph says what PyTorch computes, and refuses encoders that it cannot say."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from nptlens.core.errors import SettingsError
from nptlens.embedding import find_encoder, load_encoder
from nptlens.embedding._bert import bert
from nptlens.embedding._onnx_graph import buckets

TEXTS = ["We met on Monday.", "Yes", "", "nobody failed the team " * 20, "it worked", "no. no. no.", "unknown wörds", "  yes  "]


@pytest.fixture(params=["tiny_bert", "tiny_mpnet"])
def tiny(request):
    return request.getfixturevalue(request.param)


def test_what_the_graph_gives_is_what_pytorch_gives(tiny):
    card = find_encoder(str(tiny))
    assert card.backend == "onnx"
    found = load_encoder(card, threads=2).encode(TEXTS)
    exact = load_encoder(find_encoder(str(tiny), backend="torch"), threads=1).encode(TEXTS)
    assert found.vectors.dtype == found.layers.dtype == np.float32
    np.testing.assert_allclose(found.vectors, exact.vectors, atol=2e-6)
    np.testing.assert_allclose(found.layers, exact.layers, atol=5e-6)


def test_a_text_is_the_same_bits_in_any_company(tiny):
    encoder = load_encoder(find_encoder(str(tiny)), threads=2)
    made = encoder.encode(TEXTS * 3)
    for number, text in enumerate(TEXTS * 3):
        alone = encoder.encode([text])
        np.testing.assert_array_equal(alone.vectors[0], made.vectors[number])
        np.testing.assert_array_equal(alone.layers[0], made.layers[number])
    assert encoder.encode([]).vectors.shape == (0, 32)


def test_distances_are_dealt_to_buckets_as_mpnet_does():
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

    for number in (32, 16):
        apart = torch.arange(-600, 601)
        expected = MPNetEncoder.relative_position_bucket(apart, num_buckets=number).numpy()
        np.testing.assert_array_equal(buckets(apart.numpy(), number), expected)


@pytest.fixture
def copy(tiny_bert, tmp_path):
    return shutil.copytree(tiny_bert, tmp_path / "copy")


def change(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("config.json", {"model_type": "roberta"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"position_embedding_type": "relative_key"}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        ("1_Pooling/config.json", {"pooling_mode": "cls"}),
    ],
)
def test_another_kind_of_encoder_is_left_to_pytorch(copy, file, values):
    assert bert(copy) is not None
    change(copy / file, **values)
    assert bert(copy) is None
    assert find_encoder(str(copy)).backend == "torch"
    with pytest.raises(SettingsError, match="cannot use") as caught:
        find_encoder(str(copy), backend="int8")
    assert "auto" in caught.value.hint


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json", "sentence_bert_config.json"])
def test_a_folder_that_lacks_a_file_is_left_to_pytorch(copy, file):
    (copy / file).unlink()
    assert bert(copy) is None


def test_prompts_and_further_modules_are_left_to_pytorch(copy):
    (copy / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "", "document": ""}}))
    assert bert(copy) is not None
    (copy / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "query: "}}))
    assert bert(copy) is None
    (copy / "config_sentence_transformers.json").unlink()
    modules = json.loads((copy / "modules.json").read_text())
    (copy / "modules.json").write_text(json.dumps([*modules[:2], modules[2] | {"type": "sentence_transformers.models.Dense"}]))
    assert bert(copy) is None


def test_backends_have_their_own_digests(tiny_bert):
    cards = [find_encoder(str(tiny_bert), backend=backend) for backend in ("torch", "onnx", "int8", "static")]
    assert len({card.digest for card in cards}) == 4
    assert len({card.weights for card in cards}) == 1
    assert find_encoder(str(tiny_bert), device="cuda").backend == "torch"
    assert find_encoder(str(tiny_bert), device="cuda").digest != cards[0].digest
