"""A study of any size in memory: what a report is made from, with words of a Zipf law, so that it compresses about as speech does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.core.ids import digest, segment_id
from nptlens.core.text import Span
from nptlens.reporting import Provenance, ReportInputs
from nptlens.schemas.records import (
    Code,
    Codebook,
    Furniture,
    HeadCard,
    Participant,
    Seed,
    Speaker,
    SpeakerRole,
    TopicCard,
    TopicStability,
    Transcript,
    Utterance,
)
from nptlens.schemas.settings import ReportSettings, default_settings
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
    checked,
    empty,
)

_TURNS, _PER_TURN = 28, 2  # answers in an interview, segments in an answer: as in the demo study
_ASSIGNED, _ABSTAINED = 0.08, 0.015  # shares of all codings, as in the demo study
_TOPICS, _WIDTH = 40, 384
_STANCES = ("asserted", "contrary", "mixed", "hypothetical")
_MACHINE = "machine:0123456789ab"
_SYLLABLES = tuple(f"{a}{b}" for a in "b c d f g h l m n p r s t w th st".split() for b in "a e i o u ea ou er".split())


@dataclass(slots=True)
class _Draft:
    transcripts: list[Transcript]
    speakers: list[Speaker]
    people: list[Participant]
    rows: list[tuple[object, ...]]
    aside: list[tuple[object, ...]]


def study(segments: int, codes: int = 25, *, formats: tuple[str, ...] = ("html",), seed: int = 0) -> ReportInputs:
    """Return the inputs of a report on about `segments` segments, each with a probability for each of `codes` codes."""
    random = np.random.default_rng(seed)
    draft = _talk(random, segments)
    names = ["segment_id", "transcript_id", "utterance", "start", "end", "text", "words", "participant_id", "role", "practice"]
    frame = pd.DataFrame(draft.rows, columns=[*names, "adopter_category", "start_s"])
    book = Codebook("large", "1.0", tuple(Code(f"C{n:02}", f"Code {n}", f"Meaning {n}.", source="Invented 2000") for n in range(codes)))
    ids = frame["segment_id"].to_numpy(dtype=object)
    codings = _codings(random, ids, [code.id for code in book])
    assigned = codings.loc[codings["decision"] == "assigned", ["segment_id", "code"]]
    topic = random.integers(-1, _TOPICS, len(ids))
    settings = default_settings().report.model_dump() | {"formats": formats}
    vectors = random.normal(size=(len(ids), _WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    aside = pd.DataFrame(draft.aside, columns=SET_ASIDE.names()) if draft.aside else empty(SET_ASIDE)
    return ReportInputs(
        study_name="A study of many interviews",
        invented=True,
        transcripts=tuple(draft.transcripts),
        speakers=tuple(draft.speakers),
        participants=tuple(draft.people),
        codebook=book,
        seeds=tuple(Seed(f"{code.id}-{n}", f"An invented seed {n} of {code.name}.", (code.id,)) for code in book for n in range(8)),
        taught=(),
        taught_by=None,
        segments=checked(SEGMENTS, frame),
        set_aside=checked(SET_ASIDE, aside),
        topics=checked(TOPICS, pd.DataFrame({"segment_id": ids, "topic": topic, "strength": 0.9})),
        topic_cards=tuple(
            TopicCard(n, ("phones", "letters", f"word{n}"), tuple(ids[topic == n][:5]), int((topic == n).sum()), 9, 9, stability=0.8)
            for n in range(_TOPICS)
        ),
        topic_method="small",
        topic_stability=TopicStability((0.8,) * _TOPICS, 20, 0.61, 0, None),
        unstable_below=0.6,
        topic_codes=empty(TOPIC_CODES),
        topic_readings=empty(TOPIC_READINGS),
        readings=_readings(random, ids, topic),
        codings=codings,
        stances=checked(
            STANCES_OF_CODINGS,
            assigned.assign(stance=random.choice(_STANCES, len(assigned), p=(0.8, 0.1, 0.05, 0.05)), probability=0.7),
        ),
        heads=tuple(HeadCard(code.id, 8, 0, 0.45, 0.71) for code in book),
        manual=empty(MANUAL_CODINGS),
        agreement=empty(AGREEMENT),
        agreement_summaries=(),
        verdicts=empty(VERDICTS),
        problems=(),
        provenance=(Provenance("nptlens", "benchmark"),),
        settings=ReportSettings(**settings),
        vectors=vectors,
    )


def _talk(random: np.random.Generator, segments: int) -> _Draft:
    words = ["".join(random.choice(_SYLLABLES, random.integers(1, 4))) for _ in range(9000)]
    weight = 1.0 / (np.arange(len(words)) + 2.7)
    weight /= weight.sum()
    draft = _Draft([], [], [], [], [])
    while len(draft.rows) < segments:
        _interview(random, draft, words, weight, segments)
    return draft


def _interview(random: np.random.Generator, draft: _Draft, words: list[str], weight: NDArray[np.float64], most: int) -> None:
    number = len(draft.transcripts)
    name, practice = f"T{number:05}", f"P{number // 9:03}"
    person = Participant(f"S{number:05}", ("R",), ("nurse", "GP", "coach", "practice manager")[number % 4], practice, "early majority")
    text, utterances, furniture = "", [], []
    for turn in range(2 * _TURNS):
        asks = turn % 2 == 0
        parts = [_sentence(random, words, weight, 8 if asks else 28) for _ in range(1 if asks else _PER_TURN)]
        furniture.append(Furniture(Span(len(text), len(text) + 3), "label"))
        text += "Q: " if asks else "R: "
        begin, spans = len(text), []
        for part in parts:
            spans.append(Span(len(text), len(text) + len(part)))
            text += part if part is parts[-1] else f"{part} "
        utterances.append(Utterance(Span(begin, len(text)), "Q" if asks else "R", 31.0 * turn))
        furniture.append(Furniture(Span(len(text), len(text) + 1), "line end"))
        text += "\n"
        for span, part in zip(spans, parts, strict=True):
            count = part.count(" ") + 1
            if asks:
                draft.aside.append((name, turn, span.start, span.end, count, "interviewer"))
            elif len(draft.rows) < most:
                who = (person.id, person.role, practice, person.adopter_category, 31.0 * turn)
                draft.rows.append((segment_id(name, span.start, span.end), name, turn, span.start, span.end, part, count, *who))
    draft.transcripts.append(
        Transcript(name, f"transcripts/{name}.txt", digest(text), "text", "labelled", text, tuple(utterances), tuple(furniture))
    )
    draft.speakers.append(Speaker(name, "R", SpeakerRole.PARTICIPANT, "sheet", person))
    draft.speakers.append(Speaker(name, "Q", SpeakerRole.INTERVIEWER, "sheet", Participant("INT", interviewer=True)))
    draft.people.append(person)


def _sentence(random: np.random.Generator, words: list[str], weight: NDArray[np.float64], mean: int) -> str:
    drawn = random.choice(len(words), max(4, int(random.normal(mean, mean / 3))), p=weight)
    said = " ".join(words[each] for each in drawn)
    return f"{said[0].upper()}{said[1:]}."


def _codings(random: np.random.Generator, ids: NDArray[np.object_], codes: list[str]) -> pd.DataFrame:
    number = len(ids) * len(codes)
    share = random.random(number)
    decision = np.where(share < _ASSIGNED, "assigned", np.where(share < _ASSIGNED + _ABSTAINED, "abstained", "not_assigned"))
    low = np.where(decision == "assigned", 0.45, 0.0)
    probability = np.round(low + random.random(number) * np.where(decision == "assigned", 0.55, 0.45), 6)
    code = np.tile(np.array(codes, dtype=object), len(ids))
    frame = pd.DataFrame(
        {
            "segment_id": np.repeat(ids, len(codes)),
            "code": code,
            "probability": probability,
            "decision": decision,
            "margin": np.round(probability - 0.3, 6),
            "runner_up": np.roll(code, 1),
            "nearest_seeds": _nearest(random, codes, len(ids)),
            "coder": _MACHINE,
        }
    )
    return checked(CODINGS, frame)


def _readings(random: np.random.Generator, ids: NDArray[np.object_], topic: NDArray[np.int64]) -> pd.DataFrame:
    reading = random.choice(["same", "differ", "undecided", "neither"], len(ids))
    columns = {"segment_id": ids, "level": "theme", "topic": topic, "topic_code": "C01", "direct_codes": "C02; C03", "reading": reading}
    return checked(READINGS, pd.DataFrame(columns))


def _nearest(random: np.random.Generator, codes: list[str], number: int) -> NDArray[np.object_]:
    """Three of a code's eight seeds with their similarities, anew for each coding."""
    order = random.integers(0, 8, (number * len(codes), 3))
    near = np.round(np.sort(random.random((number * len(codes), 3)), axis=1)[:, ::-1], 3)
    rows = zip(codes * number, order.tolist(), near.tolist(), strict=True)
    return np.array(["; ".join(f"{code}-{a}={b}" for a, b in zip(*pair, strict=True)) for code, *pair in rows], dtype=object)
