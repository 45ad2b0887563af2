"""What the report says about how it was made, gathered from the artefacts."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from nptlens import __version__
from nptlens.core.ids import digest_file, digest_json
from nptlens.core.versions import installed
from nptlens.embedding import BACKENDS
from nptlens.reporting import Provenance, ReportInputs, Sampling
from nptlens.schemas.records import Problem
from nptlens.study.results.read_back import answers, summaries
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.fieldwork_stages import fieldwork, practice_types
from nptlens.study.run.patterns import patterns
from nptlens.study.run.states import validation_problems

_TOLD = ("spacy", "bertopic", "umap-learn", "scikit-learn", "numpy", "pandas")


def report_inputs(artefacts: Artefacts, *, problems: Sequence[Problem]) -> ReportInputs:
    """Return all that the report is made from."""
    settings = artefacts.study.settings
    told = [*problems, *(validation_problems(artefacts.study, artefacts.ledger) if artefacts.ledger else ())]
    return ReportInputs(
        study_name=settings.study.name,
        invented=settings.study.invented,
        transcripts=artefacts.reading.transcripts,
        speakers=artefacts.speakers,
        participants=artefacts.participants,
        codebook=artefacts.codebook,
        seeds=artefacts.seed_set.seeds,
        taught=artefacts.teaching.seeds if artefacts.taught_by else (),
        taught_by=artefacts.taught_by,
        segments=artefacts.segments,
        set_aside=artefacts.set_aside,
        topics=artefacts.topics,
        topic_cards=artefacts.topic_cards,
        topic_method=artefacts.topic_method,
        topic_stability=artefacts.topic_stability,
        unstable_below=settings.topics.unstable_below,
        topic_codes=artefacts.topic_codes,
        topic_readings=artefacts.topic_readings,
        readings=artefacts.readings,
        codings=artefacts.codings,
        stances=artefacts.stances,
        heads=artefacts.heads,
        manual=artefacts.manual,
        agreement=artefacts.agreement,
        agreement_summaries=artefacts.summaries,
        verdicts=artefacts.verdicts,
        problems=tuple(sorted(set(told))),
        provenance=provenance(artefacts),
        settings=settings.report,
        vectors=artefacts.vectors,
        sampling=Sampling(
            cluster=settings.agreement.cluster,
            resamples=settings.agreement.resamples,
            confidence=settings.agreement.confidence,
            seed=settings.study.seed,
        ),
        template=b"".join(path.read_bytes() for path in artefacts.study.template_files()),
        projects=practice_types(artefacts),
        fieldwork=fieldwork(artefacts),
        patterns=patterns(artefacts),
        summaries=summaries(artefacts.study),
        answers=answers(artefacts.study),
    )


def provenance(artefacts: Artefacts) -> tuple[Provenance, ...]:
    """Return what results hang on: encoder, codebook, seeds, sources, settings, versions."""
    card = artefacts.encoder
    settings = artefacts.study.settings
    # Threads are left out: results do not depend on them, and identical results must be identical bytes.
    told = settings.model_dump(mode="json")
    told["study"].pop("threads")
    lines = [
        Provenance("encoder", f"{card.name}, {BACKENDS[card.backend]}, digest {card.digest[:16]}"),
        Provenance("codebook", f"{artefacts.codebook.name}, version {artefacts.codebook.version}, {len(artefacts.codebook.codes)} codes"),
        *(Provenance(f"seeds {path.name}", f"sha256 {digest_file(path)[:16]}") for path in artefacts.study.seed_files()),
        *(Provenance(f"manual coding {path.name}", f"sha256 {digest_file(path)[:16]}") for path in artefacts.study.manual_files()),
        Provenance("sources", f"{len(artefacts.reading.transcripts)} files, digest {_sources(artefacts)[:16]}"),
        Provenance("random seed", str(settings.study.seed)),
        *(Provenance(f"settings, {name}", _told(section)) for name, section in told.items()),
        Provenance("nptlens", __version__),
        Provenance("Python", platform.python_version()),
        *(Provenance(f"version of {name}", installed(name)) for name in dict.fromkeys((*card.packages, *_TOLD))),
    ]
    return tuple(lines)


def _told(section: dict[str, object]) -> str:
    return ", ".join(f"{key} = {value}" for key, value in section.items() if value != "")


def _sources(artefacts: Artefacts) -> str:
    return digest_json([[t.id, t.source_sha256] for t in artefacts.reading.transcripts])
