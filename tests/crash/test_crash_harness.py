"""What the crash harness itself decides: differences, generations, rows of SQLite, clear and unclear errors, sums."""

from __future__ import annotations

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.crash.budget import Budget
from benchmarks.crash.children import HUNG, MODULES, Ended
from benchmarks.crash.cost import BAR, ratio
from benchmarks.crash.results import records, save
from benchmarks.crash.shim import compiled
from benchmarks.crash.states import content, differences, flipped, generations, is_cache, is_record, row_spans, snapshot, temporaries
from benchmarks.crash.verdicts import (
    DIFFERENT,
    WRONG,
    Fault,
    Outcome,
    as_line,
    broken,
    of_line,
    plain_answer,
    says_mixed,
    says_so,
    summed,
    unclear_disk_error,
    unclear_refusal,
)

ROOT = Path(__file__).resolve().parents[2]
NO_SPACE = "error: no space left on the disk\nwhere: study/.nptlens/codings.parquet\nhint: make room and run again\n"


def ended(code, err="", out=""):
    return Ended(code, out, err, 0.1)


def database(path, rows, *, table="CREATE TABLE held (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID"):
    base = sqlite3.connect(path)
    base.execute(table)
    base.executemany("INSERT INTO held VALUES (?, ?)", rows)
    base.commit()
    base.close()


@pytest.mark.parametrize("name", MODULES)
def test_what_children_inherit_is_there(name):
    assert importlib.util.find_spec(f"nptlens.{name}") is not None


@pytest.mark.parametrize("how", ["WITHOUT ROWID", ""])
def test_every_value_of_a_table_lies_in_a_row_that_is_found(tmp_path, how):
    rows = [(f"key {number:04}", b"<%04d>" % number * 20) for number in range(500)]
    database(tmp_path / "a.sqlite", rows, table=f"CREATE TABLE held (key TEXT PRIMARY KEY, value BLOB) {how}")
    data = (tmp_path / "a.sqlite").read_bytes()
    held = b"\n".join(data[start:end] for start, end in row_spans(data))
    assert [value for _, value in rows if value not in held] == []
    assert sum(end - start for start, end in row_spans(data)) < len(data)


def test_a_flipped_bit_is_one_bit(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\x00\x00")
    flipped(path, 1, 3)
    assert path.read_bytes() == b"\x00\x08"


def test_a_cache_is_compared_by_its_rows_and_the_ledger_by_all_but_seconds(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        database(tmp_path / name / "vectors.sqlite", [(name, b"1")])
        for seconds, ledger in ((1, "ledger.sqlite"), (2, "second.sqlite")):
            base = sqlite3.connect(tmp_path / name / ledger)
            base.execute("CREATE TABLE stage (name TEXT, seconds REAL)")
            base.execute("INSERT INTO stage VALUES ('read', ?)", (seconds + len(name),))
            base.commit()
            base.close()
    one, other = snapshot(tmp_path / "one"), snapshot(tmp_path / "other")
    assert differences(one, other) == []
    base = sqlite3.connect(tmp_path / "other" / "ledger.sqlite")
    base.execute("UPDATE stage SET name = 'segment'")
    base.commit()
    base.close()
    database(tmp_path / "more.sqlite", [("a", b"1"), ("b", b"1")])
    assert differences(one, snapshot(tmp_path / "other")) == ["ledger.sqlite"]
    assert content(tmp_path / "more.sqlite") != one["vectors.sqlite"]


def test_a_file_that_is_no_database_is_corrupt(tmp_path):
    (tmp_path / "ledger.sqlite").write_bytes(b"no database" * 500)
    assert content(tmp_path / "ledger.sqlite").startswith("corrupt")


def test_a_database_whose_journal_waits_to_be_rolled_back_is_not_corrupt_and_stays_as_it_is(tmp_path):
    path = tmp_path / "ledger.sqlite"
    database(path, [("a", b"1")])
    before = content(path)
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA cache_size = 1")
    base.execute("BEGIN")
    base.executemany("INSERT INTO held VALUES (?, ?)", [(f"b{number}", b"x" * 3000) for number in range(50)])
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("ledger.sqlite", "ledger.sqlite-journal"):
        (killed / name).write_bytes((tmp_path / name).read_bytes())
    base.rollback()
    base.close()
    held = {each.name: each.read_bytes() for each in killed.iterdir()}
    assert held["ledger.sqlite"] != path.read_bytes()
    assert content(killed / "ledger.sqlite") == before
    assert {each.name: each.read_bytes() for each in killed.iterdir()} == held


def test_temporary_files_are_told_apart_from_differences():
    found = {"results/a.csv": "1", "results/.a.csv.12.tmp": "2"}
    assert differences({"results/a.csv": "1"}, found) == []
    assert temporaries(found) == ["results/.a.csv.12.tmp"]
    assert differences({"a": "1", "b": "1"}, {"a": "2", "c": "1"}) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("found", "torn", "mixed"),
    [
        ({"results/a": "old", "results/b": "old", "results/same": "x"}, [], False),
        ({"results/a": "new", "results/b": "new", "results/same": "x"}, [], False),
        ({"results/a": "new", "results/b": "old", "results/same": "x"}, [], True),
        ({"results/a": "part", "results/b": "old"}, ["results/a"], False),
        ({"results/b": "old"}, ["results/a"], False),
    ],
)
def test_results_are_of_one_generation_or_of_two(found, torn, mixed):
    old = {"results/a": "old", "results/b": "old", "results/same": "x", ".nptlens/c": "1"}
    new = {"results/a": "new", "results/b": "new", "results/same": "x", ".nptlens/c": "2"}
    assert generations(old, new, found) == (torn, mixed)


def test_of_a_fresh_study_some_results_without_the_others_are_a_mixture():
    new = {"results/a": "new", "results/b": "new"}
    assert [generations({}, new, found)[1] for found in ({}, {"results/a": "new"}, new)] == [False, True, False]


def test_caches_are_what_can_be_computed_again():
    names = [".nptlens/vectors.sqlite", ".nptlens/topic_stability.json", ".nptlens/ledger.sqlite", ".nptlens/topics.parquet", "results/a.sqlite"]
    assert [is_cache(name) for name in names] == [True, True, False, False, False]


def test_records_of_what_was_written_are_no_artefacts():
    names = [".nptlens/outputs.json", ".nptlens/outputs.kept.json", ".nptlens/salt", ".nptlens/topics.parquet", "results/outputs.json"]
    assert [is_record(name) for name in names] == [True, True, True, False, False]


def test_faults_of_the_program_are_told_from_errors():
    assert broken(ended(70, "error: this is a fault in nptlens (OSError)\n"))
    assert broken(ended(1, "Traceback (most recent call last):\n  x\nOSError\n"))
    assert broken(ended(-7))
    assert broken(ended(HUNG))
    assert [broken(ended(code, NO_SPACE)) for code in (0, 1, 2, 74)] == ["", "", "", ""]


def test_an_error_of_the_disk_has_its_code_names_the_disk_or_a_path_and_deletes_nothing():
    assert unclear_disk_error(ended(74, NO_SPACE)) == ""
    assert unclear_disk_error(ended(74, "error: cannot write\nwhere: study/a\n")) == ""
    assert "74 is due" in unclear_disk_error(ended(4, NO_SPACE))
    assert "without an error line" in unclear_disk_error(ended(74, "OSError\n"))
    assert "names neither" in unclear_disk_error(ended(74, "error: something failed\n"))
    assert "delete" in unclear_disk_error(ended(74, NO_SPACE + "hint: delete the .nptlens folder and run again\n".replace("hint", "where")))


def test_a_refusal_needs_its_code_an_error_and_a_place_or_a_hint():
    assert unclear_refusal(ended(4, "error: a.json cannot be read\nhint: run again\n")) == ""
    assert unclear_refusal(ended(5, "error: another run holds this study\nwhere: study\n")) == ""
    assert [bool(unclear_refusal(ended(*each))) for each in ((4, ""), (2, "error: no\n"), (1, "error: no\nwhere: a\n"))] == [True] * 3


def test_an_answer_says_so_only_where_the_reference_does_not():
    note = "note: the report is stale\n"
    assert says_so(ended(1, note), ended(0))
    assert not says_so(ended(0, note), ended(0, note))
    assert not says_so(ended(0), ended(0, note))


def test_a_mixture_is_said_by_a_marker_or_by_status():
    assert says_mixed(["results/INCOMPLETE.txt"], ended(0))
    assert says_mixed([], ended(1, out="report: results are incomplete"))
    assert not says_mixed(["results/codings.csv", ".nptlens/incomplete"], ended(0, out="report: changed: stage code"))


def test_answers_are_compared_without_seconds_and_without_the_age_of_the_report():
    assert plain_answer('[{"stage": "read", "seconds": 1.2}]') == plain_answer('[{"stage": "read", "seconds": 3}]')
    assert plain_answer('{"value": 1, "report_is_stale": true}') == plain_answer('{"value": 1, "report_is_stale": false}')
    assert plain_answer('{"value": 1}') != plain_answer('{"value": 2}')
    assert plain_answer("no json") == ["no json"]


def test_outcomes_survive_the_way_between_processes_and_are_summed_by_setting():
    outcomes = [Outcome("fresh", {"killed": 1}, (Fault(DIFFERENT, "a"), Fault(WRONG, "b"))), Outcome("fresh", {"killed": 1}), Outcome("edit")]
    tallies = summed(of_line(as_line(each)) for each in outcomes)
    assert (tallies["fresh"].cases, tallies["fresh"].counts["killed"], tallies["fresh"].number(DIFFERENT)) == (2, 2, 1)
    assert tallies["edit"].faults == []


def test_time_that_a_part_leaves_is_dealt_out_to_the_next_ones(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("benchmarks.crash.budget.time.monotonic", lambda: now[0])
    budget = Budget(80.0, ["kills", "failures"])
    assert budget.seconds() == pytest.approx(30.0)
    now[0] = 10.0
    assert budget.seconds() == pytest.approx(70.0)


def test_a_ratio_is_over_the_bar_only_where_its_whole_interval_is():
    slower = ratio("run", [1.10, 1.11, 1.12, 1.10, 1.11], [1.0, 1.01, 1.0, 1.01, 1.0])
    unsure = ratio("run", [0.9, 1.3, 1.06, 0.95, 1.2], [1.0, 1.0, 1.0, 1.0, 1.0])
    assert slower.over()
    assert slower.ratio == pytest.approx(1.11)
    assert unsure.ratio > BAR
    assert not unsure.over()


def test_what_is_not_measured_again_stays_in_the_results(tmp_path):
    path = tmp_path / "crash.json"
    bad = summed([Outcome("fresh", {}, (Fault(DIFFERENT, "codings.csv"),))])
    save(path, {("before", "kills"): bad, ("now", "kills"): bad}, [])
    save(path, {("now", "kills"): summed([Outcome("fresh")])}, [])
    held = json.loads(path.read_text())
    counted = {each["system"]: each["value"] for each in held["records"] if each["metric"] == DIFFERENT}
    assert counted == {"before": 1.0, "now": 0.0}
    assert held["notes"] == ["before, kills, differences: codings.csv"]
    assert len(records({("now", "kills"): summed([Outcome("fresh")])}, [])) == 6


_ARMED = """
import os, sys
from pathlib import Path
from benchmarks.crash.shim import Failure, told
folder = Path(sys.argv[1])
Failure(sys.argv[2], 2, "ENOSPC", sys.argv[3] == "stays").arm(folder)
said = []
for number in range(4):
    try:
        path = folder / f"{number}.part"
        with path.open("wb", buffering=0) as file:
            file.write(b"x")
            os.fsync(file.fileno())
        path.rename(folder / str(number))
        said.append("whole")
    except OSError as error:
        said.append(error.errno)
(folder.parent / "beside").write_text("not below the folder")
print(said, told().operations[sys.argv[2]], told().failed)
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    made = compiled(tmp_path_factory.mktemp("shim"))
    if made is None:
        pytest.skip("no C compiler here")
    return made


@pytest.mark.parametrize("kind", ["write", "fsync", "rename", "open"])
@pytest.mark.parametrize(("stays", "said"), [("once", ["whole", 28, "whole", "whole"]), ("stays", ["whole", 28, 28, 28])])
def test_the_second_operation_of_a_kind_fails_below_the_folder_alone(tmp_path, library, kind, stays, said):
    (tmp_path / "study").mkdir()
    command = [sys.executable, "-c", _ARMED, str(tmp_path / "study"), kind, stays]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "LD_PRELOAD": str(library)}, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == f"{said} 4 {said.count(28)}", done.stderr
