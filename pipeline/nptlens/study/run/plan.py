"""What each stage is made from: the basis of resuming, of `status` and of identical reruns.

What goes in of its own (files, settings, versions) is known before anything runs. What it takes from earlier stages is known by what
these were made from and by what they made, which only the ledger says: `nptlens.study.run.states` puts both together.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from nptlens import __version__
from nptlens.core.ids import digest, digest_file, digest_json
from nptlens.core.resources import resource
from nptlens.core.versions import installed
from nptlens.embedding import EncoderCard, code_digest, find_encoder
from nptlens.safety.paths import printable_path
from nptlens.study.folder import Study

STAGES = ("read", "segment", "manual", "embed", "discover", "name", "code", "map", "compare", "stance", "report")
AROUND = ("sampling", "projects", "links")
"""Stages of the study around the coding, before the report; a study without their files or links has none of them."""
TOPIC_PACKAGES = ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn", "scipy", "numpy")
"""Packages whose versions shape the topics."""
VALIDATION = "validation"
"""What the ledger calls the figures of `nptlens validate`; they are no stage of a run, and the report shows them where they hold."""
_LIBRARIES = ("numpy", "pandas", "pyarrow")
Ingredients = dict[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A stage: the stages it reads from, and the name and digest of all else that goes into it.

    `takes` are (stage, file) where one file alone of an earlier stage goes in, whatever else that stage makes.
    """

    after: tuple[str, ...]
    ingredients: Ingredients
    takes: tuple[tuple[str, str], ...] = ()


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


def plan(study: Study, encoder: EncoderCard | None = None) -> dict[str, Planned]:
    """Return what goes into each stage of the study, in the order in which they run.

    `encoder` is the study's, where its files were checked already.
    """
    settings = study.settings
    encoder = encoder or encoder_card(study)
    seed = {"seed": str(settings.study.seed)}
    agreement = _section("agreement", settings.agreement)
    made = _up_to_topics(study, encoder)
    taught = settings.coding.taught_by
    made["code"] = Planned(
        ("embed", *(["manual"] if taught else [])),
        {
            **({"settings agreement.overlap": digest(repr(settings.agreement.overlap))} if taught else {}),
            **_section("coding", settings.coding),
            **seed,
            **_versions("scikit-learn", "scipy", "safetensors"),
        },
    )
    # Names and merges of topics change the map and the report, never the codings.
    made["map"] = Planned(("name", "code"), agreement | seed)
    made["compare"] = Planned(("code", "manual"), {**agreement, **_section("selective", settings.selective), **seed})
    made["stance"] = Planned(
        ("code", "manual"),
        {**_section("coding", settings.coding), **agreement, **_versions("spacy", "scikit-learn", "scipy")},
    )
    stages = stages_of(study)
    around = _around(study, encoder)
    made |= {stage: around[stage] for stage in stages if stage in AROUND}
    # The report tells all settings but the threads, so it hangs on them even where no result does.
    made["report"] = Planned(
        stages[:-1],
        {
            **{key: value for name, section in settings if name != "study" for key, value in _section(name, section).items()},
            "settings study": digest_json(settings.study.model_dump(mode="json", exclude={"threads"})),
            **_files([*study.template_files(), *filter(None, [study.validation_file()])], study.root),
            **_files(filter(None, [study.summaries_file(), study.answers_file()]), study.root),
            **_versions("markupsafe", "xlsxwriter", "python-docx", "matplotlib"),
        },
    )
    return made


def validation_plan(study: Study) -> Planned:
    """Return what goes into a validation of the study, as its settings stand."""
    settings = study.settings
    return Planned(
        ("compare",),
        {
            **_section("agreement", settings.agreement),
            **_section("validation", settings.validation),
            **_section("saturation", settings.saturation),
            "settings report.mismatches": digest(repr(settings.report.mismatches)),
            "settings report.most_quoted_words": digest(repr(settings.report.most_quoted_words)),
        },
        # Names of topics do not go in, which topic an excerpt has does.
        takes=(("name", "topics.parquet"),),
    )


def _around(study: Study, encoder: EncoderCard) -> dict[str, Planned]:
    """Return what the stages around the coding hang on: the register of projects on its own files alone."""
    settings = study.settings

    def files(*found: Path | None) -> Ingredients:
        return _files([path for path in found if path], study.root)

    register = study.projects_file()
    seed = {"seed": str(settings.study.seed)}
    return {
        "sampling": Planned(("read",), files(study.practices_file(), study.participants_file())),
        "projects": Planned(
            (),
            {
                **_ours(),
                **files(register, study.project_values_file(), study.practices_file()),
                **files(study.project_codebook_file(), *study.project_seed_files()),
                **_section("coding", settings.coding),
                "settings projects.margin": digest(repr(settings.projects.margin)),
                **seed,
                **_encoder(encoder),
                **_versions("scikit-learn", "scipy"),
            },
        )
        if register
        else Planned((), {}),
        "links": Planned(
            ("segment", "code"),
            {**_files(study.codebook_files(), study.root), **_section("agreement", settings.agreement), **seed},
        ),
    }


def _ours() -> Ingredients:
    """Return what every stage hangs on: this package, Python (whose Unicode tables it uses), the libraries of all tables."""
    return {"version nptlens": __version__, "version Python": platform.python_version(), **_versions(*_LIBRARIES)}


def _encoder(card: EncoderCard) -> Ingredients:
    return {"encoder": card.digest, "code of the encoder": code_digest(card), **_versions(*card.packages)}


def _up_to_topics(study: Study, card: EncoderCard) -> dict[str, Planned]:
    """Return the stages that know no codes, and the embedding of the seeds."""
    settings = study.settings
    sources, ids = study.sources(), study.transcript_ids_file()
    sheet, names = study.participants_file(), study.topic_names_file()
    encoder = _encoder(card)
    codebooks = _files(study.codebook_files(), study.root)
    vectors = (("embed", "vectors.npy"), ("embed", "vectors.rows"))
    return {
        "read": Planned(
            (),
            {
                **_ours(),
                **_files([*sources.files, *([ids] if ids else [])], study.root),
                **{f"not read {_file_name(each.path, study.root)}": each.what for each in sources.refused},
                "settings study.transcripts": digest(settings.study.transcripts),
                **_section("reading", settings.reading),
                **_versions("lxml", "pypdf", "striprtf", "odfdo", "openpyxl", "webvtt-py", "srt", "charset-normalizer"),
            },
        ),
        "segment": Planned(
            ("read",),
            {
                **_files([sheet] if sheet else [], study.root),
                # Who is an interviewer is decided here, by these settings.
                **_section("reading", settings.reading),
                **_section("segmenting", settings.segmenting),
                **_versions("spacy"),
            },
        ),
        "manual": Planned(("read",), {**_files(study.manual_files(), study.root), **codebooks}),
        "embed": Planned(
            ("segment",),
            {
                **_files(study.seed_files(), study.root),
                **codebooks,
                "order of codebooks": digest_json(settings.study.codebooks),
                **encoder,
            },
        ),
        # Topics know neither seeds nor codes: of what was embedded they take the segments' vectors alone.
        "discover": Planned(
            ("segment",),
            {
                **encoder,
                **_section("topics", settings.topics),
                "seed": str(settings.study.seed),
                **_versions(*TOPIC_PACKAGES),
            },
            takes=vectors,
        ),
        "name": Planned(("discover",), _files([names] if names else [], study.root), takes=vectors),
    }


def _files(paths: Iterable[Path], root: Path) -> Ingredients:
    return {_file_name(path, root): digest_file(path) for path in paths}


def _file_name(path: Path, root: Path) -> str:
    # A link keeps its own name, so that two links to files of one name stay two.
    if path.is_relative_to(root):
        return printable_path(path.relative_to(root).as_posix())
    for shipped in (resource("corpora", "seeds"), resource("config", "codebooks")):
        if path.is_relative_to(shipped):
            return f"shipped {path.name}"
    return printable_path(path.as_posix())


def _section(name: str, section: BaseModel) -> Ingredients:
    return {f"settings {name}.{key}": digest(repr(value)) for key, value in section.model_dump().items()}


def _versions(*packages: str) -> Ingredients:
    return {f"version {package}": installed(package) for package in packages}
