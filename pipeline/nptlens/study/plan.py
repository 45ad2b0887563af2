"""What each stage is made from, known before anything runs: the basis of resuming, of `status` and of identical reruns."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel

from nptlens import __version__
from nptlens.embedding import EncoderCard, find_encoder
from nptlens.ids import digest, digest_file, digest_json
from nptlens.resources import resource
from nptlens.study.folder import Study

STAGES = ("read", "segment", "manual", "embed", "discover", "name", "code", "map", "compare", "stance", "report")
AROUND = ("sampling", "projects", "links")
"""Stages of the study around the coding, before the report; a study without their files or links has none of them."""
TOPIC_PACKAGES = ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn", "scipy", "numpy")
"""Packages whose versions shape the topics."""
Ingredients = dict[str, str]


def encoder_card(study: Study) -> EncoderCard:
    """Return the card of the study's encoder, its files checked against the registry."""
    settings = study.settings.embedding
    return find_encoder(settings.encoder, study.root, backend=settings.backend, device=settings.device)


def stages_of(study: Study) -> tuple[str, ...]:
    """Return the stages that this study has, in the order in which they run."""
    codebook = study.codebook()
    has = {
        "sampling": study.practices_file() is not None,
        "projects": study.projects_file() is not None,
        "links": any(link.first in codebook and link.second in codebook for link in codebook.links),
    }
    return *STAGES[:-1], *(stage for stage in AROUND if has[stage]), STAGES[-1]


def plan(study: Study, encoder: EncoderCard | None = None) -> dict[str, Ingredients]:
    """Return, per stage, the name and digest of all that goes into it; a stage holds the fingerprints of the stages before.

    `encoder` is the study's, where its files were checked already.
    """
    settings = study.settings
    encoder = encoder or encoder_card(study)
    made = _up_to_topics(study, encoder)
    taught = settings.coding.taught_by
    made["code"] = {
        **_after(made, "embed", *(["manual"] if taught else [])),
        **({"settings agreement.overlap": digest(repr(settings.agreement.overlap))} if taught else {}),
        **_section("coding", settings.coding),
        "seed": str(settings.study.seed),
        **_versions("scikit-learn", "scipy", "numpy"),
    }
    # Names and merges of topics change the map and the report, never the codings.
    made["map"] = {
        **_after(made, "name", "code"),
        **_section("agreement", settings.agreement),
        "seed": str(settings.study.seed),
        **_versions("numpy"),
    }
    made["compare"] = {
        **_after(made, "code", "manual"),
        **_section("agreement", settings.agreement),
        **_section("selective", settings.selective),
    }
    made["stance"] = {
        **_after(made, "code", "manual"),
        **_section("coding", settings.coding),
        **_section("agreement", settings.agreement),
        **_versions("spacy", "scikit-learn", "scipy", "numpy"),
    }
    around = [stage for stage in stages_of(study) if stage in AROUND]
    made |= {stage: _around(study, made, encoder)[stage] for stage in around}
    made["report"] = {
        **_after(made, "read", "segment", "manual", "discover", "name", "code", "map", "compare", "stance", *around),
        **_section("report", settings.report),
        **_section("agreement", settings.agreement),
        **_files([*study.template_files(), *filter(None, [study.validation_file()])], study.root),
        **_files(filter(None, [study.summaries_file(), study.answers_file()]), study.root),
        **_section("embedding", settings.embedding),
        **(_section("projects", settings.projects) if "projects" in around else {}),
        # The report tells these settings and versions, so it hangs on them even where no result does.
        "settings study": digest_json(settings.study.model_dump(mode="json", exclude={"threads"})),
        "version Python": platform.python_version(),
        **_versions("jinja2", "xlsxwriter", "pandas", "python-docx", "matplotlib"),
    }
    return made


def _around(study: Study, made: dict[str, Ingredients], encoder: EncoderCard) -> dict[str, Ingredients]:
    """Return what the stages around the coding hang on: the register of projects on its own files alone."""
    settings = study.settings

    def files(*found: Path | None) -> Ingredients:
        return _files([path for path in found if path], study.root)

    register = study.projects_file()
    return {
        "sampling": {**_after(made, "read"), **files(study.practices_file(), study.participants_file())},
        "projects": {
            **files(register, study.project_values_file(), study.practices_file()),
            **files(study.project_codebook_file(), *study.project_seed_files()),
            **_section("coding", settings.coding),
            "settings projects.margin": digest(repr(settings.projects.margin)),
            "seed": str(settings.study.seed),
            **_encoder(encoder),
            **_versions("scikit-learn", "scipy", "numpy"),
        }
        if register
        else {},
        "links": {
            **_after(made, "segment", "code"),
            **_files(study.codebook_files(), study.root),
            **_section("agreement", settings.agreement),
            "seed": str(settings.study.seed),
            **_versions("numpy"),
        },
    }


def _encoder(card: EncoderCard) -> Ingredients:
    return {"encoder": card.digest, **_versions(*card.packages)}


def _up_to_topics(study: Study, card: EncoderCard) -> dict[str, Ingredients]:
    """Return the stages that know no codes, and the embedding of the seeds."""
    settings = study.settings
    sources = study.source_files()
    sheet = study.participants_file()
    encoder = _encoder(card)
    made: dict[str, Ingredients] = {}
    made["read"] = {
        **_files(sources, study.root),
        "settings study.transcripts": digest(settings.study.transcripts),
        **_section("reading", settings.reading),
        **_versions("lxml", "pypdf", "striprtf", "odfdo", "openpyxl", "webvtt-py", "srt", "charset-normalizer"),
        "version nptlens": __version__,
    }
    made["segment"] = {
        **_after(made, "read"),
        **_files([sheet] if sheet else [], study.root),
        **_section("segmenting", settings.segmenting),
        **_versions("spacy"),
    }
    made["manual"] = {
        **_after(made, "read"),
        **_files(study.manual_files(), study.root),
        **_files(study.codebook_files(), study.root),
    }
    made["embed"] = {
        **_after(made, "segment"),
        **_files(study.seed_files(), study.root),
        **_files(study.codebook_files(), study.root),
        "order of codebooks": digest_json(settings.study.codebooks),
        **encoder,
    }
    # Topics know neither seeds nor codes: they hang on the segments and the encoder only.
    made["discover"] = {
        **_after(made, "segment"),
        **encoder,
        **_section("topics", settings.topics),
        "seed": str(settings.study.seed),
        **_versions(*TOPIC_PACKAGES),
    }
    names = study.topic_names_file()
    made["name"] = {**_after(made, "discover"), **_files([names] if names else [], study.root)}
    return made


def _after(made: dict[str, Ingredients], *stages: str) -> Ingredients:
    return {f"stage {stage}": digest_json(made[stage]) for stage in stages}


def _files(paths: Iterable[Path], root: Path) -> Ingredients:
    return {_file_name(path, root): digest_file(path) for path in paths}


def _file_name(path: Path, root: Path) -> str:
    # A link keeps its own name, so that two links to files of one name stay two.
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    for shipped in (resource("corpora", "seeds"), resource("config", "codebooks")):
        if path.is_relative_to(shipped):
            return f"shipped {path.name}"
    return path.as_posix()


def _section(name: str, section: BaseModel) -> Ingredients:
    return {f"settings {name}.{key}": digest(repr(value)) for key, value in section.model_dump().items()}


def _versions(*packages: str) -> Ingredients:
    return {f"version {package}": installed(package) for package in packages}


def installed(package: str) -> str:
    """Return the version of an installed package, "absent" where it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
