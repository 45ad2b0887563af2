"""`make real`: three studies from real human-coded interviews and comments, beside two plain baselines on the same seeds and units.

The figures are of transcripts that gave no seed. Gold codes are other people's; intervals resample whole transcripts (respondents for
nhs_comments).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.records import Record, write
from benchmarks.studies import GOLD, STUDIES, RealSet, draw_seeds, write_study
from nptlens.agreement import Frame, compare, manual_frame
from nptlens.schemas.records import AgreementSummary, Estimate
from nptlens.study.folder import Study, open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run

PER_CODE = 16
DRAW = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table that is printed."""

    set: str
    system: str
    units: int
    topics: int | None
    outliers: int | None
    summary: AgreementSummary


def main() -> int:
    """Make, run and measure the studies; print the table and write benchmarks/results/real.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", type=Path, default=Path("build/real"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/real.json"))
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"real data are not here: {arguments.data}", file=sys.stderr)
        return 3
    rows: list[Row] = []
    for load in STUDIES:
        real = load(arguments.data)
        seeds, measured = draw_seeds(real, PER_CODE, DRAW)
        write_study(real, arguments.folder / real.name, seeds, measured)
        rows += _measure(real, open_study(arguments.folder / real.name))
    _print(rows)
    _fill(Path("docs/accuracy.md"), rows)
    write(arguments.out, [record for row in rows for record in _records(row)])
    return 0


def _measure(real: RealSet, study: Study) -> list[Row]:
    result = run(study)
    for problem in result.problems:
        print(f"{real.name}: {problem.severity.value}: {problem.where}: {problem.what}", file=sys.stderr)
    artefacts = Artefacts(study)
    codes = tuple(card.code for card in artefacts.heads)
    own = next(s for s in artefacts.summaries if s.against == GOLD)
    gold = manual_frame(GOLD, artefacts.manual, artefacts.segments, codes, artefacts.codebook, overlap=study.settings.agreement.overlap)
    topics = artefacts.topics["topic"]
    rows = [Row(real.name, "nptlens", len(artefacts.segments), len(artefacts.topic_cards), int((topics < 0).sum()), own)]
    for name, frame in (("majority", _majority(artefacts, codes)), ("tfidf_lr", _tfidf(artefacts, codes))):
        compared = compare(frame, gold, artefacts.segments, codes, study.settings.agreement, seed=study.settings.study.seed)
        if compared is None:
            raise ValueError(f"{real.name}: nothing to compare")
        rows.append(Row(real.name, name, len(artefacts.segments), None, None, compared.summary))
    return rows


def _targets(artefacts: Artefacts, codes: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([[code in seed.codes for code in codes] for seed in artefacts.seed_set.seeds])


def _majority(artefacts: Artefacts, codes: tuple[str, ...]) -> Frame:
    """Each code is given or withheld as most of its seeds have it: withheld, wherever it is in fewer than half of them."""
    share = _targets(artefacts, codes).mean(axis=0)
    score = np.tile(share, (len(artefacts.segments), 1))
    return Frame("majority", score >= 0.5, np.ones(len(score), dtype=bool), score)


def _tfidf(artefacts: Artefacts, codes: tuple[str, ...]) -> Frame:
    """Words and word pairs, one balanced logistic regression per code, threshold one half: what a plain script would do."""
    counter = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
    known = counter.fit_transform([seed.text for seed in artefacts.seed_set.seeds])
    new = counter.transform(artefacts.segments["text"].tolist())
    targets = _targets(artefacts, codes)
    models = [LogisticRegression(class_weight="balanced", max_iter=1000).fit(known, target) for target in targets.T]
    score = np.column_stack([model.predict_proba(new)[:, 1] for model in models])
    return Frame("tfidf_lr", score >= 0.5, np.ones(len(score), dtype=bool), score)


def _print(rows: list[Row]) -> None:
    print(f"seeds: up to {PER_CODE} a code, drawn from half of the transcripts; measured on the other half\n")
    print(f"{'set':13} {'system':9} {'units':>6} {'topics':>6} {'outliers':>8} {'codes':>5}  {'macro F1':17} {'mean kappa':18} macro AP")
    for row in rows:
        s = row.summary
        topics, outliers = (str(v) if v is not None else "" for v in (row.topics, row.outliers))
        print(
            f"{row.set:13} {row.system:9} {row.units:6} {topics:>6} {outliers:>8} {s.codes:5}  "
            f"{_cell(s.macro_f1):17} {_cell(s.mean_kappa):18} {_cell(s.macro_ap)}"
        )


def _fill(page: Path, rows: list[Row]) -> None:
    """Put the table into the page, between its two marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split("<!-- real: begin -->")
    after = rest.split("<!-- real: end -->")[1]
    lines = ["| set | system | units | codes | macro F1 | mean kappa | macro AP |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        s = row.summary
        lines.append(
            f"| {row.set} | {row.system} | {row.units} | {s.codes} | {_cell(s.macro_f1)} | {_cell(s.mean_kappa)} | {_cell(s.macro_ap)} |"
        )
    table = "\n".join(lines)
    page.write_text(f"{before}<!-- real: begin -->\n{table}\n<!-- real: end -->{after}", encoding="utf-8")


def _cell(estimate: Estimate | None) -> str:
    return "" if estimate is None else f"{estimate.value:.3f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def _records(row: Row) -> list[Record]:
    setting = f"k={PER_CODE}"
    nan = float("nan")
    figures = (("macro_f1", row.summary.macro_f1), ("mean_kappa", row.summary.mean_kappa), ("macro_ap", row.summary.macro_ap))
    found = [Record(row.set, row.system, setting, name, e.value, e.low, e.high, row.summary.units) for name, e in figures if e is not None]
    counts = (("topics", row.topics), ("outliers", row.outliers))
    return found + [Record(row.set, row.system, setting, name, float(v), nan, nan, row.units) for name, v in counts if v is not None]


if __name__ == "__main__":
    sys.exit(main())
