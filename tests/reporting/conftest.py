"""A small study in memory: transcripts with labels that are names, codings, manual codings, topics and agreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
import pytest

from nptlens.core.ids import digest, segment_id
from nptlens.core.text import Span, canonical
from nptlens.reporting import Provenance, ReportInputs
from nptlens.schemas.records import (
    AgreementSummary,
    Code,
    Codebook,
    Estimate,
    Furniture,
    HeadCard,
    Participant,
    Problem,
    Seed,
    Severity,
    Speaker,
    SpeakerRole,
    TopicCard,
    TopicStability,
    Transcript,
    Utterance,
)
from nptlens.schemas.settings import ReportSettings
from nptlens.schemas.tables import (
    AGREEMENT,
    CODINGS,
    MANUAL_CODINGS,
    READINGS,
    SEGMENTS,
    SET_ASIDE,
    STANCE_AGREEMENT,
    STANCES_OF_CODINGS,
    TOPIC_CODES,
    TOPIC_READINGS,
    TOPICS,
    VERDICTS,
    checked,
    empty,
)

MACHINE = "machine:0123456789ab"
CODEBOOK = Codebook(
    "small",
    "1.0",
    (
        Code("CO", "Coherence", "Making sense of it.", source="Invented 2000"),
        Code(
            "CODI",
            "Differentiation",
            "Seeing how it differs.",
            "Use it for contrast.",
            "Not after appraisal.",
            "Invented 2000",
            "CO",
        ),
        Code("F1", "Feeling in control", "Choosing the pace.", source="doi 10.0000/invented"),
        Code("B9", "Never coded", "Has too few seeds."),
    ),
)
SEEDS = tuple(
    Seed(f"seed-{number}", f"Words of seed {number}.", (code,), stance)
    for number, (code, stance) in enumerate(
        [("CODI", "asserted"), ("CODI", "contrary"), ("F1", "asserted"), ("F1", "asserted")]
    )
)
PEOPLE = {
    "Ann Marsh": Participant("S01", ("Ann Marsh",), "nurse", "P01", "innovator"),
    "Bob Tanner": Participant("S02", ("Bob Tanner",), "GP", "P02", "laggard"),
    "Cat Wells": Participant("C01", ("Cat Wells",), "coach", "P01;P02"),
    "Int": Participant("INT", ("Int",), "interviewer", interviewer=True),
}
TALK = {
    "interview-1": [
        ("Int", "How did it start?"),
        ("Ann Marsh", "Well, before that we just had the Monday meeting, and nobody wrote anything down at all."),
        ("Int", "And then?"),
        ("Ann Marsh", "We chose the phones ourselves. Nobody told us to, and we could stop whenever we liked."),
        ("Ann Marsh", "Mm."),
    ],
    "interview-2": [
        ("Int", "Whose idea was it?"),
        ("Bob Tanner", "Not ours, to be fair.\n\nThe CCG had its list & we < they, if you see what I mean."),
        ("Cat Wells", "I would say they picked it, though I did nudge them a bit towards the letters."),
    ],
}


@dataclass
class Draft:
    """What the builder gathers while it walks through the talk."""

    transcripts: list[Transcript] = field(default_factory=list)
    speakers: list[Speaker] = field(default_factory=list)
    segments: list[dict[str, object]] = field(default_factory=list)
    aside: list[dict[str, object]] = field(default_factory=list)


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on `parts` alone."""
    return int(digest("|".join(map(str, parts)))[:8], 16) / 2**32


def _transcript(draft: Draft, name: str, turns: Sequence[tuple[str, str]], people: dict[str, Participant]) -> None:
    text, utterances, furniture = "", [], []
    for number, (label, words) in enumerate(turns):
        words = canonical(words)
        furniture.append(Furniture(Span(len(text), len(text) + len(label) + 2), "label"))
        text += f"{label}: "
        span = Span(len(text), len(text) + len(words))
        utterances.append(Utterance(span, label, 61.5 * number if name.endswith("1") else None))
        text += words
        furniture.append(Furniture(Span(len(text), len(text) + 1), "line end"))
        text += "\n"
        person = people[label]
        row = {
            "transcript_id": name,
            "utterance": number,
            "start": span.start,
            "end": span.end,
            "words": len(words.split()),
        }
        if person.interviewer or (len(words.split()) < 3 and len(words) < 100):
            draft.aside.append({**row, "reason": "interviewer" if person.interviewer else "too short"})
            continue
        draft.segments.append(
            {
                **row,
                "segment_id": segment_id(name, span.start, span.end),
                "text": words,
                "participant_id": person.id,
                "role": person.role,
                "practice": person.practice,
                "adopter_category": person.adopter_category,
                "start_s": utterances[-1].start_s,
            }
        )
    for label in dict.fromkeys(label for label, _ in turns):
        role = SpeakerRole.INTERVIEWER if people[label].interviewer else SpeakerRole.PARTICIPANT
        draft.speakers.append(Speaker(name, label, role, "sheet", people[label]))
    draft.transcripts.append(
        Transcript(
            name, f"transcripts/{name}.txt", digest(text), "text", "labelled", text, tuple(utterances), tuple(furniture)
        )
    )
    draft.transcripts[-1].verify()


def _codings(draft: Draft, codebook: Codebook, heads: Sequence[HeadCard], seeds: Sequence[Seed]) -> pd.DataFrame:
    rows = []
    for segment in draft.segments:
        for head in heads:
            p = round(chance(segment["segment_id"], head.code), 6)
            near = abs(p - head.threshold) < 0.05
            named = [seed.id for seed in seeds if head.code in seed.codes][:2]
            rows.append(
                {
                    "segment_id": segment["segment_id"],
                    "code": head.code,
                    "probability": p,
                    "decision": "abstained" if near else "assigned" if p >= head.threshold else "not_assigned",
                    "margin": p - 0.5,
                    "runner_up": next(each.id for each in codebook if each.id != head.code),
                    "nearest_seeds": "; ".join(f"{seed}=0.{80 - n}1" for n, seed in enumerate(named)),
                    "coder": MACHINE,
                }
            )
    return checked(CODINGS, pd.DataFrame(rows)) if rows else empty(CODINGS)


def _stances(codings: pd.DataFrame) -> pd.DataFrame:
    """Every assigned coding of F1 is contrary, every other one asserted."""
    assigned = codings[codings["decision"] == "assigned"][["segment_id", "code"]]
    stance = ["contrary" if code == "F1" else "asserted" for code in assigned["code"]]
    return checked(STANCES_OF_CODINGS, assigned.assign(stance=stance, probability=0.625))


def _manual(draft: Draft) -> pd.DataFrame:
    second = draft.transcripts[-1]
    whole = second.utterances[1].span
    rows = [
        ("F1", whole.start, whole.end, "contrary", "ann"),
        ("F1", whole.start, whole.end, "contrary", "ben"),
        ("F1", whole.start, second.utterances[-1].span.end, "mixed", "ben"),
        ("CODI", whole.start, whole.start + 9, "asserted", "ann"),
        ("none", whole.start, whole.end, "", "ann"),
    ]
    frame = pd.DataFrame(rows, columns=["code", "start", "end", "stance", "coder"]).assign(transcript_id=second.id)
    return checked(MANUAL_CODINGS, frame)


def _topic_readings() -> pd.DataFrame:
    """Topic 0 speaks of the construct CO, topic 1 of nothing; no topic speaks of the theme F1."""
    none = {"code": "", **dict.fromkeys(("weight", "low", "high", "base"), float("nan")), "others": ""}
    counts = {"segments": 2, "same": 1, "differ": 1, "undecided": 0, "uncoded": 0}
    heavy = {"code": "CO", "weight": 0.7, "low": 0.6, "high": 0.8, "base": 0.4, "others": ""}
    rows = [
        {"topic": 0, "level": "construct", **heavy, **counts},
        {"topic": 0, "level": "theme", **none, **counts, "same": 0, "differ": 0},
        {"topic": 1, "level": "construct", **none, **counts, "same": 0, "differ": 0},
        {"topic": 1, "level": "theme", **none, **counts, "same": 0, "differ": 0},
    ]
    return checked(TOPIC_READINGS, pd.DataFrame(rows))


def _readings(ids: Sequence[str], topic: Sequence[int]) -> pd.DataFrame:
    rows = []
    for number, (segment, own) in enumerate(zip(ids, topic, strict=True)):
        code, direct = ("CO", "" if number == 1 else "CO") if own == 0 else ("", "CO")
        reading = "direct only" if not code else "same" if code == direct else "topic only"
        rows.append((segment, "construct", own, code, direct, reading))
        rows.append((segment, "theme", own, "", "F1", "direct only"))
    return checked(READINGS, pd.DataFrame(rows, columns=READINGS.names())) if rows else empty(READINGS)


def _agreement(codes: Sequence[str]) -> tuple[pd.DataFrame, tuple[AgreementSummary, ...]]:
    rows, summaries = [], []
    for coder, against in ((MACHINE, "ann"), (MACHINE, "ben"), ("ann", "ben")):
        for code in codes:
            k = round(chance(coder, against, code) * 0.9 - 0.05, 4)
            rows.append(
                {
                    **dict.fromkeys(AGREEMENT.names(), float("nan")),
                    **{"coder": coder, "against": against, "code": code, "n": 40, "coded": 7, "coded_against": 9},
                    **{"excerpts": 60, "given": 8, "drawn": 0, "effective": 40, "transcripts": 2, "prevalence": 0.225},
                    **{"precision": 0.5, "recall": 0.25, "f1": 1 / 3, "f1_low": 0.1, "f1_high": 0.5},
                    **({"kappa": k, "kappa_low": k - 0.2, "kappa_high": min(1.0, k + 0.15)} if code != "CO" else {}),
                }
            )
        middle = Estimate(0.41, 0.3, 0.52)
        summaries.append(
            AgreementSummary(
                coder, against, 2, 40, 21, len(codes), middle, middle, middle if coder == MACHINE else None
            )
        )
    return checked(AGREEMENT, pd.DataFrame(rows)), tuple(summaries)


def _verdicts(codes: Sequence[str]) -> pd.DataFrame:
    """One code of each verdict; figures that the data do not determine are missing, as in a study."""
    nan = float("nan")
    kinds = (
        ("automate", "most of it is right", 0.6, 0.1, 0.2, 0.7, 0.05, 0.0),
        ("assist", "a part is right", 0.8, nan, 0.1, 0.0, nan, 0.0),
        ("not enough evidence", "too few <excerpts> were coded", nan, nan, 0.0, 0.0, nan, 1200.0),
        ("hand-code", "too much is wrong", nan, nan, 0.0, 0.0, nan, 0.0),
    )
    rows = []
    for number, code in enumerate(codes):
        verdict, reason, yes, no, yes_share, no_share, missed, more = kinds[number % len(kinds)]
        rows.append(
            {
                **{"code": code, "against": "ann", "transcripts": 2, "excerpts": 40, "coded": 9, "verdict": verdict, "reason": reason},
                **{"yes_threshold": yes, "no_threshold": no, "coverage": yes_share + no_share, "yes_share": yes_share, "no_share": no_share},
                **{"precision": 0.85, "precision_low": 0.81, "precision_high": 0.9, "missed": missed, "more_excerpts": more},
            }
        )
    return checked(VERDICTS, pd.DataFrame(rows)) if rows else empty(VERDICTS)


def _stance_agreement() -> pd.DataFrame:
    """The machine's stances pass always saying "asserted", so that they are shown."""
    row = {
        **{"coder": MACHINE, "against": "ann", "code": "", "n": 60, "not_asserted": 20, "clusters": 6, "agreed": 0.8, "asserted": 0.66},
        **{"difference": 0.14, "difference_low": 0.05, "difference_high": 0.2, "kappa": 0.5, "kappa_low": 0.3, "kappa_high": 0.7},
    }
    return checked(STANCE_AGREEMENT, pd.DataFrame([row]))


def build(
    talk: dict[str, list[tuple[str, str]]] | None = None,
    *,
    people: dict[str, Participant] | None = None,
    codebook: Codebook = CODEBOOK,
    seeds: tuple[Seed, ...] = SEEDS,
    **changes: object,
) -> ReportInputs:
    """Return inputs for a report; `changes` replace fields of the result."""
    people = people or PEOPLE
    draft = Draft()
    for name, turns in (talk or TALK).items():
        _transcript(draft, name, turns, people)
    heads = tuple(HeadCard(code.id, 4, 0, 0.45, 0.71) for code in codebook if code.id != "B9")
    ids = [str(segment["segment_id"]) for segment in draft.segments]
    topic = [-1 if n == 0 else n % 2 for n in range(len(ids))]
    agreement, summaries = _agreement([head.code for head in heads])
    pairs = [(number, head.code) for number in (0, 1) for head in heads]
    weights = [chance("weight", *pair) for pair in pairs]
    codings = _codings(draft, codebook, heads, seeds)
    inputs = ReportInputs(
        study_name="A small study",
        invented=True,
        transcripts=tuple(draft.transcripts),
        speakers=tuple(draft.speakers),
        participants=tuple(people.values()),
        codebook=codebook,
        seeds=seeds,
        taught=(),
        taught_by=None,
        segments=checked(SEGMENTS, pd.DataFrame(draft.segments)),
        set_aside=checked(SET_ASIDE, pd.DataFrame(draft.aside)) if draft.aside else empty(SET_ASIDE),
        topics=checked(TOPICS, pd.DataFrame({"segment_id": ids, "topic": topic, "strength": 0.9})),
        topic_cards=tuple(
            TopicCard(
                number,
                ("phones", "letters", f"word{number}"),
                tuple(i for i, t in zip(ids, topic, strict=True) if t == number)[:3],
                2,
                2,
                1,
                stability=(0.81, 0.42)[number],
                name=("", "Time for letters")[number],
            )
            for number in (0, 1)
        ),
        topic_method="small",
        topic_stability=TopicStability((0.81, 0.42), 20, 0.61, 0, None),
        unstable_below=0.6,
        topic_codes=checked(
            TOPIC_CODES,
            pd.DataFrame(pairs, columns=["topic", "code"]).assign(
                weight=weights, low=[w * 0.8 for w in weights], high=[w * 0.8 + 0.2 for w in weights], base=0.4
            ),
        ),
        topic_readings=_topic_readings(),
        readings=_readings(ids, topic),
        codings=codings,
        stances=_stances(codings),
        heads=heads,
        manual=_manual(draft),
        agreement=agreement,
        agreement_summaries=summaries,
        verdicts=_verdicts([head.code for head in heads]),
        stance_agreement=_stance_agreement(),
        problems=(
            Problem("B9", "dropped: 0 seeds, at least 4 are needed", "write more seeds"),
            Problem("notes.xyz", "not a transcript", severity=Severity.NOTE),
            Problem("broken.docx", "cannot be read", "save it again", Severity.ERROR),
        ),
        provenance=(Provenance("nptlens", "0.1.0"), Provenance("encoder", "all-MiniLM-L6-v2 sha256 53aa5117…")),
        settings=ReportSettings(excerpts=3, mismatches=2, formats=("html", "csv", "xlsx")),
    )
    return replace(inputs, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def make_inputs() -> Callable[..., ReportInputs]:
    """The builder."""
    return build


@pytest.fixture
def inputs() -> ReportInputs:
    """The small study as it is."""
    return build()
