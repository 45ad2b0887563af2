"""The list of what holds words, names, vectors and digests is true: words planted in every input are looked for in every file."""

from __future__ import annotations

import hashlib
import hmac
import os

import pandas as pd
import pytest
from tests import canaries
from tests.canaries import CATEGORY, FILE, ID, LABEL, PERSON, PRACTICE, ROLE, SAID, TEXT, WORDS, held

from nptlens.study.data_protection.inventory import inventory
from nptlens.study.folder import open_study

NAMES = {FILE, *LABEL, PERSON, ROLE, PRACTICE, CATEGORY}


@pytest.fixture(scope="module")
def listed(used_once):
    return {place.path: place for place in inventory(open_study(used_once.root)).places}


def found(study, needles):
    return set(held(study.root, [each.encode() if isinstance(each, str) else each for each in needles]))


def saying(listed, kind):
    return {path for path, place in listed.items() if kind in place.holds}


def test_every_file_with_a_planted_word_or_name_is_listed_as_such(used_once, listed):
    sheets = {"ann.csv", "ben.xlsx", "label.xlsx"}  # written where a person said; known once outputs are recorded
    assert found(used_once, set(WORDS) - NAMES) - sheets <= saying(listed, "words")
    assert found(used_once, NAMES) - sheets <= saying(listed, "names")
    assert set(WORDS) == {word.decode() for words in held(used_once.root, canaries.words()).values() for word in words}


def test_every_file_with_a_vector_or_digest_is_listed_as_such(used_once, listed, word_encoder):
    store = used_once.root / ".nptlens"
    segments = pd.read_parquet(store / "segments.parquet")
    texts = [*segments.loc[segments["transcript_id"] == ID, "text"], *SAID]
    assert found(used_once, [row.tobytes() for row in word_encoder.encode(texts).vectors]) <= saying(listed, "vectors")
    plain = [hashlib.sha256(text.encode()).hexdigest() for text in (*texts, TEXT)]
    keyed = [hmac.new((store / "salt").read_bytes(), each.encode(), hashlib.sha256).hexdigest() for each in plain]
    assert found(used_once, [*plain, *keyed, *map(bytes.fromhex, (*plain, *keyed))]) <= saying(listed, "digests")


def test_no_place_is_imaginary(used_once, listed):
    assert [path for path in listed if not (used_once.root / path).exists()] == []
    made = {path for path in saying(listed, "words") if path.startswith((".nptlens/", "results/"))}
    assert made - found(used_once, [*WORDS, "talked", "paid"]) == set()
    named = {path for path in saying(listed, "names") if path.startswith(".nptlens/")}
    silent = {path for path in named if path.endswith((".tmp", "stances.parquet", "verdicts.parquet", "stance_agreement.parquet", "stance_confusion.parquet", "taught_by.json", "pictures.sqlite")) or "/problems_" in path or "/outputs." in path}
    assert named - silent - found(used_once, [ID, "P01", "machine:"]) == set()  # those may, and hold none in this study


def test_every_file_is_listed_and_unknown_ones_are_told(used):
    used.write("diary.md", "my thoughts")
    used.write("encoder/notes.txt", "")
    result = inventory(open_study(used.root))
    below = {path.relative_to(used.root).as_posix() for path in used.root.rglob("*") if path.is_file()}
    assert below <= {place.path for place in result.places}
    assert {"diary.md", "encoder/notes.txt"} <= set(result.unknown)
    assert not [name for name in result.unknown if name.startswith((".nptlens", "results", "transcripts"))]


def test_files_elsewhere_and_files_that_settings_name(used, tmp_path):
    away = tmp_path / "drive" / "P07.txt"
    away.parent.mkdir()
    away.write_text("Interviewer: Well?\nP07: Yes, it is here.\n", encoding="utf-8")
    used.write("coded/by_ann.csv", "transcript,start,end,code\n")
    export = tmp_path / "export.csv"
    export.write_text("x", encoding="utf-8")
    used.write(".nptlens/outputs.json", pd.Series({str(export): "0" * 64, str(tmp_path / "gone.csv"): "0" * 64}).to_json())
    used.edit("study.toml", "[study]\n", f'[study]\ntranscripts = "{away.parent.as_posix()}"\nmanual = ["coded/by_ann.csv"]\n')
    places = {place.path: place for place in inventory(open_study(used.root)).places}
    assert places[away.as_posix()].holds == places[export.as_posix()].holds == ("words", "names")
    assert places["coded/by_ann.csv"].holds == ("words", "names", "digests")
    assert (tmp_path / "gone.csv").as_posix() not in places


def test_the_users_cache_folder_is_listed_and_holds_no_text(used, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "cache" / "nptlens" / "encoders"
    assert str(folder) not in {place.path for place in inventory(open_study(used.root)).places}
    folder.mkdir(parents=True)
    assert {place.path: place.holds for place in inventory(open_study(used.root)).places}[str(folder)] == ("settings",)


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_what_nptlens_made_is_for_its_user_alone(used_once):
    made = [path for part in (".nptlens", "results", "sheets") for path in ((used_once.root / part), *(used_once.root / part).rglob("*"))]
    open_to_others = [path.name for path in made if path.stat().st_mode & 0o077 and not path.name.endswith(".tmp")]
    assert open_to_others == []
