"""Whatever a coder left out, a validation is made and written: a table may be empty, and keeps its columns."""

from __future__ import annotations

import ast

import pandas as pd
import pytest
from tests.test_house import MODULES, ROOT

from nptlens.reporting.fieldwork._themes import _chosen
from nptlens.reporting.validation import validation_files
from nptlens.schemas import validation as schemas
from nptlens.schemas.fieldwork import CODE_LINKS
from nptlens.schemas.records import NONE_CODE
from nptlens.schemas.tables import MANUAL_CODINGS, checked, empty
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.pipeline import CODINGS, MANUAL
from nptlens.study.validation.validate import validation

_TABLES = {
    "figures": schemas.FIGURES, "baselines": schemas.FIGURES, "ceiling": schemas.CEILING, "confusion": schemas.CONFUSION,
    "mismatches": schemas.MISMATCHES, "calibration": schemas.CALIBRATION, "learning": schemas.LEARNING, "advice": schemas.ADVICE,
    "prevalence": schemas.PREVALENCE, "saturation": schemas.SATURATION,
}  # fmt: skip


def by_words(text):
    return next((code for word, code in {"team": "TEAM", "paid": "MONEY", "forms": "FORMS"}.items() if word in text), NONE_CODE)


def nothing(text):
    return NONE_CODE


def coded(segments, coder, code, *, rows=slice(None), weight=0.0):
    """A person's coding of some units: by `weight` of drawn ones, without it of whole transcripts."""
    own = segments.iloc[rows]
    return own[["transcript_id", "start", "end"]].assign(code=own["text"].map(code), stance="", coder=coder, weight=weight)


def of_first_transcript(segments, *arguments, **more):
    return coded(segments[segments["transcript_id"] == "P01"], *arguments, **more)


CASES = {
    "drawn units alone": lambda found: [coded(found, "ann", by_words, weight=1.5)],
    "drawn units, no code used": lambda found: [coded(found, "ann", nothing, weight=1.5)],
    "one transcript, no code used": lambda found: [of_first_transcript(found, "ann", nothing)],
    "two people who share nothing": lambda found: [
        coded(found, "ann", by_words, rows=slice(2), weight=2.0), coded(found, "ben", nothing, rows=slice(-1, None), weight=2.0),
    ],
    "a second person who used no code": lambda found: [coded(found, "ann", by_words), coded(found, "ben", nothing)],
}  # fmt: skip


@pytest.fixture
def artefacts(after_a_run, no_model):
    return Artefacts(open_study(after_a_run.root))


def written(artefacts, manual):
    """The validation of a manual coding, whose tables are looked at and whose files are made."""
    artefacts.held[MANUAL.file] = checked(MANUAL_CODINGS, pd.concat(manual).sort_values(list(MANUAL_CODINGS.key), kind="stable"))
    made = validation(artefacts)
    for name, table in _TABLES.items():
        held = getattr(made, name)
        assert held.dtypes.equals(empty(table).dtypes), name
    files = validation_files(made, artefacts.segments, artefacts.codebook, artefacts.study.settings.report)
    assert [file.name for file in files if not file.make()] == []
    return made


@pytest.mark.parametrize("case", CASES)
def test_a_validation_of(artefacts, case):
    made = written(artefacts, CASES[case](artefacts.segments))
    assert len(made.figures)  # the machine was measured, if only on one unit
    assert made.saturation["kind"].isin(["code", "topic"]).all()


def test_two_people_and_a_machine_that_coded_nothing(artefacts):
    artefacts.held[CODINGS.file] = artefacts.codings.iloc[:0]
    made = written(artefacts, CASES["a second person who used no code"](artefacts.segments))
    assert set(zip(made.figures["coder"], made.figures["against"], strict=True)) == {("ben", "ann")}


def test_no_theme_is_chosen_of_none():
    assert list(_chosen(empty(CODE_LINKS)).columns) == CODE_LINKS.names()


def test_no_frame_is_cut_by_a_list_that_may_be_empty():
    """``frame[[... for ...]]`` takes rows by booleans, but where there is no row it takes no column, and the columns are gone."""
    cut = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        if "import pandas" in path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.ListComp)
        and isinstance(node.slice.elt, ast.Compare | ast.BoolOp | ast.UnaryOp)
    ]
    assert cut == [], "make it np.array([...], dtype=bool)"
