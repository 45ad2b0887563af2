"""annotated.docx: each transcript in full, with codes as Word comments on the exact excerpt, one author per coder.

Speech stands turn by turn; each stretch between two ends of codings is a quotation of its own (`_wordxml`). What nobody said (labels,
times, page headers) is left out, so that names in labels do not come back: a turn begins with the participant's id.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nptlens.core.text import Span
from nptlens.reporting._docx import Page
from nptlens.reporting._docx_file import open_document, saved
from nptlens.reporting._index import Index
from nptlens.reporting._places import place_at
from nptlens.reporting._words import decimal, visible
from nptlens.reporting._wordxml import el, quotation, shown, text_runs
from nptlens.schemas.records import NONE_CODE, Transcript

_MOST = 255  # characters of an author's name in Word


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """What one coder gave one stretch: a line for each code."""

    start: int
    end: int
    coder: str
    lines: tuple[str, ...]


def annotated(index: Index, title: str, notice: str) -> bytes:
    """Return annotated.docx; raises SettingsError where the template cannot be used."""
    page = Page(open_document(index.inputs.template))
    page.words("Title", title)
    page.words("Subtitle", "Annotated transcripts: codes stand as comments on the excerpts; a comment’s author is the coder")
    if notice:
        page.words("Notice", f"Notice. {notice}")
    page.words("Normal", "Only what was said is shown; speakers’ labels of the source, times and page headers are left out.")
    page.contents([(name, 1) for name in index.transcripts])
    notes = _notes(index)
    margin = _Margin(page.document.part._comments_part.element)
    for name, transcript in index.transcripts.items():
        page.heading(name, 1)
        _write(page, index, transcript, notes.get(name, ()), margin)
    return saved(page.document, f"{title}: annotated transcripts")


def _notes(index: Index) -> dict[str, tuple[Note, ...]]:
    names = {code.id: code.name for code in index.inputs.codebook}
    lines: dict[str, dict[tuple[int, int, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for codings in (index.assigned[code] for code in index.inputs.codebook.ids() if code in index.assigned and index.shown(code)):
        for coding in codings:
            stance = f", {coding.stance}" if coding.stance else ""
            span = coding.segment.span
            told = f"{coding.code} {names[coding.code]}{stance}, probability {decimal(coding.probability)}"
            lines[coding.segment.transcript_id][span.start, span.end, coding.coder].append(told)
    for code in index.inputs.codebook.ids():
        for manual in index.manual.get(code, ()) if code != NONE_CODE and index.shown(code) else ():
            stance = f", {manual.stance}" if manual.stance else ""
            lines[manual.transcript_id][manual.start, manual.end, manual.coder].append(f"{code} {names[code]}{stance}")
    return {name: tuple(sorted(Note(*where, tuple(told)) for where, told in own.items())) for name, own in lines.items()}


def _write(page: Page, index: Index, transcript: Transcript, notes: Sequence[Note], margin: _Margin) -> None:
    """Write the turns; a note that reaches over several turns opens in the first and closes in the last."""
    turns = [each.span for each in transcript.utterances if each.span.of(transcript.text).strip()]
    opens: dict[int, list[Note]] = defaultdict(list)
    closes: dict[int, list[Note]] = defaultdict(list)
    cuts = {edge for turn in turns for edge in (turn.start, turn.end)}
    for note in notes:
        held = [turn for turn in turns if turn.start < note.end and note.start < turn.end]
        if held:
            start, end = max(note.start, held[0].start), min(note.end, held[-1].end)
            opens[start].append(note)
            closes[end].append(note)
            cuts |= {start, end}
    ordered = sorted(cuts)
    for turn in turns:
        edges = ordered[bisect_left(ordered, turn.start) : bisect_right(ordered, turn.end)]
        content = text_runs(f"{shown(_speaker(index, transcript, turn))}: ", bold=True)
        for start, end in pairwise(edges):
            content += [margin.open(note) for note in opens.get(start, ())]
            content.append(quotation(transcript.id, start, end, transcript.quote(Span(start, end))))
            content += [element for note in closes.get(end, ()) for element in margin.close(note)]
        page.paragraph("Normal", *content)


def _speaker(index: Index, transcript: Transcript, turn: Span) -> str:
    place = place_at(index, transcript, turn)
    return place.participant if place.participant == place.role else f"{place.participant} ({place.role})"


class _Margin:
    """The comments of a document; python-docx looks for a free number among all of them each time, so they are counted here."""

    def __init__(self, part: Any) -> None:
        self._part = part
        self._numbers: dict[Note, int] = {}

    def open(self, note: Note) -> Any:
        """Return where a note begins; the note itself goes to the comments."""
        number = self._numbers[note] = len(self._part)
        paragraphs = [el("p", *text_runs(shown(line))) for line in note.lines]
        author = visible(note.coder)
        self._part.append(el("comment", *paragraphs, id=number, author=author[:_MOST], initials=author[:1].upper()))
        return el("commentRangeStart", id=number)

    def close(self, note: Note) -> tuple[Any, Any]:
        """Return where a note ends."""
        number = self._numbers.pop(note)
        return el("commentRangeEnd", id=number), el("r", el("commentReference", id=number))
