"""A study's validation: who is compared with whom, what stands beside it, what is refused, and that the same comes twice."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nptlens.core.errors import UsageError
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run
from nptlens.study.validation._questions import questions
from nptlens.study.validation.validate import headlines, validate, validation


def again(tiny):
    study = open_study(tiny.root)
    run(study)
    return Artefacts(study)


def pairs(table):
    return set(zip(table["coder"], table["against"], strict=True))


def test_all_that_a_study_gives(ran):
    artefacts = Artefacts(open_study(ran.root))
    made = validation(artefacts)
    machine = artefacts.codings["coder"].iloc[0]
    assert made.coders == ("A", "B", machine)
    assert pairs(made.figures) == {(machine, "A"), (machine, "B"), ("B", "A")}
    assert set(made.figures["level"]) == {"where", "which", "case"}
    assert pairs(made.ceiling) == {("A", "B"), ("B", "A")}
    assert set(made.baselines["coder"]) == {
        "baseline: majority", "baseline: cosine to the definition", "baseline: words (TF-IDF) and logistic regression",
        "baseline: question only",
    }  # fmt: skip
    for table in (made.confusion, made.mismatches, made.calibration, made.advice, made.prevalence, made.saturation):
        assert len(table)
    assert made.learning.empty
    assert {(each.kind, each.coder) for each in made.saturation_summaries} >= {("code", "A"), ("code", machine), ("topic", "")}
    (taught,) = made.trained
    assert (taught.left_out, taught.tuned) == ("", ())
    assert "15 seeds alone" in taught.taught_by
    assert made.transcripts == 3
    assert {(each.level, each.statistic) for each in headlines(made)} >= {("which", "mean_kappa"), ("where", "unitizing_alpha")}


def test_files_are_written_and_the_same_twice(ran):
    study = open_study(ran.root)
    first = validate(study)
    assert [path.name for path in first.outputs] == ["validation.html", "validation.json", "validation.xlsx"]
    assert all(path.parent == study.results for path in first.outputs)
    second = validate(study, out=ran.root / "elsewhere")
    assert [path.read_bytes() for path in first.outputs] == [path.read_bytes() for path in second.outputs]
    assert json.loads(first.outputs[1].read_text(encoding="utf-8"))["coders"] == ["A", "B", first.headlines[0].coder]


@pytest.mark.parametrize(
    ("coder", "against", "wanted"),
    [("A", "B", {("A", "B")}), ("B", "A", {("B", "A")}), ("A", "machine", {("machine", "A")}), ("machine", "B", {("machine", "B")})],
)
def test_a_named_pair(ran, coder, against, wanted):
    made = validation(Artefacts(open_study(ran.root)), coder=coder, against=against)
    assert {tuple(name.split(":")[0] for name in pair) for pair in pairs(made.figures)} == wanted
    assert made.baselines.empty == ("machine" not in {coder, against})


def test_one_named_coder_keeps_all_pairs_with_that_one(ran):
    made = validation(Artefacts(open_study(ran.root)), against="A")
    assert {tuple(name.split(":")[0] for name in pair) for pair in pairs(made.figures)} == {("machine", "A"), ("B", "A")}


def test_three_people(ran):
    ran.write("manual_E.csv", (ran.root / "manual_A.csv").read_text(encoding="utf-8").replace(",A", ",E"))
    made = validation(again(ran))
    assert ("A, B, E", "") in pairs(made.figures)
    assert ("E", "A") in pairs(made.figures)
    own = made.figures[(made.figures["coder"] == "E") & (made.figures["against"] == "A") & (made.figures["statistic"] == "unitizing_alpha")]
    assert own.loc[own["scope"] == "overall", "value"].tolist() == [1.0]


def test_a_person_who_coded_drawn_units_alone_read_no_interview_in_whole(ran):
    lines = (ran.root / "manual_A.csv").read_text(encoding="utf-8").splitlines()
    weighted = "".join(f"{line},{'weight' if number == 0 else '1.5'}\n" for number, line in enumerate(lines)).replace(",A,", ",E,")
    ran.write("manual_E.csv", weighted)
    made = validation(again(ran))
    assert ("E", "A") in pairs(made.figures)
    assert {each.coder for each in made.saturation_summaries if each.kind == "code"} >= {"A", "B"}
    assert "E" not in {each.coder for each in made.saturation_summaries}


def test_two_people_without_a_machine(ran):
    ran.write("seeds.csv", "seed_id,text,codes,stance\n")
    made = validation(again(ran))
    assert made.coders == ("A", "B")
    assert pairs(made.figures) == {("B", "A")}
    assert made.trained == ()
    assert made.baselines.empty
    assert made.ceiling.empty
    assert made.prevalence.empty


def test_people_who_share_nothing_are_named_and_no_figure_is_made(ran):
    ran.write("manual_B.csv", "transcript,start,end,code,coder\n" + (ran.root / "manual_B.csv").read_text().splitlines()[1].replace(",asserted", "") + "\n")
    rows = [row for row in (ran.root / "manual_A.csv").read_text(encoding="utf-8").splitlines() if not row.startswith("P01")]
    ran.write("manual_A.csv", "\n".join(rows) + "\n")
    artefacts = again(ran)
    made = validation(artefacts)
    assert ("B", "A") not in pairs(made.figures)
    assert any(each.where == "B and A" and "no unit both" in each.what for each in made.problems)
    with pytest.raises(UsageError, match="read no unit both"):
        validation(artefacts, coder="A", against="B")


def test_a_transcript_that_nobody_coded_is_named(ran):
    for name in "AB":
        rows = [row for row in (ran.root / f"manual_{name}.csv").read_text(encoding="utf-8").splitlines() if not row.startswith("P03")]
        ran.write(f"manual_{name}.csv", "\n".join(rows) + "\n")
    made = validation(again(ran))
    assert made.transcripts == 2
    assert any("coded by nobody" in each.what and "P03" in each.what for each in made.problems)


def test_what_the_run_left_out_is_told_with_file_and_row(ran):
    with (ran.root / "manual_A.csv").open("a", encoding="utf-8") as file:
        file.write("P01,5,999999,TEAM,asserted,A\nP01,5,40,TAEM,asserted,A\n")
    artefacts = again(ran)
    result = validate(artefacts.study)
    assert {each.what for each in result.problems if each.where.startswith("manual_A.csv line")} == {
        "its offsets '5' to '999999' are not in the text of 434 characters", "no such code: 'TAEM'",
    }  # fmt: skip
    assert result.needs_a_look()


def test_seeds_that_leak_are_refused_by_name(ran):
    artefacts = Artefacts(open_study(ran.root))
    text = artefacts.segments.loc[0, "text"]
    segment = artefacts.segments.loc[0, "segment_id"]
    with (ran.root / "seeds.csv").open("a", encoding="utf-8") as file:
        file.write(f'LEAK,"{text}",TEAM,asserted\n')
    made = validation(again(ran))
    (told,) = [each for each in made.problems if each.where == "seed LEAK"]
    assert segment in told.what
    machine = made.figures[(made.figures["against"] == "A") & (made.figures["frame"] == "all") & (made.figures["scope"] == "overall")]
    n = {coder.split(":")[0]: n for coder, n in zip(machine["coder"], machine["n"], strict=True)}
    assert n["machine"] < n["B"] == len(artefacts.segments)


def test_a_machine_that_a_person_taught(ran):
    ran.edit("study.toml", "[coding]\n", '[coding]\ntaught_by = "A"\n')
    made = validation(again(ran))
    (taught,) = made.trained
    assert (taught.left_out, taught.folds) == ("transcript", 3)
    assert "excerpts that A read" in taught.taught_by
    assert "baseline: seeds alone" in set(made.baselines["coder"])


def test_learning_curve_on_the_transcripts_that_did_not_teach(ran):
    ran.edit("study.toml", "[agreement]", "[validation]\nlearning_draws = 2\n[agreement]")
    seen = []
    made = validation(again(ran), learn_from="A", progress=lambda stage, done, total: seen.append(stage))
    assert set(made.learning["transcripts"]) == {1}
    assert set(made.learning["statistic"]) == {"mean_kappa", "macro_f1", "macro_ap"}
    assert "learning curve" in seen


def test_data_that_settings_were_tuned_on_are_marked(ran):
    ran.edit("study.toml", "[agreement]", '[validation]\ntuned = ["P02"]\n[agreement]')
    assert validation(again(ran)).trained[0].tuned == ("P02",)
    ran.edit("study.toml", '"P02"', '"P99"')
    with pytest.raises(UsageError, match="P99"):
        validation(again(ran))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"coder": "a"}, "no coding by a"),
        ({"coder": "A", "against": "A"}, "named twice"),
        ({"coder": "mashine"}, r"did you mean machine\?"),
        ({"learn_from": "machine"}, "does not teach itself"),
    ],
)
def test_wrong_use(ran, options, message):
    with pytest.raises(UsageError, match=message):
        validation(Artefacts(open_study(ran.root)), **options)


def test_a_study_that_nobody_coded_by_hand(ran):
    for name in "AB":
        (ran.root / f"manual_{name}.csv").unlink()
    with pytest.raises(UsageError, match="nobody coded by hand") as error:
        validation(again(ran))
    assert "validate sheet" in error.value.hint


def test_one_person_and_no_machine(ran):
    (ran.root / "manual_B.csv").unlink()
    ran.write("seeds.csv", "seed_id,text,codes,stance\n")
    with pytest.raises(UsageError, match="nobody to compare with"):
        validation(again(ran))


def test_a_study_that_changed_since_its_run(ran):
    ran.edit("codebook.toml", "Talking as a team.", "Talking.")
    with pytest.raises(UsageError, match="not up to date"):
        validate(open_study(ran.root))


def test_clusters_that_nobody_named(ran):
    assert validation(Artefacts(open_study(ran.root)), cluster="practice").cluster == "practice"
    ran.write("participants.csv", "participant,labels,role\nP01,,nurse\nP02,,doctor\nP03,,manager\n")
    with pytest.raises(UsageError, match="no practice is known"):
        validation(again(ran), cluster="practice")


def test_questions_stand_until_the_next_one(ran):
    artefacts = Artefacts(open_study(ran.root))
    asked = questions(artefacts.segments, artefacts.reading.transcripts, artefacts.speakers, least_words=4)
    own = np.array(asked, dtype=object)[(artefacts.segments["transcript_id"] == "P01").to_numpy()]
    assert list(dict.fromkeys(own)) == ["What did you think of the weekly meeting?"]  # "And the forms?" is too short to be one
    asked = questions(artefacts.segments, artefacts.reading.transcripts, artefacts.speakers, least_words=1)
    assert "And the forms?" in asked


def test_the_report_shows_a_validation_of_few_interviews(ran):
    study = open_study(ran.root)
    validate(study)
    run(study)
    shown = (study.results / "report.html").read_text(encoding="utf-8")
    assert "Validation of this run" in shown
    assert "base 4, run 2" in shown  # three interviews are fewer than that
