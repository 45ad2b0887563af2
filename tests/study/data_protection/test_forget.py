"""Everything of a transcript goes, everything else stays: forty planted words, digests and vectors, and tables byte for byte."""

from __future__ import annotations

import csv
import hashlib
import hmac
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from tests import canaries
from tests.canaries import ID, PERSON, SPEAKER, held, plant

from nptlens.core.errors import LockedError, UsageError
from nptlens.store.lock import study_lock
from nptlens.study.data_protection.forget import forget
from nptlens.study.diff import diff
from nptlens.study.folder import open_study
from nptlens.study.run.runner import run
from nptlens.study.snapshots import kept_run

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def never_had(make_tiny_study, tmp_path, no_model):
    """The same study as if the transcript had never been there."""
    study = make_tiny_study(tmp_path / "never" / "study")
    plant(study, whole=False)
    return study


def texts_of(store):
    segments = pd.read_parquet(store / "segments.parquet")
    return sorted({*segments.loc[segments["transcript_id"] == ID, "text"], *canaries.SAID})


def digests(texts, salt):
    found = []
    for text in (*texts, canaries.TEXT):
        plain = hashlib.sha256(text.encode()).hexdigest()
        keyed = hmac.new(salt, plain.encode(), hashlib.sha256).hexdigest()
        found += [plain.encode(), bytes.fromhex(plain), keyed.encode(), bytes.fromhex(keyed)]
    return found


def test_nothing_is_left_of_a_transcript(used, word_encoder):
    store = used.root / ".nptlens"
    texts = texts_of(store)
    planted = digests(texts, (store / "salt").read_bytes())
    vectors = [row.tobytes() for row in word_encoder.encode(texts).vectors]
    before = held(used.root, [*canaries.words(), *planted, *vectors])
    assert {word for found in before.values() for word in found} >= {*canaries.words(), *vectors}
    assert any(digest in found for found in before.values() for digest in planted)
    result = forget(open_study(used.root), [ID])
    assert held(used.root, [*canaries.words(), *planted, *vectors]) == {}
    assert (result.transcripts, result.participants, result.left) == ((ID,), (f"P{PERSON}",), ())
    assert not (store / "forget.json").exists()


def test_the_rest_is_as_if_it_had_never_been_there(used, never_had):
    forget(open_study(used.root), [ID])
    people = [path.relative_to(never_had.root) for path in never_had.root.rglob("*") if path.is_file()]
    assert {str(name): (used.root / name).read_bytes() for name in people} == {str(name): (never_had.root / name).read_bytes() for name in people}
    for study in (used, never_had):
        run(open_study(study.root))
    assert used.made() == never_had.made()


def test_vectors_of_the_rest_are_kept(used, monkeypatch):
    forget(open_study(used.root), [ID])
    monkeypatch.setattr("nptlens.study.run.text_stages.load_encoder", lambda card, threads=0: pytest.fail("all vectors were here"))
    run(open_study(used.root))


def test_a_kept_run_keeps_its_other_excerpts(used):
    study = open_study(used.root)
    before = kept_run(study, "first")
    forget(study, [ID])
    after = kept_run(study, "first")
    rest = before.segments[before.segments["transcript_id"] != ID].reset_index(drop=True)
    pd.testing.assert_frame_equal(after.segments, rest)
    assert set(after.codings["segment_id"]) == set(rest["segment_id"])
    run(study)
    found = diff(used.root, "first")
    assert (found.excerpts.same, found.excerpts.only_before) == (len(rest), 0)


def test_sheets_lose_their_rows_only(used):
    with (used.root / "ann.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["transcript"] != ID]
    forget(open_study(used.root), [ID])
    with (used.root / "ann.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == rows
    page = openpyxl.load_workbook(used.root / "ben.xlsx").worksheets[0]
    assert {row[1].value for row in page.iter_rows(min_row=2)} == {"P01", "P02", "P03"}
    assert ID not in (used.root / "sheets" / "ann.design.csv").read_text(encoding="utf-8")


def test_a_dry_run_says_the_same_and_changes_nothing(used):
    def state():
        return {path: path.read_bytes() for path in used.root.rglob("*") if path.is_file() and path.suffix != ".tmp"}

    before = state()
    told = forget(open_study(used.root), [ID], dry_run=True)
    assert state() == before
    done = forget(open_study(used.root), [ID])
    assert told.dry_run
    assert {(each.path, each.what): each.number for each in told.removed} == {(each.path, each.what): each.number for each in done.removed}


@pytest.mark.parametrize("name", [f"P{PERSON}", f"{ID}.txt", f"transcripts/{ID}.txt"], ids=["participant", "file", "path"])
def test_other_names_of_the_same(used, name):
    result = forget(open_study(used.root), [name], dry_run=True)
    assert (result.transcripts, result.participants) == ((ID,), (f"P{PERSON}",))


def test_what_cannot_be_meant_is_refused(tiny_study):
    study = open_study(tiny_study.root)
    with pytest.raises(UsageError, match="no transcript or participant P04") as caught:
        forget(study, ["P04"])
    assert caught.value.hint.startswith("did you mean P0")
    with pytest.raises(UsageError, match="nothing is named"):
        forget(study, [])
    tiny_study.write("transcripts/group.txt", "Interviewer: And you?\nP01: We both were there.\nP02: We were there together.\n")
    with pytest.raises(UsageError, match="P02 speaks beside other participants in group"):
        forget(study, ["P02"], kind="participant")
    with pytest.raises(UsageError, match="P01 is a transcript, and a participant") as caught:
        forget(study, ["P01"])
    assert "--as transcript" in caught.value.hint
    assert forget(study, ["P01"], kind="transcript", dry_run=True).participants == ()
    both = forget(study, ["P01", "P02", "group"], dry_run=True)
    assert (both.transcripts, both.participants) == (("P01", "P02", "group"), ("P01", "P02"))
    assert sorted(path.name for path in (tiny_study.root / "transcripts").iterdir()) == ["P01.txt", "P02.txt", "P03.txt", "group.txt"]
    with study_lock(study.store), pytest.raises(LockedError):
        forget(study, ["P01"])


def test_someone_who_never_spoke_and_a_file_that_cannot_be_read(tiny_study):
    tiny_study.edit("participants.csv", "P03,,manager,B\n", "P03,,manager,B\nP08,Joan Silent,nurse,B\n")
    tiny_study.write("transcripts/broken.docx", "no archive")
    study = open_study(tiny_study.root)
    assert forget(study, ["P08"]).transcripts == ()
    assert "Silent" not in (tiny_study.root / "participants.csv").read_text(encoding="utf-8")
    forget(study, ["broken"])
    assert not (tiny_study.root / "transcripts" / "broken.docx").exists()


def test_outputs_elsewhere(used, tmp_path):
    ours, yours = tmp_path / "ours.csv", tmp_path / "yours.csv"
    for path in (ours, yours):
        path.write_text(canaries.TEXT, encoding="utf-8")
    other = tmp_path / "other.csv"
    other.write_text("transcript,code\nP01,TEAM\n", encoding="utf-8")
    inputs = {name: used.root / name for name in ("manual_B.csv", "topic_names.csv", "transcripts/P01.txt")}
    record = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in (ours, yours, other)}
    record |= {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in inputs.items()}
    yours.write_text("changed", encoding="utf-8")
    used.write(".nptlens/outputs.json", pd.Series(record).to_json())
    result = forget(open_study(used.root), [ID])
    assert not ours.exists()
    assert all(path.is_file() for path in (other, *inputs.values()))
    assert [each.path for each in result.left] == [yours.as_posix()]
    assert "ours.csv" not in (used.root / ".nptlens" / "outputs.json").read_text(encoding="utf-8").replace("yours.csv", "")


def test_results_that_a_person_changed_keep_what_is_theirs(used):
    known = {path.relative_to(used.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in (used.root / "results").glob("*.*")}
    used.write(".nptlens/outputs.json", pd.Series(known).to_json())
    table = used.root / "results" / "codings.csv"
    table.write_bytes(table.read_bytes() + b"mine,,\n")
    book = openpyxl.load_workbook(used.root / "results" / "excerpts.xlsx")
    book.worksheets[0]["A1"] = "my own summary"
    book.save(used.root / "results" / "excerpts.xlsx")
    mine = used.root / "results" / "thoughts.txt"
    mine.write_text("my thoughts", encoding="utf-8")
    forget(open_study(used.root), [ID])
    assert table.read_bytes().endswith(b"mine,,\n")
    assert sorted(path.name for path in (used.root / "results").iterdir()) == ["codings.csv", "excerpts.xlsx", "thoughts.txt"]
    assert openpyxl.load_workbook(used.root / "results" / "excerpts.xlsx").worksheets[0]["A1"].value == "my own summary"
    texts = [word.encode() for word in (*canaries.SPOKEN, canaries.FILE)]
    assert [name for name in held(used.root, texts) if name != "results/excerpts.xlsx"] == []


def test_what_still_holds_its_words_is_told(used):
    used.write("diary.md", f"I met {SPEAKER} today")
    used.write("notes/copy.txt", canaries.SAID[2])
    used.write("unlike.txt", "nothing of anybody")
    assert [each.path for each in forget(open_study(used.root), [ID]).left] == ["diary.md", "notes/copy.txt"]


def test_a_name_outside_of_a_list_is_left_to_a_person(used):
    used.edit("study.toml", 'name = "A tiny study"', f'name = "{ID}"')
    assert [each.path for each in forget(open_study(used.root), [ID]).left] == ["study.toml"]


KILLED = """
import os, sys
from pathlib import Path
left = int(sys.argv[2])
def deadly(real):
    def act(*arguments, **named):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return real(*arguments, **named)
    return act
for name in ("unlink", "replace", "rename"):
    setattr(os, name, deadly(getattr(os, name)))
from nptlens.study.folder import open_study
from nptlens.study.data_protection.forget import forget
forget(open_study(Path(sys.argv[1])), sys.argv[3:])
"""


def killed(root, after):
    command = [sys.executable, "-c", KILLED, str(root), str(after), ID]
    env = {"PYTHONPATH": f"{_ROOT / 'pipeline'}", "PYTHONWARNINGS": "ignore"}
    return subprocess.run(command, env=env, capture_output=True, check=False, timeout=300).returncode


@pytest.mark.parametrize("after", [4, 8, 16, 30, 60])
def test_an_erasure_that_was_killed_is_ended_by_the_next(used, after):
    """A process that is gone in the middle of its removals and renames leaves a plan, and the same command ends it."""
    assert killed(used.root, after) == 9
    plan = used.root / ".nptlens" / "forget.json"
    assert plan.is_file()
    assert [word for word in canaries.SPOKEN if word in plan.read_text(encoding="utf-8")] == []
    with pytest.raises(UsageError, match="was interrupted"):
        run(open_study(used.root))
    assert forget(open_study(used.root), [ID]).transcripts == (ID,)
    assert held(used.root, canaries.words()) == {}
    assert not plan.exists()


def test_vectors_that_cannot_be_read_go_whole(used):
    used.write(".nptlens/vectors.sqlite", "no database")
    forget(open_study(used.root), [ID])
    assert not (used.root / ".nptlens" / "vectors.sqlite").exists()
    run(open_study(used.root))
    with closing(sqlite3.connect(used.root / ".nptlens" / "vectors.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM row").fetchone()[0] > 0
