"""The stages of a run in order, each with what goes in and what comes out: the one place where a stage is defined.

A new stage is an entry in `STAGES`, its function, and a schema where it makes a new kind of table. All else follows from the entry: what
makes it run again, what its function may read, what `nptlens status` and `nptlens run` say of it, and what belongs to one run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from nptlens.schemas import fieldwork, tables
from nptlens.schemas.records import AgreementSummary, HeadCard, TaughtBy, TopicCard, TopicStability
from nptlens.study.run.stage import EVERY_SETTING, Artefact, Needs, Stage, array, data, problems, records, table, text

if TYPE_CHECKING:
    from nptlens.study.folder import Study

SOURCES = records("transcripts.json", tuple[tuple[str, str, str, str, str, str], ...])
"""Per transcript: id, source, digests of the file and of the text, format, layout."""
TRANSCRIPTS = text("transcripts.digest")
"""Stands for the transcripts as read (they lie in their sources): a digest of texts, utterances and furniture, not of the files' bytes."""
SEGMENTS = table("segments.parquet", tables.SEGMENTS)
SET_ASIDE = table("set_aside.parquet", tables.SET_ASIDE)
MANUAL = table("manual.parquet", tables.MANUAL_CODINGS)
VECTORS, LAYERS = array("vectors.npy"), array("layers.npy")
VECTOR_ROWS = text("vectors.rows")
"""Digest of the segments' ids, in the order of the vectors."""
SEED_VECTORS, SEED_LAYERS = array("seed_vectors.npy"), array("seed_layers.npy")
CODE_VECTORS = array("code_vectors.npy")
FOUND_TOPICS = table("topics_found.parquet", tables.TOPICS)
FOUND_CARDS = records("topic_cards_found.json", tuple[TopicCard, ...])
STABILITY = records("topic_stability.json", TopicStability)
STABILITY_BASIS = records("topic_stability_of.json", tuple[str, ...])
"""Digest of all that the stability hangs on, and of the figures themselves."""
TOPIC_METHOD = text("topic_method")
TOPICS = table("topics.parquet", tables.TOPICS)
TOPIC_CARDS = records("topic_cards.json", tuple[TopicCard, ...])
CODINGS = table("codings.parquet", tables.CODINGS)
HEADS = records("heads.json", tuple[HeadCard, ...])
HEAD_WEIGHTS = data("heads.safetensors")
TAUGHT_BY = records("taught_by.json", tuple[TaughtBy, ...])
TOPIC_CODES = table("topic_codes.parquet", tables.TOPIC_CODES)
TOPIC_READINGS = table("topic_readings.parquet", tables.TOPIC_READINGS)
READINGS = table("readings.parquet", tables.READINGS)
AGREEMENT = table("agreement.parquet", tables.AGREEMENT)
SUMMARIES = records("agreement.json", tuple[AgreementSummary, ...])
VERDICTS = table("verdicts.parquet", tables.VERDICTS)
STANCES = table("stances.parquet", tables.STANCES_OF_CODINGS)
STANCE_AGREEMENT = table("stance_agreement.parquet", tables.STANCE_AGREEMENT)
STANCE_CONFUSION = table("stance_confusion.parquet", tables.STANCE_CONFUSION)
SAMPLING = table("sampling.parquet", fieldwork.SAMPLING)
PROJECTS = table("projects.parquet", fieldwork.PROJECTS)
PROJECT_CODINGS = table("project_codings.parquet", fieldwork.PROJECT_CODINGS)
CODE_LINKS = table("code_links.parquet", fieldwork.CODE_LINKS)

READERS = ("lxml", "pypdf", "striprtf", "openpyxl", "charset-normalizer")
TOPIC_PACKAGES = ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn", "scipy", "numpy")
"""Packages whose versions shape the topics."""
TOLD_VERSIONS = ("spacy", "bertopic", "umap-learn", "scikit-learn", "numpy", "pandas")
"""Packages whose versions the report tells."""
_LEARNING = ("scikit-learn", "scipy")
_OF_SEGMENTS = (VECTORS, VECTOR_ROWS)
_OF_CODER = (*_OF_SEGMENTS, LAYERS, SEED_VECTORS, SEED_LAYERS, CODE_VECTORS)


def has_register(study: Study) -> bool:
    """Tell whether a study has a register of projects."""
    return study.projects_file() is not None


def has_practices(study: Study) -> bool:
    """Tell whether a study has a practices sheet."""
    return study.practices_file() is not None


def has_links(study: Study) -> bool:
    """Tell whether the codebook names themes that go with other codes."""
    codebook = study.codebook()
    return any(link.first in codebook and link.second in codebook for link in codebook.links)


def _teacher(study: Study) -> Needs:
    """Manual coding goes into the codings only where a person's coding teaches."""
    return Needs(reads=(MANUAL,), settings=("agreement.overlap",)) if study.settings.coding.taught_by else Needs()


def _of_the_others(study: Study) -> Needs:
    """The report shows the problems of all other stages, and the register with its codebook."""
    listed = tuple(problems(stage.name) for stage in stages_of(study) if problems(stage.name) in stage.artefacts)
    return Needs(reads=listed, inputs=("project_codebook_file",) if has_register(study) else ())


# fmt: off
STAGES: tuple[Stage, ...] = (
    Stage(
        "read",
        "read the transcripts",
        Needs(inputs=("sources", "transcript_ids_file"), settings=("reading",), versions=READERS),
        run="nptlens.study.run.text_stages:read_sources",
        artefacts=(SOURCES, TRANSCRIPTS, problems("read")),
        unit="files",
    ),
    Stage(
        "segment",
        "cut them into segments",
        # Who is an interviewer is decided here, not where the transcripts are read.
        Needs(inputs=("participants_file",), settings=("reading.interviewers", "segmenting"), reads=(TRANSCRIPTS,), versions=("spacy",)),
        run="nptlens.study.run.text_stages:cut_segments",
        artefacts=(SEGMENTS, SET_ASIDE, problems("segment")),
        unit="turns",
    ),
    Stage(
        "manual",
        "gather the manual coding",
        Needs(inputs=("manual_files", "codebook_files"), reads=(TRANSCRIPTS,)),
        run="nptlens.study.run.text_stages:gather_manual",
        artefacts=(MANUAL, problems("manual")),
    ),
    Stage(
        "embed",
        "embed segments and seeds",
        Needs(inputs=("seed_files", "codebook_files", "encoder"), reads=(SEGMENTS,)),
        run="nptlens.study.run.text_stages:embed_texts",
        artefacts=(*_OF_CODER, problems("embed")),
        unit="texts",
    ),
    Stage(
        "discover",
        "discover topics",
        # Topics know neither seeds nor codes: of what was embedded they take the segments' vectors, which hang on segments and encoder.
        Needs(inputs=("encoder",), settings=("topics", "study.seed"), reads=(SEGMENTS,), takes=_OF_SEGMENTS, versions=TOPIC_PACKAGES),
        run="nptlens.study.run.topic_stages:find_topics",
        artefacts=(FOUND_TOPICS, FOUND_CARDS, STABILITY, STABILITY_BASIS, TOPIC_METHOD),
        unit="fits",
    ),
    Stage(
        "name",
        "apply names and merges of topics",
        Needs(
            inputs=("topic_names_file", "encoder"),
            settings=("topics",),
            reads=(SEGMENTS, FOUND_TOPICS, FOUND_CARDS),
            takes=_OF_SEGMENTS,
            versions=_LEARNING,
        ),
        run="nptlens.study.run.topic_stages:name_topics",
        artefacts=(TOPICS, TOPIC_CARDS, problems("name")),
    ),
    Stage(
        "code",
        "code the segments",
        Needs(
            inputs=("seed_files", "codebook_files"),
            settings=("coding", "study.seed"),
            reads=(SEGMENTS, *_OF_CODER),
            versions=(*_LEARNING, "safetensors"),
        ),
        run="nptlens.study.run.coding_stages:code_segments",
        artefacts=(CODINGS, HEADS, HEAD_WEIGHTS, TAUGHT_BY, problems("code")),
        unit="segments",
        also=_teacher,
    ),
    Stage(
        "map",
        "map topics to codes",
        # Names and merges of topics change the map and the report, never the codings.
        Needs(
            inputs=("codebook_files",),
            settings=("agreement.resamples", "agreement.confidence", "study.seed"),
            reads=(SEGMENTS, TOPICS, CODINGS),
            versions=("scipy",),
        ),
        run="nptlens.study.run.coding_stages:map_readings",
        artefacts=(TOPIC_CODES, TOPIC_READINGS, READINGS),
    ),
    Stage(
        "compare",
        "compare with manual coding",
        Needs(
            inputs=("codebook_files", "seed_files"),
            settings=("agreement", "selective", "study.seed"),
            reads=(SEGMENTS, MANUAL, CODINGS, HEADS),
            versions=_LEARNING,
        ),
        run="nptlens.study.run.coding_stages:compare_coders",
        artefacts=(AGREEMENT, SUMMARIES, VERDICTS, problems("compare")),
        unit="pairs",
    ),
    Stage(
        "stance",
        "judge the stance of the codings",
        Needs(
            inputs=("codebook_files", "seed_files"),
            settings=("agreement", "coding.folds", "study.seed"),
            reads=(SEGMENTS, MANUAL, CODINGS, *_OF_SEGMENTS, SEED_VECTORS),
            versions=(*_LEARNING, "spacy"),
        ),
        run="nptlens.study.run.coding_stages:judge_stances",
        artefacts=(STANCES, STANCE_AGREEMENT, STANCE_CONFUSION, problems("stance")),
    ),
    Stage(
        "sampling",
        "set who was invited beside who was interviewed",
        Needs(inputs=("practices_file", "participants_file"), settings=("reading.interviewers",), reads=(TRANSCRIPTS,)),
        run="nptlens.study.run.fieldwork_stages:frame_sample",
        artefacts=(SAMPLING, problems("sampling")),
        wanted=has_practices,
    ),
    Stage(
        "projects",
        "code the register of projects",
        Needs(
            inputs=(
                "projects_file", "project_values_file", "practices_file", "project_codebook_file", "project_seed_files", "encoder",
            ),
            settings=("coding", "projects.margin", "study.seed"),
            versions=_LEARNING,
        ),
        run="nptlens.study.run.fieldwork_stages:code_projects",
        artefacts=(PROJECTS, PROJECT_CODINGS, problems("projects")),
        unit="texts",
        wanted=has_register,
    ),
    Stage(
        "links",
        "measure how themes go with other codes",
        Needs(inputs=("codebook_files",), settings=("agreement", "study.seed"), reads=(SEGMENTS, CODINGS), versions=("scipy",)),
        run="nptlens.study.run.fieldwork_stages:link_codes",
        artefacts=(CODE_LINKS,),
        wanted=has_links,
    ),
    Stage(
        "report",
        "write the report",
        Needs(
            inputs=(
                "participants_file", "codebook_files", "seed_files", "manual_files", "template_files", "summaries_file", "answers_file",
                "memo_files", "validation_file", "encoder",
            ),
            settings=(EVERY_SETTING,),  # it tells them all
            reads=(
                SOURCES, TRANSCRIPTS, SEGMENTS, SET_ASIDE, MANUAL, *_OF_SEGMENTS, TOPICS, TOPIC_CARDS, TOPIC_METHOD, STABILITY,
                CODINGS, HEADS, TAUGHT_BY, TOPIC_CODES, TOPIC_READINGS, READINGS, AGREEMENT, SUMMARIES, VERDICTS, STANCES,
                STANCE_AGREEMENT, SAMPLING, PROJECTS, PROJECT_CODINGS, CODE_LINKS,
            ),
            versions=("markupsafe", "xlsxwriter", "python-docx", "matplotlib", "scipy", *TOLD_VERSIONS),
        ),
        run="nptlens.study.run.report_stage:write_report",
        unit="files",
        also=_of_the_others,
    ),
)

VALIDATION = Stage(
    "validation",
    "set people and the machine side by side",
    Needs(
        inputs=("participants_file", "codebook_files", "seed_files", "encoder"),
        settings=(
            "study.name", "study.invented", "study.seed", "reading.interviewers", "segmenting.least_words", "topics.method",
            "coding", "agreement", "selective.gold", "validation", "saturation", "report.mismatches", "report.most_quoted_words",
        ),
        reads=(
            TRANSCRIPTS, SEGMENTS, MANUAL, *_OF_CODER, CODINGS, HEADS, HEAD_WEIGHTS, TAUGHT_BY, AGREEMENT, STANCES,
            STANCE_AGREEMENT, STANCE_CONFUSION, problems("read"), problems("manual"), problems("code"), problems("compare"),
        ),
        # Names of topics do not go in, which topic an excerpt has does.
        takes=(TOPICS,),
        versions=("scikit-learn", "scipy", "spacy"),
    ),
)
# fmt: on
"""The figures of `nptlens validate`: no stage of a run, but made from what is declared like one. The report shows them while they hold."""


def stages_of(study: Study) -> tuple[Stage, ...]:
    """Return the stages that this study has, in the order in which they run."""
    return tuple(stage for stage in STAGES if stage.wanted(study))


def before_report(study: Study) -> tuple[str, ...]:
    """Return the names of the stages that come before the report."""
    return tuple(stage.name for stage in stages_of(study) if stage.name != "report")


def stage_named(name: str) -> Stage:
    """Return the stage of a name, KeyError where there is none."""
    return {stage.name: stage for stage in STAGES}[name]


def titles() -> dict[str, str]:
    """Return what each stage does, by name, in order."""
    return {stage.name: stage.title for stage in STAGES}


def training(stage: str) -> str:
    """Return the name under which a stage tells its progress while it learns."""
    return f"{stage}: training"


def units() -> dict[str, str]:
    """Return what is counted, by the name under which progress is told."""
    return {stage.name: stage.unit for stage in STAGES} | {training(stage.name): "fits" for stage in STAGES}


def makers(artefacts: Iterable[Artefact[Any]]) -> tuple[str, ...]:
    """Return the names of the stages that make these artefacts, in order."""
    wanted = {artefact.file for artefact in artefacts}
    return tuple(stage.name for stage in STAGES if wanted & {artefact.file for artefact in stage.artefacts})


def upstream(names: Iterable[str], after: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Return the stages named and all that they read from, in order; `after` names those that a stage reads from itself."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += after(name)
    return tuple(stage.name for stage in STAGES if stage.name in found)


def of_the_codings() -> tuple[str, ...]:
    """Return the stages that codings and their stances hang on, these included."""
    return upstream(makers((CODINGS, STANCES)), lambda name: makers(stage_named(name).needs.reads))
