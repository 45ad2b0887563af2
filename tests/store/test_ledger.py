from __future__ import annotations

import hashlib
import json
import signal
import sqlite3
import sys
from contextlib import closing

import pytest

from nptlens.core.errors import IntegrityError, LockedError, StorageError
from nptlens.core.ids import digest_json
from nptlens.store.ledger import Entry, Ledger

if sys.platform != "win32":
    import resource

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
    assert caught.value.hint == "delete ledger.sqlite there, then run: nptlens run STUDY"  # not the folder: it holds runs that were kept
    assert caught.value.where == str(path)


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


def test_a_ledger_without_a_table_of_its_own_is_new_once_it_is_deleted(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"words, not a database" * 99)
    with pytest.raises(IntegrityError):
        Ledger(path)
    path.unlink()
    again = Ledger(path)
    assert again.get("code") is None
    again.close()


def test_its_journal_needs_no_memory_shared_between_processes(ledger, folder):
    """A write-ahead log does, and on a network share there is none."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert [path.name for path in folder.iterdir() if path.name.startswith("ledger.sqlite-")] == []


def test_a_ledger_of_an_earlier_version_is_taken_over(tmp_path):
    path = tmp_path / "ledger.sqlite"
    entry = Entry("code", INGREDIENTS, {"a": "1"}, 0.25)
    with closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA journal_mode=WAL")
        old.execute("CREATE TABLE stage (name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, ingredients TEXT NOT NULL, artefacts TEXT NOT NULL, seconds REAL NOT NULL)")
        old.execute("INSERT INTO stage VALUES ('code', ?, ?, '{\"a\": \"1\"}', 0.25)", (entry.fingerprint, json.dumps(INGREDIENTS)))
        old.commit()
    found = Ledger(path)
    assert found.get("code") == entry
    found.close()


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_FSIZE fails a write as a full disk does")
def test_a_ledger_that_cannot_grow_is_no_damage(tmp_path):
    made = Ledger(tmp_path / "ledger.sqlite")
    made.put(Entry("read", {}, {}, 1))
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, before[1]))
    try:
        with pytest.raises(StorageError) as caught:
            made.put(Entry("code", {"a": "x" * 50_000}, {}, 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.where == str(tmp_path / "ledger.sqlite")
    assert "delete" not in caught.value.hint
    assert made.get("read") == Entry("read", {}, {}, 1)
    assert made.get("code") is None
    made.close()


def test_a_ledger_that_another_process_holds(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **options: connect(*given, **options, timeout=0.01))
    with closing(connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LockedError, match="another process holds this file"):
            Ledger(path)


def test_a_ledger_in_a_place_that_is_none(tmp_path):
    (tmp_path / "ledger.sqlite").mkdir()
    with pytest.raises(StorageError, match="a folder stands where a file must be"):
        Ledger(tmp_path / "ledger.sqlite")
