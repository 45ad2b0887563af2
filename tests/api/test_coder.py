"""A trained coder: it is the study's own, codes any texts, and comes back from a folder as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import nptlens

TEXTS = ["The whole team talked at the meeting.", "Nobody paid the money.", "Forms, and the paper forms again.", "Quite another thing."]


@pytest.fixture
def study(tiny_study, no_model):
    return tiny_study.root


@pytest.fixture
def train(study):
    """Train on the tiny study's seeds."""

    def trained(seeds="seeds.csv", **options):
        seeds = study / seeds if isinstance(seeds, str) else seeds
        options = {"encoder": study / "encoder", "settings": {"folds": 3}} | options
        return nptlens.train(seeds, study / "codebook.toml", **options)

    return trained


@pytest.fixture
def coder(train):
    return train()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "coder"


def seeds(study):
    return nptlens.open_study(study).seeds


def test_every_text_is_coded_with_every_code(coder):
    found = coder.code(TEXTS)
    assert list(zip(found["text"], found["code"], strict=True)) == [(i, code) for i in range(4) for code in ("TEAM", "MONEY", "FORMS")]
    assert found["coder"].unique().tolist() == [coder.name]
    best = found.loc[found.groupby("text")["probability"].idxmax()]
    assert best["code"].tolist()[:3] == ["TEAM", "MONEY", "FORMS"]


def test_no_texts_give_an_empty_table_of_the_same_kind(coder):
    empty, full = coder.code([]), coder.code(TEXTS)
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_it_is_the_coder_of_a_run(ran):
    opened = nptlens.open_study(ran.root)
    coder = nptlens.train(
        opened.seeds, opened.codebook, talk=opened.segments["text"], encoder=ran.root / "encoder", settings=opened.settings.coding
    )
    expected = opened.codings
    found = coder.code(opened.segments["text"])
    pd.testing.assert_frame_equal(found.drop(columns="text"), expected.drop(columns="segment_id"))


def test_a_file_and_objects_in_any_order_give_the_same_coder(study, train, coder):
    assert train(tuple(reversed(seeds(study)))).name == coder.name


def test_threads_change_nothing_and_talk_and_the_random_seed_do(train, coder):
    assert train(threads=1).name == coder.name
    assert train(talk=TEXTS).name != coder.name
    assert train(random_seed=1).name != coder.name


def test_texts_are_coded_a_block_at_a_time(coder, monkeypatch):
    whole = coder.code(TEXTS)
    monkeypatch.setattr("nptlens.api.coder._BLOCK", 3)
    told = []
    parts = coder.code(iter(TEXTS), progress=lambda done, total: told.append((done, total)))
    pd.testing.assert_frame_equal(parts, whole, rtol=1e-9)
    assert told == [(3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        ("a string", r"write \[text\]"),
        (["good", "  "], "text 1 is empty"),
        (["good", None], "text 1 is no string"),
        ([float("nan")], "text 0 is no string"),
    ],
)
def test_what_is_no_text_is_refused(coder, texts, what):
    with pytest.raises(nptlens.UsageError, match=what):
        coder.code(texts)


def test_codes_with_few_seeds_are_told_and_have_no_head(study, train):
    few = [seed for seed in seeds(study) if seed.codes != ("FORMS",)] + [seed for seed in seeds(study) if seed.codes == ("FORMS",)][:2]
    coder = train(few)
    assert coder.codes == ("TEAM", "MONEY")
    assert [each.where for each in coder.problems] == ["FORMS"]
    with pytest.raises(nptlens.SeedError, match="no code has enough seeds"):
        train(few[:3])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"text": " "}, "text is empty"),
        ({"codes": ("TEEM",)}, "the codebook lacks TEEM"),
        ({"stance": "sure"}, "stance 'sure'"),
        ({"id": "FORMS-1"}, "used twice"),
    ],
)
def test_wrong_seeds_are_refused(study, train, change, what):
    first, *others = seeds(study)
    with pytest.raises(nptlens.SeedError, match=what):
        train([replace(first, **change), *others])


@pytest.mark.parametrize(("option", "what"), [({"settings": {"folds": 1}}, "coding.folds"), ({"encoder": "nowhere"}, "no encoder 'nowhere'")])
def test_wrong_settings_are_refused(train, option, what):
    with pytest.raises(nptlens.SettingsError, match=what):
        train(**option)


def test_a_saved_coder_comes_back_to_the_last_bit(train, tmp_path):
    coder = train(talk=TEXTS)
    coder.save(tmp_path / "coder")
    back = nptlens.load(tmp_path / "coder")
    assert (back.name, back.codes, back.cards, back.problems, back.codebook, back.seeds) == (
        coder.name, coder.codes, coder.cards, coder.problems, coder.codebook, coder.seeds,
    )  # fmt: skip
    pd.testing.assert_frame_equal(back.code(TEXTS), coder.code(TEXTS), check_exact=True)
    assert sorted(path.suffix for path in (tmp_path / "coder").iterdir()) == [".json", ".safetensors", ".safetensors"]


def test_layers_are_kept_too(train, tmp_path, monkeypatch):
    from nptlens.schemas.records import Embedded

    class Layered:
        dimension = 8

        def encode(self, texts):
            rows = [np.random.default_rng(sum(map(ord, text))) for text in texts]
            vectors = np.array([each.normal(size=8) for each in rows], dtype=np.float32).reshape(-1, 8)
            layers = np.array([each.normal(size=12) for each in rows], dtype=np.float32).reshape(-1, 12)
            return Embedded(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), layers)

    monkeypatch.setattr("nptlens.api.coder.load_encoder", lambda card, threads=0: Layered())
    coder = train(talk=TEXTS)
    coder.save(tmp_path / "coder")
    pd.testing.assert_frame_equal(nptlens.load(tmp_path / "coder").code(TEXTS), coder.code(TEXTS), check_exact=True)


def test_no_sentence_of_the_talk_is_kept(train, folder):
    train(talk=["Crossings are everywhere.", *TEXTS]).save(folder)
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"cross" in kept
    assert b"crossi" not in kept


def test_a_coder_replaces_a_coder_and_nothing_else(coder, train, folder):
    coder.save(folder)
    other = train(random_seed=1)
    other.save(folder)
    assert nptlens.load(folder).name == other.name
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(nptlens.UsageError, match="holds something else"):
        coder.save(folder)
    assert nptlens.load(folder).name == other.name


@pytest.mark.parametrize("name", ["coder.json", "heads.safetensors", "seeds.safetensors"])
def test_a_damaged_or_missing_file_is_refused(coder, folder, name):
    coder.save(folder)
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(nptlens.IntegrityError, match=name):
        nptlens.load(folder)
    (folder / name).unlink()
    with pytest.raises((nptlens.IntegrityError, nptlens.UsageError)):
        nptlens.load(folder)


def test_no_coder_a_later_one_and_another_encoder_are_refused(study, coder, folder):
    with pytest.raises(nptlens.UsageError, match="no trained coder"):
        nptlens.load(study)
    coder.save(folder)
    (study / "encoder" / "config.json").write_text("{}")
    with pytest.raises(nptlens.IntegrityError, match="another encoder"):
        nptlens.load(folder)
    record = json.loads((folder / "coder.json").read_text())
    (folder / "coder.json").write_text(json.dumps(record | {"format": 2}))
    with pytest.raises(nptlens.IntegrityError, match="another version"):
        nptlens.load(folder)


def test_an_encoder_that_was_moved_can_be_named(study, coder, tmp_path):
    coder.save(tmp_path / "coder")
    (study / "encoder").rename(tmp_path / "moved")
    assert nptlens.load(tmp_path / "coder", encoder=tmp_path / "moved").name == coder.name
    with pytest.raises(nptlens.SettingsError):
        nptlens.load(tmp_path / "coder")


def test_a_coder_shows_what_it_is_and_no_seed(coder):
    assert repr(coder) == f"TrainedCoder(3 codes of tiny, 15 seeds, {coder.name})"
