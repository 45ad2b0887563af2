"""The stages of the codes: codings by the machine, topics mapped to codes, coders compared, stances."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from nptlens.agreement import CLUSTERS, Frame, compare, machine_codings, manual_frame, pair_weight
from nptlens.agreement.stances import compare_stances, of_machine, of_person
from nptlens.coding import Workers, code, labels, map_topics, read_side_by_side, selective, stance, teachable, train_cross_fitted
from nptlens.core.errors import SettingsError
from nptlens.schemas import tables
from nptlens.schemas.records import HeadCard, Problem, Severity
from nptlens.schemas.settings import AgreementSettings, Settings
from nptlens.study.run import pipeline
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.stage import Progress

NO_SEEDS = Problem("seeds", "there are no seeds, so nothing is coded", "write seeds.csv: seed_id, text, codes, stance, note")


def code_segments(artefacts: Artefacts, progress: Progress) -> None:
    """Train a head per code on the seeds, and on the coding of a person who teaches; code every segment."""
    settings = artefacts.study.settings
    taught = artefacts.teaching
    problems = [*artefacts.seed_set.problems, *taught.problems]
    codings = tables.empty(tables.CODINGS)
    cards: tuple[HeadCard, ...] = ()
    artefacts.put(pipeline.TAUGHT_BY, (taught.by,) if taught.by else ())
    seeds = artefacts.training_seeds
    fewest = settings.coding.fewest_seeds
    enough = teachable(labels(seeds, artefacts.codebook, artefacts.codebook.ids()), artefacts.codebook, fewest)
    if enough.codes:
        examples, excerpts = artefacts.training_examples, artefacts.excerpts
        cross_fitted = train_cross_fitted(
            examples,
            seeds,
            taught.by,
            artefacts.codebook,
            artefacts.definitions,
            excerpts,
            settings.coding,
            seed=settings.study.seed,
            transcripts=artefacts.segments["transcript_id"].tolist(),
            workers=Workers(settings.study.threads, lambda done, total: progress(pipeline.training("code"), done, total)),
        )
        codings = code(
            excerpts,
            artefacts.segments,
            cross_fitted,
            seeds,
            examples,
            artefacts.codebook,
            settings.coding,
            progress=lambda done, total: progress("code", done, total),
        )
        cards = cross_fitted.general.cards
        problems += cross_fitted.general.problems
        artefacts.put(pipeline.HEAD_WEIGHTS, cross_fitted.to_bytes())
    else:
        problems += [*enough.problems, *enough.nothing(fewest)] if seeds else [NO_SEEDS]
        artefacts.put(pipeline.HEAD_WEIGHTS, b"")
    artefacts.put(pipeline.CODINGS, codings)
    artefacts.put(pipeline.HEADS, cards)
    artefacts.put_problems(problems)


def map_readings(artefacts: Artefacts, progress: Progress) -> None:
    """Map the topics to the codes, and set that reading beside direct coding."""
    settings = artefacts.study.settings
    topic_codes = map_topics(
        artefacts.topics,
        artefacts.codings,
        artefacts.segments,
        resamples=settings.agreement.resamples,
        confidence=settings.agreement.confidence,
        seed=settings.study.seed,
    )
    found = read_side_by_side(artefacts.topics, topic_codes, artefacts.codings, artefacts.codebook)
    artefacts.put(pipeline.TOPIC_CODES, topic_codes)
    artefacts.put(pipeline.TOPIC_READINGS, found.topics)
    artefacts.put(pipeline.READINGS, found.segments)


def compare_coders(artefacts: Artefacts, progress: Progress) -> None:
    """Compare the machine with each person, and each person with each other; judge what the machine may decide alone."""
    settings = artefacts.study.settings
    manual, segments, codebook = artefacts.manual, artefacts.segments, artefacts.codebook
    everything, heads = codebook.ids(), artefacts.heads
    known = tuple(card.code for card in heads) or everything
    people = [
        manual_frame(coder, manual, segments, everything, codebook, overlap=settings.agreement.overlap)
        for coder in sorted(manual["coder"].unique())
    ]
    on_known = [frame.only(known, everything) for frame in people]
    machine = [machine_codings(artefacts.codings, segments, ~artefacts.unmeasured, known)] if len(artefacts.codings) else []
    pairs = [(each, person, known) for each in machine for person in on_known]
    pairs += [(b, a, everything) for a, b in combinations(people, 2)]
    thresholds = {card.code: card.threshold for card in heads}
    found = []
    for number, (first, against, codes) in enumerate(pairs):
        progress("compare", number, len(pairs))
        told = thresholds if first.score is not None else {}
        found.append(compare(first, against, segments, codes, settings.agreement, seed=settings.study.seed, thresholds=told))
    progress("compare", len(pairs), len(pairs))
    figures = [each.table for each in found if each is not None]
    artefacts.put(pipeline.AGREEMENT, pd.concat(figures) if figures else tables.empty(tables.AGREEMENT))
    artefacts.put(pipeline.SUMMARIES, tuple(each.summary for each in found if each is not None))
    artefacts.put(pipeline.VERDICTS, verdicts(machine, on_known, segments, known, settings))
    artefacts.put_problems(_left_out(int(artefacts.taught.sum()), int((artefacts.unmeasured & ~artefacts.taught).sum())))


def _left_out(taught: int, alike: int) -> list[Problem]:
    problems, hint = [], "they are named by: nptlens seeds doctor STUDY"
    if taught:
        what = f"{taught} segments are seeds now, so the machine is not compared with people there"
        problems.append(Problem("agreement", what, hint, Severity.NOTE))
    if alike:
        what = f"{alike} segments hold the words of a seed that names no transcript, so the machine is not compared with people there"
        problems.append(Problem("agreement", what, hint, Severity.NOTE))
    return problems


def verdicts(
    machine: Sequence[Frame], people: Sequence[Frame], segments: pd.DataFrame, codes: tuple[str, ...], settings: Settings
) -> pd.DataFrame:
    """Return the verdicts table: a row per code the machine knows, empty where it knows none.

    Without manual coding each row says so. Raises SettingsError where `selective.gold` names nobody who coded.
    """
    if not machine or machine[0].score is None:
        return tables.empty(tables.VERDICTS)
    gold = gold_of(people, settings.selective.gold)
    if gold is None:
        none = machine[0].score[:0]
        return selective(none, none.astype(bool), (), codes, settings.selective, against="")
    clusters = segments[CLUSTERS[settings.agreement.cluster]].to_numpy(dtype=object)
    read = gold.read & machine[0].read
    weight = pair_weight(machine[0], gold)[read]
    given = machine[0].score[read], gold.coded[read], clusters[read].tolist(), codes, settings.selective
    return selective(*given, against=gold.coder, weight=weight)


def gold_of(people: Sequence[Frame], named: str) -> Frame | None:
    """Return the frame of the coder who is named, else of the one who read the most; of equals the first by id."""
    if named:
        for frame in people:
            if frame.coder == named:
                return frame
        known = ", ".join(sorted(frame.coder for frame in people)) or "nobody"
        raise SettingsError(f"selective.gold names {named}, but the manual coding is of {known}", hint="name one of them")
    return min(people, key=lambda frame: (-int(frame.read.sum()), frame.coder), default=None)


def judge_stances(artefacts: Artefacts, progress: Progress) -> None:
    """Give each assigned coding a stance; people's stances teach the transcripts they are not from."""
    settings = artefacts.study.settings
    found = stance.of_seeds(artefacts.seed_set.seeds, artefacts.seed_vectors)
    manual = stance.of_manual(artefacts.manual, artefacts.segments, artefacts.vectors, overlap=settings.agreement.overlap)
    workers = Workers(settings.study.threads, lambda done, total: progress(pipeline.training("stance"), done, total))
    judges = stance.train_judges(found, manual, folds_at_most=settings.coding.folds, workers=workers)
    table, problems = stance.take_stances(artefacts.codings, artefacts.segments, artefacts.vectors, judges)
    artefacts.put(pipeline.STANCES, table)
    coder = str(artefacts.codings["coder"].iloc[0]) if len(artefacts.codings) else ""
    agreed, confused = stances_compared(artefacts, table, coder, settings.agreement)
    artefacts.put(pipeline.STANCE_AGREEMENT, agreed)
    artefacts.put(pipeline.STANCE_CONFUSION, confused)
    artefacts.put_problems(problems)


def stances_compared(
    artefacts: Artefacts, stances: pd.DataFrame, coder: str, agreement: AgreementSettings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the STANCE_AGREEMENT and STANCE_CONFUSION of the machine `coder` with each person, and of each two people."""
    manual, segments, book = artefacts.manual, artefacts.segments, artefacts.codebook
    people = []
    for name in sorted(manual["coder"].unique()):
        frame = manual_frame(name, manual, segments, book.ids(), book, overlap=agreement.overlap)
        people.append(of_person(name, manual, segments, frame.weight, overlap=agreement.overlap))
    machine = [of_machine(coder, stances, segments, ~artefacts.unmeasured)] if people and len(stances) else []
    pairs = [*((each, person) for each in machine for person in people), *((b, a) for a, b in combinations(people, 2))]
    found = [compare_stances(*pair, segments, agreement, seed=artefacts.study.settings.study.seed) for pair in pairs]
    held = [pair for pair in found if len(pair[0])]
    if not held:
        return tables.empty(tables.STANCE_AGREEMENT), tables.empty(tables.STANCE_CONFUSION)
    return pd.concat([one for one, _ in held], ignore_index=True), pd.concat([other for _, other in held], ignore_index=True)
