"""The few-and-rich things that flow between the stages, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from nptlens.core.errors import IntegrityError
from nptlens.core.text import Span, count_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Severity(StrEnum):
    """How much a Problem matters: a note informs, a warning asks for a look, an error lost a source."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something a person should know; it never holds words of a transcript."""

    where: str
    what: str
    hint: str = ""
    severity: Severity = Severity.WARNING


def worth_a_look(problems: Iterable[Problem]) -> bool:
    """Tell whether a person must look: a note informs, anything graver asks for somebody."""
    return any(problem.severity is not Severity.NOTE for problem in problems)


class SpeakerRole(StrEnum):
    """Whose speech it is: interviewers are context, participants are coded."""

    INTERVIEWER = "interviewer"
    PARTICIPANT = "participant"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of one speaker: a span of its transcript's canonical text.

    `speaker` is the label as the source spells it, None where the source names nobody; `start_s` and `end_s` are
    seconds, None where the source states no time.
    """

    span: Span
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Furniture:
    """A span of the canonical text that nobody said: a label, a time, a header, a separator."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """One source as read: its canonical text and the spans that make it up.

    `id` is the file name without its suffix (made unique within a study), `source` the path inside the
    study, `source_sha256` the digest of the file's bytes. Utterances and furniture partition the text: `verify` says so.
    """

    id: str
    source: str
    source_sha256: str
    format: str
    layout: str
    text: str
    utterances: tuple[Utterance, ...]
    furniture: tuple[Furniture, ...] = ()

    def quote(self, span: Span) -> str:
        """Return the exact words at `span`: a slice of the canonical text, never retyped."""
        return span.of(self.text)

    def words(self) -> int:
        """Return the number of words that were said."""
        return sum(count_words(self.quote(u.span)) for u in self.utterances)

    def speakers(self) -> tuple[str, ...]:
        """Return the speaker labels in order of first appearance."""
        return tuple(dict.fromkeys(u.speaker for u in self.utterances if u.speaker is not None))

    def _spans(self) -> Iterator[Span]:
        yield from (utterance.span for utterance in self.utterances)
        yield from (piece.span for piece in self.furniture)

    def verify(self) -> None:
        """Raise IntegrityError unless utterances and furniture give back the text, code point by code point."""
        position = 0
        for start, end in sorted((span.start, span.end) for span in self._spans()):
            if start != position:
                raise IntegrityError(f"text is lost or doubled at offset {min(position, start)}", where=self.source)
            position = end
        if position != len(self.text):
            raise IntegrityError(f"text is lost at offset {position}", where=self.source)


@dataclass(frozen=True, slots=True)
class Participant:
    """A row of the participants sheet. `labels` are the spellings that transcripts use for this person.

    `transcripts` are the ids of those that the row is for, empty where it is for all. `attributes` are the study's own columns, each as
    (heading, value), in the order of the sheet; they are the same columns for everybody.
    """

    id: str
    labels: tuple[str, ...] = ()
    role: str = ""
    practice: str = ""
    adopter_category: str = ""
    interviewer: bool = False
    transcripts: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker label of one transcript with the role it was given, and why."""

    transcript_id: str
    label: str | None
    role: SpeakerRole
    why: str
    participant: Participant


class MemoAbout(StrEnum):
    """What a memo is about, the closest first."""

    EXCERPT = "excerpt"
    CODE = "code"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Memo:
    """What a person noted; `about` is a place ``TRANSCRIPT:start-end``, a code's id, or a participant or transcript.

    `text` holds the words of an excerpt as they were when the memo was written, "" where that is not known.
    """

    kind: MemoAbout
    about: str
    memo: str
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the codebook. `parent` is the id of the code above it, None at the top."""

    id: str
    name: str
    definition: str
    include: str = ""
    exclude: str = ""
    source: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class CodeLink:
    """A relation between two codes that is expected, never enforced."""

    first: str
    second: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Codebook:
    """A versioned set of codes; `codes` keeps the order of the file."""

    name: str
    version: str
    codes: tuple[Code, ...]
    links: tuple[CodeLink, ...] = ()

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __contains__(self, code_id: str) -> bool:
        return any(code.id == code_id for code in self.codes)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all codes, in the order of the file."""
        return tuple(code.id for code in self.codes)

    def get(self, code_id: str) -> Code:
        """Return a code by its id; raises KeyError where there is none."""
        for code in self.codes:
            if code.id == code_id:
                return code
        raise KeyError(code_id)

    def children(self, code_id: str) -> tuple[Code, ...]:
        """Return the codes directly below `code_id`."""
        return tuple(code for code in self.codes if code.parent == code_id)

    def ancestors(self, code_id: str) -> tuple[str, ...]:
        """Return the ids above a code, nearest first."""
        found: list[str] = []
        parent = self.get(code_id).parent
        while parent is not None:
            found.append(parent)
            parent = self.get(parent).parent
        return tuple(found)


STANCES = ("asserted", "contrary", "mixed", "hypothetical")
NONE_CODE = "none"
MANY_LANGUAGES = "many"
"""Stands among the languages of an encoder that is made for many."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A labelled example. `codes` is empty for a seed of ``none``; `group` keeps seeds of one origin in one fold."""

    id: str
    text: str
    codes: tuple[str, ...]
    stance: str = ""
    note: str = ""
    group: str = ""


LAYERS = 3


@dataclass(frozen=True, slots=True)
class Embedded:
    """What an encoder makes of n texts, as float32: unit vectors ``(n, d)``, and ``(n, e)`` of what its middle layers hold.

    `layers` is LAYERS rows of equal width, one beside the other; the middle layers keep wording and grammar that the last one gives
    up for meaning. e is 0 for an encoder without such layers.
    """

    vectors: NDArray[np.float32]
    layers: NDArray[np.float32]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.vectors)

    def part(self, start: int, stop: int) -> Embedded:
        """Return the rows of the texts from `start` to before `stop`."""
        return Embedded(self.vectors[start:stop], self.layers[start:stop])


@dataclass(frozen=True, slots=True)
class TopicCard:
    """What a reader needs to judge a topic: words, exemplars (segment ids), who speaks of it and how much.

    `stability` is None where it was not measured; `name` is what a person called the topic, `merged` the numbers of the topics that
    a person put into it. A merged topic is as stable as the least stable of its parts.
    """

    topic: int
    words: tuple[str, ...]
    exemplars: tuple[str, ...]
    size: int
    participants: int
    transcripts: int
    stability: float | None = None
    name: str = ""
    merged: tuple[int, ...] = ()

    def label(self) -> str:
        """Return the topic's name, else a short label made of its words."""
        return self.name or ", ".join(self.words[:4]) or f"topic {self.topic}"


@dataclass(frozen=True, slots=True)
class TopicStability:
    """How far topics came again: mean best Jaccard similarity per topic, mean adjusted Rand index over all; None: not measured."""

    jaccard: tuple[float | None, ...]
    resamples: int
    ari_resamples: float | None
    reseeds: int
    ari_reseeds: float | None


@dataclass(frozen=True, slots=True)
class StageReport:
    """What one stage of a run did: whether it was fresh, why it ran, and its seconds."""

    stage: str
    reran: bool
    why: str
    seconds: float
    counts: tuple[tuple[str, int], ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class HeadCard:
    """What is known of a code's head before it is used: its examples, its threshold, its F1 on held-out examples.

    Examples are seeds, and `excerpts` that people coded. The threshold is chosen as `coding.heads` says; the F1 is that on such
    excerpts where there are some, else on seeds.
    """

    code: str
    seeds: int
    excerpts: int
    threshold: float
    held_out_f1: float


@dataclass(frozen=True, slots=True)
class TaughtBy:
    """The person whose coding taught the machine too, how many excerpts, and the folds in which transcripts were held out."""

    coder: str
    excerpts: int
    fold_of: tuple[tuple[str, int], ...]

    def folds(self) -> int:
        """Return the number of folds."""
        return len({fold for _, fold in self.fold_of})


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; NaN where the data do not determine it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AgreementSummary:
    """One coder against another over all codes, on the frame that both share.

    `units` are the segments compared, `uncoded` those that neither coded; `codes` the number of codes averaged over (used at
    least once by `against`). `macro_ap` is None between people, who give no probabilities.
    """

    coder: str
    against: str
    transcripts: int
    units: int
    uncoded: int
    codes: int
    mean_kappa: Estimate
    macro_f1: Estimate
    macro_ap: Estimate | None
