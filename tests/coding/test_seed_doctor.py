"""What the seed doctor finds."""

from __future__ import annotations

import numpy as np
import pytest

from nptlens.coding import SeedFinding, examine
from nptlens.coding.seed_doctor import StraySeed
from nptlens.schemas.records import STANCES, Problem, Seed, Severity


def at(*degrees: float) -> np.ndarray:
    angles = np.deg2rad(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def whats(problems: tuple[Problem, ...], where: str) -> list[tuple[str, Severity]]:
    return [(problem.what, problem.severity) for problem in problems if problem.where == where]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, [("dropped: 0 seeds, at least 4 are needed", Severity.WARNING)]),
        (3, [("dropped: 3 seeds, at least 4 are needed", Severity.WARNING)]),
        (4, [("4 seeds: few", Severity.NOTE)]),
        (15, [("15 seeds: few", Severity.NOTE)]),
        (16, []),
    ],
)
def test_how_many_seeds(codebook, coding_settings, count, expected):
    seeds = [Seed(f"s{i:02}", f"words {i}", ("F1",)) for i in range(count)]
    seeds += [Seed(f"z{i}", f"other {i}", ()) for i in range(4)]
    exam = examine(seeds, np.eye(len(seeds), dtype=np.float32), codebook, coding_settings(fewest_seeds=4))
    assert whats(exam.problems, "F1") == expected
    assert {finding.code: finding.seeds for finding in exam.findings}["F1"] == count


def test_a_code_with_too_few_seeds_that_do_not_carry_it(codebook, coding_settings):
    seeds = [Seed(f"s{i}", f"words {i}", ("F1",)) for i in range(6)]
    exam = examine(seeds, np.eye(6, dtype=np.float32), codebook, coding_settings(fewest_seeds=4))
    what = "dropped: its 6 seeds stand against 0 that do not carry it, at least 4 of those are needed"
    assert whats(exam.problems, "F1") == [(what, Severity.WARNING)]
    assert len(whats(exam.problems, "seeds")) == 1


@pytest.mark.parametrize(
    ("codes", "degrees", "expected"),
    [
        (("F1", "F1"), (0, 10), ("near copies of one another", Severity.NOTE)),
        (("F1", "CODI"), (0, 10), ("near copies with different codes", Severity.WARNING)),
        (("F1", ""), (0, 10), ("near copies with different codes", Severity.WARNING)),
        (("F1", "F1"), (0, 23), ("near copies of one another", Severity.NOTE)),  # cosine .9205
        (("F1", "F1"), (0, 24), None),  # cosine .9135
        (("F1", "F1"), (0, 180), None),
    ],
)
def test_near_copies(codebook, coding_settings, codes, degrees, expected):
    seeds = [Seed(f"s{i}", f"words {i}", (name,) if name else ()) for i, name in enumerate(codes)]
    problems = examine(seeds, at(*degrees), codebook, coding_settings()).problems
    assert whats(problems, "s0, s1") == ([expected] if expected else [])


def test_findings(codebook, coding_settings):
    """CODI lies about 0 degrees with one seed at 85; COIN about 90; F1 about 180."""
    degrees = [0, 5, 85, 90, 95, 180, 190]
    names = ["CODI", "CODI", "CODI", "COIN", "COIN", "F1", "F1"]
    stances = ["asserted", "contrary", "contrary", "mixed", "", "hypothetical", "asserted"]
    seeds = [Seed(f"s{i}", f"words {i}", (name,), stance) for i, (name, stance) in enumerate(zip(names, stances, strict=True))]
    exam = examine(seeds, at(*degrees), codebook, coding_settings(fewest_seeds=2))
    assert STANCES == ("asserted", "contrary", "mixed", "hypothetical")
    assert exam.findings == (
        SeedFinding("CO", 5, (1, 2, 1, 0), "", 0),
        SeedFinding("CODI", 3, (1, 2, 0, 0), "COIN", 1),
        SeedFinding("COIN", 2, (0, 0, 1, 0), "CODI", 0),
        SeedFinding("CP", 0, (0, 0, 0, 0), "", 0),
        SeedFinding("CPIN", 0, (0, 0, 0, 0), "", 0),
        SeedFinding("F1", 2, (1, 0, 0, 1), "COIN", 0),
    )
    assert [(each.seed, each.code, each.other) for each in exam.strays] == [("s2", "CODI", "COIN")]
    assert isinstance(exam.strays[0], StraySeed)
    assert exam.strays[0].own == pytest.approx(np.cos(np.deg2rad(82.5)), abs=1e-5)  # its own words left out: 0 and 5 degrees
    assert exam.strays[0].others == pytest.approx(np.cos(np.deg2rad(7.5)), abs=1e-5)
    assert [problem.where for problem in exam.problems] == sorted(problem.where for problem in exam.problems)


def test_none_is_asked_for(codebook, coding_settings):
    seeds = [Seed("s0", "words", ("F1",))]
    assert whats(examine(seeds, at(0), codebook, coding_settings()).problems, "none") == [("no seed of 'none'", Severity.NOTE)]
    seeds.append(Seed("s1", "words", ()))
    assert whats(examine(seeds, at(0, 90), codebook, coding_settings()).problems, "none") == []


def test_no_seeds(codebook, coding_settings):
    exam = examine([], np.empty((0, 2), dtype=np.float32), codebook, coding_settings())
    assert all(finding.seeds == 0 for finding in exam.findings)
    assert len(exam.problems) == len(codebook.codes) + 2  # none for each code, none of 'none', and so nothing is coded
    assert exam.confusions == exam.pairs == exam.leaks == ()
    assert {each.more for each in exam.advice} == {16}


def test_a_seed_that_leaks_is_named_with_its_segment(codebook, coding_settings):
    said = "we sat down every single tuesday and looked at the list together"
    seeds = [Seed("s0", said, ("F1",)), Seed("s1", "something else that nobody said to anybody there", ("F1",))]
    exam = examine(seeds, at(0, 90), codebook, coding_settings(), segments=[("T1:0-9", f"Well, {said}."), ("T2:0-9", "Not here.")])
    assert [(leak.seed, leak.segment_id, leak.run, leak.share) for leak in exam.leaks] == [("s0", "T1:0-9", 12, 1.0)]
    problem = next(problem for problem in exam.problems if problem.where == "s0")
    assert "T1:0-9" in problem.what
    assert "tuesday" not in f"{problem.what}{problem.hint}"


def test_order_of_seeds_and_segments_does_not_matter(codebook, coding_settings, planted_seeds):
    seeds, vectors = planted_seeds(6, noise=0.4)
    order = np.random.default_rng(1).permutation(len(seeds))
    segments = [(f"T:{i}", f"words of F1 {i} and some more of them") for i in range(5)]
    first = examine(seeds, vectors, codebook, coding_settings(), segments=segments)
    second = examine([seeds[i] for i in order], vectors[order], codebook, coding_settings(), segments=segments[::-1])
    assert first.findings == second.findings
    assert first.advice == second.advice
    assert {(each.first, each.second, round(each.auc.value, 6)) for each in first.confusions} == {
        (each.first, each.second, round(each.auc.value, 6)) for each in second.confusions
    }
