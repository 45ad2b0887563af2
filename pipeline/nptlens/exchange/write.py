"""The formats that a coded study can be written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nptlens.exchange._write_refi import write_qdc, write_qdpx
from nptlens.exchange._write_tables import cut_cells, write_csv, write_jsonl, write_xlsx
from nptlens.exchange._write_taguette import write_taguette_codebook
from nptlens.exchange._write_wide import write_cases_csv, write_excerpts_csv, write_wide_xlsx
from nptlens.exchange.outgoing import OutgoingProject

__all__ = ["CODEBOOKS", "OF_EXCERPTS", "WITHOUT_NONE", "WORKBOOKS", "WRITERS", "cut_cells", "write_qdc", "write_qdpx"]

WRITERS: Mapping[str, tuple[str, Callable[[OutgoingProject], bytes]]] = {
    "qdpx": ("export.qdpx", write_qdpx),
    "qdc": ("codebook.qdc", lambda project: write_qdc(project.codebook)),
    "taguette-csv": ("taguette.csv", lambda project: write_taguette_codebook(project.codebook)),
    "csv": ("export.csv", write_csv),
    "xlsx": ("export.xlsx", write_xlsx),
    "jsonl": ("export.jsonl", write_jsonl),
    "wide-cases": ("export-cases.csv", write_cases_csv),
    "wide-excerpts": ("export-excerpts.csv", write_excerpts_csv),
    "wide-xlsx": ("export-wide.xlsx", write_wide_xlsx),
}
"""Per kind: the usual file name and the function that gives the file's bytes."""

CODEBOOKS = ("qdc", "taguette-csv")
"""The kinds that hold the codebook alone."""

WITHOUT_NONE = ("qdpx",)
"""The kinds that cannot say that a person read a stretch and coded nothing."""

OF_EXCERPTS = ("csv", "xlsx", "jsonl", "wide-cases", "wide-excerpts", "wide-xlsx")
"""The kinds that are tables of codings: they hold words of excerpts, or none; the others hold whole sources, or no words."""

WORKBOOKS = ("xlsx", "wide-xlsx")
"""The kinds whose cells may be too short for an excerpt."""
