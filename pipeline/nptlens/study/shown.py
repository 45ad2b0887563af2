"""The first lines of one transcript, each beside how it is read, and what is doubtful of that transcript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import NoInputError, UsageError
from nptlens.core.text import Span
from nptlens.safety.paths import printable_path
from nptlens.schemas.records import Furniture, Problem, Speaker, Transcript, Utterance, worth_a_look
from nptlens.study.check import checked, open_to_check


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a transcript's text beside how it is read: who speaks (or what kind of furniture it is) and from which time on."""

    line: int
    text: str
    speaker: str
    role: str
    start_s: float | None


@dataclass(frozen=True, slots=True)
class ShownFile:
    """The first lines of a transcript, and every problem of it."""

    transcript: str
    lines: tuple[ShownLine, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


def show(path: Path, file: Path | None = None, *, turns: int) -> ShownFile:
    """Return the lines of one transcript up to the end of its first `turns` turns; `path` and `file` are as for `check`.

    A line that holds parts of several kinds is given once a part. Raises UsageError where no file is named, NoInputError where nothing
    can be read in it.
    """
    if file is None and path.is_dir():
        raise UsageError(
            "this is a folder", where=printable_path(path), hint=f"name one transcript: nptlens check {printable_path(path)} --show FILE"
        )
    artefacts = open_to_check(path, file)
    if not artefacts.reading.transcripts:
        why = next(iter(artefacts.reading.problems), Problem("", "this file is not read", "run: nptlens check"))
        raise NoInputError(why.what, where=printable_path(file or path), hint=why.hint)
    transcript = artefacts.reading.transcripts[0]
    return ShownFile(transcript.id, _first_lines(transcript, artefacts.speakers, turns), checked(artefacts).problems)


def _first_lines(transcript: Transcript, speakers: tuple[Speaker, ...], turns: int) -> tuple[ShownLine, ...]:
    roles = {speaker.label: speaker.role.value for speaker in speakers}
    parts: list[Utterance | Furniture] = [*transcript.utterances, *transcript.furniture]
    parts.sort(key=lambda part: part.span)
    shown: list[ShownLine] = []
    for part in parts:
        if isinstance(part, Utterance):
            turns -= 1
            shown += _lines_of(transcript, part.span, part.speaker or "nobody named", roles.get(part.speaker, ""), part.start_s)
        elif transcript.quote(part.span).strip():
            shown += _lines_of(transcript, part.span, "", part.kind, None)
        if turns <= 0:
            break
    return tuple(shown)


def _lines_of(transcript: Transcript, span: Span, speaker: str, role: str, start_s: float | None) -> Iterator[ShownLine]:
    """Yield a part's lines with their numbers in the text; the speaker stands beside the first of them."""
    line = transcript.text.count("\n", 0, span.start) + 1
    for number, words in enumerate(transcript.quote(span).split("\n")):
        if words.strip():
            yield ShownLine(line + number, words, speaker, role, None if number else start_s)
