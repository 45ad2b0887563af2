"""Captions: cues become turns. What a cue file adds to the words (numbers, times, tags) is no canonical text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from nptlens.core.text import Span, canonical, count_words
from nptlens.reading.layouts._labelled import colon_label
from nptlens.reading.layouts._labels import Strength, bare_label, is_known, strength
from nptlens.reading.layouts._parsed import LABEL, Shaped, shaped
from nptlens.reading.layouts._times import BRACKETED
from nptlens.schemas.records import Furniture, Utterance

_PAUSE_S, _LONG_WORDS, _MOST_WORDS = 1.5, 100, 300
_CHANGE = re.compile(r">{2,3}[ \t]*(?=\S)")  # ``>> so``: another speaker begins, whom nobody names
_ENCLOSED = re.compile(r"(?:\[(?P<square>[^\]\n]{1,70})\]|\((?P<round>[^()\n]{1,70})\)|<(?P<angle>[^>\n]{1,70})>)[ \t]*:?(?=[ \t]*\S)")
_LONE_TIME = re.compile(rf"{BRACKETED}")
_OVERLAP = re.compile(
    r"[ \t]*//[ \t]*(?P<label>[^/:\n]{1,60}):[ \t]*(?P<words>[^/\n]*)//[ \t]*"
)  # noScribe: said while somebody else speaks
# Shares of cues that begin with a label: whatever stands there is one; a name that comes once; anything that recurs; two names in brackets.
_ALL, _MOST, _MUCH, _LITTLE = 0.95, 0.8, 0.5, 0.1
_RARE = 0.34  # a label that may be anything must come so often, beside the one that comes most
_FEW = 3  # so many places are named
_FINAL = (".", "?", "!", "…", '"', "”")


@dataclass(frozen=True, slots=True)
class Cue:
    """A line of a caption with the times of its cue; `voice` is the speaker that a tag or a column names; `changes`: another one begins."""

    words: str
    start_s: float | None
    end_s: float | None
    voice: str | None = None
    changes: bool = False


@dataclass(frozen=True, slots=True)
class _Marked:
    """A cue with the label-like start of its words, and the length of that start; "" where there is none."""

    cue: Cue
    label: str = ""
    tag: int = 0
    style: str = ""


@dataclass(slots=True)
class _Turn:
    speaker: str | None
    start_s: float | None
    end_s: float | None
    label: str = ""
    lines: list[str] = field(default_factory=list)
    words: int = 0

    def takes(self, cue: Cue, speaker: str | None) -> bool:
        """Tell whether a cue goes on with this turn; without names, only up to a sentence end."""
        if speaker != self.speaker or speaker is not None:
            return speaker == self.speaker
        pause = 0.0 if cue.start_s is None or self.end_s is None else cue.start_s - self.end_s
        ended = self.lines[-1].rstrip().endswith(_FINAL)
        return self.words < _MOST_WORDS and not (ended and (pause >= _PAUSE_S or self.words >= _LONG_WORDS))


def turns_of_cues(cues: Iterable[Cue], *, notes: Sequence[str] = ()) -> Shaped:
    """Return the cues as turns: cues of one speaker that follow each other are one utterance.

    A label that a cue repeats for the same speaker is mark-up of the cue, like its number; the first of a turn is
    kept in the canonical text as furniture. A cue without a label belongs to the speaker before it where the file
    uses labels. Where nobody is named, a turn ends with a sentence, at a pause or after many words.
    """
    whole = [replace(cue, words=words) for cue in cues if (words := canonical(cue.words).strip()) and not _LONE_TIME.fullmatch(words)]
    marked = _below_labels([_marked(cue) for cue in _without_overlaps(whole)])
    believed, left, share = _believed(marked)
    doubtful = [label for label in believed if strength(label) <= Strength.SOFT and share < _ALL]
    voices = any(each.cue.voice for each in marked)
    turns = _turns(marked, believed, _renamed(marked))
    layout = "captions, <v Name>" if voices else "captions, Name: text" if believed else "captions, no speakers"
    return _shaped(turns, layout=layout, notes=[*notes, *_doubts(doubtful), *_left_open(left)])


def _turns(marked: Sequence[_Marked], believed: set[str], renamed: dict[str, str]) -> list[_Turn]:
    turns: list[_Turn] = []
    speaker: str | None = None
    for each in marked:
        cue = each.cue
        if cue.voice in renamed and each.tag == len(cue.words):
            continue
        label = each.label if each.label in believed else ""
        tag = cue.words[: each.tag] if label else ""
        speaker = (renamed.get(cue.voice, cue.voice) if cue.voice else None) or label or (speaker if believed or cue.voice else None)
        change = None if label or cue.voice else _CHANGE.match(cue.words)
        if change or (cue.changes and not label and not cue.voice):
            speaker, tag = None, change[0].rstrip() if change else ""
        if change or cue.changes or not turns or not turns[-1].takes(cue, speaker):
            turns.append(_Turn(speaker, cue.start_s, cue.end_s, tag))
        turns[-1].lines.append(cue.words[len(tag) :].strip())
        turns[-1].words += count_words(turns[-1].lines[-1])
        turns[-1].end_s = cue.end_s
    return turns


def _shaped(turns: Iterable[_Turn], *, layout: str, notes: Sequence[str]) -> Shaped:
    pieces: list[str] = []
    utterances: list[Utterance] = []
    furniture: list[Furniture] = []
    position = 0
    for turn in turns:
        label = f"{turn.label} " if turn.label else ""
        words = "\n".join(line for line in turn.lines if line)
        if label:
            furniture.append(Furniture(Span(position, position + len(turn.label)), LABEL))
        start = position + len(label)
        utterances.append(Utterance(Span(start, start + len(words)), turn.speaker, turn.start_s, turn.end_s))
        pieces.append(label + words)
        position = start + len(words) + 1
    return shaped("\n".join(pieces), layout=layout, turns=utterances, furniture=furniture, notes=notes)


def _without_overlaps(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Yield the cues with what somebody else says meanwhile, ``//S00: Mhm.//``, as cues of that speaker after them."""
    for cue in cues:
        found = list(_OVERLAP.finditer(cue.words)) if "//" in cue.words else []
        if not found:
            yield cue
            continue
        rest = _OVERLAP.sub(" ", cue.words).strip()
        if rest:
            yield replace(cue, words=rest)
        for other in found:
            yield Cue(other["words"].strip(), cue.start_s, cue.end_s, bare_label(other["label"]))


def _marked(cue: Cue) -> _Marked:
    """Return the cue with the label that its words may begin with."""
    if cue.voice is not None and not cue.words.endswith((":", "：")):
        return _Marked(cue)
    enclosed = _ENCLOSED.match(cue.words)
    if enclosed:
        label = bare_label(enclosed["square"] or enclosed["round"] or enclosed["angle"])
        return _Marked(cue, label, enclosed.end(), cue.words[0]) if strength(label) > Strength.TOLD else _Marked(cue)
    found = colon_label(cue.words, 0, len(cue.words))
    if found and (found[1] or is_known(found[0].label)) and strength(found[0].label) > Strength.TOLD:
        return _Marked(cue, found[0].label, found[0].body, ":")
    return _Marked(cue)


def _below_labels(marked: list[_Marked]) -> list[_Marked]:
    """Take for words what spells like a label on the line below a label alone, in one caption: whoever is named there would say nothing."""
    result = marked[:1]
    for above, each in pairwise(marked):
        alone = above.label and not above.cue.words[above.tag :].strip()
        same = (above.cue.start_s, above.cue.end_s) == (each.cue.start_s, each.cue.end_s) and each.cue.start_s is not None
        said = alone and same and each.label and each.label != above.label and strength(each.label) is not Strength.KNOWN
        result.append(_Marked(each.cue) if said else each)
    return result


def _believed(marked: Sequence[_Marked]) -> tuple[set[str], list[tuple[int, str]], float]:
    """Return the labels to believe, the places and labels of others that may be ones, and the share of cues with a label.

    All labels of a file are marked in one way, the one that most have. Believed are those that are known-like; that recur, if they hold
    no word of speech or half of all cues begin with labels; and names that come once where nearly every cue begins with one. What may be
    anything must recur, take turns with others, and come not much more rarely.
    """
    found = [(number, each) for number, each in enumerate(marked, start=1) if each.label and each.cue.voice is None]
    counts = Counter(each.label for _, each in found)
    styles = Counter(each.style for _, each in found if counts[each.label] > 1) or Counter(each.style for _, each in found)
    style = max(styles, key=lambda each: (styles[each], each == ":")) if styles else ":"
    same = [each for _, each in found if each.style == style]
    share = min(1.0, len(same) / _captions(marked)) if marked else 0.0
    often = Counter(each.label for each in same)
    most = max(often.values(), default=0)
    order = [each.label for each in same]
    beside = Counter(b for a, b in pairwise(order) if a == b)
    enclosed = style != ":"
    several = sum(count > 1 and strength(label) >= Strength.NAME for label, count in often.items()) > 1
    believed = set()
    for label, count in often.items():
        power = strength(label)
        enough = count > 1 and (power >= Strength.NAME or count >= _RARE * most)
        if (
            (power is Strength.KNOWN and not enclosed)
            or share >= _ALL
            or (share >= _MOST and (enough or power >= Strength.NAME))
            or (share >= _MUCH and enough)
            or (power >= Strength.NAME and enough and (not enclosed or (several and share >= _LITTLE)))
            or (enough and not enclosed and beside[label] * 2 < count)
        ):
            believed.add(label)
    left = [(number, each.label) for number, each in found if believed and each.label not in believed and each.style in (style, ":")]
    return believed, left, share


def _captions(marked: Sequence[_Marked]) -> int:
    """Return the number of captions: lines of one caption have one time, and only the first begins with a label."""
    times = [(each.cue.start_s, each.cue.end_s) for each in marked]
    return len(times) - sum(one == other and one[0] is not None for one, other in pairwise(times))


def _doubts(labels: Iterable[str]) -> Iterator[str]:
    shown = ", ".join(f'"{label}"' for label in sorted(labels)[:_FEW])
    if shown:
        yield f"{shown}: read as speakers, but such words may also begin a sentence, and not every caption begins with a speaker"


def _left_open(left: Sequence[tuple[int, str]]) -> Iterator[str]:
    if left:
        shown = ", ".join(f'"{label}" in line {number} of the captions' for number, label in left[:_FEW])
        more = f" and {len(left) - _FEW} more" if len(left) > _FEW else ""
        what = "line begins" if len(left) == 1 else "lines begin"
        yield f"{len(left)} {what} like a speaker's label, and what follows is read as words of the speaker before: {shown}{more}"


def _renamed(marked: Sequence[_Marked]) -> dict[str, str]:
    """Return the name of each voice that cues of a label alone give it, as noScribe's editor writes them."""
    names: dict[str, set[str]] = {}
    for each in marked:
        if each.cue.voice is not None and each.label and each.tag == len(each.cue.words):
            names.setdefault(each.cue.voice, set()).add(each.label)
    return {voice: next(iter(labels)) for voice, labels in names.items() if len(labels) == 1}
