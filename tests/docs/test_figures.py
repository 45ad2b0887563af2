"""The figures in the README's table are those that the benchmarks found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_FIVE = "participants, families, 5 interviews"


def found(file: str, data: str, system: str, setting: str) -> tuple[str, str]:
    """Return mean kappa as the README writes it, and its interval."""
    records = json.loads((ROOT / "benchmarks" / "results" / file).read_text(encoding="utf-8"))["records"]
    (own,) = [r for r in records if (r["set"], r["system"], r["setting"], r["metric"]) == (data, system, setting, "mean_kappa")]
    value, low, high = (f"{own[name]:.2f}".removeprefix("0") for name in ("value", "low", "high"))
    return value, f"[{low}, {high}]"


@pytest.mark.parametrize("data", ["scrum", "ml_quality", "nhs_comments"])
def test_real_sets(data):
    value, interval = found("real.json", data, "nptlens", "k=16")
    (row,) = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if f"*{data}*" in line]
    assert f"| {value} {interval} | |" in row


def test_people_and_machine():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    machine = [
        found("agreement.json", "ml_quality", f"machine vs {who}, beside coder_a vs coder_b", _FIVE)[0] for who in ("coder_a", "coder_b")
    ]
    people, _ = found("agreement.json", "ml_quality", "coder_a vs coder_b", _FIVE)
    assert f"| {machine[0]} and {machine[1]} | {people} |" in text
    demo, second = (found("invented.json", "demo (invented)", who, "components")[0] for who in ("nptlens", "coder B"))
    assert f"| {demo} | {second} |" in text
