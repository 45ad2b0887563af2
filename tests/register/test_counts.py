"""Tallies, cross-tables and decisions on registers small enough to count by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from nptlens.register import cross_tables, decide, newcombe, tallies, wilson
from nptlens.schemas.fieldwork import PROJECT_CODINGS, PROJECT_VALUES
from nptlens.schemas.records import Code, Codebook
from nptlens.schemas.tables import checked

BOOK = Codebook(
    "tiny",
    "1",
    (
        Code("SIZE", "Size", ""),
        Code("BIG", "Big", "", parent="SIZE"),
        Code("LITTLE", "Little", "", parent="SIZE"),
        Code("AIM", "Aim", ""),
        Code("CLEAR", "Clear", "", parent="AIM"),
        Code("VAGUE", "Vague", "", parent="AIM"),
        Code("LAST", "Lasting", ""),
        Code("YES", "Kept", "", parent="LAST"),
        Code("NO", "Gone", "", parent="LAST"),
        Code("OPEN", "Open", "", parent="LAST"),
    ),
)
ATTRIBUTES = ("SIZE", "AIM", "LAST")


def claims(rows):
    """Make a table of what a machine claims: project → values of the three attributes, "" where it abstains."""
    made = []
    for project, values in rows.items():
        for attribute, value in zip(ATTRIBUTES, values, strict=True):
            likeliest = value or BOOK.children(attribute)[0].id
            made.append(
                {
                    "project_id": project, "attribute": attribute, "code": value, "decided_by": "machine" if value else "undecided",
                    "coder": "machine:1" if value else "", "reason": "" if value else "close", "claim": value, "likeliest": likeliest,
                    "probability": 0.7, "margin": 0.4, "runner_up": "", "nearest_seeds": "s=0.5", "machine": "machine:1",
                }
            )  # fmt: skip
    return checked(PROJECT_CODINGS, pd.DataFrame(made))


def values(*rows):
    return checked(PROJECT_VALUES, pd.DataFrame([(*row, i) for i, row in enumerate(rows)], columns=PROJECT_VALUES.names()))


NOBODY = pd.DataFrame({"project_id": [], "code": [], "coder": [], "line": []})


def of(table, project, attribute):
    row = table[(table["project_id"] == project) & (table["attribute"] == attribute)]
    return row.iloc[0]


@pytest.mark.parametrize(
    ("claim", "given", "code", "by", "coder"),
    [
        ("BIG", [], "BIG", "machine", "machine:1"),
        ("", [], "", "undecided", ""),
        ("BIG", [("LITTLE", "A")], "LITTLE", "person", "A"),
        ("BIG", [("BIG", "A")], "BIG", "person", "A"),
        ("", [("LITTLE", "A")], "LITTLE", "person", "A"),
        ("BIG", [("LITTLE", "B"), ("LITTLE", "A")], "LITTLE", "person", "A, B"),
        ("BIG", [("LITTLE", "A"), ("BIG", "B")], "", "undecided", ""),
    ],
)
def test_a_persons_value_wins_and_is_marked(claim, given, code, by, coder):
    decided = decide(claims({"P1": (claim, "", "")}), values(*(("P1", each, who) for each, who in given)), BOOK)
    row = of(decided, "P1", "SIZE")
    assert (row["code"], row["decided_by"], row["coder"]) == (code, by, coder)
    assert (row["claim"], row["nearest_seeds"], row["probability"]) == (claim, "s=0.5", 0.7)
    assert ("people differ" in row["reason"]) == (len({each for each, _ in given}) > 1)
    assert of(decided, "P1", "AIM")["decided_by"] == "undecided"


def test_no_projects():
    none = checked(PROJECT_CODINGS, claims({"P1": ("BIG", "", "")}).iloc[:0])
    assert len(decide(none, values(), BOOK)) == 0
    assert tallies(none, BOOK, confidence=0.95) == ()


def test_tallies():
    machine = claims({"P1": ("BIG", "", ""), "P2": ("BIG", "", ""), "P3": ("LITTLE", "", ""), "P4": ("", "", "")})
    decided = decide(machine, values(("P2", "LITTLE", "A"), ("P1", "BIG", "A"), ("P4", "BIG", "A")), BOOK)
    size, aim, _ = tallies(decided, BOOK, confidence=0.9)
    assert [(each.code, each.share.n, each.share.of, each.people, each.machine, each.machine_alone) for each in size.values] == [
        ("BIG", 2, 4, 2, 0, 2),
        ("LITTLE", 2, 4, 1, 1, 1),
    ]
    assert size.values[0].share == wilson(2, 4, 0.9)
    assert (size.people, size.machine, size.undecided) == (3, 1, 0)
    assert (aim.people, aim.machine, aim.undecided) == (0, 0, 4)
    assert math.isnan(aim.values[0].share.value)
    assert (size.check.compared, size.check.abstained, size.check.same) == (3, 1, wilson(1, 2, 0.9))
    assert size.check.kappa == 0  # machine: big, big; people: big, little
    assert aim.check.compared == 0 and math.isnan(aim.check.kappa)


def test_kappa_is_scikit_learns():
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(5)
    names = [f"P{i}" for i in range(40)]
    said, seen = (rng.choice(["YES", "NO", "OPEN"], 40, p=[0.5, 0.3, 0.2]) for _ in range(2))
    decided = decide(claims({name: ("", "", value) for name, value in zip(names, said, strict=True)}), values(*zip(names, seen, "A" * 40, strict=True)), BOOK)
    assert tallies(decided, BOOK, confidence=0.95)[2].check.kappa == pytest.approx(cohen_kappa_score(said, seen))


ROWS = {
    "P1": ("LITTLE", "CLEAR", "YES"),
    "P2": ("LITTLE", "CLEAR", "YES"),
    "P3": ("LITTLE", "CLEAR", "NO"),
    "P4": ("LITTLE", "CLEAR", "OPEN"),
    "P5": ("BIG", "CLEAR", "NO"),
    "P6": ("BIG", "VAGUE", "YES"),
    "P7": ("LITTLE", "VAGUE", "YES"),
    "P8": ("", "CLEAR", "NO"),
    "P9": ("BIG", "", ""),
}


def crossed(rows=ROWS, **changes):
    options = {"outcome": ("YES", "NO"), "all_of": ("LITTLE", "CLEAR"), "any_of": ("BIG",), "confidence": 0.95, **changes}
    return cross_tables(claims(rows), BOOK, **options)


def test_cross_tables():
    first, size, aim = crossed()
    assert [(row.yes, row.no, row.left_out) for row in first.rows] == [(2, 1, 1), (1, 1, 1), (1, 1, 0)]
    assert first.title == "little and clear against big"
    assert first.difference == newcombe(wilson(2, 3), wilson(1, 2))
    assert 0 < first.fisher <= 1
    assert [(row.name, row.yes, row.no, row.left_out) for row in size.rows] == [("Big", 1, 1, 1), ("Little", 3, 1, 1), ("undecided", 0, 1, 0)]
    assert [(row.name, row.yes, row.no, row.left_out) for row in aim.rows] == [("Clear", 2, 3, 1), ("Vague", 2, 0, 0), ("undecided", 0, 0, 1)]
    assert sum(row.yes + row.no + row.left_out for row in aim.rows) == len(ROWS)


def test_a_project_of_both_groups_is_in_the_second():
    first = crossed({"P1": ("LITTLE", "CLEAR", "YES")}, any_of=("CLEAR",))[0]
    assert [row.yes for row in first.rows] == [0, 1, 0]
    assert first.difference is None and first.fisher is None  # one group is empty


@pytest.mark.parametrize(("changes", "tables"), [({"outcome": ("KEPT", "NO")}, 0), ({"all_of": ("SMALL",)}, 2), ({"any_of": ()}, 2), ({}, 3)])
def test_a_codebook_without_the_values_has_fewer_tables(changes, tables):
    assert len(crossed(**changes)) == tables


def test_three_values_have_no_difference():
    assert crossed(outcome=("BIG", "LITTLE"), all_of=())[-1].difference is None
