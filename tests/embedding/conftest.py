"""A BERT encoder small enough to be made in a test, in the files of sentence-transformers."""

from __future__ import annotations

import json

import pytest

WORDS = "[UNK] [PAD] [CLS] [SEP] [MASK] we met on monday it worked failed nobody ##ed ##s the team yes no .".split()


SIZES = {"vocab_size": len(WORDS), "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64}


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory):
    """The folder of an encoder of three layers, four heads and width 32 with random weights."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from transformers import BertConfig, BertModel

    torch.manual_seed(7)
    return written(BertModel(BertConfig(**SIZES, max_position_embeddings=40), add_pooling_layer=False), tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_mpnet(tmp_path_factory):
    """The same of MPNet's kind, whose attention knows distances; it reads 180 tokens, so that some are far."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from transformers import MPNetConfig, MPNetModel

    torch.manual_seed(7)
    model = MPNetModel(MPNetConfig(**SIZES, max_position_embeddings=182))
    torch.nn.init.normal_(model.encoder.relative_attention_bias.weight, std=2.0)
    return written(model, tmp_path_factory.mktemp("tiny"), max_tokens=180)


def written(model, folder, max_tokens=24):
    """Write an encoder with a tokenizer of a few words as sentence-transformers does, and return the folder."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    model.save_pretrained(folder, safe_serialization=True)
    tokenizer = Tokenizer(models.WordPiece({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]", [("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "1_Pooling").mkdir()
    kinds = ("Transformer", "Pooling", "Normalize")
    modules = [
        {"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{kind}", "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)
    ]
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    files = {
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", **special, "model_max_length": max_tokens},
        "modules.json": modules,
        "sentence_bert_config.json": {"max_seq_length": max_tokens, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False},
    }
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    """Exports go where no other test and no user looks."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("nptlens.embedding.onnx_exports.cache_folder", lambda: folder)
    return folder
