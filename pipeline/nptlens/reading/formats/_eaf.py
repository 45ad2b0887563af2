"""ELAN's .eaf: XML with tiers, whose annotations point to slots of time or to annotations of the tier above."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.core.text import count_words
from nptlens.reading.layouts._parsed import Shaped
from nptlens.reading.layouts._tiers import Annotation, Tier, turns_of_tiers
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Problem, Severity

if TYPE_CHECKING:
    from lxml import etree

_ID = re.compile(r"\S*[0-9]\S*")  # what a tier of references holds, such as "utt.012"
_MOSTLY = 0.8
_NAMES = "tx|txt|text|transcription|transcript|utterances?|orth?|orthography|transkription|transkript"
_TRANSCRIPTION = re.compile(rf"(?:^|[^a-z])(?:{_NAMES})(?:$|[^a-z])", re.IGNORECASE)
_MORE, _FAR_MORE = 20, 2


@dataclass(frozen=True, slots=True)
class _Slot:
    """A time of the file; `order` stands between its neighbours where no seconds are stated."""

    time_s: float | None
    order: float


@dataclass(frozen=True, slots=True)
class _Row:
    """A TIER element: `parent` is the name of the tier above, "" where it stands alone; `above` the annotation that each one hangs on."""

    name: str
    participant: str
    parent: str
    annotations: Mapping[str, Annotation]
    coded: bool = False

    def tier(self, participant: str = "") -> Tier:
        """Return the tier; its speaker is its participant, else the tier's name."""
        speaker = self.participant or participant
        ordered = sorted(self.annotations.values(), key=lambda each: each.order)
        return Tier(self.name, speaker or self.name, tuple(ordered), named=bool(speaker), coded=self.coded)


def read_eaf(data: bytes, *, where: str) -> Shaped:
    """Return the speech of an ELAN file: the tiers at the top, a speaker each, in the order of time.

    Tiers below them (translations, glosses) are no speech and told; where the tiers at the top hold only numbers of utterances, speech is
    read from those below. Raises ReadingError where it is no ELAN file or no tier has words.
    """
    root = parse_xml(data, where=where)
    if root.tag != "ANNOTATION_DOCUMENT":
        raise ReadingError("no ELAN file: its root is no ANNOTATION_DOCUMENT", where=where, hint="save it in ELAN, or export it as text")
    rows = _rows(root, _slots(root))
    top = [row for row in rows if not row.parent]
    spoken: list[Tier] = []
    problems: list[Problem] = []
    used = {row.name for row in top}
    for row in top:
        below = _transcription(row, rows) if _is_reference(row) else None
        if below is None:
            spoken.append(row.tier())
            continue
        used.add(below.name)
        spoken.append(below.tier(row.participant))
        what = f"speech is read from the tier {below.name}, since {row.name} holds no words but numbers"
        problems.append(Problem(where, what, "", Severity.NOTE))
    problems += _told([row for row in rows if row.name not in used and row.annotations], {row.name: row for row in rows}, where)
    if not any(tier.words() for tier in spoken):
        hint = "speech is read from the tiers at the top, a speaker each"
        raise ReadingError("no tier of this ELAN file has words", where=where, hint=hint)
    return turns_of_tiers(spoken, layout="ELAN tiers", where=where, problems=problems)


def _told(rest: Sequence[_Row], rows: Mapping[str, _Row], where: str) -> Iterator[Problem]:
    """Yield which tiers below others are not read; one that says far more than the tier above may be the speech."""
    if rest:
        listed = ", ".join(f"{row.name} ({len(row.annotations)})" for row in rest[:_MORE])
        what = f"tiers below others, with their annotations, are not read as speech: {listed}"
        yield Problem(where, what, "", Severity.NOTE)
    words = {name: row.tier().words() for name, row in rows.items()}
    below = [row for row in rest if row.parent in rows and not _is_reference(rows[row.parent])]
    fuller = [f"{row.name} ({words[row.name]} words)" for row in below if words[row.name] > _FAR_MORE * words[row.parent]]
    if fuller:
        what = f"tiers below others hold more words than those: {', '.join(fuller[:_MORE])}"
        yield Problem(where, what, "where they hold the speech, make them tiers of their own in ELAN")


def _slots(root: etree._Element) -> dict[str, _Slot]:
    """Return the slots of time by id; in ELAN they stand in the order of time, some without a value."""
    stated = [(slot.get("TIME_SLOT_ID", ""), _seconds(slot.get("TIME_VALUE"))) for slot in root.iter("TIME_SLOT")]
    slots: dict[str, _Slot] = {}
    last = 0.0
    for number, (name, time_s) in enumerate(stated):
        last = last if time_s is None else time_s
        slots[name] = _Slot(time_s, last + (number * 1e-9 if time_s is None else 0.0))
    return slots


def _seconds(value: str | None) -> float | None:
    return int(value) / 1000 if value is not None and re.fullmatch(r"[0-9]{1,10}", value) else None


def _rows(root: etree._Element, slots: Mapping[str, _Slot]) -> list[_Row]:
    elements: dict[str, etree._Element] = {}
    for element in root.iter("TIER"):
        name = element.get("TIER_ID", "")
        elements[f"{name} ({len(elements)})" if name in elements else name] = element
    coded = {each.get("LINGUISTIC_TYPE_ID") for each in root.iter("LINGUISTIC_TYPE") if each.get("CONTROLLED_VOCABULARY_REF")}
    rows: dict[str, _Row] = {}
    waiting = list(elements.items())
    for _ in range(len(waiting) + 1):  # a tier may stand before the one that it hangs on
        later = []
        for name, element in waiting:
            parent = element.get("PARENT_REF") or ""
            if parent in elements and parent not in rows and parent != name:
                later.append((name, element))
                continue
            above = rows[parent].annotations if parent in rows else {}
            rows[name] = _row(name, element, parent, _annotations(element, slots, above), coded)
        waiting = later
    for name, element in waiting:  # tiers that hang on each other
        rows[name] = _row(name, element, "", _annotations(element, slots, {}), coded)
    return [rows[name] for name in elements if name in rows]


def _row(name: str, tier: etree._Element, parent: str, annotations: Mapping[str, Annotation], coded: Container[str | None]) -> _Row:
    participant = (tier.get("PARTICIPANT") or "").strip()
    return _Row(name, participant, parent, annotations, coded=tier.get("LINGUISTIC_TYPE_REF") in coded)


def _annotations(tier: etree._Element, slots: Mapping[str, _Slot], above: Mapping[str, Annotation]) -> dict[str, Annotation]:
    found: dict[str, Annotation] = {}
    nowhere = _Slot(None, 0.0)
    for number, element in enumerate(tier.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION")):
        text = "".join(value.text or "" for value in element.iter("ANNOTATION_VALUE"))
        if element.tag == "REF_ANNOTATION":
            parent = above.get(element.get("ANNOTATION_REF", ""))
            start_s, end_s, order = (parent.start_s, parent.end_s, parent.order + number * 1e-9) if parent else (None, None, 0.0)
        else:
            start, end = (slots.get(element.get(f"TIME_SLOT_REF{side}", ""), nowhere) for side in (1, 2))
            start_s, end_s, order = start.time_s, end.time_s, start.order
        name = element.get("ANNOTATION_ID", "")
        found[f"{name} ({number})" if name in found or not name else name] = Annotation(text, start_s, end_s, order)
    return found


def _is_reference(row: _Row) -> bool:
    """Tell whether a tier holds no words, or only an identifier for each utterance."""
    texts = [each.text.strip() for each in row.annotations.values()]
    if not any(count_words(text) for text in texts):
        return True
    ids = [text for text in texts if _ID.fullmatch(text)]
    return len(texts) > 1 and len(ids) >= _MOSTLY * len(texts) and len(set(ids)) == len(ids)


def _transcription(top: _Row, rows: list[_Row]) -> _Row | None:
    """Return the tier below `top` that holds the transcription: by its name, else the first with words."""
    below = [row for row in rows if row.parent == top.name and any(count_words(each.text) for each in row.annotations.values())]
    return next((row for row in below if _TRANSCRIPTION.search(row.name)), next(iter(below), None))
