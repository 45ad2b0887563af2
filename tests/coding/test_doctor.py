"""What the seed doctor finds."""

from __future__ import annotations

import numpy as np
import pytest

from nptlens.coding import SeedFinding, examine
from nptlens.records import STANCES, Problem, Seed, Severity


def at(*degrees: float) -> np.ndarray:
    angles = np.deg2rad(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def whats(problems: tuple[Problem, ...], where: str) -> list[tuple[str, Severity]]:
    return [(problem.what, problem.severity) for problem in problems if problem.where == where]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, [("0 seeds: too few, the code is dropped", Severity.WARNING)]),
        (3, [("3 seeds: too few, the code is dropped", Severity.WARNING)]),
        (4, [("4 seeds: few", Severity.NOTE)]),
        (15, [("15 seeds: few", Severity.NOTE)]),
        (16, []),
    ],
)
def test_how_many_seeds(codebook, coding_settings, count, expected):
    seeds = [Seed(f"s{i:02}", "words", ("F1",)) for i in range(count)] + [Seed("z", "words", ())]
    findings, problems = examine(seeds, np.eye(len(seeds), dtype=np.float32), codebook, coding_settings(fewest_seeds=4))
    assert whats(problems, "F1") == expected
    assert {finding.code: finding.seeds for finding in findings}["F1"] == count


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
    seeds = [Seed(f"s{i}", "words", (name,) if name else ()) for i, name in enumerate(codes)]
    problems = examine(seeds, at(*degrees), codebook, coding_settings())[1]
    assert whats(problems, "s0, s1") == ([expected] if expected else [])


def test_findings(codebook, coding_settings):
    """CODI lies about 0 degrees with one seed at 85; COIN about 90; F1 about 180."""
    degrees = [0, 5, 85, 90, 95, 180, 190]
    names = ["CODI", "CODI", "CODI", "COIN", "COIN", "F1", "F1"]
    stances = ["asserted", "contrary", "contrary", "mixed", "", "hypothetical", "asserted"]
    seeds = [Seed(f"s{i}", "words", (name,), stance) for i, (name, stance) in enumerate(zip(names, stances, strict=True))]
    findings, problems = examine(seeds, at(*degrees), codebook, coding_settings(fewest_seeds=2))
    assert STANCES == ("asserted", "contrary", "mixed", "hypothetical")
    assert findings == (
        SeedFinding("CO", 5, (1, 2, 1, 0), "", 0),
        SeedFinding("CODI", 3, (1, 2, 0, 0), "COIN", 1),
        SeedFinding("COIN", 2, (0, 0, 1, 0), "CODI", 0),
        SeedFinding("CP", 0, (0, 0, 0, 0), "", 0),
        SeedFinding("CPIN", 0, (0, 0, 0, 0), "", 0),
        SeedFinding("F1", 2, (1, 0, 0, 1), "COIN", 0),
    )
    assert [problem.where for problem in problems] == sorted(problem.where for problem in problems)


def test_none_is_asked_for(codebook, coding_settings):
    seeds = [Seed("s0", "words", ("F1",))]
    assert whats(examine(seeds, at(0), codebook, coding_settings())[1], "none") == [("no seed of 'none'", Severity.NOTE)]
    seeds.append(Seed("s1", "words", ()))
    assert whats(examine(seeds, at(0, 90), codebook, coding_settings())[1], "none") == []


def test_no_seeds(codebook, coding_settings):
    findings, problems = examine([], np.empty((0, 2), dtype=np.float32), codebook, coding_settings())
    assert all(finding.seeds == 0 for finding in findings)
    assert len(problems) == len(codebook.codes) + 1
