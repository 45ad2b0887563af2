"""What the report says about how it was made, gathered from the desk."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from nptlens import __version__
from nptlens.embedding import BACKENDS
from nptlens.ids import digest_file, digest_json
from nptlens.records import Problem
from nptlens.reporting import Provenance, ReportInputs, Sampling
from nptlens.study.around import fieldwork, practice_types
from nptlens.study.desk import Desk
from nptlens.study.patterns import patterns
from nptlens.study.read_back import answers, summaries
from nptlens.study.states import validation_problems
from nptlens.versions import installed

_TOLD = ("spacy", "bertopic", "umap-learn", "scikit-learn", "numpy", "pandas")


def report_inputs(desk: Desk, *, problems: Sequence[Problem]) -> ReportInputs:
    """Return all that the report is made from."""
    settings = desk.study.settings
    told = [*problems, *(validation_problems(desk.study, desk.ledger) if desk.ledger else ())]
    return ReportInputs(
        study_name=settings.study.name,
        invented=settings.study.invented,
        transcripts=desk.reading.transcripts,
        speakers=desk.speakers,
        participants=desk.participants,
        codebook=desk.codebook,
        seeds=desk.seed_set.seeds,
        taught=desk.teaching.seeds if desk.taught_by else (),
        taught_by=desk.taught_by,
        segments=desk.segments,
        set_aside=desk.set_aside,
        topics=desk.topics,
        topic_cards=desk.topic_cards,
        topic_method=desk.topic_method,
        topic_stability=desk.topic_stability,
        unstable_below=settings.topics.unstable_below,
        topic_codes=desk.topic_codes,
        topic_readings=desk.topic_readings,
        readings=desk.readings,
        codings=desk.codings,
        stances=desk.stances,
        heads=desk.heads,
        manual=desk.manual,
        agreement=desk.agreement,
        agreement_summaries=desk.summaries,
        verdicts=desk.verdicts,
        problems=tuple(sorted(set(told))),
        provenance=provenance(desk),
        settings=settings.report,
        vectors=desk.vectors,
        sampling=Sampling(
            cluster=settings.agreement.cluster,
            resamples=settings.agreement.resamples,
            confidence=settings.agreement.confidence,
            seed=settings.study.seed,
        ),
        template=b"".join(path.read_bytes() for path in desk.study.template_files()),
        projects=practice_types(desk),
        fieldwork=fieldwork(desk),
        patterns=patterns(desk),
        summaries=summaries(desk.study),
        answers=answers(desk.study),
    )


def provenance(desk: Desk) -> tuple[Provenance, ...]:
    """Return what results hang on: encoder, codebook, seeds, sources, settings, versions."""
    card = desk.encoder
    settings = desk.study.settings
    # Threads are left out: results do not depend on them, and identical results must be identical bytes.
    told = settings.model_dump(mode="json")
    told["study"].pop("threads")
    lines = [
        Provenance("encoder", f"{card.name}, {BACKENDS[card.backend]}, digest {card.digest[:16]}"),
        Provenance("codebook", f"{desk.codebook.name}, version {desk.codebook.version}, {len(desk.codebook.codes)} codes"),
        *(Provenance(f"seeds {path.name}", f"sha256 {digest_file(path)[:16]}") for path in desk.study.seed_files()),
        *(Provenance(f"manual coding {path.name}", f"sha256 {digest_file(path)[:16]}") for path in desk.study.manual_files()),
        Provenance("sources", f"{len(desk.reading.transcripts)} files, digest {_sources(desk)[:16]}"),
        Provenance("random seed", str(settings.study.seed)),
        *(Provenance(f"settings, {name}", _told(section)) for name, section in told.items()),
        Provenance("nptlens", __version__),
        Provenance("Python", platform.python_version()),
        *(Provenance(f"version of {name}", installed(name)) for name in dict.fromkeys((*card.packages, *_TOLD))),
    ]
    return tuple(lines)


def _told(section: dict[str, object]) -> str:
    return ", ".join(f"{key} = {value}" for key, value in section.items() if value != "")


def _sources(desk: Desk) -> str:
    return digest_json([[t.id, t.source_sha256] for t in desk.reading.transcripts])
