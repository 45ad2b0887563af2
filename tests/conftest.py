"""What several tests need: real data where it is at hand, and a tiny encoder that needs no model."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from nptlens.schemas.records import Embedded
from nptlens.store.pictures import PictureCache
from nptlens.study.folder import open_study
from nptlens.study.run.runner import run

settings.register_profile("nptlens", deadline=None)  # a loaded machine is no fault of what is tested
settings.register_profile("all", deadline=None)  # see examples.py
settings.load_profile("nptlens")

_SYNC = os.fsync
os.fsync = lambda file: None  # a run waits for the disk a hundred times, which no test sees but those of tests/store and tests/crash


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, whole programs with the real encoder, so that at the end no process waits for one."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


@pytest.fixture
def real_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the disk, where that is what is tested."""
    monkeypatch.setattr(os, "fsync", _SYNC)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("NPTLENS_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data are not here: {folder}")
    return folder


class WordEncoder:
    """A bag of hashed words as a unit vector: texts that share words are near, no model is needed, and there are no middle layers."""

    dimension = 64

    def encode(self, texts: Sequence[str]) -> Embedded:
        """Return unit vectors ``(n, 64)`` and layers ``(n, 0)``."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.strip(".,?!").encode()).hexdigest(), 16) % self.dimension] += 1
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return Embedded(rows, np.empty((len(texts), 0), dtype=np.float32))


@pytest.fixture(scope="session")
def word_encoder() -> WordEncoder:
    return WordEncoder()


_TALK = {
    "P01": (
        ("Interviewer", "What did you think of the weekly meeting?"),
        ("P01", "The meeting gave the whole team an hour to talk and to listen. Everybody in the team talked, even the juniors."),
        ("P01", "The money paid for the cover. Without the payment nobody would have paid for that hour, money decides."),
        ("Interviewer", "And the forms?"),
        ("P01", "The forms were endless. I filled in forms every evening, forms and more paper forms, and nobody read the paper."),
        ("P01", "Yes."),
    ),
    "P02": (
        ("Interviewer", "How was the meeting for you?"),
        ("P02", "Our team talked more. In the meeting the team could listen and talk about the week we had."),
        ("P02", "The payment was small money. We paid the cover from the payment and the money was gone by June."),
        ("P02", "Paper forms, all those forms. The forms took longer than the work, and the paper went into a drawer."),
    ),
    "P03": (
        ("Interviewer", "Tell me about the money."),
        ("P03", "Money was paid in March. The payment covered the hour, and without the money and the cover we stop."),
        ("P03", "A good team talks. The meeting made us talk and listen as one team, that is what I saw."),
        ("P03", "I hated the forms. Every form was paper, paper forms on the desk, forms on the floor."),
    ),
}
_SEEDS = {
    "TEAM": (
        "The team talked in the meeting.", "We listen to each other as a team.", "The meeting lets the whole team talk.",
        "Everybody in the team can talk and listen.", "A team that talks in the meeting.",
    ),
    "MONEY": (
        "The payment paid for cover.", "Without the money we stop.", "The money covered the hour.",
        "Nobody paid, there was no payment.", "The payment was small money.",
    ),
    "FORMS": (
        "The forms were endless paper.", "I filled in paper forms.", "Forms and more forms every evening.",
        "Nobody read the paper forms.", "The forms took longer than the work.",
    ),
}
_CODEBOOK = """name = "tiny"
version = "1"
[[code]]
id = "TEAM"
name = "Team"
definition = "Talking as a team."
[[code]]
id = "MONEY"
name = "Money"
definition = "What is paid."
[[code]]
id = "FORMS"
name = "Forms"
definition = "What must be filled in."
"""
_STUDY = """[study]
name = "A tiny study"
codebooks = ["codebook.toml"]
[segmenting]
min_words = 8
[embedding]
encoder = "encoder"
[topics]
method = "small"
min_topic_size = 3
[coding]
folds = 3
[agreement]
resamples = 20
"""


def _manual(coder: str, codes: tuple[str, ...]) -> str:
    rows = ["transcript,start,end,code,stance,coder"]
    for name, turns in _TALK.items():
        text = _transcript(name)
        for code, word in zip(codes, ("team", "paid", "forms"), strict=True):
            start = next(text.index(said) for who, said in turns if who == name and word in said)
            rows.append(f"{name},{start},{start + 60},{code},asserted,{coder}")
    return "\n".join(rows) + "\n"


def _transcript(name: str) -> str:
    return "\n".join(f"{who}: {said}" for who, said in _TALK[name]) + "\n"


class TinyStudy:
    """A study of three transcripts, three codes with five seeds each and two manual coders, whose encoder is a folder without a model."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("study.toml", _STUDY)
        self.write("codebook.toml", _CODEBOOK)
        self.write("encoder/modules.json", "[]")
        self.write("participants.csv", "participant,labels,role,practice\nP01,,nurse,A\nP02,,doctor,A\nP03,,manager,B\n")
        seeds = [f'{code}-{i},"{text}",{code},asserted' for code, texts in _SEEDS.items() for i, text in enumerate(texts)]
        self.write("seeds.csv", "\n".join(["seed_id,text,codes,stance", *seeds]) + "\n")
        for name in _TALK:
            self.write(f"transcripts/{name}.txt", _transcript(name))
        self.write("manual_A.csv", _manual("A", ("TEAM", "MONEY", "FORMS")))
        self.write("manual_B.csv", _manual("B", ("TEAM", "MONEY", "TEAM")))

    def write(self, name: str, text: str) -> Path:
        """Write a file of the study."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace words that must be in a file of the study."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def made(self) -> dict[str, str]:
        """Return the sha256 of each artefact and each result; databases, lock, salt and the record of what lies elsewhere are left out."""
        files = [*(self.root / ".nptlens").glob("*"), *(self.root / "results").glob("*")]
        left_out = ("lock", "salt")
        kept = [
            path for path in files
            if path.is_file() and "sqlite" not in path.name and path.name not in left_out and not path.name.startswith("outputs.")
        ]
        return {path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


@pytest.fixture(scope="session")
def make_tiny_study() -> type[TinyStudy]:
    return TinyStudy


@pytest.fixture
def tiny_study(tmp_path: Path) -> TinyStudy:
    return TinyStudy(tmp_path / "study")


_ENCODERS = ("nptlens.study.run.text_stages", "nptlens.study.run.fieldwork_stages", "nptlens.study.seeds", "nptlens.study.why", "nptlens.study.validation._baselines", "nptlens.api.coder")


_get, _put = PictureCache.get, PictureCache.put
_drawings: dict[str, str] = {}


def _drawn(cache: PictureCache, drawn: str) -> str | None:
    found = _get(cache, drawn)
    if found is None and drawn in _drawings:
        found = _drawings[drawn]
        _put(cache, drawn, found)
    return found


def _keep(cache: PictureCache, drawn: str, svg: str) -> None:
    _drawings[drawn] = svg
    _put(cache, drawn, svg)


@pytest.fixture(scope="session")
def without_a_model(word_encoder: WordEncoder) -> Callable[[pytest.MonkeyPatch], None]:
    """Put the word encoder in the place of the real one; a picture that one study of these tests had drawn is not drawn again for the next."""

    def put(patch: pytest.MonkeyPatch) -> None:
        for module in _ENCODERS:
            patch.setattr(f"{module}.load_encoder", lambda card, threads=0: word_encoder)
        patch.setattr(PictureCache, "get", _drawn)
        patch.setattr(PictureCache, "put", _keep)

    return put


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch, word_encoder: WordEncoder, without_a_model: Callable[[pytest.MonkeyPatch], None]) -> WordEncoder:
    """Put the word encoder in the place of the real one, for one test."""
    without_a_model(monkeypatch)
    return word_encoder


@pytest.fixture(scope="session")
def run_once(without_a_model: Callable[[pytest.MonkeyPatch], None]) -> Callable[[TinyStudy], TinyStudy]:
    """Run a study with the word encoder in the place of the real one."""

    def made(study: TinyStudy) -> TinyStudy:
        with pytest.MonkeyPatch.context() as patch:
            without_a_model(patch)
            run(open_study(study.root))
        return study

    return made


@pytest.fixture(scope="session")
def after_a_run(run_once: Callable[[TinyStudy], TinyStudy], tmp_path_factory: pytest.TempPathFactory) -> TinyStudy:
    """The tiny study after a run, for all that only look at it or copy it."""
    return run_once(TinyStudy(tmp_path_factory.mktemp("ran") / "study"))


@pytest.fixture(scope="session")
def after_a_run_with_topics(run_once: Callable[[TinyStudy], TinyStudy], tmp_path_factory: pytest.TempPathFactory) -> TinyStudy:
    """The tiny study after a run that found topics, two of them at least."""
    study = TinyStudy(tmp_path_factory.mktemp("topics") / "study")
    study.edit("study.toml", "min_topic_size = 3", "min_topic_size = 2\nstability_resamples = 3")
    return run_once(study)


@pytest.fixture
def ran(after_a_run: TinyStudy, tiny_study: TinyStudy, no_model: WordEncoder) -> TinyStudy:
    """A copy of the tiny study after a run."""
    return _copied(after_a_run, tiny_study)


@pytest.fixture
def ran_with_topics(after_a_run_with_topics: TinyStudy, tiny_study: TinyStudy, no_model: WordEncoder) -> TinyStudy:
    """A copy of the tiny study after a run that found topics."""
    return _copied(after_a_run_with_topics, tiny_study)


def _copied(done: TinyStudy, study: TinyStudy) -> TinyStudy:
    shutil.rmtree(study.root)
    shutil.copytree(done.root, study.root)
    return study
