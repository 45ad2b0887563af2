"""The shipped codebook of projects and its seeds: whole, balanced enough to tell attributes apart, and nobody's real projects."""

from __future__ import annotations

import csv
import itertools
import re

import numpy as np
import pytest

from nptlens.coding import attributes, load_seeds
from nptlens.core.resources import resource
from nptlens.core.text import count_words
from nptlens.schemas.codebook import OF_PROJECTS, find_codebook, load_codebook

BOOK = load_codebook(resource("config", "codebooks", "projects.toml"))
SEEDS = load_seeds([resource("corpora", "seeds", "projects.csv")], BOOK)
VALUES = [code.id for code in BOOK if code.parent]


def described(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {row["project_id"]: row["description"] for row in csv.DictReader(file, strict=True)}


DEMO = described(resource("corpora", "demo", "projects.csv"))


def test_the_codebook_is_shipped_and_whole(tmp_path):
    assert OF_PROJECTS == ("projects",)
    assert find_codebook("projects", tmp_path).is_file()
    assert [code.id for code in attributes(BOOK)] == ["TYPE", "TRIGGER", "SIZE", "CLARITY", "ORGS", "SUSTAINED"]
    for value in VALUES:
        code = BOOK.get(value)
        assert value.startswith(f"{code.parent}-")
        assert code.definition and code.include and code.exclude
        assert "2020" in code.source or code.source == "our words"
        named = set(re.findall(r"[A-Z]+-[A-Z]+", f"{code.include} {code.exclude}"))
        assert named <= set(VALUES) - {value} and named


@pytest.mark.parametrize("value", VALUES)
def test_enough_seeds(value):
    assert sum(value in seed.codes for seed in SEEDS.seeds) >= 16


def test_a_seed_has_one_value_of_each_attribute_it_speaks_of():
    assert SEEDS.problems == ()
    for seed in SEEDS.seeds:
        parents = [BOOK.get(code).parent for code in seed.codes]
        assert len(parents) == len(set(parents)), seed.id
        assert 10 <= count_words(seed.text) <= 90, seed.id


def test_attributes_can_be_told_apart():
    # no value of one attribute is nearly the same set of seeds as a value of another
    has = {value: np.array([value in seed.codes for seed in SEEDS.seeds]) for value in VALUES}
    pairs = [(a, b) for a, b in itertools.combinations(VALUES, 2) if BOOK.get(a).parent != BOOK.get(b).parent]
    assert {pair for pair in pairs if abs(np.corrcoef(has[pair[0]], has[pair[1]])[0, 1]) > 0.6} == set()


def shingles(text):
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def test_no_seed_is_a_project_of_the_demo_or_like_another():
    told = [shingles(text) for text in DEMO.values()]
    assert [seed.id for seed in SEEDS.seeds if any(shingles(seed.text) & each for each in told)] == []
    own = [(seed.id, shingles(seed.text)) for seed in SEEDS.seeds]
    assert [(a, b) for (a, one), (b, other) in itertools.combinations(own, 2) if len(one & other) > 1] == []


def test_coder_a_read_every_project():
    with resource("corpora", "demo", "projects_A.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    given = [(row["project_id"], BOOK.get(row["code"]).parent) for row in rows]
    assert len(given) == len(set(given)) == 6 * len(DEMO) - 1  # where PR40's aim came from is not told
    assert {project for project, _ in given} == set(DEMO)
