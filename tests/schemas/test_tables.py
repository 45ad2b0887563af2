from __future__ import annotations

import os
import subprocess
import sys
import traceback

import numpy as np
import pandas as pd
import pytest

from nptlens.core.errors import IntegrityError
from nptlens.schemas import tables
from nptlens.schemas.tables import MANUAL_CODINGS, SEGMENTS, SET_ASIDE, TOPIC_CODES, TOPICS, Table, checked, empty

ALL = [table for table in vars(tables).values() if isinstance(table, Table)]
SECRET = "he said the words"


def topics(**columns) -> pd.DataFrame:
    return pd.DataFrame({"segment_id": ["a", "b"], "topic": [0, -1], "strength": [0.5, 0.0]} | columns)


def test_all_tables_are_looked_at():
    assert len(ALL) == 13


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_empty(table):
    frame = empty(table)
    assert len(frame) == 0
    assert frame.columns.tolist() == table.names()
    assert set(table.key) <= set(table.names())
    pd.testing.assert_frame_equal(checked(table, frame), frame)


def test_order_of_columns_index_and_strangers():
    frame = topics(extra=[1, 2])[["extra", "strength", "topic", "segment_id"]]
    frame.index = [7, 3]
    result = checked(TOPICS, frame)
    assert result.columns.tolist() == ["segment_id", "topic", "strength"]
    assert result.index.tolist() == [0, 1]
    assert result["segment_id"].tolist() == ["a", "b"]
    assert result.dtypes.astype(str).tolist() == ["str", "int64", "float64"]
    assert frame.columns.tolist() == ["extra", "strength", "topic", "segment_id"]


@pytest.mark.parametrize(
    ("column", "values", "same"),
    [
        ("topic", np.array([1, 2], dtype=np.int32), [1, 2]),
        ("topic", [1.0, 2.0], [1, 2]),
        ("topic", pd.array([1, 2], dtype="Int64"), [1, 2]),
        ("topic", ["1", "2"], [1, 2]),
        ("strength", [0, 1], [0.0, 1.0]),
        ("strength", np.array([0.5, 0.25], dtype=np.float32), [0.5, 0.25]),
        ("segment_id", pd.Series(["a", "b"], dtype="object"), ["a", "b"]),
    ],
)
def test_dtypes_are_cast(column, values, same):
    assert checked(TOPICS, topics(**{column: values}))[column].tolist() == same


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("topic", [0, -2], "topic: .*greater_than_or_equal_to"),
        ("topic", [0, 1.5], "topic: whole numbers"),
        ("topic", pd.Series([0, 1.5], dtype="object"), "topic: whole numbers"),
        ("topic", [0, None], "TypeError|ValueError|IntCasting"),
        ("topic", [0, SECRET], "ValueError"),
        ("strength", [0, 1.01], "strength: .*less_than_or_equal_to"),
        ("strength", [0, -0.01], "strength: .*greater_than_or_equal_to"),
        ("strength", [0, np.inf], "strength: .*less_than_or_equal_to"),
        ("strength", [0, np.nan], "strength: not_nullable"),
        ("strength", [0, SECRET], "ValueError"),
        ("segment_id", ["a", None], "segment_id: not_nullable"),
        ("segment_id", [SECRET, SECRET], "uniqueness"),
    ],
)
def test_refused(column, values, message):
    with pytest.raises(IntegrityError, match=f"the topics table does not hold: .*({message})") as caught:
        checked(TOPICS, topics(**{column: values}))
    assert SECRET not in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_missing_columns_are_all_named():
    with pytest.raises(IntegrityError, match="the topics table lacks topic, strength"):
        checked(TOPICS, pd.DataFrame({"segment_id": ["a"]}))


def test_allowed_values():
    frame = pd.DataFrame({"transcript_id": ["a"], "utterance": [0], "start": [0], "end": [4], "words": [1], "reason": ["interviewer"]})
    assert len(checked(SET_ASIDE, frame)) == 1
    with pytest.raises(IntegrityError, match="reason") as caught:
        checked(SET_ASIDE, frame.assign(reason=SECRET))
    assert SECRET not in str(caught.value)


def test_a_key_of_several_columns():
    row = {"transcript_id": "t", "start": 0, "end": 4, "code": "A", "stance": "", "coder": "p"}
    assert len(checked(MANUAL_CODINGS, pd.DataFrame([row, row | {"coder": "q"}, row | {"end": 5}, row | {"code": "B"}]))) == 4
    with pytest.raises(IntegrityError, match="uniqueness"):
        checked(MANUAL_CODINGS, pd.DataFrame([row, row | {"stance": "mixed"}]))


def test_a_time_may_be_missing_and_words_may_not():
    row = dict.fromkeys(SEGMENTS.names(), "") | {"utterance": 0, "start": 0, "end": 1, "words": 1, "start_s": None}
    assert checked(SEGMENTS, pd.DataFrame([row]))["start_s"].isna().all()
    with pytest.raises(IntegrityError, match="text: not_nullable"):
        checked(SEGMENTS, pd.DataFrame([row | {"text": None}]))


def test_an_outlier_has_no_topic_code():
    row = {"topic": -1, "code": "A", "weight": 0.5, "low": 0.4, "high": 0.6, "base": 0.1}
    assert len(checked(TOPIC_CODES, pd.DataFrame([row | {"topic": 0}]))) == 1
    with pytest.raises(IntegrityError, match="topic"):
        checked(TOPIC_CODES, pd.DataFrame([row]))


def test_the_ground_floors_import_nothing_heavy():
    """The command line must start fast, so that pandas, lxml, torch and the like are imported where they are used."""
    rooms = "core.errors core.ids core.text core.resources schemas.records schemas.tables schemas.settings schemas.codebook safety.archives safety.cells safety.network safety.paths safety.xml"
    rooms += " store.files store.ledger store.lock store.vectors"
    program = f"import importlib, sys; [importlib.import_module('nptlens.' + room) for room in {rooms.split()}]; print(*sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=60)
    heavy = {"pandas", "numpy", "pyarrow", "lxml", "sklearn", "torch", "spacy", "filelock", "matplotlib"}
    assert heavy & set(result.stdout.split()) == set()
