"""How far codes are to be trusted: the rules one by one, what stands beside baselines, and stances that are no better than "asserted"."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest
from tests.code_rows import code_row

from nptlens.reporting import ReportInputs
from nptlens.reporting._index import build_index
from nptlens.reporting._trust import judged, trust_of
from nptlens.reporting._trust_rules import missed, verdict
from nptlens.reporting._view import build_view
from nptlens.schemas.patterns import BesideBaseline
from nptlens.schemas.records import Code, Codebook, Estimate

NAN = math.nan
NOTHING = (NAN, NAN, NAN)
BOOK = Codebook("b", "1", (Code("A", "Alpha", ""),))


@pytest.mark.parametrize(
    ("changes", "word", "said"),
    [
        ({"precision": (0.94, 0.91, 0.97), "recall": (0.9, 0.82, 0.95)}, "use", "may be used (precision 0.94, 0.91 to 0.97;"),
        ({"precision": (0.94, 0.91, 0.97)}, "check", "check of one in ten (precision 0.94, 0.91 to 0.97); it finds seven of ten"),
        ({"precision": (0.85, 0.8, 0.9), "recall": (0.5, 0.4, 0.6)}, "check", "check of one in five (precision 0.85, 0.80 to 0.90)"),
        ({"recall": (0.5, 0.4, 0.6)}, "check", "it may miss half of them or more"),
        ({"recall": (0.17, 0.08, 0.31)}, "misses", "misses five of six (recall 0.17, 0.08 to 0.31)"),
        ({"precision": (0.02, 0.0, 0.1), "kappa": (-0.03, -0.05, -0.01)}, "do not use", "worse than chance, do not use"),
        ({"precision": (0.3, 0.2, 0.42), "kappa": (0.3, 0.1, 0.4)}, "do not use", "wrong more often than right, do not use"),
        ({"precision": (0.5, 0.4, 0.6), "recall": (0.6, 0.5, 0.7), "kappa": (0.08, -0.1, 0.15)}, "do not use", "hardly better than chance"),
        ({"precision": (0.5, 0.4, 0.6)}, "check", "use only what a person has read"),
        # Two of two right is nothing: the limits of so few say so.
        ({"precision": (1.0, 0.16, 1.0), "recall": (1.0, 0.16, 1.0), "kappa": (1.0, 1.0, 1.0)}, "too few", "cannot be said"),
        ({"n": 7, "coded": 0, "coded_against": 0, "precision": NOTHING, "recall": NOTHING, "kappa": NOTHING}, "too few", "7 excerpts read"),
        ({"coded": 0, "coded_against": 30, "precision": NOTHING, "recall": (0.0, 0.0, 0.12), "kappa": (0.0, 0.0, 0.0)}, "misses", "all"),
        ({"coded": 0, "coded_against": 2, "precision": NOTHING, "recall": (0.0, 0.0, 0.84), "kappa": (0.0, 0.0, 0.0)}, "too few", "read"),
        ({"n": 0}, "not measured", "suggestions"),
    ],
)  # fmt: skip
def test_the_rules(changes: dict[str, object], word: str, said: str) -> None:
    found = verdict(code_row(**changes))
    assert found[0] == word
    assert said in found[1]


def test_too_few_says_how_many_more_and_what_the_study_has() -> None:
    """An interval twice as wide as it may be takes four times as many excerpts."""
    wide = {"precision": (0.6, 0.15, 0.95), "recall": (0.6, 0.2, 0.9)}
    assert "about 300 more needed" in verdict(code_row(n=100, **wide))[1]
    assert verdict(code_row(n=100, **wide))[1].count("and the study has") == 0
    assert verdict(code_row(n=100, excerpts=150, **wide))[1].endswith("about 300 more needed, and the study has 50")


@pytest.mark.parametrize(
    ("recall", "words"), [(1 / 6, "five of six"), (0.0, "all"), (0.01, "nearly all"), (0.5, "one of two"), (0.3, "seven of ten")]
)
def test_what_is_missed_in_words(recall: float, words: str) -> None:
    assert missed(recall) == words


def beside(difference: tuple[float, float, float], baseline: str = "baseline: cosine to the definition") -> BesideBaseline:
    return BesideBaseline("ann", baseline, 0.21, *difference)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((beside((0.03, -0.02, 0.08)),), "has not been shown to read here"),
        ((beside((0.03, 0.01, 0.08)),), "has been shown to read here"),
        ((beside((0.1, 0.05, 0.2)), beside((0.05, -0.1, 0.1), "baseline: question only")), "the interviewer’s question alone is passed by 0.05"),
        ((beside((0.1, NAN, NAN)),), "has not been shown to read here"),
        ((beside((-0.1, -0.2, 0.0), "baseline: seeds alone"),), "nptlens validate"),  # the same machine, taught less
        ((), "agrees with ann more than chance does"),
    ],
)
def test_the_whole_beside_baselines(found: tuple[BesideBaseline, ...], said: str) -> None:
    trust = judged([code_row()], {"A": 0.05}, BOOK, Estimate(0.24, 0.1, 0.38), found)
    assert trust.measured and said in trust.sentence
    assert "0.24 (0.10 to 0.38)" in trust.sentence and "400 excerpts that ann coded in 12 transcripts" in trust.sentence


def test_the_corrected_share_leads_where_there_is_one() -> None:
    (plain,) = judged([code_row()], {"A": 0.031}, BOOK, None, ()).codes.values()
    assert (plain.share, plain.share_name) == (0.031, "Share as counted") and math.isnan(plain.share_low)
    (found,) = judged([code_row(corrected=(0.165, 0.1, 0.2))], {"A": 0.031}, BOOK, None, ()).codes.values()
    assert (found.share, found.share_low, found.share_high, found.share_name) == (0.165, 0.1, 0.2, "Corrected share")


def test_without_manual_coding_everything_is_a_suggestion_in_one_line(inputs: ReportInputs) -> None:
    bare = replace(inputs, agreement=inputs.agreement.iloc[:0], agreement_summaries=(), verdicts=inputs.verdicts.assign(against=""))
    trust = trust_of(bare)
    assert not trust.measured
    assert trust.sentence == "Not measured: nobody coded by hand, so what the machine gave are suggestions."
    assert {each.verdict for each in trust.codes.values()} == {"not measured"}
    assert list(trust.codes) == list(inputs.codebook.ids())


def test_verdicts_go_by_the_person_whom_automation_goes_by(inputs: ReportInputs) -> None:
    trust = trust_of(inputs)
    assert {each.figures.against for each in trust.codes.values() if each.figures} == {"ann"}
    other = trust_of(replace(inputs, verdicts=inputs.verdicts.assign(against="ben")))
    assert {each.figures.against for each in other.codes.values() if each.figures} == {"ben"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"difference_low": -0.01}, "always saying “asserted” in 66.0% (difference 0.14, −0.01 to 0.20"),
        ({"n": 19}, "are needed"),
        ({"not_asserted": 4}, "are needed"),
        ({"clusters": 4}, "are needed"),
        (None, "no person gave a stance"),
    ],
)
def test_stances_no_better_than_asserted_are_not_shown_as_found(
    inputs: ReportInputs, changes: dict[str, float] | None, why: str
) -> None:
    table = inputs.stance_agreement.iloc[:0] if changes is None else inputs.stance_agreement.assign(**changes)
    shown, hidden = build_index(inputs), build_index(replace(inputs, stance_agreement=pd.DataFrame(table)))
    assert shown.stance.shown and any(coding.stance for coding in shown.codings)
    assert not any(coding.stance for coding in hidden.codings)
    assert [coding.raw_stance for coding in hidden.codings] == [coding.raw_stance for coding in shown.codings]  # codings.csv keeps them
    assert why in hidden.stance.sentence and not trust_of(replace(inputs, stance_agreement=table)).stance.shown
    view = build_view(hidden)
    assert not any(code.judged for code in view.codes)
    assert any(problem.where == "stance" and problem.what == hidden.stance.sentence for problem in view.problems)
    assert any(code.machine_statement == hidden.stance.sentence for code in view.codes)
