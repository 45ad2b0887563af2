"""A wide table that nptlens wrote is a table of coding again."""

from __future__ import annotations

import pytest

from nptlens.core.text import Span
from nptlens.exchange._table import read_table
from nptlens.exchange._write_wide import write_excerpts_csv, write_wide_xlsx
from nptlens.exchange.outgoing import OutgoingCoding, OutgoingProject, OutgoingSource
from nptlens.schemas.records import Code, Codebook

BOOK = Codebook("b", "", (Code("A", "Above", ""), Code("text", "Texting", ""), Code("B, or C", "Two", "")))
CODINGS = tuple(
    OutgoingCoding("P1", Span(start, start + 6), code, coder)
    for start, code, coder in ((0, "A", "ann"), (0, "text", "ann"), (7, "B, or C", "ben"), (7, "A", "ann"))
)
PROJECT = OutgoingProject("p", BOOK, (OutgoingSource("P1", "we met and talked"),), CODINGS)


@pytest.mark.parametrize("write", [write_excerpts_csv, write_wide_xlsx])
def test_it_comes_back(write):
    found = read_table(write(PROJECT), where="wide.csv", own=BOOK)
    ids = {code.name: code.id for code in found.codebook}
    assert {(c.source, c.span, ids.get(c.code, c.code), c.coder) for c in found.codings} == {(c.transcript, c.span, c.code, c.coder) for c in CODINGS}
    assert [p for p in found.problems if "sheets" not in p.what] == []
