"""Quotations in the manner of those that publications print, none of them a seed. Invented data, an upper bound: seeds are alike in manner.

Each was written for one component, at times two, and coded blind by a second coder. The machine knows the shipped seeds only. Units are
quotations, and intervals resample settings.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks._machine import Machine
from benchmarks.records import Record
from nptlens.agreement import Frame, compare
from nptlens.coding import code
from nptlens.coding.lessons import labels
from nptlens.coding.panel import Panel
from nptlens.records import NONE_CODE, STANCES, Codebook, Seed
from nptlens.resampling import cluster_draws

Flags = NDArray[np.bool_]
WRITER, SECOND = "writer", "second coder"
_RESAMPLES = 1000


def measure_quotations(machine: Machine, table: pd.DataFrame, name: str) -> list[Record]:
    """Return the figures of the machine `name`, and of the second coder, against the writers, for each register of speech."""
    return [record for register, rows in table.groupby("register", sort=False) for record in _of(machine, rows, name, str(register))]


def _of(machine: Machine, table: pd.DataFrame, name: str, register: str) -> list[Record]:
    desk, n = machine.desk, len(table)
    excerpts = machine.excerpts(table["text"].tolist())
    segments = table.rename(columns={"quotation_id": "segment_id", "setting": "transcript_id"})
    panel = Panel(machine.heads)
    made = code(excerpts, segments, panel, desk.seed_set.seeds, desk.examples, desk.codebook, desk.study.settings.coding)
    known = panel.general.codes
    probability, assigned = (
        values.to_numpy().reshape(n, len(known)) for values in (made["probability"], made["decision"] == "assigned")
    )
    read = np.ones(n, dtype=bool)
    people = [
        Frame(who, _carried(table[column], desk.codebook, known), read) for who, column in ((WRITER, "codes"), (SECOND, "second_codes"))
    ]
    told = f"quotations, {register} (invented)"
    records = []
    for level, codes in _levels(desk.codebook, known).items():
        columns = [known.index(each) for each in codes]
        machines = Frame(name, assigned[:, columns], read, probability[:, columns])
        writer, second = (Frame(each.coder, each.coded[:, columns], read) for each in people)
        for frame in (machines, second):
            found = compare(frame, writer, segments, codes, desk.study.settings.agreement, seed=1)
            assert found is not None
            for metric in ("mean_kappa", "macro_f1", "macro_ap"):
                if (figure := getattr(found.summary, metric)) is not None:
                    records.append(Record(told, frame.coder, level, metric, figure.value, figure.low, figure.high, n))
    coded = (table["codes"] != NONE_CODE).to_numpy()
    places = [known.index(each) for each in _levels(desk.codebook, known)["components"]]
    first = people[0].coded[np.arange(n), np.array(places)[probability[:, places].argmax(axis=1)]]
    same = table["codes"].str.split(";").str[0] == table["second_codes"].str.split(";").str[0]
    main = table.loc[coded, "codes"].str.split(";").str[0].tolist()
    asked = machine.stances(excerpts.take(np.flatnonzero(coded)), main)
    right = np.array(STANCES)[asked.argmax(axis=1)] == table.loc[coded, "stance"]
    agreed = (table["second_stance"] == table["stance"])[coded]
    shares = (
        (name, "components", "a right one first", first[coded]),
        (SECOND, "components", "main one the same", same[coded].to_numpy()),
        (name, "stances", "right", right.to_numpy()),
        (SECOND, "stances", "right", agreed.to_numpy()),
    )
    return records + [_share(told, *share, table.loc[coded, "setting"]) for share in shares]


def _carried(codes: pd.Series, book: Codebook, known: tuple[str, ...]) -> Flags:
    given = [tuple(each for each in said.split(";") if each != NONE_CODE) for said in codes]
    return labels([Seed(str(number), "", own) for number, own in enumerate(given)], book, known)


def _levels(book: Codebook, known: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    above = {each.parent for each in book if each.parent}
    return {
        "constructs": tuple(each for each in known if each in above),
        "components": tuple(each for each in known if book.get(each).parent in above),
    }


def _share(told: str, system: str, level: str, metric: str, right: Flags, settings: pd.Series) -> Record:
    """Return a share of the quotations; the interval resamples settings."""
    cluster = pd.factorize(settings, sort=True)[0]
    sums, sizes = (np.bincount(cluster, weights) for weights in (right, np.ones(len(right))))
    draws = cluster_draws(len(sums), resamples=_RESAMPLES, seed=1)
    low, high = np.percentile((draws @ sums) / (draws @ sizes), [2.5, 97.5])
    return Record(told, system, level, metric, float(right.mean()), float(low), float(high), len(right))
