"""Studies with too few seeds: a run ends with its report, and says what is lacking."""

from __future__ import annotations

import pytest

from nptlens.core.errors import NptlensError, UsageError
from nptlens.schemas.records import Severity
from nptlens.schemas.tables import CODINGS
from nptlens.store.files import read_table
from nptlens.study.folder import open_study
from nptlens.study.run.runner import run
from nptlens.study.seeds import examine_seeds
from nptlens.study.sheets.labelling import suggest_labels
from nptlens.study.validation.validate import validate
from nptlens.study.why import why

HEAD = "seed_id,text,codes,stance,note,group\n"
NOTHING = "no code has enough seeds, so nothing is coded: at least 4 must carry a code, and at least 4 must not"


def seeds(count: dict[str, int], *, group: str = "") -> str:
    words = {"TEAM": "The team talked in meeting", "MONEY": "The money paid for cover", "FORMS": "The paper forms were endless", "none": "Lunch on"}
    return HEAD + "".join(f"{code}-{i},{words[code]} {i},{code},,,{group}\n" for code, number in count.items() for i in range(number))


@pytest.fixture
def with_seeds(ran):
    """Run the tiny study again with other seeds."""

    def made(table: str, *edits: tuple[str, str, str]):
        ran.write("seeds.csv", table)
        for edit in edits:
            ran.edit(*edit)
        study = open_study(ran.root)
        return study, run(study)

    return made


@pytest.mark.parametrize(
    ("count", "coded", "told"),
    [
        ({}, set(), {"seeds": "there are no seeds, so nothing is coded"}),
        ({"TEAM": 1}, set(), {"seeds": NOTHING, "TEAM": "dropped: 1 seeds, at least 4 are needed"}),
        ({"TEAM": 3, "MONEY": 3, "FORMS": 3}, set(), {"seeds": NOTHING, "FORMS": "dropped: 3 seeds, at least 4 are needed"}),
        (
            {"TEAM": 6},
            set(),
            {"seeds": NOTHING, "TEAM": "dropped: its 6 seeds stand against 0 that do not carry it, at least 4 of those are needed"},
        ),
        ({"none": 6}, set(), {"seeds": NOTHING, "TEAM": "dropped: 0 seeds, at least 4 are needed"}),
        ({"TEAM": 4, "none": 4}, {"TEAM"}, {"MONEY": "dropped: 0 seeds, at least 4 are needed"}),
        (
            {"TEAM": 9, "MONEY": 3},
            set(),
            {"seeds": NOTHING, "TEAM": "dropped: its 9 seeds stand against 3 that do not carry it, at least 4 of those are needed"},
        ),
        ({"TEAM": 5, "MONEY": 3}, set(), {"MONEY": "dropped: 3 seeds, at least 4 are needed"}),
    ],
)
def test_a_run_with_few_seeds_ends_with_its_report(with_seeds, count, coded, told):
    study, result = with_seeds(seeds(count))
    assert (study.results / "report.html").is_file()
    assert set(read_table(study.store / "codings.parquet", CODINGS)["code"]) == coded
    said = {problem.where: problem for problem in result.problems}
    assert {where: said[where].what for where in told} == told
    assert all(said[where].severity is Severity.WARNING and said[where].hint for where in told)
    assert ("seeds" in said) == (not coded)


@pytest.mark.parametrize("edits", [(), (("study.toml", "folds = 3", "folds = 9"),)])
def test_seeds_of_one_origin_and_more_folds_than_groups(with_seeds, edits):
    study, _ = with_seeds(seeds({"TEAM": 4, "MONEY": 5}, group="P01"), *edits)
    assert set(read_table(study.store / "codings.parquet", CODINGS)["code"]) == {"TEAM", "MONEY"}


def test_a_codebook_of_one_code(with_seeds):
    book = 'name = "tiny"\nversion = "1"\n[[code]]\nid = "TEAM"\nname = "Team"\ndefinition = "Talking as a team."\n'
    study, _ = with_seeds(seeds({"TEAM": 4, "none": 4}))
    study, _ = _with_book(study, book)
    assert set(read_table(study.store / "codings.parquet", CODINGS)["code"]) == {"TEAM"}
    assert (study.results / "report.html").is_file()


def _with_book(study, book: str):
    (study.root / "codebook.toml").write_text(book, encoding="utf-8")
    again = open_study(study.root)
    return again, run(again)


def test_a_person_teaches_where_seeds_are_too_few(with_seeds):
    """The person's excerpts count, beside seeds that would not do alone; of the other codes it is said that they are too few."""
    study, result = with_seeds(seeds({"TEAM": 1}), ("study.toml", "[coding]", '[coding]\ntaught_by = "A"'))
    assert (study.results / "report.html").is_file()
    assert set(read_table(study.store / "codings.parquet", CODINGS)["code"]) == {"TEAM"}
    assert {"MONEY", "FORMS"} <= {problem.where for problem in result.problems}


def test_the_other_verbs_on_a_study_in_which_nothing_is_coded(with_seeds):
    study, _ = with_seeds(seeds({"TEAM": 3, "MONEY": 3}))
    exam = examine_seeds(study)
    assert NOTHING in {problem.what for problem in exam.problems}
    assert exam.needs_a_look()
    assert validate(study).outputs  # two people are compared
    assert len(suggest_labels(study, number=1).suggestions) == 1
    with pytest.raises(UsageError, match="nothing is coded"):
        why(study, "P01:1-2")


@pytest.mark.parametrize("count", [{"TEAM": 1}, {"TEAM": 6}, {"none": 1}, {"none": 6}, {"TEAM": 4, "none": 4}])
def test_the_seed_doctor_examines_any_number(ran, count):
    ran.write("seeds.csv", seeds(count))
    exam = examine_seeds(open_study(ran.root))
    dropped = {problem.where for problem in exam.problems if problem.what.startswith("dropped")}
    assert dropped == {"TEAM", "MONEY", "FORMS"} - ({"TEAM"} if "TEAM" in count and "none" in count else set())


def test_no_seed_at_all_is_said_by_the_doctor(ran):
    ran.write("seeds.csv", HEAD)
    with pytest.raises(NptlensError, match="no seeds") as raised:
        examine_seeds(open_study(ran.root))
    assert raised.value.hint
