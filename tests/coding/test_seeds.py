"""What a seed table may hold."""

from __future__ import annotations

import pytest

from nptlens.coding import load_seeds
from nptlens.core.errors import SeedError
from nptlens.schemas.records import Seed, Severity

HEAD = "seed_id,text,codes,stance,note,group\n"


@pytest.fixture
def load(tmp_path, codebook):
    def load_(*tables: str | bytes):
        paths = []
        for number, table in enumerate(tables):
            paths.append(tmp_path / f"t{number}.csv")
            paths[-1].write_bytes(table.encode() if isinstance(table, str) else table)
        return load_seeds(paths, codebook)

    return load_


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("seed_id,text,codes\na,It worked,CODI\n", Seed("a", "It worked", ("CODI",))),
        ("seed_id,text,code\na,It worked,CODI\n", Seed("a", "It worked", ("CODI",))),
        (HEAD + "a,It worked,CODI;F1,contrary,why,G\n", Seed("a", "It worked", ("CODI", "F1"), "contrary", "why", "G")),
        (HEAD + "a, It worked , CODI ; F1 ;,  Mixed , n , g \n", Seed("a", "It worked", ("CODI", "F1"), "mixed", "n", "g")),
        (HEAD + "a,It worked,F1;F1,,,\n", Seed("a", "It worked", ("F1",))),
        (HEAD + "a,It worked,F1\n", Seed("a", "It worked", ("F1",))),
        (HEAD + "a,Is it on?,none,,,\n", Seed("a", "Is it on?", ())),
        ("\ufeffSEED_ID , Text,CODES\na,It worked,CODI\n", Seed("a", "It worked", ("CODI",))),
        (HEAD + 'a,"It worked, ""well""\r\nso",CODI,,,\r\n', Seed("a", 'It worked, "well"\nso', ("CODI",))),
        (HEAD + "a,cafe\u0301,CODI,,,\n", Seed("a", "caf\u00e9", ("CODI",))),
        ("seed_id,text,codes,provenance\na,It worked,CODI,invented\n", Seed("a", "It worked", ("CODI",))),
    ],
)
def test_a_seed(load, table, expected):
    found = load(table)
    assert found.seeds == (expected,)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("seed_id,codes\na,F1\n", ["t0.csv: lacks the columns text"]),
        ("text,stance\nhello,\n", ["t0.csv: lacks the columns codes, seed_id"]),
        ("", ["t0.csv: the file is empty"]),
        (HEAD + ",words,F1,,,\n", ["t0.csv line 2: seed_id is empty"]),
        (HEAD + "a, ,F1,,,\n", ["t0.csv line 2: text is empty"]),
        (HEAD + "a,words,,,,\n", ["line 2: codes is empty (write none"]),
        (HEAD + "a,words,none;F1,,,\n", ["line 2: none stands beside other codes"]),
        (HEAD + "a,words,F1,angry,,\n", ["line 2: stance 'angry' is none of asserted, contrary, mixed, hypothetical"]),
        (HEAD + "a,words,F1,,,\na,more,F1,,,\n", ["line 3: seed_id a is used twice"]),
        (HEAD + 'a,"two\nlines",F1,,,\nb,,F1,,,\n', ["line 4: text is empty"]),
        (HEAD + ",,,angry,,\nb,,F1,,,\n", ["line 2: seed_id", "line 2: text", "line 2: codes", "line 2: stance", "line 3: text"]),
        (b"seed_id,text,codes\na,caf\0,F1\n", ["t0.csv: this is not text"]),
        (HEAD + 'a,"open,F1,,,\n', ["t0.csv: not a readable table: line 2: a quotation mark is not closed"]),
    ],
)
def test_a_fault_is_listed(load, table, faults):
    with pytest.raises(SeedError) as caught:
        load(table)
    assert [fault for fault in faults if fault not in caught.value.what] == []
    assert caught.value.what.count(";") >= len(faults) - 1
    assert caught.value.exit_code == 2


def test_faults_of_all_tables_are_listed_and_ids_are_unique_over_them(load):
    with pytest.raises(SeedError) as caught:
        load(HEAD + "a,words,F1,,,\nb,,F1,,,\n", HEAD + "a,words,F1,,,\n")
    assert "t0.csv line 3: text is empty" in caught.value.what
    assert "t1.csv line 2: seed_id a is used twice" in caught.value.what


def test_a_file_that_is_not_there(tmp_path, codebook):
    with pytest.raises(SeedError, match="cannot be opened: No such file"):
        load_seeds([tmp_path / "no.csv"], codebook)


def test_unknown_codes_are_left_out_and_listed_never_read_as_none(load):
    found = load(HEAD + "a,words,CODX,,,\nb,words,CODX;F1,,,\nc,words,zzz,,,\nd,words,none,,,\n")
    assert {seed.id: seed.codes for seed in found.seeds} == {"b": ("F1",), "d": ()}
    assert [(problem.where, problem.what, problem.severity) for problem in found.problems] == [
        ("t0.csv", "2 seeds name 'CODX', which the codebook lacks: 1 is left out and 1 teaches its other codes only", Severity.WARNING),
        ("t0.csv", "1 seed names 'zzz', which the codebook lacks: it is left out", Severity.WARNING),
    ]
    assert found.problems[0].hint == "did you mean CODI?"
    assert "study.codebooks" in found.problems[1].hint


def test_the_order_of_rows_and_files_does_not_matter(load):
    rows = ["b,words,F1,,,\n", "a,words,CODI,,,\n", "c,words,none,,,\n"]
    assert load(HEAD + rows[0], HEAD + rows[1] + rows[2]) == load(HEAD + rows[2] + rows[1], HEAD + rows[0])


def test_no_table(load):
    assert load().seeds == ()
