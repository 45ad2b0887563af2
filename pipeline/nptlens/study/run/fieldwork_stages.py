"""The stages around the coding: the sampling frame, the register of projects, links between codes; and what they found."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pandas as pd

from nptlens.agreement import code_links
from nptlens.coding import Excerpts, Taught, Workers, code_attributes, definition, load_seeds
from nptlens.core.errors import CodebookError
from nptlens.embedding import embed, load_encoder, vectors_key
from nptlens.reading import read_practices, read_project_values, read_projects
from nptlens.reading.codebooks import codebook_of_file
from nptlens.register import cross_tables, decide, sampling_frame, sampling_table, tallies
from nptlens.schemas.fieldwork import PROJECT_VALUES, Fieldwork, Register
from nptlens.schemas.records import Codebook, Problem, Severity, SpeakerRole
from nptlens.schemas.tables import empty
from nptlens.store.vectors import VectorCache
from nptlens.study.folder import Study
from nptlens.study.run import pipeline
from nptlens.study.run.artefacts import Artefacts, encodings
from nptlens.study.run.stage import Progress


def frame_sample(artefacts: Artefacts, progress: Progress) -> None:
    """Set the practices and participants that were invited beside those who speak in a transcript."""
    sheet = artefacts.study.practices_file()
    practices = read_practices(sheet) if sheet else ()
    heard = {speaker.participant.id for speaker in artefacts.speakers if speaker.role is SpeakerRole.PARTICIPANT}
    table = sampling_table(practices, artefacts.participants, heard)
    artefacts.put(pipeline.SAMPLING, table)
    problems = [*encodings(sheet), *_unlisted(table, {each.id for each in practices}, "the participants sheet")]
    artefacts.put_problems(problems)


def _unlisted(table: pd.DataFrame, known: set[str], where: str) -> list[Problem]:
    strange = sorted({name for name in table["practice"] if name} - known)
    hint = "add them to the practices sheet"
    return [Problem(where, f"practices that the practices sheet lacks: {', '.join(strange)}", hint)] if strange else []


def code_projects(artefacts: Artefacts, progress: Progress) -> None:
    """Code the register of projects with its own codebook and seeds; people's values win, and the machine's claims are kept."""
    study = artefacts.study
    settings = study.settings
    codebook, projects = project_codebook(study), read_projects(_there(study.projects_file()))
    values_file = study.project_values_file()
    values = read_project_values(values_file, projects, codebook) if values_file else empty(PROJECT_VALUES)
    seed_set = load_seeds(study.project_seed_files(), codebook)
    texts, examples, definitions = _embedded(
        artefacts,
        (list(projects["description"]), [seed.text for seed in seed_set.seeds], [definition(code) for code in codebook]),
        progress,
    )
    claims = code_attributes(
        texts,
        list(projects["project_id"]),
        Taught(codebook, definitions.embedded.vectors, seed_set.seeds, examples),
        settings.coding,
        least_margin=settings.projects.margin,
        seed=settings.study.seed,
        workers=Workers(settings.study.threads, lambda done, total: progress(pipeline.training("projects"), done, total)),
    )
    artefacts.put(pipeline.PROJECTS, projects)
    artefacts.put(pipeline.PROJECT_CODINGS, decide(claims.table, values, codebook))
    sheet = study.practices_file()
    problems = [*seed_set.problems, *claims.problems]
    problems += encodings(study.projects_file(), values_file, study.project_codebook_file())
    problems += _strange_practices(projects, {each.id for each in read_practices(sheet)}) if sheet else []
    artefacts.put_problems(problems)


def _there(path: Path | None) -> Path:
    assert path is not None, "the stage is planned only where there is a register"
    return path


def project_codebook(study: Study) -> Codebook:
    """Return the codebook of the projects; raises CodebookError where it has no attribute with two values."""
    path = study.project_codebook_file()
    codebook = codebook_of_file(path)
    odd = [code.id for code in codebook if code.parent is not None and codebook.get(code.parent).parent is not None]
    odd += [code.id for code in codebook if code.parent is None and len(codebook.children(code.id)) < 2]
    if odd:
        hint = "codes at the top are attributes, two or more codes below each are its values"
        raise CodebookError(f"neither an attribute nor a value: {', '.join(odd)}", where=str(path), hint=hint)
    return codebook


def _strange_practices(projects: pd.DataFrame, known: set[str]) -> list[Problem]:
    return [
        Problem(f"project {project}", f"its practice {name} is not on the practices sheet", "correct one of the two", Severity.NOTE)
        for project, practices in zip(projects["project_id"], projects["practices"], strict=True)
        for name in filter(None, practices.split("; "))
        if name not in known
    ]


def _embedded(artefacts: Artefacts, parts: tuple[list[str], ...], progress: Progress) -> list[Excerpts]:
    """Return each list of texts with what the encoder makes of them; texts that were embedded before come from the cache."""
    study, card = artefacts.study, artefacts.encoder
    with closing(VectorCache(study.store / "vectors.sqlite", vectors_key(card))) as cache:
        made = embed(
            [text for part in parts for text in part],
            encoder=lambda: load_encoder(card, threads=study.settings.study.threads),
            cache=cache,
            progress=lambda done, total: progress("projects", done, total),
        )
    found, start = [], 0
    for part in parts:
        found.append(Excerpts(tuple(part), made.part(start, start + len(part))))
        start += len(part)
    return found


def link_codes(artefacts: Artefacts, progress: Progress) -> None:
    """Measure how the codebook's themes go with other codes."""
    settings = artefacts.study.settings
    table = code_links(artefacts.codings, artefacts.segments, artefacts.codebook, settings.agreement, seed=settings.study.seed)
    artefacts.put(pipeline.CODE_LINKS, table)


def fieldwork(artefacts: Artefacts) -> Fieldwork:
    """Return what the stages around the coding found; raises IntegrityError where a planned stage has not run."""
    study = artefacts.study
    return Fieldwork(
        register=register(artefacts) if artefacts.has("projects") else None,
        sampling=sampling_frame(artefacts[pipeline.SAMPLING]) if artefacts.has("sampling") else None,
        links=artefacts[pipeline.CODE_LINKS] if artefacts.has("links") else None,
        links_confidence=study.settings.agreement.confidence,
        links_cluster=study.settings.agreement.cluster,
    )


def practice_types(artefacts: Artefacts) -> tuple[tuple[str, str], ...]:
    """Return (practice, name of a value) for each project's value of the codebook's first attribute; empty without a register."""
    if not artefacts.has("projects"):
        return ()
    found = register(artefacts)
    first = found.tallies[0].code
    codings = found.codings[(found.codings["attribute"] == first) & (found.codings["code"] != "")]
    value = dict(zip(codings["project_id"], codings["code"], strict=True))
    pairs = {
        (practice, found.codebook.get(value[project]).name)
        for project, practices in zip(found.projects["project_id"], found.projects["practices"], strict=True)
        for practice in practices.split("; ")
        if practice and project in value
    }
    return tuple(sorted(pairs))


def register(artefacts: Artefacts) -> Register:
    """Return the register as the last run coded it, counted; raises IntegrityError where there was none."""
    settings, codebook = artefacts.study.settings, project_codebook(artefacts.study)
    codings = artefacts[pipeline.PROJECT_CODINGS]
    confidence, outcome = settings.agreement.confidence, settings.projects.outcome
    names = [codebook.get(value).name if value in codebook else "" for value in outcome]
    return Register(
        codebook=codebook,
        projects=artefacts[pipeline.PROJECTS],
        codings=codings,
        tallies=tallies(codings, codebook, confidence=confidence),
        outcome=(names[0], names[1]),
        crosses=cross_tables(
            codings,
            codebook,
            outcome=outcome,
            all_of=settings.projects.all_of,
            any_of=settings.projects.any_of,
            confidence=confidence,
        ),
        confidence=confidence,
    )
