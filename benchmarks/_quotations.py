"""Quotations in the manner of those that publications print, none of them a seed. Invented data, an upper bound: seeds are alike in manner.

Each was written for one component, at times two, and coded blind by a second coder. The machine knows the shipped seeds only. Units are
quotations, and intervals resample settings.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks._levels import levels
from benchmarks._machine import Machine
from benchmarks.records import Record, share
from nptlens.agreement import Frame, compare
from nptlens.coding import Excerpts, code
from nptlens.coding.cross_fitting import CrossFittedHeads
from nptlens.coding.training_set import labels
from nptlens.schemas.records import NONE_CODE, STANCES, Codebook, Seed

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
WRITER, SECOND = "writer", "second coder"


def measure_quotations(machine: Machine, table: pd.DataFrame, name: str) -> list[Record]:
    """Return the figures of the machine `name`, and of the second coder, against the writers, for each register of speech."""
    return [record for register, rows in table.groupby("register", sort=False) for record in _of(machine, rows, name, str(register))]


def _of(machine: Machine, table: pd.DataFrame, name: str, register: str) -> list[Record]:
    excerpts = machine.excerpts(table["text"].tolist())
    coded = table["codes"] != NONE_CODE
    told, known = f"quotations, {register} (invented)", machine.heads.codes
    writer, second = (_carried(table[column], machine.artefacts.codebook, known) for column in ("codes", "second_codes"))
    probability, assigned = _coded(machine, table, excerpts)
    frames = (Frame(name, assigned, _all(table), probability), Frame(SECOND, second, _all(table)))
    records = [record for frame in frames for record in _agreement(machine, frame, writer, table, told)]
    places = np.array([known.index(each) for each in levels(machine.artefacts.codebook)["components"]])
    ahead = places[probability[:, places].argmax(axis=1)]
    main, others = (table[column].str.split(";").str[0] for column in ("codes", "second_codes"))
    stances = machine.stances(excerpts.take(np.flatnonzero(coded)), main[coded].tolist()).argmax(axis=1)
    shares = (
        (name, "components", "a right one first", writer[np.arange(len(table)), ahead][coded]),
        (SECOND, "components", "main one the same", (main == others)[coded].to_numpy()),
        (name, "stances", "right", (np.array(STANCES)[stances] == table.loc[coded, "stance"]).to_numpy()),
        (SECOND, "stances", "right", (table["second_stance"] == table["stance"])[coded].to_numpy()),
    )
    return records + [share(told, *each, table.loc[coded, "setting"]) for each in shares]


def _all(table: pd.DataFrame) -> Flags:
    return np.ones(len(table), dtype=bool)


def _coded(machine: Machine, table: pd.DataFrame, excerpts: Excerpts) -> tuple[Floats, Flags]:
    """Return probabilities and what is assigned ``(n, k)``, as a run decides."""
    artefacts = machine.artefacts
    segments = _segments(table)
    heads, settings = CrossFittedHeads(machine.heads), artefacts.study.settings.coding
    made = code(excerpts, segments, heads, artefacts.seed_set.seeds, artefacts.examples, artefacts.codebook, settings)
    shape = len(table), len(machine.heads.codes)
    return made["probability"].to_numpy().reshape(shape), (made["decision"] == "assigned").to_numpy().reshape(shape)


def _segments(table: pd.DataFrame) -> pd.DataFrame:
    named = table.rename(columns={"quotation_id": "segment_id", "setting": "transcript_id"})
    return named.assign(participant_id=named["transcript_id"])  # whose words a quotation is, is not told


def _agreement(machine: Machine, frame: Frame, writer: Flags, table: pd.DataFrame, told: str) -> list[Record]:
    """Return the figures of one coder against the writers, level by level."""
    artefacts, known = machine.artefacts, machine.heads.codes
    records = []
    for level in ("constructs", "components"):
        codes = tuple(each for each in levels(artefacts.codebook)[level] if each in known)
        columns = [known.index(each) for each in codes]
        own = replace(frame, coded=frame.coded[:, columns], score=None if frame.score is None else frame.score[:, columns])
        gold = Frame(WRITER, writer[:, columns], frame.read)
        found = compare(own, gold, _segments(table), codes, artefacts.study.settings.agreement, seed=1)
        assert found is not None
        for metric in ("mean_kappa", "macro_f1", "macro_ap"):
            if (figure := getattr(found.summary, metric)) is not None:
                records.append(Record(told, frame.coder, level, metric, figure.value, figure.low, figure.high, len(table)))
    return records


def _carried(codes: pd.Series, book: Codebook, known: tuple[str, ...]) -> Flags:
    given = [tuple(each for each in said.split(";") if each != NONE_CODE) for said in codes]
    return labels([Seed(str(number), "", own) for number, own in enumerate(given)], book, known)
