"""The stages from sources to vectors: what is read, cut into segments, coded by hand, and embedded."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from nptlens.coding import definition
from nptlens.core.errors import NoInputError
from nptlens.core.hints import command
from nptlens.core.ids import digest, digest_ids, digest_json
from nptlens.embedding import count_truncated, embed, encoder_languages, load_encoder, remarks, vectors_key
from nptlens.exchange import read_manual
from nptlens.privacy import names_in_ids, spoken_names
from nptlens.reading import doubts, foreign, languages_of, strangers, unled
from nptlens.schemas.records import Problem, Severity, Transcript
from nptlens.segmenting import cutter, segment
from nptlens.store.sentences import SentenceCache
from nptlens.store.vectors import VectorCache
from nptlens.study.run import pipeline
from nptlens.study.run.artefacts import Artefacts, encodings, sheet_problems
from nptlens.study.run.stage import Progress


def read_sources(artefacts: Artefacts, progress: Progress) -> None:
    """Read every source; keep digests of what was read, and the problems."""
    reading = artefacts.reading
    if not reading.transcripts:
        first = next((f"{p.where}: {p.what}" for p in reading.problems), "the folder holds no file")
        hint = f"run: {command('check', artefacts.study.root)}"
        raise NoInputError(f"no transcript could be read: {first}", where=str(artefacts.study.transcript_root()), hint=hint)
    kept = ((t.id, t.source, t.source_sha256, digest(t.text), t.format, t.layout) for t in reading.transcripts)
    artefacts.put(pipeline.SOURCES, tuple(kept))
    artefacts.put(pipeline.TRANSCRIPTS, digest_json([_as_read(transcript) for transcript in reading.transcripts]))
    artefacts.put_problems([*reading.problems, *encodings(artefacts.study.transcript_ids_file())])


def _as_read(transcript: Transcript) -> str:
    """Return a digest of a transcript as it was read, whatever the bytes of its file."""
    return digest(repr(replace(transcript, source_sha256="")))


def cut_segments(artefacts: Artefacts, progress: Progress) -> None:
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
            hint=f"look at the roles: {command('check', artefacts.study.root)}",
        )
    problems = [*sheet_problems(artefacts), *strangers(artefacts.speakers, artefacts.participants)]
    problems += unled(artefacts.reading.transcripts, artefacts.speakers)
    problems += doubts(artefacts.reading.transcripts, artefacts.speakers, artefacts.participants)
    problems += spoken_names(artefacts.reading.transcripts, artefacts.participants)
    problems += names_in_ids(artefacts.reading.transcripts, artefacts.participants, artefacts.speakers)
    artefacts.put(pipeline.SEGMENTS, found.segments)
    artefacts.put(pipeline.SET_ASIDE, found.set_aside)
    artefacts.put_problems(problems)


def gather_manual(artefacts: Artefacts, progress: Progress) -> None:
    """Read the manual coding, as far as it fits the transcripts."""
    manual = read_manual(artefacts.study.manual_files(), artefacts.reading.transcripts, artefacts.codebook)
    artefacts.put(pipeline.MANUAL, manual.codings)
    artefacts.put_problems(manual.problems)


def embed_texts(artefacts: Artefacts, progress: Progress) -> None:
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
    artefacts.put(pipeline.VECTORS, of_segments.vectors)
    artefacts.put(pipeline.LAYERS, of_segments.layers)
    artefacts.put(pipeline.SEED_VECTORS, of_seeds.vectors)
    artefacts.put(pipeline.SEED_LAYERS, of_seeds.layers)
    artefacts.put(pipeline.CODE_VECTORS, of_codes.vectors)
    artefacts.put(pipeline.VECTOR_ROWS, digest_ids(artefacts.segments["segment_id"]))
    cut = count_truncated(card, texts)
    what = f"{cut} segments are longer than the encoder reads; it saw their beginnings"
    problems = [Problem("embedding", what, "lower segmenting.max_words", Severity.NOTE)] if cut else []
    said = {str(place): "\n".join(words) for place, words in artefacts.segments.groupby("transcript_id", sort=True)["text"]}
    problems += foreign(said, encoder_languages(card.name, card.folder), languages_of(seeds))
    told = [*remarks(card, threads=settings.study.threads), *encodings(*artefacts.study.codebook_files())]
    artefacts.put_problems([*problems, *told])
