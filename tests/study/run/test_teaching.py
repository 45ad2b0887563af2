"""A person's coding teaches the machine, transcript by transcript held out."""

from __future__ import annotations

import pytest

from nptlens.core.errors import SettingsError
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.plan import plan
from nptlens.study.run.runner import run
from nptlens.study.run.states import status
from nptlens.study.why import why


def taught(tiny, extra=""):
    tiny.edit("study.toml", "[coding]\n", f'[coding]\ntaught_by = "A"\n{extra}')
    return open_study(tiny.root)


def test_the_machine_learns_from_the_coder_who_is_named(tiny_study, no_model):
    alone = Artefacts(open_study(tiny_study.root))
    run(alone.study)
    before = alone.codings
    study = taught(tiny_study)
    run(study)
    artefacts = Artefacts(study)
    assert artefacts.taught_by is not None
    assert (artefacts.taught_by.coder, artefacts.taught_by.folds()) == ("A", 3)
    assert {name for name, _ in artefacts.taught_by.fold_of} == {"P01", "P02", "P03"}
    assert artefacts.taught_by.excerpts == len(artefacts.segments) == len(artefacts.teaching.seeds)
    assert sum(card.excerpts for card in artefacts.heads) > 0
    assert not artefacts.codings["probability"].equals(before["probability"])
    assert all(each.up_to_date for each in status(study))
    html = (study.results / "report.html").read_text(encoding="utf-8")
    assert "excerpts that A coded" in html
    assert "dealt to 3 folds" in html
    assert "taught by the seeds alone" not in html


def test_excerpts_that_were_left_uncoded_teach_none(tiny_study, no_model):
    study = taught(tiny_study)
    run(study)
    found = Artefacts(study).teaching
    assert any(not seed.codes for seed in found.seeds)
    assert any(seed.codes for seed in found.seeds)
    assert {seed.group for seed in found.seeds} == {"P01", "P02", "P03"}


def test_nearest_seeds_of_an_excerpt_are_never_of_its_own_fold(tiny_study, no_model):
    study = taught(tiny_study)
    run(study)
    artefacts = Artefacts(study)
    origin = dict(artefacts.taught_by.fold_of)
    known = {seed.id: seed.group for seed in artefacts.teaching.seeds}
    transcript = dict(zip(artefacts.segments["segment_id"], artefacts.segments["transcript_id"], strict=True))
    for row in artefacts.codings.itertuples():
        for entry in filter(None, row.nearest_seeds.split("; ")):
            seed = entry.rpartition("=")[0]
            assert seed not in known or origin[known[seed]] != origin[transcript[row.segment_id]]


def test_why_asks_the_heads_that_coded(tiny_study, no_model):
    study = taught(tiny_study)
    run(study)
    row = Artefacts(study).codings.iloc[0]
    found = why(study, row["segment_id"], row["code"])
    assert found.why.probability == pytest.approx(row["probability"], abs=1e-9)


def test_whoever_codes_without_teaching_makes_no_coding_stale(tiny_study, no_model):
    study = taught(tiny_study)
    assert "manual" in plan(study)["code"].after
    tiny_study.edit("study.toml", 'taught_by = "A"\n', "")
    assert "manual" not in plan(open_study(tiny_study.root))["code"].after


def test_practices_are_held_out_whole(tiny_study, no_model):
    study = taught(tiny_study, 'hold_out = "practice"\n')
    run(study)
    fold = dict(Artefacts(study).taught_by.fold_of)
    assert fold["P01"] == fold["P02"] != fold["P03"]


def test_one_transcript_teaches_nothing_and_says_so(tiny_study, no_model):
    text = (tiny_study.root / "manual_A.csv").read_text()
    tiny_study.write("manual_A.csv", "\n".join(line for line in text.splitlines() if line.startswith(("transcript", "P01"))) + "\n")
    study = taught(tiny_study)
    run(study)
    artefacts = Artefacts(study)
    assert artefacts.taught_by is None
    assert any("too few transcripts" in problem.what for problem in artefacts.problems_of("code"))
    assert len(artefacts.codings)


def test_a_coder_who_coded_nothing_is_refused_by_name(tiny_study, no_model):
    tiny_study.edit("study.toml", "[coding]\n", '[coding]\ntaught_by = "a"\n')
    with pytest.raises(SettingsError, match=r"names a, who coded nothing"):
        run(open_study(tiny_study.root))


def test_coding_alone_can_teach_where_there_are_no_seeds(tiny_study, no_model):
    header = (tiny_study.root / "seeds.csv").read_text().splitlines()[0]
    tiny_study.write("seeds.csv", header + "\n")
    study = taught(tiny_study, "fewest_seeds = 2\n")
    run(study)
    artefacts = Artefacts(study)
    assert len(artefacts.codings)
    assert {card.seeds for card in artefacts.heads} == {0}
