"""A dry read: what nptlens sees in the transcripts before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from nptlens.core.errors import NoInputError, UsageError
from nptlens.core.text import Span
from nptlens.embedding import encoder_languages
from nptlens.privacy import names_in_ids, spoken_names
from nptlens.reading import doubts, foreign, language_of, mixed_spellings, strangers, unled
from nptlens.schemas.records import Furniture, Problem, Severity, Speaker, SpeakerRole, Transcript, Utterance, worth_a_look
from nptlens.study.folder import Study, is_study, loose_study, open_study
from nptlens.study.run.artefacts import Artefacts, encodings

_RESTART_S = 5.0  # captions may overlap; a time that falls further back starts again


@dataclass(frozen=True, slots=True)
class CheckedSpeaker:
    """A label with the role it is given, why, and how much it says."""

    label: str
    participant: str
    role: str
    why: str
    turns: int


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A transcript as it would be read.

    `timed` is the share of turns with a time, `restarts` how often times start again; `language` is that of the
    participants' speech, "" where there is too little of it.
    """

    transcript: str
    source: str
    format: str
    layout: str
    turns: int
    words: int
    timed: float
    restarts: int
    language: str
    speakers: tuple[CheckedSpeaker, ...]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a transcript's text beside how it is read: who speaks (or what kind of furniture it is) and from which time on."""

    line: int
    text: str
    speaker: str
    role: str
    start_s: float | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Every file that can be read, and every problem."""

    files: tuple[CheckedFile, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


def check(path: Path) -> CheckResult:
    """Read a study, a folder of transcripts or one transcript, and write nothing."""
    study: Study = open_study(path) if is_study(path) else loose_study(path)
    artefacts = Artefacts(study, loose=True)
    transcripts = artefacts.reading.transcripts
    speakers: dict[str, list[Speaker]] = {transcript.id: [] for transcript in transcripts}
    for speaker in artefacts.speakers:
        speakers[speaker.transcript_id].append(speaker)
    files = tuple(_file(transcript, speakers[transcript.id]) for transcript in transcripts)
    problems = [
        *artefacts.reading.problems,
        *encodings(study.transcript_ids_file(), study.participants_file()),
        *unled(transcripts, artefacts.speakers),
        *strangers(artefacts.speakers, artefacts.participants),
        *mixed_spellings(transcripts, artefacts.speakers),
        *doubts(transcripts, artefacts.speakers, artefacts.participants),
        *foreign(_said(transcripts, artefacts.speakers), encoder_languages(study.settings.embedding.encoder)),
        *_restarts(files),
        *spoken_names(transcripts, artefacts.participants),
        *names_in_ids(transcripts, artefacts.participants, artefacts.speakers),
    ]
    return CheckResult(files, tuple(problems))


def _said(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> dict[str, str]:
    """Return what participants say, by source."""
    coded = {(speaker.transcript_id, speaker.label) for speaker in speakers if speaker.role is SpeakerRole.PARTICIPANT}
    return {
        transcript.source: "\n".join(transcript.quote(u.span) for u in transcript.utterances if (transcript.id, u.speaker) in coded)
        for transcript in transcripts
    }


def first_lines(path: Path, *, turns: int) -> tuple[ShownLine, ...]:
    """Return the lines of one transcript up to the end of its first `turns` turns, each beside how it is read.

    A line that holds parts of several kinds is given once a part. Raises UsageError where `path` is a folder.
    """
    if path.is_dir():
        raise UsageError("this is a folder", where=str(path), hint="name one transcript: nptlens check --show FILE")
    folder = next((parent for parent in path.resolve().parents if is_study(parent)), None)
    artefacts = Artefacts(open_study(folder) if folder else loose_study(path), loose=True)
    found = [
        each
        for each in artefacts.reading.transcripts
        if folder is None or (artefacts.study.transcript_root() / each.source) == path.resolve()
    ]
    if not found:
        raise NoInputError("this file is not read", where=str(path), hint="look at the problems: nptlens check STUDY")
    transcript = found[0]
    roles = {speaker.label: speaker.role.value for speaker in artefacts.speakers if speaker.transcript_id == transcript.id}
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


def _restarts(files: Sequence[CheckedFile]) -> Iterator[Problem]:
    for file in files:
        if file.restarts:
            what = f"its times start again {file.restarts} time{'' if file.restarts == 1 else 's'}"
            yield Problem(file.source, what, "several recordings in one file? times then repeat", Severity.NOTE)


def _file(transcript: Transcript, speakers: list[Speaker]) -> CheckedFile:
    turns = Counter(utterance.speaker for utterance in transcript.utterances)
    times = [utterance.start_s for utterance in transcript.utterances if utterance.start_s is not None]
    participants = {speaker.label for speaker in speakers if speaker.role is SpeakerRole.PARTICIPANT}
    said = [transcript.quote(u.span) for u in transcript.utterances if u.speaker in participants]
    return CheckedFile(
        transcript=transcript.id,
        source=transcript.source,
        format=transcript.format,
        layout=transcript.layout,
        turns=len(transcript.utterances),
        words=transcript.words(),
        timed=len(times) / len(transcript.utterances) if transcript.utterances else 0.0,
        restarts=sum(later < earlier - _RESTART_S for earlier, later in pairwise(times)),
        language=language_of("\n".join(said)),
        speakers=tuple(CheckedSpeaker(s.label or "", s.participant.id, s.role.value, s.why, turns[s.label]) for s in speakers),
    )
