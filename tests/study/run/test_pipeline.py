"""The list of stages: it is whole and in order, a stage is given what it declares and no more, and one entry is all that a new stage takes."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.ids import digest_json
from nptlens.schemas.settings import default_settings
from nptlens.study.folder import Study, open_study
from nptlens.study.run import pipeline
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.plan import plan
from nptlens.study.run.runner import run, silent
from nptlens.study.run.stage import EVERY_SETTING, Needs, Stage, UndeclaredError, always, records
from nptlens.study.run.states import status

STAGES = pipeline.STAGES
NAMES = tuple(stage.name for stage in STAGES if stage.wanted is always)
WORDS = records("word_counts.json", tuple[tuple[str, int], ...])


def count_words(artefacts, progress):
    """Count the words of each transcript that are said in segments of so many words."""
    segments, least = artefacts.segments, artefacts.study.settings.segmenting.min_words
    progress("words", 0, 1)
    long = segments[segments["words"] >= least]
    artefacts.put(WORDS, tuple((str(name), int(number)) for name, number in long.groupby("transcript_id")["words"].sum().items()))


NEW = Stage(
    "words",
    "count the words",
    Needs(inputs=("participants_file",), settings=("segmenting.min_words",), reads=(pipeline.SEGMENTS,)),
    run=f"{__name__}:count_words",
    artefacts=(WORDS,),
    unit="transcripts",
)


@pytest.fixture
def with_a_new_stage(monkeypatch):
    monkeypatch.setattr(pipeline, "STAGES", (*STAGES[:-1], NEW, STAGES[-1]))


def reran(result):
    return tuple(stage.stage for stage in result.stages if stage.reran)


def opened(tiny):
    return open_study(tiny.root)


def test_names_and_files_are_each_of_one_stage():
    files = [artefact.file for stage in STAGES for artefact in stage.artefacts]
    assert len(set(files)) == len(files)
    assert len({stage.name for stage in STAGES}) == len(STAGES)
    assert all(stage.title for stage in STAGES)


def test_each_stage_reads_what_an_earlier_one_makes():
    for number, stage in enumerate(STAGES):
        made = {artefact for earlier in STAGES[:number] for artefact in earlier.artefacts}
        assert set(stage.needs.reads + stage.needs.takes) <= made, stage.name
    every = {artefact for stage in STAGES for artefact in stage.artefacts}
    assert set(pipeline.VALIDATION.needs.reads + pipeline.VALIDATION.needs.takes) <= every


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_the_function_of_each_stage_is_there(stage):
    assert stage.function().__doc__


@pytest.mark.parametrize("stage", [*STAGES, pipeline.VALIDATION], ids=lambda stage: stage.name)
def test_what_a_stage_declares_exists(stage):
    known = {f"{section}.{key}" for section, values in default_settings() for key, _ in values} | set(dict(default_settings()))
    assert set(stage.needs.settings) <= known | {EVERY_SETTING}
    assert all(each == "encoder" or callable(getattr(Study, each)) for each in stage.needs.inputs)


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage.wanted is always], ids=lambda stage: stage.name)
def test_a_stage_declares_nothing_that_it_does_not_ask_for(ran, stage):
    """What it need not hang on would only make it run again. A taken artefact has its origins declared instead of asked for."""
    artefacts = Artefacts(opened(ran))
    artefacts.make(stage, silent)
    asked = artefacts.access.asked[stage.name]
    needs = stage.needs_of(artefacts.study)
    made = {artefact.file for each in pipeline.stages_of(artefacts.study) for artefact in each.artefacts}
    declared = {("artefact", each.file) for each in needs.reads + needs.takes if each.file in made}
    declared |= {("input", each) for each in needs.inputs if stage.name != "read" and not (needs.takes and each == "encoder")}
    assert declared <= asked


UNDECLARED = {
    "input": lambda artefacts: artefacts.seed_set,
    "input seed_files": lambda artefacts: artefacts.study.seed_files(),
    "input manual_files": lambda artefacts: artefacts.study.manual_files(),
    "input codebook_files": lambda artefacts: artefacts.study.codebook(),
    "input encoder": lambda artefacts: artefacts.encoder,
    "artefact codings.parquet": lambda artefacts: artefacts.codings,
    "artefact transcripts.digest": lambda artefacts: artefacts.reading,
    "artefact vectors.npy": lambda artefacts: artefacts.vectors,
    "artefact problems_read.json": lambda artefacts: artefacts.problems_of("read"),
    "settings coding.folds": lambda artefacts: artefacts.study.settings.coding.folds,
    "settings segmenting.max_words": lambda artefacts: artefacts.study.settings.segmenting.max_words,
    "settings reading.interviewers": lambda artefacts: artefacts.study.settings.reading.interviewers,
    f"settings {EVERY_SETTING}": lambda artefacts: artefacts.study.settings.model_dump(),
    "makes topics.parquet": lambda artefacts: artefacts.put(pipeline.TOPICS, None),
}


@pytest.mark.parametrize("thing", UNDECLARED)
@pytest.mark.parametrize("known", [False, True], ids=["new", "fetched before"])
def test_what_a_stage_does_not_declare_is_refused(ran, thing, known, monkeypatch):
    artefacts = Artefacts(opened(ran))
    if known:
        artefacts.seed_set, artefacts.reading, artefacts.codings, artefacts.vectors, artefacts.encoder  # noqa: B018
    monkeypatch.setitem(globals(), "count_words", lambda artefacts, progress: UNDECLARED[thing](artefacts))
    with pytest.raises(UndeclaredError, match="stage words") as caught:
        artefacts.make(NEW, silent)
    assert thing.replace("*", "") in str(caught.value)


def test_a_stage_that_leaves_out_what_it_declares_is_refused(ran, monkeypatch):
    monkeypatch.setitem(globals(), "count_words", lambda artefacts, progress: None)
    with pytest.raises(UndeclaredError, match=r"stage words did not make word_counts.json"):
        Artefacts(opened(ran)).make(NEW, silent)


def test_after_a_stage_everything_may_be_asked_for(ran):
    artefacts = Artefacts(opened(ran))
    artefacts.make(NEW, silent)
    assert len(artefacts.seed_set.seeds) and len(artefacts.codings) and artefacts.study.settings.coding.folds


def test_one_entry_is_a_new_stage(ran, with_a_new_stage):
    assert reran(run(opened(ran))) == ("words",)
    assert Artefacts(opened(ran))[WORDS]
    assert all(each.up_to_date for each in status(opened(ran)))
    shown = CliRunner().invoke(app, ["run", str(ran.root), "--again", "words"])
    assert "count the words" in shown.stdout and "asked for" in shown.stdout
    ran.edit("study.toml", "min_words = 8", "min_words = 9")
    assert {"segment", "words"} <= {each.stage for each in status(opened(ran)) if not each.up_to_date}
    assert "words" in reran(run(opened(ran)))
    ran.edit("seeds.csv", "endless paper", "endless")
    assert "words" not in reran(run(opened(ran)))
    (ran.root / ".nptlens" / WORDS.file).write_text("[]", encoding="utf-8")
    why = {each.stage: each.why for each in status(opened(ran)) if not each.up_to_date}
    assert why == {"words": f"altered: {WORDS.file}"}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("manual_A.csv", "transcript,start,end,code,stance,coder\n", "transcript,start,end,code,stance,coder\n\n", ("manual", "report")),
        ("study.toml", "[segmenting]\n", "[reading]\nmax_megabytes = 77\n[segmenting]\n", ("read", "report")),
        ("participants.csv", "\n", "\n\n", ("segment",)),
    ],
)
def test_a_stage_whose_inputs_came_out_the_same_is_not_run_again(ran, name, old, new, expected):
    ran.edit(name, old, new)
    assert not all(each.up_to_date for each in status(opened(ran)))
    found = reran(run(opened(ran)))
    assert found[: len(expected)] == expected and set(found) - {"report"} == set(expected) - {"report"}
    assert all(each.up_to_date for each in status(opened(ran)))


def test_a_run_of_an_earlier_version_is_made_again_and_never_misread(ran):
    """Its ledger held what each stage was made from as one digest of the whole stage before."""
    before = ran.made()
    path = ran.root / ".nptlens" / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as ledger:
        rows = {name: (json.loads(given), json.loads(made)) for name, given, made in ledger.execute("SELECT name, ingredients, artefacts FROM stage")}
        for name, (given, made) in rows.items():
            earlier = {key.removeprefix("stage ").partition(": ")[0] for key in given if key.startswith("stage ")}
            old = {key: value for key, value in given.items() if not key.startswith("stage ")} | {f"stage {each}": "0" * 64 for each in earlier}
            made.pop(pipeline.TRANSCRIPTS.file, None)
            values = (digest_json([old, made]), json.dumps(old), json.dumps(made), name)
            ledger.execute("UPDATE stage SET fingerprint = ?, ingredients = ?, artefacts = ? WHERE name = ?", values)
        ledger.commit()
    assert {each.stage: each.why for each in status(opened(ran))}["read"] == f"missing: {pipeline.TRANSCRIPTS.file}"
    assert reran(run(opened(ran))) == NAMES
    assert ran.made() == before


def test_optional_stages_are_in_the_list_and_in_no_plan_without_their_files(tiny_study):
    assert set(plan(opened(tiny_study))) == set(NAMES) < {stage.name for stage in STAGES}
