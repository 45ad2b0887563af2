"""What is exported is kept, healed when damaged, and refused when it is not PyTorch's equal."""

from __future__ import annotations

import numpy as np
import pytest

from nptlens.core.errors import IntegrityError, SettingsError
from nptlens.embedding import find_encoder, load_encoder, remarks
from nptlens.embedding import load as load_module
from nptlens.embedding._probe import TEXTS
from nptlens.embedding.onnx_exports import kept, parity, require_parity
from nptlens.schemas.records import Embedded, Severity


class Fixed:
    """An encoder that gives what it was told."""

    def __init__(self, made: Embedded) -> None:
        self._made = made

    dimension = 8

    def encode(self, texts):
        return self._made


def random(seed: int) -> Embedded:
    rng = np.random.default_rng(seed)
    return Embedded(rng.normal(size=(len(TEXTS), 8)).astype(np.float32), rng.normal(size=(len(TEXTS), 24)).astype(np.float32))


def test_made_once_and_again_when_it_is_damaged(own_cache):
    made = []

    def make() -> bytes:
        made.append(1)
        return b"weights"

    assert kept("a.onnx", make) == kept("a.onnx", make) == b"weights"
    assert len(made) == 1
    for name, data in (("a.onnx", b"weights!"), ("a.onnx.digest", b"0"), ("a.onnx.digest", b"\xff")):
        (own_cache / name).write_bytes(data)
        before = len(made)
        assert kept("a.onnx", make) == kept("a.onnx", make) == b"weights"
        assert len(made) == before + 1


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr("nptlens.embedding.onnx_exports.cache_folder", lambda: tmp_path / "file" / "below")
    assert kept("a.onnx", lambda: b"weights") == b"weights"


@pytest.mark.parametrize(("part", "size", "refused"), [("vectors", 0.0, False), ("vectors", 0.1, True), ("layers", 0.1, True), ("layers", 1e-4, False)])
def test_an_unequal_backend_is_refused(part, size, refused):
    expected, other = random(0), random(1)
    shifted = {name: getattr(expected, name) + (size if name == part else 0) * getattr(other, name) for name in ("vectors", "layers")}
    encoder = Fixed(Embedded(**shifted))
    if not refused:
        require_parity(encoder, expected, "mine")
        return
    with pytest.raises(IntegrityError, match="mine") as caught:
        require_parity(encoder, expected, "mine")
    assert "torch" in caught.value.hint


def test_not_a_number_is_no_parity():
    bad = random(0)
    bad.vectors[3] = np.nan
    with pytest.raises(IntegrityError):
        require_parity(Fixed(bad), random(0), "mine")


def test_parity_is_a_mean_and_a_least():
    expected = Embedded(np.eye(len(TEXTS), dtype=np.float32), np.empty((len(TEXTS), 0), dtype=np.float32))
    turned = expected.vectors.copy()
    turned[0] = np.roll(turned[0], 1)
    found = parity(Fixed(Embedded(turned, expected.layers)), expected)
    assert found.mean == pytest.approx((len(TEXTS) - 1) / len(TEXTS))
    assert (found.least, found.least_layers) == (0, 1)


def test_the_reference_of_a_local_encoder_is_computed_once(tiny_bert, monkeypatch, own_cache):
    card = find_encoder(str(tiny_bert))
    load_encoder(card, threads=1)
    assert {path.suffix for path in own_cache.iterdir()} == {".onnx", ".safetensors", ".digest"}

    def refuse(card, threads):
        raise AssertionError("PyTorch was loaded")

    monkeypatch.setattr(load_module, "_torch", refuse)
    load_encoder(card, threads=1)


def test_int8_says_what_it_loses_and_the_exact_ones_say_nothing(tiny_bert):
    assert remarks(find_encoder(str(tiny_bert))) == ()
    said = remarks(find_encoder(str(tiny_bert), backend="int8"))
    assert [each.severity for each in said] == [Severity.NOTE]
    assert "mean cosine 0.9" in said[0].what or "mean cosine 1.0" in said[0].what


def test_int8_is_one_text_a_pass(tiny_bert):
    encoder = load_encoder(find_encoder(str(tiny_bert), backend="int8"), threads=2)
    texts = ["yes", "no", "it worked", "it failed"]
    made = encoder.encode(texts)
    for number, text in enumerate(texts):
        np.testing.assert_array_equal(encoder.encode([text]).vectors[0], made.vectors[number])


def test_an_accelerator_that_is_not_there(tiny_bert):
    with pytest.raises(SettingsError, match="mps"):
        load_encoder(find_encoder(str(tiny_bert), device="mps"))
