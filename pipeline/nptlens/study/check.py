"""A dry read: what nptlens sees in the transcripts before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from nptlens.core.close_names import did_you_mean
from nptlens.core.errors import UsageError
from nptlens.embedding import encoder_languages
from nptlens.privacy import names_in_ids, spoken_names
from nptlens.reading import doubts, foreign, language_of, mixed_spellings, strangers, unled
from nptlens.safety.paths import printable_path
from nptlens.schemas.records import Participant, Problem, Severity, Speaker, SpeakerRole, Transcript, worth_a_look
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
class CheckResult:
    """Every file that can be read, and every problem."""

    files: tuple[CheckedFile, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


def check(path: Path, file: Path | None = None) -> CheckResult:
    """Read a study, a folder of transcripts or one transcript, and write nothing.

    `file` names one transcript of the study in `path`. One that lies in a study is read with the study's settings and tables, and no
    other is opened. Raises what `open_to_check` does.
    """
    return checked(open_to_check(path, file))


def open_to_check(path: Path, file: Path | None = None) -> Artefacts:
    """Return what `check` looks at, read when it is asked for; raises UsageError where `file` is no transcript of the study in `path`."""
    if file is not None:
        study = open_study(path)
        return Artefacts(study, loose=True, only=_source_in(study, file))
    if is_study(path):
        return Artefacts(open_study(path), loose=True)
    if path.is_file():
        folder = next((parent for parent in path.resolve().parents if is_study(parent)), None)
        study = open_study(folder) if folder else loose_study(path)
        source = _source_of(study, path) if folder else None
        if source:
            return Artefacts(study, loose=True, only=source)
    return Artefacts(loose_study(path), loose=True)


def _source_in(study: Study, file: Path) -> str:
    """Return the path among a study's transcripts of a file that is named from here, from the study or from its folder of transcripts."""
    root = study.transcript_root()
    for base in (Path(), study.root, root):
        source = _source_of(study, base / file)
        if source:
            return source
    names = [path.relative_to(root).as_posix() for path in study.source_files() if path != root]
    raise UsageError(
        f"{printable_path(file)} is no transcript of the study",
        where=printable_path(root),
        hint=did_you_mean(file.as_posix(), names, "copy it into that folder, or name one of the files there"),
    )


def _source_of(study: Study, path: Path) -> str | None:
    """Return a file's path among the study's transcripts, None where it is not one of the files there."""
    root, real = study.transcript_root(), path.resolve()
    if not path.is_file():
        return None
    if root.is_file():
        return root.name if root.resolve() == real else None
    found = next((each for each in study.source_files() if each.name == path.name and each.resolve() == real), None)
    return found.relative_to(root).as_posix() if found else None


def checked(artefacts: Artefacts) -> CheckResult:
    """Return what is found in the transcripts that `artefacts` reads."""
    study, transcripts = artefacts.study, artefacts.reading.transcripts
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
        *doubts(transcripts, artefacts.speakers, _expected(artefacts)),
        *foreign(_said(transcripts, artefacts.speakers), encoder_languages(study.settings.embedding.encoder)),
        *_restarts(files),
        *spoken_names(transcripts, artefacts.participants),
        *names_in_ids(transcripts, artefacts.participants, artefacts.speakers),
    ]
    return CheckResult(files, tuple(problems))


def _expected(artefacts: Artefacts) -> tuple[Participant, ...]:
    """Return the people who should speak in what is read; of one transcript, those whose rows are for it alone."""
    if not artefacts.only:
        return artefacts.participants
    read = {transcript.id for transcript in artefacts.reading.transcripts}
    return tuple(person for person in artefacts.participants if person.transcripts and read.issuperset(person.transcripts))


def _said(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> dict[str, str]:
    """Return what participants say, by source."""
    coded = {(speaker.transcript_id, speaker.label) for speaker in speakers if speaker.role is SpeakerRole.PARTICIPANT}
    return {
        transcript.source: "\n".join(transcript.quote(u.span) for u in transcript.utterances if (transcript.id, u.speaker) in coded)
        for transcript in transcripts
    }


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
