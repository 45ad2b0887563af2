"""Text that goes into a workbook comes out of it again."""

import openpyxl
import pytest
from openpyxl import load_workbook

from nptlens.safety.workbooks import LONGEST, new_workbook, write_text

TEXTS = ("=1+1", "http://a.example/b", "007", "<r><t>raw</t></r>", "<r>", "x" * LONGEST, "")


@pytest.mark.parametrize("styled", [False, True])
def test_text_stays_text(styled):
    book, buffer = new_workbook("t" * 300)
    page = book.add_worksheet("s")
    style = book.add_format({"bold": True}) if styled else None
    assert not any(write_text(page, row, 0, text, style) for row, text in enumerate(TEXTS))
    assert write_text(page, len(TEXTS), 0, "<r>" + "y" * LONGEST + "</r>", style)
    book.close()
    read = load_workbook(buffer)
    cells = [cell for (cell,) in read["s"].iter_rows()]
    assert [cell.value or "" for cell in cells] == [*TEXTS, ("<r>" + "y" * LONGEST)[:LONGEST]]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert isinstance(read, openpyxl.Workbook) and len(read.properties.title) == 255


def test_the_same_text_gives_the_same_bytes():
    made = []
    for _ in range(2):
        book, buffer = new_workbook("t")
        write_text(book.add_worksheet(), 0, 0, "a")
        book.close()
        made.append(buffer.getvalue())
    assert made[0] == made[1]
