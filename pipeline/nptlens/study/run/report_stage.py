"""The stage that writes the report, and all that it gathers for it from the artefacts."""

from __future__ import annotations

import json
import math
import platform
from contextlib import closing
from dataclasses import replace
from typing import Any

from nptlens.agreement import co_occurrence
from nptlens.core.ids import digest_file, digest_json
from nptlens.core.version import __version__
from nptlens.core.versions import installed
from nptlens.embedding import BACKENDS
from nptlens.reporting import Provenance, ReportInputs, Sampling, drawer, report_files
from nptlens.schemas.patterns import BesideBaseline, Patterns, Validated, ValidationFigure
from nptlens.schemas.validation import SaturationSummary
from nptlens.store.pictures import PictureCache
from nptlens.study.memos import memos_of
from nptlens.study.results.read_back import answers, summaries
from nptlens.study.results.write import put_report
from nptlens.study.run import pipeline
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.fieldwork_stages import fieldwork, practice_types
from nptlens.study.run.stage import Progress
from nptlens.topics import topic_map

_SHOWN = (("which", "mean_kappa"), ("which", "macro_f1"), ("where", "unitizing_alpha"))


def write_report(artefacts: Artefacts, progress: Progress) -> None:
    """Write the reports."""
    with closing(PictureCache(artefacts.study.store / "pictures.sqlite", drawer())) as pictures:
        inputs = replace(report_inputs(artefacts), pictures=pictures)
        files = report_files(inputs)
        written = put_report(artefacts.study, files, artefacts.study.results, progress=lambda done, total: progress("report", done, total))
        pictures.forget_others()
    artefacts.told += [*memos_of(artefacts)[1], *written.problems]
    artefacts.put_results(written.paths)


def report_inputs(artefacts: Artefacts) -> ReportInputs:
    """Return all that the report is made from."""
    settings = artefacts.study.settings
    told = [problem for stage in pipeline.titles() for problem in artefacts.problems_of(stage) if artefacts.has(stage)]
    memos, unclear = memos_of(artefacts)
    told += [*artefacts.validation_problems(), *unclear]
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
        stance_agreement=artefacts.stance_agreement,
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
        memos=memos,
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
        *(Provenance(f"version of {name}", installed(name)) for name in dict.fromkeys((*card.packages, *pipeline.TOLD_VERSIONS))),
    ]
    return tuple(lines)


def _told(section: dict[str, object]) -> str:
    return ", ".join(f"{key} = {value}" for key, value in section.items() if value != "")


def _sources(artefacts: Artefacts) -> str:
    return digest_json([[name, sha256] for name, _, sha256, *_ in artefacts[pipeline.SOURCES]])


def patterns(artefacts: Artefacts) -> Patterns:
    """Return co-occurrence of the codes without codes below them, the topics on a plane, and a validation of this run."""
    settings, codebook = artefacts.study.settings, artefacts.codebook
    leaves = tuple(card.code for card in artefacts.heads if not codebook.children(card.code))
    pairs = co_occurrence(artefacts.codings, artefacts.segments, leaves, settings.agreement, seed=settings.study.seed)
    return Patterns(pairs, topic_map(artefacts.topics, artefacts.segments["segment_id"], artefacts.vectors), _validated(artefacts))


def _validated(artefacts: Artefacts) -> Validated | None:
    """Return the headlines of results/validation.json where they are of this run, of these settings and of the machine, else None."""
    path = artefacts.study.validation_file()
    if path is None or artefacts.why_no_validation():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))  # it is as nptlens wrote it: its digest holds
    return _headlines(content) if set(artefacts.codings["coder"].head(1)) & set(content["coders"]) else None


def _headlines(content: Any) -> Validated:
    figures = []
    for row in content["tables"]["figures"]:
        if row["scope"] == "overall" and row["frame"] in {"all", "characters"} and (row["level"], row["statistic"]) in _SHOWN:
            value, low, high = (_number(row[name]) for name in ("value", "low", "high"))
            figures.append(ValidationFigure(row["coder"], row["against"], str(row["statistic"]), value, low, high, int(row["n"])))
    saturation = tuple(SaturationSummary(**each | {"below": _number(each["below"])}) for each in content["saturation_summaries"])
    return Validated("validation.html", tuple(figures), saturation, tuple(map(_beside, content["tables"]["beside_baselines"])))


def _beside(row: Any) -> BesideBaseline:
    figures = (_number(row[name]) for name in ("baseline_value", "difference", "difference_low", "difference_high"))
    return BesideBaseline(str(row["against"]), str(row["baseline"]), *figures)


def _number(value: float | None) -> float:
    """Return a figure; JSON has null where it is not determined."""
    return math.nan if value is None else float(value)
