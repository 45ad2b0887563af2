"""One short function per stage: from the artefacts of earlier stages to files in the store. Together they are the method section."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import combinations

import pandas as pd

from nptlens.agreement import compare, machine_codings, manual_frame
from nptlens.coding import Workers, code, definition, labels, map_topics, read_side_by_side, stance, teachable, train_cross_fitted
from nptlens.core.errors import NoInputError
from nptlens.core.ids import digest, digest_ids
from nptlens.embedding import count_truncated, embed, load_encoder, remarks, vectors_key
from nptlens.exchange import read_manual
from nptlens.privacy import names_in_ids, spoken_names
from nptlens.reading import strangers, unled
from nptlens.reporting import drawer, report_files
from nptlens.schemas.records import HeadCard, Problem, Severity
from nptlens.schemas.tables import (
    AGREEMENT,
    CODINGS,
    MANUAL_CODINGS,
    READINGS,
    SEGMENTS,
    SET_ASIDE,
    STANCES_OF_CODINGS,
    TOPIC_CODES,
    TOPIC_READINGS,
    TOPICS,
    VERDICTS,
    empty,
)
from nptlens.segmenting import cutter, segment
from nptlens.store.files import write_array, write_bytes, write_records, write_table, write_text
from nptlens.store.pictures import PictureCache
from nptlens.store.sentences import SentenceCache
from nptlens.store.vectors import VectorCache
from nptlens.study.results.write import put_report
from nptlens.study.run._stability import BASIS, FIGURES, write_stability
from nptlens.study.run.artefacts import Artefacts, Progress
from nptlens.study.run.plan import stages_of
from nptlens.study.run.problems import encodings
from nptlens.study.run.provenance import report_inputs
from nptlens.study.run.verdicts import verdicts
from nptlens.topics import apply_names, discover, read_names

Files = tuple[str, ...]
TRAINING, STANCE_TRAINING = "code: training", "stance: training"
"""What the two stages say while they learn."""
NO_SEEDS = Problem("seeds", "there are no seeds, so nothing is coded", "write seeds.csv: seed_id, text, codes, stance, note")


def read_sources(artefacts: Artefacts, progress: Progress) -> Files:
    """Read every source; keep digests of what was read, and the problems."""
    reading = artefacts.reading
    if not reading.transcripts:
        first = next((f"{p.where}: {p.what}" for p in reading.problems), "the folder holds no file")
        raise NoInputError(f"no transcript could be read: {first}", where=str(artefacts.study.transcript_root()), hint="run: nptlens check")
    store = artefacts.study.store
    kept = [[t.id, t.source, t.source_sha256, digest(t.text), t.format, t.layout] for t in reading.transcripts]
    write_records(store / "transcripts.json", kept)
    write_records(store / "problems_read.json", [*reading.problems, *encodings(artefacts.study.transcript_ids_file())])
    return "transcripts.json", "problems_read.json"


def cut_segments(artefacts: Artefacts, progress: Progress) -> Files:
    """Cut the participants' speech into meaning units; keep all else as set aside."""
    transcripts, speakers = artefacts.reading.transcripts, artefacts.speakers
    with closing(SentenceCache(artefacts.study.store / "sentences.sqlite", cutter())) as cache:
        found = segment(
            transcripts,
            speakers,
            artefacts.study.settings.segmenting,
            cache=cache,
            progress=lambda done, total: progress("segment", done, total),
        )
    if not len(found.segments):
        raise NoInputError(
            "no speech of participants was found",
            where=str(artefacts.study.transcript_root()),
            hint="run: nptlens check, and look at the roles",
        )
    problems = [*encodings(artefacts.study.participants_file()), *strangers(artefacts.speakers, artefacts.participants)]
    problems += unled(artefacts.reading.transcripts, artefacts.speakers)
    problems += spoken_names(artefacts.reading.transcripts, artefacts.participants)
    problems += names_in_ids(artefacts.reading.transcripts, artefacts.participants, artefacts.speakers)
    store = artefacts.study.store
    write_table(store / "segments.parquet", SEGMENTS, found.segments)
    write_table(store / "set_aside.parquet", SET_ASIDE, found.set_aside)
    write_records(store / "problems_segment.json", problems)
    return "segments.parquet", "set_aside.parquet", "problems_segment.json"


def embed_texts(artefacts: Artefacts, progress: Progress) -> Files:
    """Embed segments, seeds and the codes' definitions; a text that was embedded before comes from the cache."""
    card = artefacts.encoder
    store, settings = artefacts.study.store, artefacts.study.settings
    texts = artefacts.segments["text"].tolist()
    seeds = [seed.text for seed in artefacts.seed_set.seeds]
    definitions = [definition(code) for code in artefacts.codebook]
    with closing(VectorCache(store / "vectors.sqlite", vectors_key(card))) as cache:
        made = embed(
            [*texts, *seeds, *definitions],
            encoder=lambda: load_encoder(card, threads=settings.study.threads),
            cache=cache,
            progress=lambda done, total: progress("embed", done, total),
        )
    until = len(texts) + len(seeds)
    of_segments, of_seeds, of_codes = made.part(0, len(texts)), made.part(len(texts), until), made.part(until, len(made))
    arrays = {
        "vectors.npy": of_segments.vectors,
        "layers.npy": of_segments.layers,
        "seed_vectors.npy": of_seeds.vectors,
        "seed_layers.npy": of_seeds.layers,
        "code_vectors.npy": of_codes.vectors,
    }
    for name, array in arrays.items():
        write_array(store / name, array)
    write_text(store / "vectors.rows", digest_ids(artefacts.segments["segment_id"]))
    cut = count_truncated(card, texts)
    what = f"{cut} segments are longer than the encoder reads; it saw their beginnings"
    problems = [Problem("embedding", what, "lower segmenting.max_words", Severity.NOTE)] if cut else []
    told = [*remarks(card, threads=settings.study.threads), *encodings(*artefacts.study.codebook_files())]
    write_records(store / "problems_embed.json", [*problems, *told])
    return *arrays, "vectors.rows", "problems_embed.json"


def gather_manual(artefacts: Artefacts, progress: Progress) -> Files:
    """Read the manual coding, as far as it fits the transcripts."""
    manual = read_manual(artefacts.study.manual_files(), artefacts.reading.transcripts, artefacts.codebook)
    store = artefacts.study.store
    write_table(store / "manual.parquet", MANUAL_CODINGS, manual.codings)
    write_records(store / "problems_manual.json", manual.problems)
    return "manual.parquet", "problems_manual.json"


def find_topics(artefacts: Artefacts, progress: Progress) -> Files:
    """Discover topics in the vectors, and measure how far they would come again."""
    settings, store = artefacts.study.settings, artefacts.study.store
    found = discover(artefacts.vectors, artefacts.segments, settings.topics, seed=settings.study.seed)
    stability = write_stability(artefacts, found, lambda done, total: progress("discover", done, total))
    cards = [replace(card, stability=value) for card, value in zip(found.cards, stability.jaccard, strict=True)]
    write_table(store / "topics_found.parquet", TOPICS, found.topics)
    write_records(store / "topic_cards_found.json", cards)
    write_text(store / "topic_method", found.method)
    return "topics_found.parquet", "topic_cards_found.json", FIGURES, BASIS, "topic_method"


def name_topics(artefacts: Artefacts, progress: Progress) -> Files:
    """Give the topics the names, and make the merges, that people wrote down."""
    names = read_names(artefacts.study.topic_names_file())
    named = apply_names(
        artefacts.found_topics, artefacts.found_cards, names, artefacts.vectors, artefacts.segments, artefacts.study.settings.topics
    )
    store = artefacts.study.store
    write_table(store / "topics.parquet", TOPICS, named.topics)
    write_records(store / "topic_cards.json", named.cards)
    write_records(store / "problems_name.json", [*named.problems, *encodings(artefacts.study.topic_names_file())])
    return "topics.parquet", "topic_cards.json", "problems_name.json"


def code_segments(artefacts: Artefacts, progress: Progress) -> Files:
    """Train a head per code on the seeds, and on the coding of a person who teaches; code every segment."""
    settings, store = artefacts.study.settings, artefacts.study.store
    taught = artefacts.teaching
    problems = [*artefacts.seed_set.problems, *taught.problems]
    codings = empty(CODINGS)
    cards: tuple[HeadCard, ...] = ()
    write_records(store / "taught_by.json", (taught.by,) if taught.by else ())
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
            workers=Workers(settings.study.threads, lambda done, total: progress(TRAINING, done, total)),
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
        write_bytes(store / "heads.safetensors", cross_fitted.to_bytes())
    else:
        problems += [*enough.problems, *enough.nothing(fewest)] if seeds else [NO_SEEDS]
        write_bytes(store / "heads.safetensors", b"")
    write_table(store / "codings.parquet", CODINGS, codings)
    write_records(store / "heads.json", cards)
    write_records(store / "problems_code.json", problems)
    return "codings.parquet", "heads.json", "taught_by.json", "heads.safetensors", "problems_code.json"


def map_readings(artefacts: Artefacts, progress: Progress) -> Files:
    """Map the topics to the codes, and set that reading beside direct coding."""
    settings, store = artefacts.study.settings, artefacts.study.store
    topic_codes = map_topics(
        artefacts.topics,
        artefacts.codings,
        artefacts.segments,
        resamples=settings.agreement.resamples,
        confidence=settings.agreement.confidence,
        seed=settings.study.seed,
    )
    found = read_side_by_side(artefacts.topics, topic_codes, artefacts.codings, artefacts.codebook)
    write_table(store / "topic_codes.parquet", TOPIC_CODES, topic_codes)
    write_table(store / "topic_readings.parquet", TOPIC_READINGS, found.topics)
    write_table(store / "readings.parquet", READINGS, found.segments)
    return "topic_codes.parquet", "topic_readings.parquet", "readings.parquet"


def compare_coders(artefacts: Artefacts, progress: Progress) -> Files:
    """Compare the machine with each person, and each person with each other; judge what the machine may decide alone."""
    settings, store = artefacts.study.settings, artefacts.study.store
    manual, segments, codebook = artefacts.manual, artefacts.segments, artefacts.codebook
    codes = tuple(card.code for card in artefacts.heads) or codebook.ids()
    people = [
        manual_frame(coder, manual, segments, codes, codebook, overlap=settings.agreement.overlap)
        for coder in sorted(manual["coder"].unique())
    ]
    machine = [machine_codings(artefacts.codings, artefacts.segments, ~artefacts.taught, codes)] if len(artefacts.codings) else []
    pairs = [*((each, person) for each in machine for person in people), *((b, a) for a, b in combinations(people, 2))]
    found = []
    for number, (first, against) in enumerate(pairs):
        progress("compare", number, len(pairs))
        found.append(compare(first, against, segments, codes, settings.agreement, seed=settings.study.seed))
    progress("compare", len(pairs), len(pairs))
    tables = [each.table for each in found if each is not None]
    write_table(store / "agreement.parquet", AGREEMENT, pd.concat(tables) if tables else empty(AGREEMENT))
    write_records(store / "agreement.json", [each.summary for each in found if each is not None])
    write_table(store / "verdicts.parquet", VERDICTS, verdicts(machine, people, segments, codes, settings))
    write_records(store / "problems_compare.json", _left_out(int(artefacts.taught.sum())))
    return "agreement.parquet", "agreement.json", "verdicts.parquet", "problems_compare.json"


def _left_out(taught: int) -> list[Problem]:
    what = f"{taught} segments are seeds now, so the machine is not compared with people there"
    return [Problem("agreement", what, "nptlens seeds doctor names them", Severity.NOTE)] if taught else []


def judge_stances(artefacts: Artefacts, progress: Progress) -> Files:
    """Give each assigned coding a stance; people's stances teach the transcripts they are not from."""
    settings, store = artefacts.study.settings, artefacts.study.store
    found = stance.of_seeds(artefacts.seed_set.seeds, artefacts.seed_vectors)
    manual = stance.of_manual(artefacts.manual, artefacts.segments, artefacts.vectors, overlap=settings.agreement.overlap)
    workers = Workers(settings.study.threads, lambda done, total: progress(STANCE_TRAINING, done, total))
    judges = stance.train_judges(found, manual, folds_at_most=settings.coding.folds, workers=workers)
    table, problems = stance.take_stances(artefacts.codings, artefacts.segments, artefacts.vectors, judges)
    write_table(store / "stances.parquet", STANCES_OF_CODINGS, table)
    write_records(store / "problems_stance.json", problems)
    return "stances.parquet", "problems_stance.json"


def write_report(artefacts: Artefacts, progress: Progress) -> Files:
    """Write the reports."""
    problems = [problem for stage in stages_of(artefacts.study)[:-1] for problem in artefacts.problems_of(stage)]
    with closing(PictureCache(artefacts.study.store / "pictures.sqlite", drawer())) as pictures:
        inputs = replace(report_inputs(artefacts, problems=problems), pictures=pictures)
        files = report_files(inputs)
        written = put_report(artefacts.study, files, artefacts.study.results, progress=lambda done, total: progress("report", done, total))
        pictures.forget_others()
    artefacts.told += written.problems
    return tuple(f"../{path.relative_to(artefacts.study.root).as_posix()}" for path in written.paths)


MAKERS: dict[str, Callable[[Artefacts, Progress], Files]] = {
    "read": read_sources,
    "segment": cut_segments,
    "manual": gather_manual,
    "embed": embed_texts,
    "discover": find_topics,
    "name": name_topics,
    "code": code_segments,
    "map": map_readings,
    "compare": compare_coders,
    "stance": judge_stances,
    "report": write_report,
}
