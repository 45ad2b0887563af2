"""Whose coding is gold, what is judged where nobody coded, and that the verdicts come with the run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nptlens.agreement import Frame
from nptlens.core.errors import SettingsError
from nptlens.schemas.settings import default_settings
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.coding_stages import verdicts
from nptlens.study.run.runner import run

SEGMENTS = pd.DataFrame({"transcript_id": ["T1", "T1", "T2", "T3"], "participant_id": ["P"] * 4, "practice": ["A"] * 4})
MACHINE = Frame("machine:1", np.zeros((4, 1), dtype=bool), np.ones(4, dtype=bool), np.full((4, 1), 0.5))


def person(name, read):
    return Frame(name, np.ones((4, 1), dtype=bool), np.array(read))


def against(people, gold=""):
    settings = default_settings()
    settings = settings.model_copy(update={"selective": settings.selective.model_copy(update={"gold": gold})})
    return verdicts([MACHINE], people, SEGMENTS, ("C",), settings)


ANN, BEN, EVE = person("ann", [1, 1, 0, 0]), person("ben", [1, 1, 1, 0]), person("eve", [0, 1, 1, 1])


@pytest.mark.parametrize(
    ("people", "gold", "coder", "excerpts", "transcripts"),
    [([ANN, BEN], "", "ben", 3, 2), ([ANN, EVE, BEN], "", "ben", 3, 2), ([EVE, ANN, BEN], "ann", "ann", 2, 1), ([], "", "", 0, 0)],
)
def test_whose_coding_is_gold(people, gold, coder, excerpts, transcripts):
    people = [Frame(each.coder, each.coded, each.read.astype(bool)) for each in people]
    (row,) = against(people, gold).to_dict("records")
    assert (row["against"], row["excerpts"], row["transcripts"]) == (coder, excerpts, transcripts)
    assert row["verdict"] == "not enough evidence"


def test_a_gold_coder_who_is_not_there():
    with pytest.raises(SettingsError, match=r"selective\.gold names eve, but the manual coding is of ann"):
        against([Frame("ann", ANN.coded, ANN.read.astype(bool))], "eve")


def test_without_codings_there_is_nothing_to_judge():
    assert verdicts([], [ANN], SEGMENTS, ("C",), default_settings()).empty


def test_a_run_judges_every_code_and_a_second_run_does_nothing(tiny_study, no_model):
    study = open_study(tiny_study.root)
    run(study)
    table = Artefacts(study).verdicts
    assert sorted(table["code"]) == ["FORMS", "MONEY", "TEAM"]
    assert set(table["verdict"]) == {"not enough evidence"}
    assert not any(stage.reran for stage in run(open_study(tiny_study.root)).stages)
    tiny_study.edit("study.toml", "[agreement]", "[selective]\nprecision = 0.7\n[agreement]")
    reran = [stage.stage for stage in run(open_study(tiny_study.root)).stages if stage.reran]
    assert (reran[0], reran[-1]) == ("compare", "report")
