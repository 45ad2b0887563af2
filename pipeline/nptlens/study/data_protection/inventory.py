"""Every place that holds words, names, vectors or digests of a study: what it holds, how long it is kept, how it is removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import NptlensError
from nptlens.embedding.onnx_exports import cache_folder
from nptlens.store.outputs import known_outputs
from nptlens.study.data_protection._places import DIGESTS, NAMES, NOT_OURS, SETTINGS, UNKNOWN, WORDS, Rule, rule_of
from nptlens.study.data_protection._removal_plan import files_below, shown
from nptlens.study.folder import Study


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder, the kinds of data in it, how long it is kept and how it is removed."""

    path: str
    holds: tuple[str, ...]
    kept: str
    remove: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """The places of a study, sorted by path; `unknown` are files in its folder that nptlens did not make and does not read."""

    places: tuple[Place, ...]
    unknown: tuple[str, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look: files are there of which nptlens knows nothing."""
        return bool(self.unknown)


def inventory(study: Study) -> Inventory:
    """Return every file of the study's folder with what it holds, the sources and outputs elsewhere, and the user's cache folder."""
    transcripts = _transcripts(study)
    named = tuple(_named(study))
    places: list[Place] = []
    unknown: list[str] = []
    for path in _files(study):
        name = shown(study, path)
        rule = rule_of(name, transcripts, named)
        if rule.holds == (UNKNOWN,):
            unknown.append(name)
        places.append(Place(name, rule.holds, rule.kept, rule.remove))
    cache = cache_folder()
    if cache.is_dir():
        places.append(Place(str(cache), (SETTINGS,), "encoders as weights, no text: until you delete it", "delete it: it is made again"))
    return Inventory(tuple(places), tuple(unknown))


def _files(study: Study) -> Iterator[Path]:
    """Yield the files of the study's folder, then those of the study that lie elsewhere and are there."""
    found = set(files_below(study.root))
    root = study.transcript_root()
    found |= set(files_below(root)) if root.is_dir() else {root} if root.is_file() else set()
    found |= {path for name in known_outputs(study.store) if (path := study.root / name).is_file()}
    found |= {study.root / name for name, _ in _named(study)}
    return iter(sorted(found))


def _transcripts(study: Study) -> str:
    return shown(study, study.transcript_root())


def _named(study: Study) -> Iterator[tuple[str, Rule]]:
    """Yield the files that study.toml names, wherever they are, with what their kind holds."""
    kinds = (
        (lambda: [study.participants_file(), study.practices_file(), study.project_values_file()], (NAMES,)),
        (study.manual_files, (WORDS, NAMES, DIGESTS)),
        (lambda: [study.projects_file(), *study.seed_files(), *study.project_seed_files()], (WORDS, NAMES)),
        (lambda: [*study.codebook_files(), *study.template_files()], (SETTINGS,)),
    )
    for files, holds in kinds:
        try:
            found = files()
        except NptlensError:  # study.toml names what is not there
            continue
        for path in found:
            if path is not None and not _shipped(path):
                yield shown(study, path), Rule((), holds, "until you delete it", "nptlens forget; all of it: delete it")
    for name in known_outputs(study.store):
        if (study.root / name).is_file() and rule_of(name, _transcripts(study)) is NOT_OURS:
            yield name, Rule((), (WORDS, NAMES), "until you delete it", "nptlens forget where it is unaltered; else delete it")


def _shipped(path: Path) -> bool:
    from nptlens.core.resources import resource

    return any(path.is_relative_to(resource(*parts)) for parts in (("corpora", "seeds"), ("config", "codebooks")))
