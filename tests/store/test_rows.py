from __future__ import annotations

import os
import random
import sqlite3
import stat
import sys
from contextlib import closing

import pytest

from nptlens.core.errors import LockedError, StorageError
from nptlens.core.ids import digest
from nptlens.store._rows import RowCache
from nptlens.store._sqlite import told
from nptlens.store.salt import study_salt

WORDS = ["Yes.", "No.", "I don't know.", *(f"an answer, number {number}" for number in range(60))]
KEYS = {digest(words): words.encode() * 40 for words in WORDS}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study" / ".nptlens" / "rows.sqlite"


@pytest.fixture
def filled(path):
    with closing(RowCache(path, "maker")) as cache:
        cache.put(KEYS)
    return path


def known(path, maker="maker"):
    with closing(RowCache(path, maker)) as cache:
        return dict(cache.get(KEYS))


def change(path, statement, *values):
    with closing(sqlite3.connect(path)) as database:
        database.execute(statement, values)
        database.commit()


def test_rows_come_back_under_their_maker(filled):
    assert known(filled) == KEYS
    assert known(filled, "another maker") == {}


@pytest.mark.parametrize("column", ["key", "value", "seal"])
def test_a_flipped_bit_anywhere_in_a_row_makes_it_absent(filled, column):
    with closing(sqlite3.connect(filled)) as database:
        ((old,),) = database.execute(f"SELECT {column} FROM row ORDER BY key LIMIT 1 OFFSET 7").fetchall()
    for bit in range(0, 8 * len(old), 13):
        new = bytearray(old)
        new[bit // 8] ^= 1 << bit % 8
        change(filled, f"UPDATE row SET {column} = ? WHERE {column} = ?", bytes(new), old)
        found = known(filled)
        assert len(found) == len(KEYS) - 1
        assert found.items() <= KEYS.items()
        change(filled, f"UPDATE row SET {column} = ? WHERE {column} = ?", old, bytes(new))
    assert known(filled) == KEYS


@pytest.mark.parametrize("value", ["text", 7, 1.5, None, b""])
def test_what_is_no_value_is_absent_and_put_again(filled, value):
    change(filled, "UPDATE row SET value = ? WHERE key = (SELECT min(key) FROM row)", value)
    assert len(known(filled)) == len(KEYS) - 1
    with closing(RowCache(filled, "maker")) as cache:
        cache.put(KEYS)
    assert known(filled) == KEYS


def test_a_value_under_another_key_or_maker_is_absent(filled):
    with closing(RowCache(filled, "other")) as cache:
        cache.put({digest("Yes."): b"other"})
    change(filled, "UPDATE row SET value = x.value, seal = x.seal FROM (SELECT value, seal FROM row WHERE maker = 'other') x WHERE maker = 'maker'")
    assert known(filled) == {}
    assert known(filled, "other") == {digest("Yes."): b"other"}


@pytest.mark.parametrize("seed", range(60))
def test_a_bit_flipped_anywhere_in_the_file_gives_no_wrong_value(filled, seed):
    data = bytearray(filled.read_bytes())
    at = random.Random(seed).randrange(8 * len(data))
    data[at // 8] ^= 1 << at % 8
    filled.write_bytes(data)
    assert known(filled).items() <= KEYS.items()
    with closing(RowCache(filled, "maker")) as cache:
        cache.put({key: value for key, value in KEYS.items() if key not in dict(cache.get(KEYS))})
        assert dict(cache.get(KEYS)) == KEYS


@pytest.mark.parametrize("data", [b"", b"words, not a database" * 400, b"SQLite format 3\0" + b"\xff" * 4080], ids=["empty", "words", "no header"])
def test_a_file_that_is_no_database_is_made_anew(filled, data):
    filled.write_bytes(data)
    assert known(filled) == {}
    with closing(RowCache(filled, "maker")) as cache:
        cache.put(KEYS)
    assert known(filled) == KEYS


def test_a_half_of_a_file_is_made_anew(filled):
    filled.write_bytes(filled.read_bytes()[: filled.stat().st_size // 8192 * 4096])
    assert known(filled).items() <= KEYS.items()
    with closing(RowCache(filled, "maker")) as cache:
        cache.put(KEYS)
        assert dict(cache.get(KEYS)) == KEYS


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_a_file_of_an_earlier_version_is_made_anew(path, journal):
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as old:
        old.execute(f"PRAGMA journal_mode={journal}")
        old.execute("CREATE TABLE embedded (model TEXT, text TEXT, vector BLOB, layers BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID")
        old.execute("INSERT INTO embedded VALUES ('maker', ?, 'v', 'l')", (digest("Yes."),))
        old.commit()
    assert known(path) == {}
    assert digest("Yes.").encode() not in path.read_bytes()  # its digests were not salted
    assert [each.name for each in path.parent.iterdir() if each.name.startswith("rows.sqlite-")] == []


@pytest.mark.parametrize("statement", ["DROP TABLE row", "ALTER TABLE row DROP COLUMN seal"])
def test_a_table_that_lacks_something_is_made_anew(filled, statement):
    change(filled, statement)
    assert known(filled) == {}
    with closing(RowCache(filled, "maker")) as cache:
        cache.put(KEYS)
    assert known(filled) == KEYS


def test_short_answers_cannot_be_guessed_from_the_file(filled):
    data = filled.read_bytes()
    for key in KEYS:
        assert key.encode() not in data
        assert bytes.fromhex(key) not in data
        assert bytes.fromhex(key)[:8] not in data


def test_two_studies_do_not_hide_a_key_alike(tmp_path):
    hidden = []
    for name in "ab":
        with closing(RowCache(tmp_path / name / "rows.sqlite", "maker")) as cache:
            cache.put(KEYS)
        with closing(sqlite3.connect(tmp_path / name / "rows.sqlite")) as database:
            hidden.append({key for (key,) in database.execute("SELECT key FROM row")})
    assert len(hidden[0]) == len(hidden[1]) == len(KEYS)
    assert hidden[0] & hidden[1] == set()


@pytest.mark.parametrize("data", [None, b"", b"short", b"x" * 32])
def test_without_its_salt_a_cache_is_made_anew(filled, data):
    salt = filled.parent / "salt"
    salt.unlink()
    if data is not None:
        salt.write_bytes(data)
    assert known(filled) == {}
    with closing(RowCache(filled, "maker")) as cache:
        cache.put(KEYS)
    with closing(sqlite3.connect(filled)) as database:
        assert database.execute("SELECT count(*) FROM row").fetchone() == (len(KEYS),)  # those of the lost salt are not kept for ever
    assert known(filled) == KEYS


def test_the_salt_is_32_random_bytes_and_stays(tmp_path):
    first = study_salt(tmp_path / "a")
    assert (len(first), study_salt(tmp_path / "a"), (tmp_path / "a" / "salt").read_bytes()) == (32, first, first)
    assert study_salt(tmp_path / "b") != first


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")
def test_the_files_are_their_owners_alone(filled):
    before = os.umask(0)
    modes = set()
    try:
        with closing(RowCache(filled.with_name("other.sqlite"), "maker")) as cache:
            assert cache._db is not None
            cache._db.execute("BEGIN IMMEDIATE")
            cache._db.execute("INSERT INTO row VALUES ('maker', x'00', x'00', x'00')")
            cache._db.execute("PRAGMA cache_spill=1")
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in filled.parent.iterdir()}
            cache._db.execute("COMMIT")
    finally:
        os.umask(before)
    assert set(modes) == {"rows.sqlite", "other.sqlite", "other.sqlite-journal", "salt"}
    assert set(modes.values()) == {0o600}


def test_what_is_forgotten_is_not_on_the_disk_any_more(filled):
    with closing(RowCache(filled, "maker")) as cache:
        cache.forget_others([digest("Yes.")])
        assert dict(cache.get(KEYS)) == {digest("Yes."): KEYS[digest("Yes.")]}
    assert b"I don't know." not in filled.read_bytes()


def test_no_write_ahead_log_is_needed(filled):
    """It needs memory that processes share, which network drives lack."""
    with closing(sqlite3.connect(filled)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_cache_that_another_process_holds(filled, monkeypatch):
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **options: connect(*given, **options, timeout=0.01))
    with closing(connect(filled, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LockedError):
            RowCache(filled, "maker")
    assert known(filled) == KEYS


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_FSIZE fails a write as a full disk does")
def test_a_full_disk_is_told_and_takes_no_row_away(filled):
    import resource
    import signal

    with closing(RowCache(filled, "maker")) as cache:
        before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (filled.stat().st_size + 4096, before[1]))
        try:
            with pytest.raises(StorageError) as caught:
                cache.put({digest("new"): bytes(400_000)})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
        assert caught.value.where == str(filled)
        assert "delete" not in caught.value.hint
        assert dict(cache.get(KEYS)) == KEYS
        cache.put({digest("new"): b"v"})
    assert known(filled) == KEYS


@pytest.mark.parametrize("at", [16, 18, 19, 24, 52, 60, 95])
def test_a_flipped_bit_in_the_head_of_the_file_costs_its_rows_at_most(filled, at):
    """There it can make the file another's, or one that may only be read."""
    data = bytearray(filled.read_bytes())
    data[at] ^= 0x04
    filled.write_bytes(data)
    assert known(filled).items() <= KEYS.items()
    with closing(RowCache(filled, "maker")) as cache:
        cache.put({digest("new"): b"v"})
        assert dict(cache.get([digest("new")])) == {digest("new"): b"v"}


def test_a_file_that_was_opened_for_reading_only_is_not_damaged(tmp_path):
    path = tmp_path / "x.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (a)")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database, pytest.raises(sqlite3.OperationalError) as caught:
        database.execute("CREATE TABLE u (a)")
    assert isinstance(told(caught.value, path), StorageError)
    data = path.read_bytes()
    path.write_bytes(data[:18] + b"\x03" + data[19:])  # a head that forbids writing is one that nobody wrote
    assert told(caught.value, path) is None
