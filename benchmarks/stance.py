"""`make bench-stance`: how often the machine's stance is coder A's, on transcripts that taught it nothing (invented data).

A unit is a segment and a code that coder A gave a stance. `nptlens` learns from the seeds and from people's stances in other
transcripts, as in a run; `nptlens_seeds` from the seeds alone; `majority` always says asserted; `coder_B` is a second person, on the
units that both coded. Intervals resample transcripts.
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.records import Record, share, write
from nptlens.agreement import expected_calibration_error
from nptlens.coding import stance
from nptlens.schemas.records import STANCES
from nptlens.study.demo import prepare_demo
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run

SURE = 0.7


@dataclass(frozen=True, slots=True)
class Answer:
    """A system's stances beside coder A's, row by row; `probability` is NaN where a system gives none."""

    system: str
    given: NDArray[np.object_]
    gold: NDArray[np.object_]
    transcripts: NDArray[np.object_]
    probability: NDArray[np.float64]


def main() -> int:
    """Run the demo study, measure, print and write benchmarks/results/stance.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/stance"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/stance.json"))
    arguments = parser.parse_args()
    shutil.rmtree(arguments.folder, ignore_errors=True)  # an older run was not made by the code at hand
    study = prepare_demo(arguments.folder)
    run(study)
    records: list[Record] = []
    for answer in _answers(Artefacts(study)):
        records += _measure(answer)
    write(arguments.out, records)
    return 0


def _answers(artefacts: Artefacts) -> list[Answer]:
    settings = artefacts.study.settings
    people = {
        coder: stance.of_manual(rows, artefacts.segments, artefacts.vectors, overlap=settings.agreement.overlap)
        for coder, rows in [("all", artefacts.manual), *artefacts.manual.groupby("coder")]
    }
    gold = people["A"]
    seeds = stance.of_seeds(artefacts.seed_set.seeds, artefacts.seed_vectors)
    nobody = gold.take(np.array([], dtype=np.intp))
    told, origins = np.array(gold.stances, dtype=object), np.array(gold.groups, dtype=object)
    answers = [Answer("majority", np.full(len(gold), STANCES[0], dtype=object), told, origins, np.full(len(gold), np.nan))]
    for name, manual in (("nptlens_seeds", nobody), ("nptlens", people["all"])):
        judges = stance.train_judges(seeds, manual, folds_at_most=settings.coding.folds)
        if judges is None:
            raise ValueError("the seeds have no stances")
        probability = judges.probabilities(gold)
        given = np.array(STANCES, dtype=object)[probability.argmax(axis=1)]
        answers.append(Answer(name, given, told, origins, probability.max(axis=1)))
    second = dict(zip(_keys(people["B"]), people["B"].stances, strict=True))
    both = [i for i, key in enumerate(_keys(gold)) if key in second]
    other = np.array([second[key] for i, key in enumerate(_keys(gold)) if i in set(both)], dtype=object)
    answers.append(Answer("coder_B", other, told[both], origins[both], np.full(len(both), np.nan)))
    return answers


def _keys(examples: stance.Examples) -> list[tuple[str, str, str]]:
    return [(group, text, codes[0]) for group, text, codes in zip(examples.groups, examples.texts, examples.codes, strict=True)]


def _measure(answer: Answer) -> list[Record]:
    right = answer.given == answer.gold
    every = np.ones(len(right), dtype=bool)
    records = [_share(answer, "accuracy", right, every)]
    records += [_share(answer, f"recall_{name}", right, answer.gold == name) for name in STANCES]
    print(f"\n{answer.system}: {len(right)} units of {len(set(answer.transcripts))} invented transcripts")
    if not np.isnan(answer.probability).any():
        sure = answer.probability >= SURE
        records += [_share(answer, f"accuracy_where_p_{SURE}", right, sure), _share(answer, f"share_where_p_{SURE}", sure, every)]
        ece = expected_calibration_error(answer.probability, right, bins=10)
        records.append(Record("demo (invented)", answer.system, "", "ece", ece, np.nan, np.nan, len(right)))
    for record in records:
        print(f"  {record.metric:22} {record.value:.3f} [{record.low:.3f}, {record.high:.3f}]  n={record.n}")
    table = pd.crosstab(pd.Series(answer.gold, name="coder A"), pd.Series(answer.given, name=answer.system))
    print(table.reindex(index=STANCES, columns=STANCES, fill_value=0).to_string())
    return records


def _share(answer: Answer, metric: str, hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> Record:
    return share("demo (invented)", answer.system, "held-out transcripts", metric, hits, answer.transcripts, among)


if __name__ == "__main__":
    raise SystemExit(main())
