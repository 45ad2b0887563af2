"""The inputs joined once: look-ups by id, and codings in one fixed order, so that no builder searches."""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nptlens.core.close_names import meant
from nptlens.core.errors import IntegrityError, UsageError
from nptlens.core.text import Span
from nptlens.reporting._stance import StanceTrust, stance_trust
from nptlens.reporting.inputs import ReportInputs
from nptlens.schemas.records import NONE_CODE, HeadCard, Seed, Speaker, Transcript

if TYPE_CHECKING:
    import pandas as pd

_SHARED = frozenset({"code", "decision", "runner_up", "coder", "stance", "transcript_id", "participant_id", "role", "practice"})


@dataclass(frozen=True, slots=True)
class Segment:
    """A row of the segments table; `position` is its rank by transcript and place."""

    id: str
    transcript_id: str
    span: Span
    turn: int
    participant: str
    role: str
    practice: str
    start_s: float | None
    position: int


@dataclass(frozen=True, slots=True)
class Coding:
    """A machine coding that claims something: assigned or abstained.

    `stance` is what may be shown as found, "" where stances may not be or none was given; `raw_stance` is what the machine gave.
    """

    segment: Segment
    code: str
    probability: float
    decision: str
    margin: float
    runner_up: str
    nearest_seeds: str
    coder: str
    stance: str = ""
    stance_probability: float | None = None
    raw_stance: str = ""
    raw_stance_probability: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class ManualCoding:
    """A row of the manual codings table."""

    transcript_id: str
    start: int
    end: int
    stance: str
    coder: str
    code: str


@dataclass(frozen=True, slots=True)
class Index:
    """The inputs by id. `codings` are ordered by place, then by the codebook; `assigned` are those by code.

    `withheld` are the places (``TRANSCRIPT:start-end``) whose words the report may not quote.
    """

    inputs: ReportInputs
    transcripts: Mapping[str, Transcript]
    speakers: Mapping[tuple[str, str | None], Speaker]
    segments: Mapping[str, Segment]
    codings: tuple[Coding, ...]
    assigned: Mapping[str, tuple[Coding, ...]]
    abstained: Mapping[str, int]
    seeds: Mapping[str, Seed]
    seeds_of: Mapping[str, int]
    heads: Mapping[str, HeadCard]
    manual: Mapping[str, tuple[ManualCoding, ...]]
    topic_of: Mapping[str, int]
    rows: NDArray[np.intp]  # by a segment's position, its row in the segments table
    has_practices: bool = True  # anybody's practice is known; where none is, places do not speak of practices
    withheld: frozenset[str] = frozenset()
    stance: StanceTrust = field(default_factory=StanceTrust)

    def text(self, segment: Segment) -> str:
        """Return the exact words of a segment: a slice of its transcript; "" where they are withheld."""
        return "" if segment.id in self.withheld else self.transcripts[segment.transcript_id].quote(segment.span)

    def vectors_of(self, codings: Sequence[Coding]) -> NDArray[np.float64] | None:
        """Return the vectors ``(n, d)`` of the segments of some codings, None where none are at hand."""
        vectors = self.inputs.vectors
        if vectors is None or not codings:
            return None
        return vectors[self.rows[[coding.segment.position for coding in codings]]].astype(np.float64)

    def shown(self, code: str) -> bool:
        """Tell whether the settings ask for the excerpts of a code."""
        return not self.inputs.settings.codes or code in self.inputs.settings.codes


def build_index(inputs: ReportInputs) -> Index:
    """Join the inputs; raises IntegrityError where a table names a segment or transcript that is not there.

    Raises UsageError where the settings name a code that the codebook lacks.
    """
    _check_codes(inputs)
    transcripts = {transcript.id: transcript for transcript in sorted(inputs.transcripts, key=lambda each: each.id)}
    segments = _segments(inputs)
    lost = sorted({segment.transcript_id for segment in segments.values()} - set(transcripts))
    if lost:
        raise IntegrityError(f"segments of {len(lost)} transcripts that are not in the study", where=lost[0])
    named = str(inputs.verdicts["against"].iloc[0]) if len(inputs.verdicts) else ""
    stance = stance_trust(inputs.stance_agreement, named)
    codings = _codings(inputs, segments, shown=stance.shown)
    assigned: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        if coding.decision == "assigned":
            assigned[coding.code].append(coding)
    return Index(
        inputs=inputs,
        transcripts=transcripts,
        speakers={(speaker.transcript_id, speaker.label): speaker for speaker in inputs.speakers},
        segments=segments,
        codings=codings,
        assigned={code: tuple(each) for code, each in assigned.items()},
        abstained=Counter(coding.code for coding in codings if coding.decision == "abstained"),
        seeds={seed.id: seed for seed in (*inputs.taught, *inputs.seeds)},
        seeds_of=_seeds_of(inputs),
        heads={head.code: head for head in inputs.heads},
        manual=_manual(inputs),
        topic_of=dict(zip(inputs.topics["segment_id"].tolist(), inputs.topics["topic"].tolist(), strict=True)),
        rows=_order(inputs),
        stance=stance,
        has_practices=any(segment.practice for segment in segments.values()),
    )


def _check_codes(inputs: ReportInputs) -> None:
    for code in inputs.settings.codes:
        if code not in inputs.codebook:
            what = f"the codebook has no code {code!r}{meant(code, inputs.codebook.ids())}"
            raise UsageError(what, hint="take codes from the codebook")


def _order(inputs: ReportInputs) -> NDArray[np.intp]:
    places = zip(*(inputs.segments[name].tolist() for name in ("transcript_id", "start", "end")), strict=True)
    return np.array([row for _, row in sorted((place, row) for row, place in enumerate(places))], dtype=np.intp)


def _rows(table: pd.DataFrame, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some columns as plain Python values; far faster than `iterrows`. Rows share words that come again and again."""
    return zip(*(map(sys.intern, table[name].tolist()) if name in _SHARED else table[name].tolist() for name in names), strict=True)


def _segments(inputs: ReportInputs) -> dict[str, Segment]:
    names = [
        "segment_id",
        "transcript_id",
        "start",
        "end",
        "utterance",
        "participant_id",
        "role",
        "practice",
        "start_s",
    ]
    rows = sorted(_rows(inputs.segments, names), key=lambda row: (row[1], row[2], row[3]))
    return {
        row[0]: Segment(
            id=row[0],
            transcript_id=row[1],
            span=Span(row[2], row[3]),
            turn=row[4],
            participant=row[5],
            role=row[6],
            practice=row[7],
            start_s=None if row[8] is None or math.isnan(row[8]) else float(row[8]),
            position=position,
        )
        for position, row in enumerate(rows)
    }


def _codings(inputs: ReportInputs, segments: Mapping[str, Segment], *, shown: bool) -> tuple[Coding, ...]:
    """Return the codings in order; their stances may be `shown` as found or not."""
    nothing: tuple[str, float | None] = ("", None)
    claims = inputs.codings[inputs.codings["decision"].isin(["assigned", "abstained"])]
    names = ["segment_id", "code", "probability", "decision", "margin", "runner_up", "nearest_seeds", "coder"]
    place = {code: number for number, code in enumerate(inputs.codebook.ids())}
    stances = {row[:2]: row[2:] for row in _rows(inputs.stances, ["segment_id", "code", "stance", "probability"])}
    try:
        codings = [
            Coding(segments[row[0]], *row[1:], *(given if shown else nothing), *given)
            for row in _rows(claims, names)
            for given in (stances.get((row[0], row[1]), nothing),)
        ]
    except KeyError as error:
        raise IntegrityError("a coding names a segment that is not there", where=str(error.args[0])) from None
    codings.sort(key=lambda each: (each.segment.position, place.get(each.code, len(place)), each.code))
    return tuple(codings)


def _seeds_of(inputs: ReportInputs) -> dict[str, int]:
    """Count the seeds of each code; a seed counts for the codes above its own, as in training."""
    counts: Counter[str] = Counter()
    for seed in inputs.seeds:
        known = [code for code in seed.codes if code in inputs.codebook]
        counts.update({each for code in known for each in (code, *inputs.codebook.ancestors(code))})
    return counts


def _manual(inputs: ReportInputs) -> dict[str, tuple[ManualCoding, ...]]:
    names = ["transcript_id", "start", "end", "stance", "coder", "code"]
    found: dict[str, list[ManualCoding]] = defaultdict(list)
    for coding in sorted(ManualCoding(*row) for row in _rows(inputs.manual, names)):
        if coding.code != NONE_CODE:
            found[coding.code].append(coding)
    return {code: tuple(each) for code, each in found.items()}
