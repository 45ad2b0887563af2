"""Tables and projects of coding that once went wrong, each imported into a study that holds the transcript they are of."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass

import pytest

from nptlens.study.folder import open_study
from nptlens.study.init import init
from nptlens.study.transfer.import_project import import_file


@dataclass(frozen=True)
class Case:
    """What comes in: codings found by their words, new codes, coders, pairs of a code and its parent, and what a problem says ("": none asked for)."""

    codings: int
    codes: int
    coders: tuple[str, ...] = ()
    below: tuple[tuple[str, str], ...] = ()
    told: str = ""


CASES = {
    "dedoose.xlsx": Case(4, 2, ("ann", "ben")),
    "maxqda_de.xlsx": Case(2, 3, ("ann",), (("Tafel", "Gemeinsam tun"),)),
    "maxqda_en.xlsx": Case(2, 3, ("ann",), (("Time", "Doing together"), ("Board", "Doing together"))),
    "titles_above_header.xlsx": Case(2, 2, ("ann",)),
    "atlas_document_numbers.xlsx": Case(2, 2, ("ann",)),
    "nvivo_codebook.xlsx": Case(0, 3),
    "taguette_codebook.csv": Case(0, 2, (), (("Doing together.Board", "Doing together"),)),
    "several_code_columns.csv": Case(3, 3, ("ann",)),
    "multi_comma.csv": Case(1, 1, told="comma"),
    "repacked.qdpx": Case(1, 3),
    "rich_only.qdpx": Case(1, 3),
}


@pytest.fixture
def qda_cases(shared_data):
    folder = shared_data.parent / "cases" / "qda"
    if not folder.is_dir():
        pytest.skip(f"cases are not here: {folder}")
    return folder


@pytest.mark.parametrize("name", CASES)
def test_case(qda_cases, tmp_path, name):
    init(tmp_path / "study")
    for path in (tmp_path / "study" / "transcripts").iterdir():
        path.unlink()
    shutil.copy(qda_cases / "W4.txt", tmp_path / "study" / "transcripts")
    case, result = CASES[name], import_file(open_study(tmp_path / "study"), qda_cases / name)
    print(f"\n{name}: {result.exact + result.same + result.tolerant} codings, {result.codes} codes, {[p.what for p in result.problems]}")  # noqa: T201
    assert (result.same + result.exact + result.tolerant, result.not_found, result.codes) == (case.codings, 0, case.codes)
    if case.coders:
        assert set(result.coders) == set(case.coders)
    codebook = next((path for path in result.written if path.name.startswith("codebook")), None)
    rows = list(csv.DictReader(io.StringIO(codebook.read_text(encoding="utf-8-sig")))) if codebook else []
    assert {(row["name"], row["parent"]) for row in rows if row["parent"]} >= set(case.below)
    assert case.told in " ".join(problem.what for problem in result.problems)
