"""The shipped seeds and the demo study, as the pipeline reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from nptlens.coding.seeds import SeedSet, load_seeds
from nptlens.core.resources import resource
from nptlens.exchange.manual import ManualCoding, read_manual
from nptlens.reading import read
from nptlens.reading.files import Reading
from nptlens.reading.participants import read_participants
from nptlens.schemas.codebook import find_codebook, load_codebook, merge
from nptlens.schemas.records import Codebook, Participant
from nptlens.schemas.settings import load_settings


@dataclass(frozen=True)
class Demo:
    folder: Path
    reading: Reading
    participants: tuple[Participant, ...]
    manual: ManualCoding


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    return merge([load_codebook(find_codebook(name, Path())) for name in ("npt", "microsystems")])


@pytest.fixture(scope="session")
def seed_set(codebook) -> SeedSet:
    return load_seeds([path for path in sorted(resource("corpora", "seeds").glob("*.csv")) if path.name != "projects.csv"], codebook)


@pytest.fixture(scope="session")
def demo(codebook) -> Demo:
    folder = resource("corpora", "demo")
    settings = load_settings(folder / "study.toml")
    reading = read(folder / settings.study.transcripts, settings=settings.reading)
    manual = read_manual([folder / name for name in settings.study.manual], reading.transcripts, codebook)
    return Demo(folder, reading, read_participants(folder / settings.study.participants), manual)
