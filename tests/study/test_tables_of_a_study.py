"""Tables of a study in any kind of file: seeds, codebooks and sheets; two of them for one thing are an error, and one that is no table too."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from nptlens.coding import load_seeds
from nptlens.core.delimited import delimited
from nptlens.core.errors import SeedError, UsageError
from nptlens.study.folder import Study, open_study

BOOK = (("ID", "Name", "Definition", "Exclude"), ("TIME", "Time", "Zeit für die Arbeit", ""), ("TRUST", "Trust", "Vertrauen", "Geräte"))
SEEDS = (("Seed ID", "Text", "Codes"), ("s1", "Nie genug Zeit, wir hören auf", "TIME"), ("s2", "Vertrauen wächst", "TRUST; TIME"))


def xlsx(rows) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def csv(rows, separator: str = ";") -> str:
    return delimited(rows, separator).replace("\n", "\r\n")


FORMS = [
    (".csv", lambda rows: csv(rows).encode("cp1252")),
    (".csv", lambda rows: csv(rows).encode("utf-16")),
    (".csv", lambda rows: ("sep=;\r\n" + csv(rows)).encode("utf-8-sig")),
    (".csv", lambda rows: (f"Stand Mai{';' * (len(rows[0]) - 1)}\r\n" + csv(rows)).encode("cp1252")),
    (".tsv", lambda rows: csv(rows, "\t").encode()),
    (".xlsx", xlsx),
]


def study(root: Path, codebook: str) -> Study:
    (root / "study.toml").write_text(f'[study]\nname = "s"\ncodebooks = ["{codebook}"]\n')
    return open_study(root)


@pytest.mark.parametrize(("suffix", "write"), FORMS)
def test_seeds_and_codebook_in_many_forms(tmp_path, suffix, write):
    (tmp_path / f"codes{suffix}").write_bytes(write(BOOK))
    (tmp_path / f"seeds{suffix}").write_bytes(write(SEEDS))
    opened = study(tmp_path, f"codes{suffix}")
    book = opened.codebook()
    assert [(code.id, code.definition, code.exclude) for code in book] == [("TIME", BOOK[1][2], ""), ("TRUST", "Vertrauen", "Geräte")]
    seeds = load_seeds(opened.seed_files(), book)
    assert [(seed.id, seed.text, seed.codes) for seed in seeds.seeds] == [
        ("s1", "Nie genug Zeit, wir hören auf", ("TIME",)),
        ("s2", "Vertrauen wächst", ("TRUST", "TIME")),
    ]


def test_a_seed_whose_text_falls_apart_is_refused(tmp_path):
    (tmp_path / "seeds.csv").write_text("seed_id,text,codes\na,never enough,TIME,really\n")
    (tmp_path / "codes.csv").write_bytes(csv(BOOK).encode())
    opened = study(tmp_path, "codes.csv")
    with pytest.raises(SeedError) as caught:
        load_seeds(opened.seed_files(), opened.codebook())
    assert "seeds.csv line 2: it has more cells than columns" in caught.value.what


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("participants.csv", "participants.xlsx"), "two tables for one thing: participants.csv and participants.xlsx"),
        (("Participants.csv", "participants.csv"), "two tables for one thing: Participants.csv and participants.csv"),
        (("participants.xls",), "participants.xls is no table that is read"),
    ],
)
def test_no_sheet_is_passed_over(tmp_path, names, told):
    opened = study(tmp_path, "npt")
    for name in names:
        (tmp_path / name).write_bytes(b"participant\nA\n")
    if len({name.casefold() for name in names}) < len(names) and len(list(tmp_path.iterdir())) == 2:
        pytest.skip("this disk knows no case")
    with pytest.raises(UsageError) as caught:
        opened.participants_file()
    assert caught.value.what == told


def test_a_sheet_in_capital_letters_is_found(tmp_path):
    opened = study(tmp_path, "npt")
    (tmp_path / "Participants.XLSX").write_bytes(xlsx([("participant",), ("A",)]))
    assert opened.participants_file() == tmp_path / "Participants.XLSX"


def test_two_tables_of_seeds_are_an_error(tmp_path):
    opened = study(tmp_path, "npt")
    for name in ("seeds.csv", "seeds.ods"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UsageError) as caught:
        opened.seed_files()
    assert "seeds.csv and seeds.ods" in caught.value.what
