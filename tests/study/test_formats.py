"""Every format of the report, whatever a study lacks: each is written, opens, holds, and speaks of nothing that the study does not have."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from lxml import etree
from lxml import html as lxml_html
from openpyxl import load_workbook

from nptlens.study.verify import verify

_FORMATS = '[report]\nlength = "full"\nformats = ["html", "docx", "xlsx", "csv", "md", "jsonl"]\n[reading]\ninterviewers = ["Interviewer"]\n'
_FILES = {"annotated.docx", "codings.csv", "excerpts.jsonl", "excerpts.xlsx", "report.docx", "report.html", "report.md", "topics.csv"}
_SHIPPED = re.compile(
    r"\bNPT\b|normali[sz]|coherence|cognitive participation|collective action|reflexive monitoring|microsystem|\bcoach|facilitator|adopter"
    r"|innovator|laggard|early majority|\bstaff\b|\bGPs?\b|\bNHS\b|May (and|&) Finch",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(r"(?<![\w’'-])(nan|None|inf|NaT|<NA>|undefined|null)(?![\w’'-])|\{\{|\}\}|Undefined")


def _nobody_coded(study):
    for name in "AB":
        (study.root / f"manual_{name}.csv").unlink()


def _no_seeds(study):
    study.write("seeds.csv", "seed_id,text,codes,stance\n")


def _one_transcript(study):
    for path in (study.root / "transcripts" / "P02.txt", study.root / "transcripts" / "P03.txt"):
        path.unlink()
    for path in study.root.glob("manual_*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        study.write(path.name, "".join(line for line in lines if not line.startswith(("P02", "P03"))))


def _no_topics(study):
    study.edit("study.toml", 'method = "small"', 'method = "off"')


def _nobody_known(study):
    (study.root / "participants.csv").unlink()


_LACKING = {
    "nothing": (),
    "manual coding": (_nobody_coded,),
    "seeds": (_no_seeds,),
    "transcripts": (_one_transcript,),
    "topics": (_no_topics,),
    "participants": (_nobody_known,),
    "all": (_one_transcript, _nobody_coded, _no_seeds, _no_topics, _nobody_known),
}


@pytest.fixture(scope="module", params=_LACKING)
def written(request, make_tiny_study, run_once, tmp_path_factory):
    """The folder of results of a study that lacks something, and what it lacks."""
    study = make_tiny_study(tmp_path_factory.mktemp("little") / "study")
    study.write("study.toml", (study.root / "study.toml").read_text(encoding="utf-8") + _FORMATS)
    for change in _LACKING[request.param]:
        change(study)
    run_once(study)
    return study.root / "results", request.param


def _words(path):
    """Return all that a reader of a file can come upon, attributes that are read out included, and the names in archives."""
    data = path.read_bytes()
    if path.suffix in {".docx", ".xlsx"}:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            roots = [etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")]
        return "\n".join("\n".join((each.text or "", *map(str, each.attrib.values()))) for root in roots for each in root.iter())
    if path.suffix == ".html":
        root = lxml_html.document_fromstring(data.decode())
        for each in root.xpath("//script | //style"):
            each.drop_tree()
        named = root.xpath("//@alt | //@title | //@aria-label | //@content | //@id | //@class")
        return "\n".join((root.text_content(), *map(str, named)))
    return data.decode()


def test_every_format_is_written_and_holds(written):
    folder, lacking = written
    assert {path.name for path in folder.iterdir()} == _FILES
    found = verify(folder)
    assert found.holds()
    quoting = {each.path.name for each in found.files}
    assert "annotated.docx" in quoting
    assert lacking == "all" or {"report.html", "report.docx", "excerpts.jsonl"} <= quoting


def test_every_format_opens(written):
    folder, lacking = written
    coded = lacking not in {"seeds", "all"}
    rows = list(csv.DictReader(io.StringIO((folder / "codings.csv").read_text(encoding="utf-8-sig"), newline="")))
    assert bool(rows) == coded
    lines = [json.loads(line) for line in (folder / "excerpts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert bool(lines) == (lacking != "all")
    book = load_workbook(folder / "excerpts.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert all(sheet.max_row >= 1 and sheet["A1"].value for sheet in book)
    topics = (folder / "topics.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (len(topics) == 1) == (lacking in {"topics", "transcripts", "all"})


def test_what_is_not_known_is_said_in_words(written):
    folder, _ = written
    for name in ("report.html", "report.md", "codings.csv", "topics.csv"):
        assert not _NO_VALUE.search(_words(folder / name)), name
    texts = etree.fromstring(zipfile.ZipFile(folder / "report.docx").read("word/document.xml")).itertext()
    assert not [text for text in texts if _NO_VALUE.search(text)]
    shown = [str(cell.value) for sheet in load_workbook(folder / "excerpts.xlsx") for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [text for text in shown if _NO_VALUE.search(text)]


def test_no_format_speaks_of_a_codebook_that_the_study_does_not_have(written):
    folder, _ = written
    found = {path.name: sorted({each[0] for each in _SHIPPED.finditer(_words(path))}) for path in folder.iterdir()}
    assert not {name: words for name, words in found.items() if words}


def test_where_no_practice_is_known_no_place_speaks_of_one(written):
    folder, lacking = written
    told = [_words(folder / name) for name in ("report.html", "report.md", "report.docx")]
    known = lacking not in {"participants", "all"}
    assert [bool(re.search(r"· \d+ practices?|· (A|B) ·", words)) for words in told] == [known] * 3
    assert ["practice is known" in words for words in told] == [not known] * 3
