"""NVivo's references of a code, as text and in Word, in four languages; its codebooks and its names of documents."""

from __future__ import annotations

import docx
import pytest

from nptlens.core.errors import ReadingError
from nptlens.exchange.read import read_project

ENGLISH = (
    "Name: Board\r\n\r\n<Files\\\\W4> - § 2 references coded [ 3.10% Coverage]\r\n\r\nReference 1 - 1.55% Coverage\r\n\r\nWe stood around.\r\n\r\n"
    "Reference 2 - 1.55% Coverage\r\n\r\nINT: Who?\r\nNUR: The charge nurse did.\r\n\r\n\r\n"
    "<Files\\\\Round 2\\\\W5> - § 1 reference coded [0.40% Coverage]\r\n\r\nReference 1 - 0.40% Coverage\r\n\r\nName: nobody said it.\r\n"
)
OTHERS = (
    ("<Dateien\\\\W4> - § 1 Referenz kodiert [1,55 % Abdeckung]", "Referenz 1 - 1,55% Abdeckung"),
    ("<Fichiers\\\\W4> - § 1 référence codée [1,55 % de couverture]", "Référence 1 - 1,55% Couverture"),
    ("<Archivos\\\\W4> - § 1 referencia codificada [ 1,55% Cobertura]", "Referencia 1 - 1,55% Cobertura"),
    ("<Internals\\\\W4> - § 1 reference coded  [1.55% Coverage]", "Reference 1 - 1.55% Coverage"),
    ("Files\\\\W4 – § 1 reference coded [1.55% Coverage]", "Reference 1 – 1.55% Coverage"),
)


def read(tmp_path, name, data):
    (tmp_path / name).write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return read_project(tmp_path / name, max_megabytes=5)


def check(found):
    assert (found.tool, [(code.id, code.parent) for code in found.codebook]) == ("NVivo", [("Board", None)])
    assert [(c.source, c.code, c.quote, c.span) for c in found.codings] == [
        ("Files\\\\W4", "Board", "We stood around.", None),
        ("Files\\\\W4", "Board", "INT: Who?\nNUR: The charge nurse did.", None),
        ("Files\\\\Round 2\\\\W5", "Board", "Name: nobody said it.", None),
    ]
    assert found.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_references_as_text(tmp_path, encoding):
    check(read(tmp_path, "Board references.txt", ENGLISH.encode(encoding)))


def test_references_in_word(tmp_path):
    made = docx.Document()
    for line in ENGLISH.split("\r\n"):
        made.add_paragraph(line)
    made.save(tmp_path / "references.docx")
    check(read_project(tmp_path / "references.docx", max_megabytes=5))


@pytest.mark.parametrize(("file", "reference"), OTHERS, ids=[file for file, _ in OTHERS])
def test_references_in_other_languages(tmp_path, file, reference):
    found = read(tmp_path, "Gemeinsam tun.txt", f"{file}\n\n{reference}\n\nWir standen da.\n")
    assert [(c.source.split("\\")[-1].strip(">"), c.code, c.quote) for c in found.codings] == [("W4", "Gemeinsam tun", "Wir standen da.")]
    assert found.problems == ()


def test_several_codes_with_their_paths(tmp_path):
    one = "<Files\\\\W4> - § 1 reference coded [1.55% Coverage]\nReference 1 - 1.55% Coverage\n"
    found = read(tmp_path, "x.txt", f"Nodes\\\\Doing\\\\Board\n{one}we met\nName: Time\n{one}it took long\n")
    assert [(code.id, code.parent) for code in found.codebook] == [("Doing", None), ("Board", "Doing"), ("Time", None)]
    assert [(c.code, c.quote) for c in found.codings] == [("Board", "we met"), ("Time", "it took long")]


def test_references_without_words_are_told(tmp_path):
    text = "<Files\\\\W4> - § 3 references coded [1.55% Coverage]\nReference 1 - 1% Coverage\nwe met\nReference 2 - 0.55% Coverage\n\n"
    found = read(tmp_path, "x.txt", text)
    assert len(found.codings) == 1
    assert [problem.what for problem in found.problems] == ["Files\\\\W4: 3 references are announced, 1 hold words"]


def test_a_codebook_in_word(tmp_path):
    made = docx.Document()
    table = made.add_table(rows=0, cols=4)
    for row in (("Name", "Description", "Files", "References"), ("Doing", "In a group", "4", "12"), ("Time", "", "4", "9")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    made.save(tmp_path / "book.docx")
    found = read_project(tmp_path / "book.docx", max_megabytes=5)
    assert [(code.id, code.definition) for code in found.codebook] == [("Doing", "In a group"), ("Time", "")]
    assert (found.tool, found.codings) == ("NVivo", ())


def test_text_without_references_is_refused(tmp_path):
    with pytest.raises(ReadingError):
        read(tmp_path, "x.txt", "INT: Why?\nNUR: For § 2 - 3% of them.\n")
