from __future__ import annotations

import hashlib
import json
import sqlite3

import pytest

from nptlens.errors import IntegrityError
from nptlens.ids import digest_json
from nptlens.store.ledger import Entry, Ledger

INGREDIENTS = {"settings": "s1", "inputs": "i1"}


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / ".nptlens" / "ledger.sqlite")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path, ledger):
    """A stage `code` that was made from INGREDIENTS, and left a.txt and ../results/b.txt."""
    (tmp_path / "results").mkdir()
    (tmp_path / ".nptlens" / "a.txt").write_bytes(b"a")
    (tmp_path / "results" / "b.txt").write_bytes(b"b")
    artefacts = {"a.txt": hashlib.sha256(b"a").hexdigest(), "../results/b.txt": hashlib.sha256(b"b").hexdigest()}
    ledger.put(Entry("code", INGREDIENTS, artefacts, 1.5))
    return tmp_path / ".nptlens"


def test_an_entry_comes_back(tmp_path):
    entry = Entry("code", INGREDIENTS, {"a": "1"}, 0.25)
    first = Ledger(tmp_path / "new" / "ledger.sqlite")
    first.put(entry)
    first.close()
    second = Ledger(tmp_path / "new" / "ledger.sqlite")
    assert second.get("code") == entry
    assert second.get("read") is None
    second.close()


def test_an_entry_takes_the_place_of_the_one_before(ledger):
    ledger.put(Entry("code", {"a": "1"}, {"x": "1"}, 1))
    ledger.put(Entry("read", {"b": "1"}, {"z": "1"}, 1))
    ledger.put(Entry("code", {"a": "2"}, {"y": "1"}, 2))
    assert ledger.get("code") == Entry("code", {"a": "2"}, {"y": "1"}, 2)
    assert ledger.get("read").ingredients == {"b": "1"}


def test_fingerprint():
    """It is one of what went in and of what came out."""
    assert Entry("x", {"a": "1", "b": "2"}, {"f": "g"}, 0).fingerprint == digest_json([{"a": "1", "b": "2"}, {"f": "g"}])
    assert Entry("x", {"b": "2", "a": "1"}, {"f": "g"}, 9).fingerprint == Entry("y", {"a": "1", "b": "2"}, {"f": "g"}, 0).fingerprint
    assert Entry("x", {"a": "1"}, {}, 0).fingerprint != Entry("x", {"a": "2"}, {}, 0).fingerprint
    assert Entry("x", {"a": "1"}, {"f": "g"}, 0).fingerprint != Entry("x", {"a": "1"}, {"f": "h"}, 0).fingerprint


@pytest.mark.parametrize(
    ("ingredients", "why"),
    [
        (INGREDIENTS, ""),
        (dict(reversed(INGREDIENTS.items())), ""),
        (INGREDIENTS | {"settings": "s2"}, "changed: settings"),
        (INGREDIENTS | {"settings": "s2", "inputs": "i2"}, "changed: inputs, settings"),
        (INGREDIENTS | {"model": "m1"}, "changed: model"),
        ({"settings": "s1"}, "changed: inputs"),
        ({}, "changed: inputs, settings"),
        (INGREDIENTS | {"settings": ""}, "changed: settings"),
    ],
)
def test_ingredients(ledger, folder, ingredients, why):
    assert ledger.why_stale("code", ingredients) == why


def test_a_stage_that_never_ran(ledger, folder):
    assert ledger.why_stale("read", {}) == "never ran"
    assert ledger.why_stale("read", INGREDIENTS) == "never ran"


def _nothing(folder):
    return None


def _touch(folder):
    (folder / "a.txt").write_bytes(b"a")


def _alter(folder):
    (folder / "a.txt").write_bytes(b"A")


def _empty(folder):
    (folder / "a.txt").write_bytes(b"")


def _remove(folder):
    (folder / "a.txt").unlink()


def _make_folder(folder):
    (folder / "a.txt").unlink()
    (folder / "a.txt").mkdir()


def _alter_report(folder):
    (folder.parent / "results" / "b.txt").write_bytes(b"edited")


def _remove_both(folder):
    (folder / "a.txt").unlink()
    (folder.parent / "results" / "b.txt").unlink()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_nothing, ""),
        (_touch, ""),
        (_alter, "altered: a.txt"),
        (_empty, "altered: a.txt"),
        (_remove, "missing: a.txt"),
        (_make_folder, "missing: a.txt"),
        (_alter_report, "altered: ../results/b.txt"),
        (_remove_both, "missing: ../results/b.txt"),
    ],
)
def test_artefacts(ledger, folder, change, why):
    change(folder)
    assert ledger.why_stale("code", INGREDIENTS) == why


def test_what_changed_is_said_before_what_is_gone(ledger, folder):
    _remove(folder)
    assert ledger.why_stale("code", INGREDIENTS | {"settings": "s2"}) == "changed: settings"


def test_a_stage_without_artefacts_is_not_taken_for_one_that_ran(ledger):
    ledger.put(Entry("read", {}, {}, 0))
    assert ledger.why_stale("read", {}) == "its entry in the ledger is damaged"


@pytest.mark.parametrize(
    "change",
    [
        "ingredients = '{'",
        "artefacts = '{}'",
        "artefacts = '[]'",
        "artefacts = '{\"a.txt\": 1}'",
        "artefacts = replace(artefacts, 'a.txt', 'b.txt')",
        "ingredients = replace(ingredients, 'i1', 'i3')",
        "fingerprint = ''",
    ],
)
def test_an_entry_that_is_not_as_it_was_put_is_made_again(ledger, folder, change):
    assert ledger.why_stale("code", INGREDIENTS) == ""
    other = sqlite3.connect(folder / "ledger.sqlite")
    with other:
        other.execute(f"UPDATE stage SET {change}")
    other.close()
    assert ledger.why_stale("code", INGREDIENTS) == "its entry in the ledger is damaged"
    assert ledger.get("code").artefacts == {}


def test_names(ledger, folder):
    assert ledger.names() == ("code",)


def test_one_artefact_alone(ledger, folder):
    _alter(folder)
    assert ledger.altered("code") == "altered: a.txt"
    assert ledger.altered("code", only="../results/b.txt") == ""
    assert ledger.altered("code", only="a.txt") == "altered: a.txt"


@pytest.mark.parametrize("data", [b"words, not a database" * 99, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_damaged_ledger(tmp_path, data):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match="the ledger is damaged") as caught:
        Ledger(path)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("change", ["DROP TABLE stage", "ALTER TABLE stage DROP COLUMN artefacts"])
def test_a_ledger_damaged_inside(ledger, folder, change):
    other = sqlite3.connect(folder / "ledger.sqlite")
    with other:
        other.execute(change)
    other.close()
    with pytest.raises(IntegrityError, match="the ledger is damaged"):
        ledger.get("code")


def test_an_entry_that_cannot_be_stored_leaves_the_one_before(ledger, folder):
    before = ledger.get("code")
    with pytest.raises(sqlite3.IntegrityError):
        ledger.put(Entry("code", {"settings": "s2"}, {}, None))
    assert ledger.get("code") == before


def test_it_holds_what_it_was_given_and_no_more(ledger, folder):
    other = sqlite3.connect(folder / "ledger.sqlite")
    ((name, fingerprint, ingredients, artefacts, seconds),) = other.execute("SELECT * FROM stage").fetchall()
    other.close()
    assert (name, fingerprint, seconds) == ("code", Entry("code", INGREDIENTS, json.loads(artefacts), 0).fingerprint, 1.5)
    assert json.loads(ingredients) == INGREDIENTS
    assert set(json.loads(artefacts)) == {"a.txt", "../results/b.txt"}
