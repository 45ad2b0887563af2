"""What a stage hangs on: all settings that are told, what earlier stages really made, and a validation by what it was made from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nptlens.schemas.records import Embedded
from nptlens.schemas.report_formats import ReportFormat
from nptlens.schemas.settings import default_settings
from nptlens.store.ledger import Ledger
from nptlens.store.outputs import OutputFile
from nptlens.study.folder import open_study
from nptlens.study.run.plan import encoder_card, plan
from nptlens.study.run.runner import run
from nptlens.study.run.states import ledger_file, status, validation_state
from nptlens.study.topics import rename_topic
from nptlens.study.validation.validate import validate

EVERY = [f"{section}.{key}" for section, values in default_settings() for key, _ in values]
OF_NO_RESULT = {"study.threads"}
"""Settings that change no result."""
COPIES = {
    "study.transcripts": "transcripts", "study.participants": "participants.csv", "study.practices": "participants.csv",
    "study.seeds": "seeds.csv", "study.manual": "manual_A.csv", "study.codebooks": "codebook.toml", "embedding.encoder": "encoder",
    "projects.file": "participants.csv", "projects.coded": "participants.csv", "report.template": "seeds.csv",
}  # fmt: skip
CHOICES = {"embedding.backend": "torch", "embedding.device": "cuda", "report.formats": (ReportFormat.HTML,)}


def stale(study):
    return [each.stage for each in status(study) if not each.up_to_date]


def reran(result):
    return tuple(stage.stage for stage in result.stages if stage.reran)


def other(name, value, tiny):
    """Return another value of a setting; a file that it names is there."""
    if name in COPIES:
        source = tiny.root / COPIES[name]
        copied = source.with_name(f"copy_of_{source.name}")
        for path in [source] if source.is_file() else sorted(source.iterdir()):
            tiny.write(f"{copied.name}/{path.name}" if source.is_dir() else copied.name, path.read_text(encoding="utf-8"))
        return (copied.name,) if isinstance(value, tuple) else copied.name
    if name in CHOICES:
        return CHOICES[name]
    if name == "projects.outcome":
        return ("x", *value[1:])
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value}x" if isinstance(value, str) else (*value, "x")


def changed(tiny, name):
    """Return the study with another value of one setting."""
    study = open_study(tiny.root)
    section, key = name.split(".")
    value = getattr(getattr(study.settings, section), key)
    if name == "projects.codebook":
        tiny.write("copy.toml", (tiny.root / "codebook.toml").read_text(encoding="utf-8"))
    part = getattr(study.settings, section).model_copy(update={key: "copy.toml" if name == "projects.codebook" else other(name, value, tiny)})
    return replace(study, settings=study.settings.model_copy(update={section: part}))


@pytest.mark.parametrize("name", EVERY)
def test_each_setting_that_the_report_tells_makes_a_stage_stale(ran, name):
    found = stale(changed(ran, name))
    assert bool(found) == (name not in OF_NO_RESULT)
    assert not found or "report" in found


def test_other_vectors_are_followed_by_all_that_hangs_on_them(ran, no_model, monkeypatch):
    """The ingredients of no stage changed; only what `embed` made did."""

    def turned(texts):
        made = type(no_model).encode(no_model, texts)
        return Embedded(made.vectors[:, ::-1].copy(), made.layers)

    monkeypatch.setattr(no_model, "encode", turned)
    (ran.root / ".nptlens" / "vectors.sqlite").unlink()
    result = run(open_study(ran.root), again=("embed",))
    assert {"embed", "discover", "code", "map", "compare", "stance", "report"} <= set(reran(result))
    why = {stage.stage: stage.why for stage in result.stages}
    assert why["discover"] == "changed: stage embed: vectors.npy"
    assert why["code"] == "changed: stage embed: code_vectors.npy, stage embed: seed_vectors.npy, stage embed: vectors.npy"
    assert reran(run(open_study(ran.root))) == ()


def test_the_same_vectors_are_followed_by_nothing(ran):
    (ran.root / ".nptlens" / "vectors.sqlite").unlink()
    assert reran(run(open_study(ran.root), again=("embed",))) == ("embed",)


def test_status_names_the_stage_before(ran):
    ran.edit("seeds.csv", "endless paper", "endless")
    why = {each.stage: each.why for each in status(open_study(ran.root)) if not each.up_to_date}
    assert why == {"embed": "changed: seeds.csv"} | dict.fromkeys(
        ("code", "map", "compare", "stance", "report"), "stage embed is not up to date"
    )


@pytest.mark.parametrize("package", ["numpy", "pyarrow"])
def test_the_register_of_projects_hangs_on_our_version_too(ran, monkeypatch, package):
    ran.write("projects.csv", "project_id,description\nPR0,Something\n")
    before = plan(open_study(ran.root))["projects"].ingredients
    monkeypatch.setattr("nptlens.study.run.plan.__version__", "999")
    assert plan(open_study(ran.root))["projects"].ingredients["version nptlens"] == "999" != before["version nptlens"]
    assert f"version {package}" in before


def test_every_file_of_a_run_that_is_altered_is_told(ran):
    """But the lock, the salt, what is a cache, and the record of outputs, which is checked where it is read."""
    validate(open_study(ran.root))
    run(open_study(ran.root))
    study = open_study(ran.root)
    assert stale(study) == []
    files = [path for folder in (study.store, study.results) for path in folder.rglob("*") if path.is_file()]
    known = [path for path in files if "sqlite" not in path.name and not path.name.startswith("outputs.") and path.name not in ("lock", "salt")]
    assert len(known) > 40
    for path in known:
        data = path.read_bytes()
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:] if data else b"1")
        assert any(f"altered: {'../results/' if path.parent == study.results else ''}{path.name}" in each.why for each in status(study)), path.name
        path.write_bytes(data)
    assert stale(study) == []


def why_of_validation(study):
    ledger = Ledger(ledger_file(study))
    try:
        return validation_state(study, ledger, encoder_card(study))
    finally:
        ledger.close()


def shown(study):
    return "validation.html" in (study.results / "report.html").read_text(encoding="utf-8")


def test_the_report_shows_a_validation_as_long_as_it_holds(ran):
    study = open_study(ran.root)
    validate(study)
    assert stale(study) == ["report"]
    run(study)
    assert shown(study)
    ran.edit("study.toml", "resamples = 20", "resamples = 20\noverlap = 0.7")
    study = open_study(ran.root)
    assert {"compare", "report", "validation"} <= set(stale(study))
    result = run(study)
    assert not shown(study)
    (told,) = [problem for problem in result.problems if problem.where == "validation"]
    assert "settings agreement.overlap" in told.what
    assert told.hint.startswith("run: nptlens validate")
    assert "of an earlier run or of other settings" in (study.results / "report.html").read_text(encoding="utf-8")
    assert stale(study) == ["validation"]
    validate(study)
    assert stale(study) == ["report"]
    run(study, again=("report",), only=("report",))
    assert shown(study)
    assert stale(study) == []


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("[agreement]\nconfidence = 0.8\n", "agreement.confidence"), ("[agreement]\ninterval = \"bca\"\n", "agreement.interval"),
        ("[agreement]\ncluster = \"practice\"\n", "agreement.cluster"), ("[validation]\nwidth = 0.3\n", "validation.width"),
        ("[saturation]\nrun = 5\n", "saturation.run"),
    ],
)  # fmt: skip
def test_a_validation_of_other_settings_is_not_of_this_study(validated, setting, name):
    text = (validated.root / "study.toml").read_text(encoding="utf-8")
    section = setting.split("\n", 1)[0]
    validated.write("study.toml", text.replace(section, setting.rstrip()) if section in text else text + setting)
    study = open_study(validated.root)
    assert f"settings {name}" in why_of_validation(study)
    assert {"report", "validation"} <= set(stale(study))


def test_a_validation_with_another_cluster_is_of_other_settings(validated):
    study = open_study(validated.root)
    assert why_of_validation(study) == ""
    validate(study, cluster="practice")
    assert why_of_validation(study) == "changed: settings agreement.cluster"


def test_a_validation_that_nobody_recorded_or_somebody_altered_is_not_shown(validated):
    study = open_study(validated.root)
    path = study.results / "validation.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0.", "1."), encoding="utf-8")
    assert why_of_validation(study) == "altered: results/validation.json"
    ledger_file(study).unlink()
    assert why_of_validation(study) == "nothing tells what it was made from"


def test_a_validation_elsewhere_is_not_the_reports(ran, tmp_path):
    validate(open_study(ran.root), out=tmp_path / "there")
    assert "validation" not in {each.stage for each in status(open_study(ran.root))}


def test_renaming_a_topic_spoils_no_validation(validated):
    rename_topic(open_study(validated.root), 0, "A name")
    run(open_study(validated.root))
    assert why_of_validation(open_study(validated.root)) == ""


@pytest.fixture
def validated(ran, monkeypatch):
    """The study after a run, with what stands for a validation of it: its figures matter to no test here."""
    monkeypatch.setattr("nptlens.study.validation.validate.headlines", lambda made: ())
    monkeypatch.setattr("nptlens.study.validation.validate.provenance", lambda artefacts: ())

    def files(made, segments, codebook, settings, *, provenance, withheld):
        return (OutputFile("validation.json", lambda: b'{"coders": [], "value": 0.5}'),)

    class Nothing:
        problems = ()

    monkeypatch.setattr("nptlens.study.validation.validate.validation", lambda artefacts, **options: Nothing())
    monkeypatch.setattr("nptlens.study.validation.validate.validation_files", files)
    validate(open_study(ran.root))
    return ran
