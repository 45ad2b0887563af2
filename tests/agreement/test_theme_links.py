"""Co-occurrence of themes and other codes against a plain double loop."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from nptlens.agreement import code_links, partners, themes
from nptlens.agreement.theme_links import FEWEST
from nptlens.schemas.records import Code, Codebook, CodeLink
from nptlens.schemas.settings import default_settings
from nptlens.schemas.tables import CODINGS, checked

BOOK = Codebook(
    "tiny",
    "1",
    (Code("CO", "Top", ""), Code("CA", "One", "", parent="CO"), Code("CB", "Two", "", parent="CO"), Code("F1", "First", ""), Code("F2", "Second", "")),
    (CodeLink("F1", "CA"), CodeLink("F2", "CO"), CodeLink("F1", "GONE")),
)
N = 60


def study(chances=(0.5, 0.4, 0.3, 0.5, 0.2), seed=4):
    rng = np.random.default_rng(seed)
    segments = pd.DataFrame(
        {
            "segment_id": [f"S{i}" for i in range(N)],
            "transcript_id": [f"T{i % 12}" for i in range(N)],
            "participant_id": [f"P{i % 9}" if i % 9 else "" for i in range(N)],
            "practice": "",
        }
    )
    given = {code.id: rng.random(N) < chance for code, chance in zip(BOOK, chances, strict=True)}
    rows = [
        (f"S{i}", code, 0.9, "assigned" if yes else "abstained", 0.1, "", "", "machine:1")
        for code, column in given.items()
        for i, yes in enumerate(column)
        if yes or i % 3 == 0
    ]
    return checked(CODINGS, pd.DataFrame(rows, columns=CODINGS.names())), segments, given


def links(codings, segments, book=BOOK, **changes):
    settings = default_settings().agreement.model_copy(update={"resamples": 200, **changes})
    return code_links(codings, segments, book, settings, seed=1)


def test_themes_are_what_the_codebook_links_and_partners_the_other_codes_with_nothing_below_or_named():
    assert themes(BOOK) == ("F1", "F2")
    assert partners(BOOK) == ("CO", "CA", "CB")


@pytest.mark.parametrize("links_of_book", [(), (CodeLink("F1", "GONE"),), (CodeLink("GONE", "CA"),)])
def test_without_links_there_is_nothing(links_of_book):
    codings, segments, _ = study()
    assert len(links(codings, segments, Codebook("b", "1", BOOK.codes, links_of_book))) == 0


def test_figures_are_those_of_a_plain_count():
    codings, segments, given = study()
    table = links(codings, segments)
    assert len(table) == 2 * 3 * 2
    people = sorted(set(segments["participant_id"]) - {""})
    case = {code: np.array([column[segments["participant_id"] == person].any() for person in people]) for code, column in given.items()}
    for row in table.itertuples():
        columns = given if row.level == "excerpts" else case
        a, b = columns[row.theme], columns[row.code]
        assert (row.n, row.theme_n, row.code_n, row.both_n) == (len(a), a.sum(), b.sum(), (a & b).sum())
        if min(a.sum(), b.sum(), (~a).sum(), (~b).sum()) > 0:
            assert row.phi == pytest.approx(np.corrcoef(a, b)[0, 1])
            assert row.lift == pytest.approx((a & b).mean() / (a.mean() * b.mean()))
        else:
            assert math.isnan(row.phi)


def test_expected_links_are_marked_and_nothing_else():
    codings, segments, _ = study()
    table = links(codings, segments)
    marked = set(zip(table.loc[table["expected"], "theme"], table.loc[table["expected"], "code"], strict=True))
    assert marked == {("F1", "CA"), ("F2", "CO")}
    bare = links(codings, segments, Codebook("b", "1", BOOK.codes, (CodeLink("F1", "CB"), CodeLink("F2", "CO"))))
    merged = table.merge(bare, on=["theme", "code", "level"], suffixes=("", "_bare"))
    for name in ("lift", "lift_low", "phi", "phi_high"):
        np.testing.assert_array_equal(merged[name], merged[f"{name}_bare"])


def test_intervals_hold_the_figure_and_few_have_none():
    codings, segments, _ = study()
    table = links(codings, segments)
    known = table[table["phi_low"].notna()]
    assert len(known) and ((known["phi_low"] <= known["phi"]) & (known["phi"] <= known["phi_high"])).all()
    least = np.min([table["theme_n"], table["n"] - table["theme_n"], table["code_n"], table["n"] - table["code_n"]], axis=0)
    assert (table["phi_low"].notna() <= ((least >= FEWEST) & (table["both_n"] > 0))).all()


def test_a_code_of_everybody_or_nobody_is_not_determined():
    codings, segments, _ = study((0.5, 0.0, 1.0, 0.5, 0.3))
    table = links(codings, segments)
    assert table.loc[table["code"].isin(["CA", "CB"]), "phi"].isna().all()
    assert table.loc[table["code"] == "CA", "lift"].isna().all()


def test_no_codings():
    codings, segments, _ = study()
    table = links(codings.iloc[:0], segments)
    assert table["both_n"].sum() == 0 and table["phi"].isna().all()


def test_the_order_of_rows_does_not_matter():
    codings, segments, _ = study()
    assert links(codings, segments).equals(links(codings.sample(frac=1, random_state=1), segments))
