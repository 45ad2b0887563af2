"""Made-up validations: a rich one of two people, a moderator and a machine; one of nothing; one of hostile names."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nptlens.core.ids import segment_id
from nptlens.core.resources import resource
from nptlens.schemas import validation as contract
from nptlens.schemas.codebook import load_codebook
from nptlens.schemas.records import Code, Codebook, Problem, Severity
from nptlens.schemas.tables import AGREEMENT, SEGMENTS, STANCE_AGREEMENT, STANCE_CONFUSION, Table, checked, empty
from nptlens.schemas.validation import SaturationSummary, Trained, Validation

MACHINE = "machine:0123456789ab"
HOSTILE = ("<script>alert(1)</script>", '=HYPERLINK("http://x","y")', "\u202egnitar$x$")


def table(kind: Table, rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    held = list(rows)
    if not held:
        return empty(kind)
    frame = pd.DataFrame(held)
    for name, column in kind.columns:
        if name not in frame:
            frame[name] = math.nan if column.dtype == "float64" else 0 if column.dtype == "int64" else ""
    return checked(kind, frame)


def nothing(**changes: Any) -> Validation:
    tables = {
        "codes": AGREEMENT, "beside_baselines": contract.BESIDE_BASELINES, "figures": contract.FIGURES, "baselines": contract.FIGURES, "ceiling": contract.CEILING, "confusion": contract.CONFUSION, "stances": STANCE_AGREEMENT, "stance_confusion": STANCE_CONFUSION,
        "mismatches": contract.MISMATCHES, "calibration": contract.CALIBRATION, "learning": contract.LEARNING, "advice": contract.ADVICE,
        "prevalence": contract.PREVALENCE, "saturation": contract.SATURATION,
    }  # fmt: skip
    fields: dict[str, Any] = {
        "study": "A study", "invented": False, "coders": (), "cluster": "transcript", "interval": "percentile", "confidence": 0.95,
        "resamples": 1000, "overlap": 0.5, "transcripts": 0, "trained": (), "gold": "", "saturation_summaries": (), "problems": (),
        **{name: empty(kind) for name, kind in tables.items()},
    }  # fmt: skip
    return Validation(**{**fields, **changes})


class Maker:
    """Draws plausible figures with one seed."""

    def __init__(self, codes: list[str], constructs: list[str]) -> None:
        self.random = np.random.default_rng(7)
        self.codes, self.constructs = codes, constructs

    def figures(self, pairs: list[tuple[str, str]], *, baseline: bool = False) -> pd.DataFrame:
        rows: list[dict[str, Any]] = []
        overall = ("mean_kappa", "alpha", "alpha_masi", "macro_f1", *(("macro_ap",) if baseline else ()))
        each = ("kappa", "alpha", "ac1", "pabak", "precision", "recall", "f1")
        for pair in pairs:
            machine = pair[0].startswith("machine")
            statistics = overall if not machine else (*overall, "macro_ap", "ece") if not baseline else overall
            rows += self._rows(pair, "which", "all", "overall", "", statistics)
            if baseline:
                continue
            rows += self._rows(pair, "which", "either", "overall", "", ("mean_kappa", "alpha"))
            rows += self._rows(pair, "where", "all", "overall", "", ("kappa", "ac1", "pabak", "precision", "recall", "f1"))
            rows += self._rows(pair, "where", "characters", "overall", "", ("unitizing_alpha",))
            rows += self._rows(pair, "case", "participants", "overall", "", ("mean_kappa", "macro_f1"))
            for code in (*self.constructs, *self.codes):
                scope = "construct" if code in self.constructs else "code"
                rows += self._rows(pair, "which", "all", scope, code, (*each, "average_precision") if machine else each)
                rows += self._rows(pair, "which", "either", scope, code, ("kappa",))
                rows += self._rows(pair, "where", "characters", scope, code, ("unitizing_alpha",))
                rows += self._rows(pair, "case", "participants", scope, code, ("kappa", "ac1", "f1"))
        return table(contract.FIGURES, rows)

    def _rows(
        self, pair: tuple[str, str], level: str, frame: str, scope: str, code: str, statistics: Iterable[str]
    ) -> list[dict[str, Any]]:
        n, uncoded = {"all": (540, 210), "either": (330, 0), "characters": (182_340, 71_002), "participants": (26, 2)}[frame]
        base = (0.5 if pair[0].startswith("machine") else 0.2 if pair[0].startswith("baseline") else 0.62) - (
            0.12 if frame == "either" else 0
        )
        share = float(self.random.uniform(0.03, 0.3)) if code else math.nan
        rows = []
        for statistic in statistics:
            value = min(0.97, base + float(self.random.normal(0, 0.1)))
            width = float(self.random.uniform(0.04, 0.2))
            if code == "RMRE" and statistic == "kappa":
                value = math.nan
            low, high = (math.nan, math.nan) if math.isnan(value) else (value - width, min(1.0, value + width))
            rows.append(
                {
                    "coder": pair[0], "against": pair[1], "level": level, "frame": frame, "scope": scope, "code": code, "statistic": statistic,
                    "value": value, "low": low, "high": high, "n": n, "uncoded": uncoded, "coded": int(n * 0.1),
                    "coded_against": 0 if not code else int(n * share), "prevalence": share, "clusters": 14,
                }
            )  # fmt: skip
        return rows

    def ceiling(self, coder: str, against: str) -> pd.DataFrame:
        rows = []
        wanted = [("overall", "", statistic) for statistic in ("mean_kappa", "alpha", "macro_f1")]
        wanted += [("construct", code, "kappa") for code in self.constructs] + [("code", code, "kappa") for code in self.codes]
        for scope, code, statistic in wanted:
            human, machine = 0.6 + float(self.random.normal(0, 0.08)), 0.5 + float(self.random.normal(0, 0.1))
            if code == "RMRE":
                human = machine = math.nan
            gap = machine - human
            wide = 0.06 if not code else 0.14
            rows.append(
                {
                    "coder": coder, "against": against, "machine": MACHINE, "frame": "all", "scope": scope, "code": code,
                    "statistic": statistic, "n": 540, "human": human, "human_low": human - wide, "human_high": human + wide,
                    "machine_value": machine, "machine_low": machine - wide, "machine_high": machine + wide, "difference": gap,
                    "difference_low": gap - wide, "difference_high": gap + wide,
                }
            )  # fmt: skip
        return table(contract.CEILING, rows)

    def confusion(self, pairs: list[tuple[str, str]]) -> pd.DataFrame:
        rows = []
        for coder, against in pairs:
            for i, code in enumerate((*self.codes, "")):
                for j, other in enumerate((*self.codes, "")):
                    n = (
                        200.0
                        if code == other == ""
                        else float(self.random.poisson(14 if i == j else 0.6)) + (0.5 if (i + j) % 7 == 0 else 0)
                    )
                    rows.append({"coder": coder, "against": against, "scope": "code", "code": code, "code_against": other, "n": n})
        return table(contract.CONFUSION, rows)

    def calibration(self, against: str) -> pd.DataFrame:
        rows = []
        for code in ("", *self.codes[:2]):
            for bin_ in range(10):
                low, middle = bin_ / 10, bin_ / 10 + 0.05
                share = min(1.0, middle * 0.85)
                missing = bin_ == 9 and code != ""
                rows.append(
                    {
                        "against": against, "code": code, "bin": bin_, "low": low, "high": low + 0.1, "n": 0 if missing else 900 - 90 * bin_,
                        "probability": math.nan if missing else middle, "share": math.nan if missing else share,
                        "share_low": math.nan if missing else max(0.0, share - 0.03 - bin_ / 150),
                        "share_high": math.nan if missing else min(1.0, share + 0.03 + bin_ / 150),
                    }
                )  # fmt: skip
        return table(contract.CALIBRATION, rows)

    def learning(self, against: str) -> pd.DataFrame:
        return table(
            contract.LEARNING,
            (
                {
                    "against": against, "transcripts": n, "statistic": statistic, "value": top * (1 - math.exp(-n / 5)), "draws": 20,
                    "low": top * (1 - math.exp(-n / 5)) - 0.3 / math.sqrt(n), "high": top * (1 - math.exp(-n / 5)) + 0.2 / math.sqrt(n),
                }
                for statistic, top in (("macro_f1", 0.55), ("macro_ap", 0.6))
                for n in (1, 2, 4, 8, 12)
            ),
        )  # fmt: skip

    def advice(self, coder: str, against: str) -> pd.DataFrame:
        return table(
            contract.ADVICE,
            (
                {
                    "coder": coder, "against": against, "code": code, "statistic": "kappa", "transcripts": 14, "units": 540,
                    "prevalence": 0.05 + 0.01 * number, "width": math.nan if code == "RMRE" else 0.32, "wanted": 0.2,
                    "transcripts_needed": math.nan if code == "RMRE" else 35.84, "units_needed": math.nan if code == "RMRE" else 1382.4,
                }
                for number, code in enumerate(self.codes)
            ),
        )  # fmt: skip

    def prevalence(self, against: str) -> pd.DataFrame:
        rows = []
        groups = {"": ("",), "role": ("GP", "practice manager", "nurse", "coach"), "practice": tuple(f"P{n:02}" for n in range(1, 8))}
        for level in contract.PREVALENCE_LEVELS:
            for by, names in groups.items():
                for group in names:
                    for code in self.codes:
                        raw = float(self.random.uniform(0.02, 0.3))
                        rows.append(
                            {
                                "against": against, "level": level, "by": by, "group": group, "code": code, "n": 1210 if not by else 170,
                                "measured": 540 if not by else 80, "raw": raw, "corrected": raw * 0.8, "low": raw * 0.5, "high": min(1.0, raw * 1.2),
                                "equal_voice": raw * 0.85, "equal_voice_low": raw * 0.5, "equal_voice_high": min(1.0, raw * 1.3),
                            }
                        )  # fmt: skip
        return table(contract.PREVALENCE, rows)


def saturation(kind: str, coder: str, interviews: int, most: float) -> list[dict[str, Any]]:
    known = [most * (1 - math.exp(-n / 4)) for n in range(interviews + 1)]
    return [
        {
            "kind": kind, "coder": coder, "interview": n, "new": known[n] - known[n - 1], "new_low": 0.0, "new_high": 1.8 * (known[n] - known[n - 1]),
            "known": known[n], "known_low": known[n] * 0.85, "known_high": min(most, known[n] * 1.12),
        }
        for n in range(1, interviews + 1)
    ]  # fmt: skip


def _segments() -> pd.DataFrame:
    texts = (
        "We sat down with the coach and, well, nobody had asked us before how the mornings really run.",
        "It is on the list of things we must do, so we do it, but I could not tell you whether it changed anything.",
        "The payment covered the hour. Without it the partners would not have let three of us out of surgery.",
        "If they ask us again next year I would say yes <b>only</b> if there is cover & a date to stop.",
        "=SUM(A1:A9) is what I typed every Friday, that was my whole part in it.",
    )
    rows = []
    for number, text in enumerate(texts):
        rows.append(
            {
                "segment_id": segment_id("S01", number * 200, number * 200 + len(text)), "transcript_id": "S01", "utterance": number,
                "start": number * 200, "end": number * 200 + len(text), "text": text, "words": len(text.split()), "participant_id": f"S01-{number}",
                "role": ("GP", "practice manager", "nurse", "", "coach")[number], "practice": ("P01", "P02", "", "P01; P03", "P02")[number],
                "adopter_category": "", "start_s": math.nan,
            }
        )  # fmt: skip
    return checked(SEGMENTS, pd.DataFrame(rows))


@pytest.fixture(scope="session")
def segments() -> pd.DataFrame:
    return _segments()


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    return load_codebook(resource("config", "codebooks", "npt.toml"))


def _mismatches(segments: pd.DataFrame, pairs: list[tuple[str, str]], first: str, second: str) -> pd.DataFrame:
    rows = []
    for coder, against in pairs:
        for number, segment in enumerate(segments["segment_id"]):
            rows.append(
                {
                    "coder": coder, "against": against, "segment_id": segment, "codes": "" if number == 1 else f"{first}; {second}",
                    "codes_against": first if number == 1 else second if number else "", "hardness": 1.0 - (number * 7 % 5) / 5,
                    "reason": ("only one of them coded it", "a code each that the other did not give", "the machine was sure")[number % 3],
                }
            )  # fmt: skip
    return table(contract.MISMATCHES, rows)


def build(codes: list[str], constructs: list[str], people: tuple[str, str], segments: pd.DataFrame) -> Validation:
    maker = Maker(codes, constructs)
    first, second = people
    pairs = [(MACHINE, first), (MACHINE, second), (first, second)]
    return nothing(
        study="Clinical microsystems, invented",
        invented=True,
        coders=(MACHINE, first, second, "moderated"),
        interval="bca",
        transcripts=14,
        trained=(Trained(MACHINE, "the study’s seeds and the coding of A and B", "transcript", 14, ("annomi", "ml_quality")),),
        figures=maker.figures(pairs),
        baselines=maker.figures([("baseline: question only", first), ("baseline: prevalence", first)], baseline=True),
        ceiling=maker.ceiling(first, second),
        confusion=maker.confusion([(MACHINE, second), (first, second)]),
        mismatches=_mismatches(segments, [(MACHINE, second), (first, second)], codes[0], codes[1]),
        calibration=maker.calibration(second),
        learning=maker.learning(second),
        advice=maker.advice(MACHINE, second),
        prevalence=maker.prevalence(second),
        saturation=table(contract.SATURATION, [*saturation("code", second, 14, len(codes)), *saturation("topic", MACHINE, 14, 9.0)]),
        saturation_summaries=(
            SaturationSummary("code", second, 14, 1000, 4, 2, 0.05, 0.81, 9.0, 7.0, 12.0),
            SaturationSummary("topic", MACHINE, 14, 1000, 4, 2, 0.05, 0.0, None, None, None),
        ),
        problems=(
            Problem("manual/B.csv row 12", "a code that the codebook lacks: TEAMS", "correct the code or add it"),
            Problem("S03", "nobody coded this transcript", severity=Severity.NOTE),
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def rich(codebook: Codebook, segments: pd.DataFrame) -> Validation:
    constructs = [code.id for code in codebook if code.parent is None and codebook.children(code.id)]
    codes = [code.id for code in codebook if code.parent is not None]
    return build(codes, constructs, ("A", "B"), segments)


@pytest.fixture(scope="session")
def hostile(segments: pd.DataFrame) -> tuple[Validation, Codebook]:
    codes = tuple(Code(each, f"name of {each}", "") for each in HOSTILE)
    return build(list(HOSTILE), [], (HOSTILE[0], HOSTILE[2]), segments), Codebook("=bad<i>", "1", codes)


@pytest.fixture(scope="session")
def shuffled() -> Callable[[Validation], Validation]:
    from dataclasses import replace

    def turn(validation: Validation) -> Validation:
        names = (
            "figures",
            "baselines",
            "ceiling",
            "confusion",
            "mismatches",
            "calibration",
            "learning",
            "advice",
            "prevalence",
            "saturation",
        )
        return replace(validation, **{name: getattr(validation, name).sample(frac=1, random_state=3) for name in names})

    return turn
