"""One value of many: shares, abstention, reasons, and seeds that speak of one attribute only."""

from __future__ import annotations

import numpy as np
import pytest

from nptlens.coding import Excerpts, Taught, attributes, code_attributes
from nptlens.schemas.fieldwork import PROJECT_CODINGS
from nptlens.schemas.records import Code, Codebook, Embedded, Seed
from nptlens.schemas.tables import checked

BOOK = Codebook(
    "tiny",
    "1",
    (
        Code("SIZE", "Size", "how big"),
        Code("BIG", "Big", "big", parent="SIZE"),
        Code("LITTLE", "Little", "little", parent="SIZE"),
        Code("LAST", "Lasting", "did it last"),
        Code("YES", "Kept", "kept", parent="LAST"),
        Code("NO", "Gone", "gone", parent="LAST"),
        Code("OPEN", "Open", "open", parent="LAST"),
        Code("ALONE", "Alone", "no attribute"),
    ),
)
PLACE = {"BIG": 0, "LITTLE": 1, "YES": 2, "NO": 3, "OPEN": 4}
WORDS = {"BIG": "everybody all sites", "LITTLE": "one small form", "YES": "still kept today", "NO": "stopped lapsed gone", "OPEN": "too early begun"}


def excerpts(choices, *, noise=0.15):
    """Make texts of the codes in each choice; their vectors are the sum of the codes' axes, blurred."""
    rng = np.random.default_rng(2)
    rows = np.array([sum(np.eye(8)[PLACE[code]] for code in choice) for choice in choices]) + rng.normal(scale=noise, size=(len(choices), 8))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    texts = tuple(" and ".join(WORDS[code] for code in choice) + f" number {i}" for i, choice in enumerate(choices))
    return Excerpts(texts, Embedded(rows, np.empty((len(rows), 0), dtype=np.float32)))


SIZES, LASTS = ("BIG", "LITTLE"), ("YES", "NO", "OPEN")
SEEDED = [(SIZES[i % 2], LASTS[i % 3]) for i in range(36)]
SEEDS = tuple(Seed(f"S{i:02}", "text", choice) for i, choice in enumerate(SEEDED))
ASKED = [(size, last) for size in SIZES for last in LASTS]


def coded(coding_settings, *, seeds=SEEDS, choices=SEEDED, asked=ASKED, margin=0.2, book=BOOK):
    definitions = np.zeros((len(book.codes), 8), dtype=np.float32)
    for row, code in enumerate(book):
        definitions[row, PLACE.get(code.id, 7)] = 1
    ids = [f"P{i}" for i in range(len(asked))]
    taught = Taught(book, definitions, seeds, excerpts(choices))
    return code_attributes(excerpts(asked), ids, taught, coding_settings(), least_margin=margin, seed=1)


def test_attributes_are_the_codes_at_the_top_with_codes_below():
    assert [code.id for code in attributes(BOOK)] == ["SIZE", "LAST"]


def test_each_text_has_one_value_of_each_attribute(coding_settings):
    found = coded(coding_settings)
    table = checked(PROJECT_CODINGS, found.table)
    assert list(zip(table["project_id"], table["attribute"], strict=True)) == [(f"P{i}", name) for i in range(6) for name in ("SIZE", "LAST")]
    assert table["likeliest"].tolist() == [value for choice in ASKED for value in choice]
    assert found.problems == ()
    assert set(table["decided_by"]) == {"machine"} and table["coder"].str.startswith("machine:").all()
    assert (table["runner_up"] != table["likeliest"]).all()
    carried = {seed.id: seed.codes for seed in SEEDS}
    for row in table.itertuples():
        assert all(row.likeliest in carried[part.split("=")[0]] for part in row.nearest_seeds.split("; "))


def test_probabilities_are_shared_out_among_the_values(coding_settings):
    table = coded(coding_settings).table
    size = table[table["attribute"] == "SIZE"]
    assert (size["probability"] >= 0.5).all()
    np.testing.assert_allclose(size["margin"], 2 * size["probability"] - 1)
    last = table[table["attribute"] == "LAST"]
    assert (last["probability"] > 1 / 3).all() and (last["probability"] <= 1).all()
    assert (last["margin"] <= last["probability"]).all()


@pytest.mark.parametrize("margin", [0.0, 0.3, 0.8, 0.999999])
def test_a_near_runner_up_leaves_it_open(coding_settings, margin):
    table = coded(coding_settings, margin=margin).table
    assert ((table["claim"] != "") == (table["margin"] >= margin)).all()
    assert ((table["claim"] == "") == (table["decided_by"] == "undecided")).all()
    assert (table.loc[table["claim"] == "", "likeliest"] != "").all()
    assert (table.loc[table["claim"] == "", "coder"] == "").all()


def test_a_seed_that_does_not_speak_of_an_attribute_teaches_nothing_of_it(coding_settings):
    silent = tuple(Seed(f"T{i:02}", "text", ("YES",)) for i in range(20))
    one = coded(coding_settings).table
    other = coded(coding_settings, seeds=(*SEEDS, *silent), choices=[*SEEDED, *[("YES",)] * 20]).table
    sizes = [table[table["attribute"] == "SIZE"]["likeliest"].tolist() for table in (one, other)]
    assert sizes[0] == sizes[1]
    assert not other.loc[other["attribute"] == "SIZE", "nearest_seeds"].str.contains("T").any()


def test_too_few_seeds_leave_an_attribute_open_and_say_so(coding_settings):
    few = tuple(Seed(seed.id, "text", tuple(code for code in seed.codes if code not in SIZES)) for seed in SEEDS)
    found = coded(coding_settings, seeds=few)
    size = found.table[found.table["attribute"] == "SIZE"]
    assert set(size["claim"]) == {""} and set(size["reason"]) == {"too few seeds"} and size["probability"].isna().all()
    assert [problem.where for problem in found.problems] == ["SIZE"]


def test_a_value_with_too_few_seeds_is_told(coding_settings):
    fewer = tuple(Seed(seed.id, "text", tuple(code for code in seed.codes if code != "OPEN")) for seed in SEEDS)
    found = coded(coding_settings, seeds=fewer)
    assert [problem.where for problem in found.problems] == ["OPEN"]
    assert set(found.table.loc[found.table["attribute"] == "LAST", "likeliest"]) <= {"YES", "NO"}


def test_the_same_bytes_again(coding_settings):
    assert coded(coding_settings).table.equals(coded(coding_settings).table)
