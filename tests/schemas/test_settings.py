from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from nptlens.core.errors import SettingsError
from nptlens.core.resources import resource
from nptlens.schemas.settings import Settings, default_settings, load_settings


@pytest.fixture
def load(tmp_path):
    def load_(toml: str | bytes) -> Settings:
        path = tmp_path / "study.toml"
        path.write_bytes(toml.encode() if isinstance(toml, str) else toml)
        return load_settings(path)

    return load_


def test_defaults_are_the_shipped_file():
    shipped = tomllib.loads(resource("config", "default.toml").read_text(encoding="utf-8"))
    dumped = default_settings().model_dump(mode="json")
    assert dumped == shipped


def test_every_default_is_commented():
    lines = resource("config", "default.toml").read_text(encoding="utf-8").splitlines()
    settings = [line for line in lines if "=" in line.split("#")[0]]
    assert len(settings) == sum(len(section) for section in default_settings().model_dump().values())
    assert [line for line in settings if "#" not in line] == []


def test_an_empty_study_has_the_defaults(load):
    assert load("") == default_settings()
    assert load("[study]\n[topics]\n") == default_settings()


def test_a_study_overlays_key_by_key(load):
    settings = load('[study]\nname = "Ours"\n[coding]\nstrength = 2\n')
    default = default_settings()
    assert settings.study == default.study.model_copy(update={"name": "Ours"})
    assert settings.coding == default.coding.model_copy(update={"strength": 2.0})
    assert settings.topics == default.topics


def test_byte_order_mark_and_windows_line_ends(load):
    assert load(b'\xef\xbb\xbf[study]\r\nname = "Ours"\r\n').study.name == "Ours"


def test_settings_are_frozen():
    settings = default_settings()
    with pytest.raises(ValidationError):
        settings.study.name = "other"
    assert isinstance(settings.study.codebooks, tuple)
    assert hash(settings.coding) == hash(default_settings().coding)


FAULTS = [
    ("[studdy]\nname = 'x'", "unknown section [studdy] (did you mean study?)"),
    ("[zzz]\na = 1", "unknown section [zzz]"),
    ("study = 'x'", "study must be a section: [study]"),
    ("[coding]\nstrenght = 2", "unknown key coding.strenght (did you mean strength?)"),
    ("[coding]\nzzz = 2", "unknown key coding.zzz"),
    ("[study]\nname = 3", "study.name: "),
    ("[study.name]\nx = 1", "study.name: "),
    ("[study]\ncodebooks = 'npt'", "study.codebooks: "),
    ("[study]\ncodebooks = []", "study.codebooks: "),
    ("[study]\ncodebooks = [1]", "study.codebooks.0: "),
    ("[study]\nseed = -1", "study.seed: "),
    ("[study]\nseed = 4294967296", "study.seed: "),
    ("[study]\nseed = true", "study.seed: "),
    ("[study]\nseed = '1'", "study.seed: "),
    ("[study]\ninvented = 1", "study.invented: "),
    ("[study]\nthreads = -1", "study.threads: "),
    ("[reading]\nmax_megabytes = 0", "reading.max_megabytes: "),
    ("[segmenting]\nunit = 'page'", "segmenting.unit: "),
    ("[segmenting]\nmin_words = 121", "min_words (121) must not exceed max_words (120)"),
    ("[segmenting]\nleast_words = 0", "segmenting.least_words: "),
    ("[segmenting]\nmin_words = 2.5", "segmenting.min_words: "),
    ("[embedding]\nencoder = ''", "embedding.encoder: "),
    ("[topics]\nmethod = 'lda'", "topics.method: "),
    ("[topics]\nneighbours = 1", "topics.neighbours: "),
    ("[topics]\ncomponents = 1", "topics.components: "),
    ("[coding]\nstrength = 0", "coding.strength: "),
    ("[coding]\nstrength = nan", "coding.strength: "),
    ("[coding]\nfolds = 1", "coding.folds: "),
    ("[coding]\nfewest_seeds = 1", "coding.fewest_seeds: "),
    ("[coding]\nabstain_band = 0.5", "coding.abstain_band: "),
    ("[agreement]\noverlap = 0", "agreement.overlap: "),
    ("[agreement]\noverlap = 1.01", "agreement.overlap: "),
    ("[agreement]\ncluster = 'segment'", "agreement.cluster: "),
    ("[agreement]\nconfidence = 1", "agreement.confidence: "),
    ("[report]\nexcerpts = 0", "report.excerpts: "),
    ("[report]\nformats = ['pdf']", "report.formats.0: "),
]


def test_a_fault_names_line_value_and_neighbour(load):
    with pytest.raises(SettingsError) as caught:
        load("[study]\nname = 'x'\n\n[segmenting]\nunit = 'sentense'\nmin_wrds = 3\n[agreement]\noverlap = 2\n[reprot]\n")
    told = caught.value.what
    assert "line 5: segmenting.unit: " in told
    assert "it is 'sentense'" in told
    assert "line 6: unknown key segmenting.min_wrds (did you mean min_words?)" in told
    assert "line 8: agreement.overlap: " in told
    assert "it is '2'" in told
    assert "line 9: unknown section [reprot] (did you mean report?)" in told


@pytest.mark.parametrize(("toml", "fault"), FAULTS, ids=[toml.replace("\n", " ") for toml, _ in FAULTS])
def test_faults(load, toml, fault):
    with pytest.raises(SettingsError) as caught:
        load(toml)
    assert fault in caught.value.what
    assert caught.value.where.endswith("study.toml")
    assert caught.value.hint


@pytest.mark.parametrize(
    "toml",
    [
        "[study]\nseed = 0",
        "[study]\nseed = 4294967295",
        "[segmenting]\nmin_words = 120",
        "[coding]\nabstain_band = 0",
        "[agreement]\noverlap = 1.0\nresamples = 0",
        "[report]\nformats = []",
        "[topics]\nmethod = 'off'",
    ],
)
def test_edges_that_are_allowed(load, toml):
    dumped = load(toml).model_dump(mode="json")
    for section, values in tomllib.loads(toml).items():
        assert values.items() <= dumped[section].items()


def test_every_fault_is_listed(load):
    with pytest.raises(SettingsError) as caught:
        load("[zzz]\n[coding]\nfolds = 1\nstrength = 0\nzap = 1\n[study]\nseed = -1\n")
    for part in ("[zzz]", "coding.folds", "coding.strength", "coding.zap", "study.seed"):
        assert part in caught.value.what


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"[study\n", "not valid TOML"), (b"name = x", "not valid TOML"), (b"[study]\nname = '\xff'", "not valid TOML"), (b"[a]\n[a]", "not valid TOML")],
)
def test_what_is_not_toml(load, data, message):
    with pytest.raises(SettingsError, match=message):
        load(data)


def test_no_file_and_a_folder_in_its_place(tmp_path):
    with pytest.raises(SettingsError, match=r"no study\.toml here") as caught:
        load_settings(tmp_path / "study.toml")
    assert "nptlens init" in caught.value.hint
    (tmp_path / "study.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot be opened"):
        load_settings(tmp_path / "study.toml")
