"""Tiers, a row of timed annotations for each speaker as in ELAN, EXMARaLDA and Praat: those that hold speech become turns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from nptlens.core.text import Span, canonical, count_words
from nptlens.reading.layouts._cues import Cue, turns_of_cues
from nptlens.reading.layouts._parsed import Shaped, shaped
from nptlens.schemas.records import Problem, Severity, Utterance

# Names of tiers that people and programs give to what is not said, in five languages; whoever names a speaker so is told.
_NOT_SPEECH = frozenset(
    "comment comments note notes remark remarks gesture gestures gaze posture noise noises event events translation translations "
    "gloss glosses pos lemma lemmas morph morphs morphemes phone phones phoneme phonemes phonetic ipa segment segments syllable "
    "syllables prosody intonation tone tones topic topics code codes coding action actions nonverbal nv kommentar kommentare notiz "
    "notizen anmerkung anmerkungen geste gesten blick übersetzung bemerkung bemerkungen commentaire commentaires remarques gestes "
    "traduction comentario comentarios notas gestos traducción opmerking opmerkingen notitie notities gebaren vertaling".split()
)
_LETTER = re.compile(r"[^\W_]+")
_MORE = 20  # tiers that a problem lists
_MUCH = 0.1  # of all words: a tier with more is hardly one of remarks


@dataclass(frozen=True, slots=True)
class Annotation:
    """A stretch of a tier; `order` is its place in time, also where the source states no seconds."""

    text: str
    start_s: float | None
    end_s: float | None
    order: float


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier with its annotations in order; `speaker` is the label of whoever speaks in it, `named` whether the source says so.

    `coded` says that it holds values of a list, such as codes, and no speech.
    """

    name: str
    speaker: str
    annotations: tuple[Annotation, ...]
    named: bool = True
    coded: bool = False

    def words(self) -> int:
        """Return the number of words of all annotations."""
        return sum(count_words(annotation.text) for annotation in self.annotations)


def turns_of_tiers(
    tiers: Sequence[Tier], *, layout: str, where: str, notes: Iterable[str] = (), problems: Iterable[Problem] = ()
) -> Shaped:
    """Return the annotations of the tiers that hold speech, in the order of time; what one person says on end is one utterance.

    The canonical text is what was said. Tiers that are no speech by their name, or that hold the words of another tier once more, are
    left out; these and whatever is doubtful are told. Where a recording has one tier, labels before what is said are the speakers.
    """
    spoken, others, again = _chosen(tiers)
    told = [*problems, *_told(spoken, others, again, where)]
    if len(spoken) == 1 and not spoken[0].named:
        labelled = turns_of_cues([Cue(each.text, each.start_s, each.end_s) for each in spoken[0].annotations], notes=tuple(notes))
        if any(turn.speaker for turn in labelled.utterances):
            return replace(labelled, layout=f"{layout}, names in the text", problems=(*labelled.problems, *told))
    said = sorted(
        ((annotation, tier) for tier in spoken for annotation in tier.annotations if count_words(annotation.text)),
        key=lambda pair: pair[0].order,
    )
    pieces: list[str] = []
    turns: list[Utterance] = []
    position = 0
    for annotation, tier in said:
        words = canonical(annotation.text).strip()
        span = Span(position, position + len(words))
        if turns and turns[-1].speaker == tier.speaker:
            turns[-1] = Utterance(Span(turns[-1].span.start, span.end), tier.speaker, turns[-1].start_s, annotation.end_s)
        else:
            turns.append(Utterance(span, tier.speaker, annotation.start_s, annotation.end_s))
        pieces.append(words)
        position = span.end + 1
    return shaped("\n".join(pieces), layout=layout, turns=turns, notes=notes, problems=told)


def chained(annotations: Sequence[Annotation], *, between: str, pause_s: float = 0.0) -> Iterator[Annotation]:
    """Yield the annotations with those joined that follow each other at once, or within a pause; `between` parts their words."""
    parts: list[Annotation] = []
    for annotation in annotations:
        if parts and not _follows(parts[-1], annotation, pause_s):
            yield _joined(parts, between)
            parts = []
        parts.append(annotation)
    if parts:
        yield _joined(parts, between)


def _joined(parts: Sequence[Annotation], between: str) -> Annotation:
    return Annotation(between.join(part.text for part in parts), parts[0].start_s, parts[-1].end_s, parts[0].order)


def _follows(before: Annotation, after: Annotation, pause_s: float) -> bool:
    return before.end_s is not None and after.start_s is not None and after.start_s - before.end_s <= pause_s


def _chosen(tiers: Sequence[Tier]) -> tuple[list[Tier], list[Tier], list[Tier]]:
    """Return the tiers that hold speech, those of something else by their names, and those that hold words once more.

    All are speech where the names leave none.
    """
    full = [tier for tier in tiers if tier.words()]
    spoken = [tier for tier in full if not (tier.coded or _is_named_other(tier.name))] or full
    kept: dict[str, list[Tier]] = {}
    for tier in sorted(spoken, key=lambda tier: (len(tier.annotations), -sum(len(each.text) for each in tier.annotations))):
        alike = kept.setdefault("".join(_LETTER.findall("".join(each.text for each in tier.annotations))).casefold(), [])
        if not any(_is_again(tier, other) for other in alike):
            alike.append(tier)
    chosen = {id(tier) for alike in kept.values() for tier in alike}
    others = [tier for tier in full if tier not in spoken]
    return [tier for tier in spoken if id(tier) in chosen], others, [tier for tier in spoken if id(tier) not in chosen]


def _is_again(tier: Tier, other: Tier) -> bool:
    """Tell whether a tier of the same letters as another holds its words once more: in smaller pieces at the same times, as aligners do."""
    if tier.named and other.named and tier.speaker != other.speaker:
        return False
    spans = sorted((each.start_s, each.end_s) for each in other.annotations if each.start_s is not None and each.end_s is not None)
    starts = [each.start_s for each in tier.annotations if count_words(each.text)]
    return all(start is not None and _within(start, spans) for start in starts)


def _within(time_s: float, spans: Sequence[tuple[float, float]]) -> bool:
    at = bisect_right(spans, (time_s, inf)) - 1
    return at >= 0 and spans[at][0] <= time_s < spans[at][1]


def _is_named_other(name: str) -> bool:
    words = [word.casefold() for word in _LETTER.findall(name)]
    return bool(words) and (words[-1] in _NOT_SPEECH or words[0] in _NOT_SPEECH)


def _told(spoken: Sequence[Tier], others: Sequence[Tier], again: Sequence[Tier], where: str) -> Iterator[Problem]:
    if others:
        much = sum(tier.words() for tier in others) > _MUCH * sum(tier.words() for tier in (*spoken, *others))
        what = f"tiers that are not read as speech, by their names or lists of codes: {_listed(others)}"
        hint = "give a tier the name of its speaker where it holds speech"
        yield Problem(where, what, hint, Severity.WARNING if much else Severity.NOTE)
    if again:
        yield Problem(where, f"tiers that hold the words of another once more are left out: {_listed(again)}", "", Severity.NOTE)
    people: dict[str, list[Tier]] = {}
    for tier in spoken:
        people.setdefault(tier.speaker, []).append(tier)
    for speaker, several in people.items():
        if len(several) > 1:
            what = f'{len(several)} tiers are read as speech of "{speaker}": {_listed(several)}'
            yield Problem(where, what, "take out the tiers that hold no speech, or write their names so that they say what they hold")
    unnamed = [tier for tier in spoken if not tier.named]
    if unnamed and len(unnamed) < len(spoken):
        what = f"tiers that name no participant, though others do, are read as speech: {_listed(unnamed)}"
        yield Problem(where, what, "name their participants, or take out the tiers that hold no speech")


def _listed(tiers: Sequence[Tier]) -> str:
    return ", ".join(f"{tier.name} ({tier.words()} words)" for tier in tiers[:_MORE])
