"""One specification of columns, three kinds of files."""

import json

import pandas as pd
import pytest

from nptlens.reporting._codings import CODINGS, TOPICS
from nptlens.reporting._columns import CSV, JSONL, XLSX, Column, cells_csv, csv_text, frame_columns, frame_rows, json_lines, records, sheet
from nptlens.reporting._complementary_suppression import Hidden
from nptlens.reporting.charts.tables import _FRAMEWORK
from nptlens.reporting.validation._sheets import _MISMATCHES
from nptlens.reporting.verify._tables import _WORDS

COLUMNS: tuple[Column[tuple[str, float | None]], ...] = (
    Column("words", 9, lambda row: row[0], (CSV, JSONL), quotes=True, key="text"),
    Column("share", 5, lambda row: row[1], (CSV, XLSX, JSONL)),
    Column("length", 7, lambda row: len(row[0]), (XLSX,)),
)
ROWS = [("=1+1", 0.25), ("", None)]


def test_each_kind_of_file_has_its_columns():
    assert csv_text(COLUMNS, ROWS) == "words,share\n'=1+1,0.2500\n,\n"
    made = sheet("S", COLUMNS, ROWS, frozen=1)
    assert (made.columns, made.rows) == ((("share", 5), ("length", 7)), ((0.25, 4), (None, 0)))


def test_withheld_words_are_null_in_json_lines():
    lines = json_lines(records(COLUMNS, ROWS, first=("share",))).splitlines()
    assert [list(json.loads(line).items()) for line in lines] == [[("share", 0.25), ("text", "=1+1")], [("share", None), ("text", None)]]


@pytest.mark.parametrize(("cell", "shown"), [(0.5, "0.5000"), (3, "3"), (None, ""), ("@x", "'@x"), (Hidden(5), "<5")])
def test_a_cell_as_csv_shows_it(cell, shown):
    assert cells_csv(("a", "b"), [("k", cell)]) == f"a,b\nk,{shown}\n"


def test_rows_of_a_frame():
    frame = pd.DataFrame({"name": ["a"], "value": [1 / 3], "gap": [float("nan")]})
    assert list(frame_rows(frame)) == [("a", 0.3333, None)]
    assert list(frame_rows(frame, whole=True)) == [("a", 1 / 3, None)]
    assert sheet("F", frame_columns(frame, len), frame_rows(frame)).columns == (("name", 4), ("value", 5), ("gap", 3))


@pytest.mark.parametrize("columns", [CODINGS, TOPICS, _FRAMEWORK, _MISMATCHES])
def test_words_stand_where_verify_looks_for_them(columns):
    """A table that quotes names the place too; a name comes once."""
    names = [column.name for column in columns]
    assert len(set(names)) == len(names)
    quoting = {column.name for column in columns if column.quotes}
    assert quoting == set(names) & set(_WORDS)
    assert not quoting or {"transcript", "start", "end", "segment_id"} <= set(names)
