"""Why a segment has a code, where the codebook is another than one thinks of first."""

from __future__ import annotations

import pytest

from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run
from nptlens.study.why import why


@pytest.fixture
def study(tiny_study, no_model):
    """A study whose seeds have constructs alone: the codes below them have none."""
    with (tiny_study.root / "codebook.toml").open("a", encoding="utf-8") as file:
        for parent in ("TEAM", "MONEY", "FORMS"):
            file.write(f'[[code]]\nid = "{parent}2"\nname = "{parent} two"\nparent = "{parent}"\ndefinition = "Below."\n')
    study = open_study(tiny_study.root)
    run(study)
    return study


def test_constructs_alone_have_heads(study):
    codings = Artefacts(study).codings
    assert set(codings["code"]) == {"TEAM", "MONEY", "FORMS"}
    found = why(study, codings["segment_id"].iloc[0])
    assert found.why.code in {"TEAM", "MONEY", "FORMS"}
