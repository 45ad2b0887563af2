"""What goes into each stage of a study before anything runs: names and digests of files, settings, versions and the encoder.

What a stage takes from earlier stages is what these made, which only the ledger knows: `nptlens.study.run.states` puts both together.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nptlens.core.ids import digest, digest_file, digest_json
from nptlens.core.resources import resource
from nptlens.core.version import __version__
from nptlens.core.versions import installed
from nptlens.embedding import EncoderCard, code_digest, find_encoder
from nptlens.safety.paths import printable_path
from nptlens.study.folder import Study
from nptlens.study.run.pipeline import makers, stages_of
from nptlens.study.run.stage import EVERY_SETTING, NO_RESULT, Artefact, Needs, Stage

_LIBRARIES = ("numpy", "pandas", "pyarrow")
Ingredients = dict[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A stage of a study, all that goes into it, and the name and digest of what is known of that before anything runs."""

    stage: Stage
    needs: Needs
    ingredients: Ingredients
    made_by: tuple[tuple[str, str], ...]
    """(stage, file) for each artefact of an earlier stage that goes in."""

    @property
    def after(self) -> tuple[str, ...]:
        """The stages that must be up to date for this one to be."""
        return makers(self.needs.reads)


def encoder_card(study: Study) -> EncoderCard:
    """Return the card of the study's encoder, its files checked against the registry."""
    settings = study.settings.embedding
    return find_encoder(settings.encoder, study.root, backend=settings.backend, device=settings.device)


def plan(study: Study, encoder: EncoderCard | None = None) -> dict[str, Planned]:
    """Return what goes into each stage of the study, in the order in which they run.

    `encoder` is the study's, where its files were checked already.
    """
    stages = stages_of(study)
    given = _Given(study, encoder or encoder_card(study))
    made = frozenset(artefact for stage in stages for artefact in stage.artefacts)
    return {stage.name: _planned(stage, given, made) for stage in stages}


def plan_of(study: Study, stage: Stage, encoder: EncoderCard | None = None) -> Planned:
    """Return what goes into one stage, or into a validation."""
    made = frozenset(artefact for each in stages_of(study) for artefact in each.artefacts)
    return _planned(stage, _Given(study, encoder or encoder_card(study)), made)


def _planned(stage: Stage, given: _Given, made: frozenset[Artefact[Any]]) -> Planned:
    needs = stage.needs_of(given.study)
    parts = [_ours(), *map(given.input, needs.inputs), *map(given.setting, needs.settings), _versions(*needs.versions)]
    ingredients = {name: value for part in parts for name, value in part.items()}
    # A stage that this study lacks makes nothing that could go in.
    reads, takes = (tuple(each for each in artefacts if each in made) for artefacts in (needs.reads, needs.takes))
    made_by = tuple((makers([each])[0], each.file) for each in reads + takes)
    return Planned(stage, replace(needs, reads=reads, takes=takes), ingredients, made_by)


class _Given:
    """What a study gives its stages, each digested once."""

    def __init__(self, study: Study, encoder: EncoderCard) -> None:
        self.study, self._encoder = study, encoder
        self._inputs: dict[str, Ingredients] = {}
        held = study.settings.model_dump().items()
        self._settings = {f"{section}.{key}": value for section, values in held for key, value in values.items()}

    def input(self, name: str) -> Ingredients:
        """Return name and digest of each file that an input stands for."""
        if name not in self._inputs:
            self._inputs[name] = self._read(name)
        return self._inputs[name]

    def _read(self, name: str) -> Ingredients:
        if name == "encoder":
            return {
                "encoder": self._encoder.digest,
                "code of the encoder": code_digest(self._encoder),
                **_versions(*self._encoder.packages),
            }
        if name == "sources":
            return self._sources()
        found = getattr(self.study, name)()
        files = self._files([found] if isinstance(found, Path) else found or ())
        ordered = {"order of codebooks": digest_json(self.study.settings.study.codebooks)} if name == "codebook_files" else {}
        return files | ordered

    def _sources(self) -> Ingredients:
        sources = self.study.sources()
        refused = {f"not read {_file_name(each.path, self.study.root)}": each.what for each in sources.refused}
        folder = {"settings study.transcripts": digest(self.study.settings.study.transcripts)}
        return self._files(sources.files) | refused | folder

    def _files(self, paths: Iterable[Path]) -> Ingredients:
        return {_file_name(path, self.study.root): digest_file(path) for path in paths}

    def setting(self, name: str) -> Ingredients:
        """Return name and digest of each setting of a section, of one, or of all."""
        return {
            f"settings {each}": digest(repr(value))
            for each, value in self._settings.items()
            if each not in NO_RESULT and name in (EVERY_SETTING, each, each.partition(".")[0])
        }


def _ours() -> Ingredients:
    """Return what every stage hangs on: this package, Python (whose Unicode tables it uses), the libraries of all tables."""
    return {"version nptlens": __version__, "version Python": platform.python_version(), **_versions(*_LIBRARIES)}


def _file_name(path: Path, root: Path) -> str:
    # A link keeps its own name, so that two links to files of one name stay two.
    if path.is_relative_to(root):
        return printable_path(path.relative_to(root).as_posix())
    for shipped in (resource("corpora", "seeds"), resource("config", "codebooks")):
        if path.is_relative_to(shipped):
            return f"shipped {path.name}"
    return printable_path(path.as_posix())


def _versions(*packages: str) -> Ingredients:
    return {f"version {package}": installed(package) for package in packages}
