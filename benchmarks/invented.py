"""`make bench-invented`: the demo study by level of the codebook, quotations, and the minimal pairs. Invented data: an upper bound.

The machine is compared with coder A, who gave it nothing, and once more with A teaching it too, each transcript held out; with the
writers of quotations (`_quotations.py`); and by minimal pairs. A minimal pair is two excerpts that differ in few words, so that another
code or another stance is right; it is ordered rightly where the difference of the two codes' log odds (or stances' log probabilities) is
larger for the first excerpt than for the second, and both are right where each excerpt's own code is ahead. Neither quotations nor pairs
are ever seeds. Intervals resample transcripts, settings, or pairs.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from benchmarks._levels import levels
from benchmarks._machine import Machine
from benchmarks._quotations import measure_quotations
from benchmarks.records import Record, share, write
from nptlens.coding import Excerpts
from nptlens.schemas.records import STANCES
from nptlens.study.demo import prepare_demo
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
TAUGHT = "nptlens, A teaching"
DEMO, PAIRS = "demo (invented)", "minimal pairs (invented)"
_TINY = 1e-12


def main() -> int:
    """Run the demo study, measure, print and write benchmarks/results/invented.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/invented"))
    parser.add_argument("--pairs", type=Path, default=Path("tests/golden/npt_minimal_pairs.csv"))
    parser.add_argument("--quotations", type=Path, default=Path("tests/golden/npt_quotations.csv"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/invented.json"))
    parser.add_argument("--encoders", nargs="+", default=[], help="more encoders than the default one: names or folders")
    arguments = parser.parse_args()
    pairs, quotations = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in (arguments.pairs, arguments.quotations))
    records: list[Record] = []
    for encoder in ("", *arguments.encoders):
        on = f" on {Path(encoder).name}" if encoder else ""
        folder = arguments.folder.with_name(f"{arguments.folder.name}_{Path(encoder).name}") if encoder else arguments.folder
        own = {"embedding": f'encoder = "{encoder}"'} if encoder else {}
        artefacts = _ran(folder, own)
        machine = Machine.of(artefacts)
        records += [*_levels(artefacts, "nptlens", on), *measure_quotations(machine, quotations, f"nptlens{on}")]
        records += _pairs(machine, pairs, on)
        again = folder.with_name(f"{folder.name}_taught")
        taught = _ran(again, own | {"coding": 'taught_by = "A"'}, vectors=artefacts.study.store / "vectors.sqlite")
        records += _levels(taught, TAUGHT, on)
    records = list(dict.fromkeys(records))  # people are the same whatever the encoder
    for each in records:
        interval = f"{each.value:.3f} [{each.low:.3f}, {each.high:.3f}]"
        print(f"{each.set:25} {each.system:40} {each.setting:32} {each.metric:15} {interval} n={each.n}")
    write(arguments.out, records)
    return 0


def _ran(folder: Path, sections: dict[str, str], vectors: Path | None = None) -> Artefacts:
    """Return the demo study, run anew with further settings; `vectors` are those of a run with the same encoder."""
    shutil.rmtree(folder, ignore_errors=True)  # an older run was not made by the code at hand
    study = prepare_demo(folder)
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"\n[{name}]\n{said}\n" for name, said in sections.items())
    if vectors is not None:
        study.store.mkdir(exist_ok=True)
        shutil.copy(vectors, study.store / "vectors.sqlite")
    study = open_study(folder)
    run(study)
    return Artefacts(study)


def _levels(artefacts: Artefacts, machine: str, on: str) -> list[Record]:
    """Return mean kappa and macro F1 of constructs, components and themes, machine against A and B against A."""
    table = artefacts.agreement
    records = []
    for coder in dict.fromkeys(table.loc[table["against"] == "A", "coder"]):
        rows = table[(table["against"] == "A") & (table["coder"] == coder)]
        system = f"{machine}{on}" if coder.startswith("machine:") else f"coder {coder}"
        for name, codes in levels(artefacts.codebook).items():
            own = rows[rows["code"].isin(codes) & (rows["coded_against"] > 0)]
            for metric, column in (("mean_kappa", "kappa"), ("macro_f1", "f1")):
                limits = [float(own[f"{column}_{end}"].mean()) for end in ("low", "high")]
                records.append(Record(DEMO, system, name, metric, float(own[column].mean()), *limits, int(own["n"].max())))
    return records


def _pairs(machine: Machine, pairs: pd.DataFrame, on: str) -> list[Record]:
    """Return the share of pairs ordered rightly, over all and per contrast."""
    excerpts = machine.excerpts([*pairs["text"], *pairs["other_text"]])
    same = (pairs["code"] == pairs["other_code"]).to_numpy()
    codes, stances = _by_code(machine, pairs, excerpts), _by_stance(machine, pairs, excerpts)
    ordered, both = (np.where(same, by_stance, by_code) for by_code, by_stance in zip(codes, stances, strict=True))
    groups = [("all", np.ones(len(pairs), dtype=bool)), ("codes", ~same), ("stances", same)]
    groups += [(name, (pairs["contrast"] == name).to_numpy()) for name in dict.fromkeys(pairs["contrast"])]
    figures = (("ordered rightly", ordered), ("both right", both))
    own = pairs.index.to_numpy()
    return [share(PAIRS, f"nptlens{on}", name, metric, right[rows], own[rows]) for metric, right in figures for name, rows in groups]


def _by_code(machine: Machine, pairs: pd.DataFrame, excerpts: Excerpts) -> tuple[Flags, Flags]:
    odds = logit(np.clip(machine.heads.probabilities(excerpts), _TINY, 1 - _TINY))
    place = {code: i for i, code in enumerate(machine.heads.codes)}
    first, other = odds[: len(pairs)], odds[len(pairs) :]
    one, two = ([place[code] for code in pairs[column]] for column in ("code", "other_code"))
    return _ordered(first, other, one, two)


def _by_stance(machine: Machine, pairs: pd.DataFrame, excerpts: Excerpts) -> tuple[Flags, Flags]:
    likely = machine.stances(excerpts, [*pairs["code"], *pairs["code"]])
    first, other = np.split(np.log(np.maximum(likely, _TINY)), 2)
    one, two = ([STANCES.index(each) for each in pairs[column]] for column in ("stance", "other_stance"))
    return _ordered(first, other, one, two)


def _ordered(first: Floats, other: Floats, one: list[int], two: list[int]) -> tuple[Flags, Flags]:
    """Return which pairs are ordered rightly, and in which both excerpts have their own code or stance ahead."""
    rows = np.arange(len(first))
    lead, other_lead = first[rows, one] - first[rows, two], other[rows, one] - other[rows, two]
    return lead > other_lead, (lead > 0) & (other_lead < 0)


if __name__ == "__main__":
    sys.exit(main())
