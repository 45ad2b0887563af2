from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from openpyxl import Workbook, load_workbook

from nptlens.core.errors import ReadingError
from nptlens.reporting import ReportInputs, report_files
from nptlens.reporting.filled import checklist_cells, framework_base, framework_cells, open_answer
from nptlens.safety.workbooks import LONGEST


def made(inputs: ReportInputs, name: str, **changes: object) -> bytes:
    from dataclasses import replace

    settings = inputs.settings.model_copy(update={"formats": ("docx", "xlsx")})
    files = report_files(replace(inputs, settings=settings, **changes))  # type: ignore[arg-type]
    return next(file.make() for file in files if file.name == name)


def saved(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    book.active.title = "Other"
    sheet = book.create_sheet("Mine")
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


HEAD = ("notes", "Summary (yours)", "code", "case")


def test_summaries_are_found_by_their_columns_wherever_they_stand() -> None:
    data = saved(("my title",), (), HEAD, ("x", " one \r\n two", "A", "P01"), (), ("", None, "B", "P01"), ("", "lost", "", "P01"))
    assert framework_cells(data, where="x.xlsx").cells == {"P01\tA": "one \n two", "P01\tB": ""}


def test_rows_that_differ_and_formulas_without_a_result_are_unclear() -> None:
    rows = [("", "one", "A", "P01"), ("", "two", "A", "P01"), ("", "same", "B", "P01"), ("", "same", "B", "P01"), ("", "=1+1", "C", "P01")]
    found = framework_cells(saved(HEAD, *rows), where="x.xlsx")
    assert found.cells == {"P01\tB": "same"} and found.unclear == ("P01\tA", "P01\tC")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", saved(("case", "code"), ("P01", "A"))])
def test_no_such_workbook(data: bytes) -> None:
    with pytest.raises(ReadingError):
        framework_cells(data, where="x.xlsx")


def test_a_workbook_of_ours_gives_what_was_written_also_when_saved_again(inputs: ReportInputs) -> None:
    first = load_workbook(io.BytesIO(made(inputs, "excerpts.xlsx")))["Framework"]
    keys = [(row[0].value, row[3].value) for row in first.iter_rows(min_row=2)]
    texts = ["=1+1", "'quoted", "- a\n+ b", "<r>x</r>", "long " * 8_000, " spaced "]
    summaries = dict(zip(keys, texts, strict=False))
    data = made(inputs, "excerpts.xlsx", summaries=summaries)
    again = io.BytesIO()
    load_workbook(io.BytesIO(data)).save(again)
    base = framework_base(summaries)
    assert len(summaries) > 3 and all(len(text) <= LONGEST for text in base.values())
    for each in (data, again.getvalue()):
        found = framework_cells(each, where="excerpts.xlsx")
        assert {name: text for name, text in found.cells.items() if text} == base and not found.unclear


def test_answers_are_found_by_number_and_topic_also_when_saved_again(inputs: ReportInputs, tmp_path: Path) -> None:
    data = made(inputs, "report.docx", answers={("COREQ", "1"): "We did.\nBoth.", ("COREQ", "12"): "Three.", ("SRQR", "21"): "Nobody."})
    path = tmp_path / "again.docx"
    docx.Document(io.BytesIO(data)).save(str(path))
    for each in (data, path.read_bytes()):
        cells = checklist_cells(each, where="report.docx").cells
        assert len(cells) == 32 + 21
        assert (cells["COREQ\t1"], cells["COREQ\t12"], cells["SRQR\t21"]) == ("We did.\nBoth.", "Three.", "Nobody.")
        assert open_answer(cells["COREQ\t2"]) and not open_answer(cells["COREQ\t1"])


def test_no_word_file() -> None:
    with pytest.raises(ReadingError):
        checklist_cells(b"PK\x03\x04", where="report.docx")


def test_a_summary_without_a_row_is_told(inputs: ReportInputs) -> None:
    from dataclasses import replace

    from nptlens.reporting._index import build_index
    from nptlens.reporting._view import build_view

    first = load_workbook(io.BytesIO(made(inputs, "excerpts.xlsx")))["Framework"]
    case, code = first["A2"].value, first["D2"].value
    for summaries, number in (({(case, code): "x"}, 0), ({(case, code): "x", ("P99", code): "y", (case, "GONE"): "z"}, 2)):
        told = [each for each in build_view(build_index(replace(inputs, summaries=summaries))).problems if each.where == "summaries.csv"]
        assert [each.what.split()[0] for each in told] == ([str(number)] if number else [])
