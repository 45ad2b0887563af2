"""A quotation in a finished report, and whether it is the slice of its transcript that it says it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nptlens.core.text import Span

MOST_IN_A_CELL = 32_767  # characters that a workbook's cell holds; longer quotations are cut there
_PLACE = re.compile(r"(?s)(.+):([0-9]{1,15})-([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that a report gives as somebody's, as it gives them.

    `at` says where in the report, `place` where in the study: ``TRANSCRIPT:start-end`` in code points. `text` is None where a place
    is named without its words. `segment` says that the place must be a segment of the study, `whole` that it must be a whole
    transcript, `cell` that words beyond what a workbook's cell holds may be cut, `withheld` that the report keeps the words back. `doubt`
    is a fault that its reader found.
    """

    kind: str
    at: str
    place: str
    text: str | None
    segment: bool = False
    whole: bool = False
    cell: bool = False
    withheld: bool = False
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A quotation that does not hold. It never holds words: `offset` counts code points from the quotation's start.

    `expected` and `found` are the code points there ("U+0061"), "end" where the quotation should stop or stops; all three are empty
    (None) where the words could not be compared.
    """

    kind: str
    at: str
    place: str
    what: str
    offset: int | None = None
    expected: str = ""
    found: str = ""


def place_of(mark: str) -> tuple[str, Span] | None:
    """Return the transcript and the span of ``TRANSCRIPT:start-end`` (`ids.segment_id`); None where it is no place."""
    match = _PLACE.fullmatch(mark)
    if match is None or int(match[2]) > int(match[3]):
        return None
    return match[1], Span(int(match[2]), int(match[3]))


def faults(
    quotations: Iterable[Quotation], texts: Mapping[str, str], segments: Collection[str], *, limited: bool = False
) -> Iterator[Fault]:
    """Yield a fault for each quotation that is not the slice of `texts` (canonical, by transcript id) that its place names.

    `segments` are the ids of the study's segments; `limited` says that reports of the study may withhold words.
    """
    for each in quotations:
        silent = each.withheld and not limited and not each.doubt
        quotation = replace(each, doubt="it has no words, and the study sets no limit to what is quoted") if silent else each
        fault = _fault(quotation, texts, segments)
        if fault is not None:
            yield fault


def _fault(quotation: Quotation, texts: Mapping[str, str], segments: Collection[str]) -> Fault | None:
    found = place_of(quotation.place)
    what = quotation.doubt or _misplaced(quotation, found, texts, segments)
    if what:  # a mark that is no place is not told: it may be words
        return Fault(quotation.kind, quotation.at, quotation.place if found else "", what)
    return _difference(quotation, found[1].of(texts[found[0]])) if found else None


def _misplaced(quotation: Quotation, found: tuple[str, Span] | None, texts: Mapping[str, str], segments: Collection[str]) -> str:
    if found is None:
        return "its place is not of the form TRANSCRIPT:start-end" if quotation.place else "it names no place, so it cannot be checked"
    length = len(texts.get(found[0], ""))
    if found[0] not in texts:
        return "the study has no such transcript"
    if found[1].end > length or (quotation.whole and len(found[1]) != length):
        return f"its place {'is not the whole' if quotation.whole else 'leaves the'} transcript, which has {length} characters"
    return "the study has no such segment" if quotation.segment and quotation.place not in segments else ""


def _difference(quotation: Quotation, due: str) -> Fault | None:
    text = quotation.text
    if text is None or text == due or (quotation.cell and len(text) == MOST_IN_A_CELL and due.startswith(text)):
        return None
    shorter = min(len(text), len(due))
    offset = next((number for number in range(shorter) if text[number] != due[number]), shorter)
    return Fault(quotation.kind, quotation.at, quotation.place, "its words differ", offset, _point(due, offset), _point(text, offset))


def _point(text: str, offset: int) -> str:
    return f"U+{ord(text[offset]):04X}" if offset < len(text) else "end"
