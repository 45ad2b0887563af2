"""A dry read: what nptlens sees in the transcripts before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nptlens.privacy import spoken_names
from nptlens.records import Problem, Severity, Speaker, Transcript
from nptlens.study.desk import Desk
from nptlens.study.folder import Study, loose_study, open_study


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
    """A transcript as it would be read; `timed` is the share of turns with a time."""

    transcript: str
    source: str
    format: str
    layout: str
    turns: int
    words: int
    timed: float
    speakers: tuple[CheckedSpeaker, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Every file that can be read, and every problem."""

    files: tuple[CheckedFile, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return any(problem.severity is not Severity.NOTE for problem in self.problems)


def check(path: Path) -> CheckResult:
    """Read a study, a folder of transcripts or one transcript, and write nothing."""
    study: Study = open_study(path) if (path / "study.toml").is_file() else loose_study(path)
    desk = Desk(study)
    transcripts = desk.reading.transcripts
    known = {participant.id for participant in desk.participants}
    strangers = {s.participant.id for s in desk.speakers if s.why not in ("label", "participants sheet") and known}
    problems = [
        *desk.reading.problems,
        *(Problem(name, "speaks, but is not in the participants sheet", "add a row or a label") for name in sorted(strangers)),
        *spoken_names(transcripts, desk.participants),
    ]
    files = tuple(_file(t, [s for s in desk.speakers if s.transcript_id == t.id]) for t in transcripts)
    return CheckResult(files, tuple(problems))


def _file(transcript: Transcript, speakers: list[Speaker]) -> CheckedFile:
    labels = [utterance.speaker for utterance in transcript.utterances]
    timed = sum(utterance.start_s is not None for utterance in transcript.utterances)
    return CheckedFile(
        transcript=transcript.id,
        source=transcript.source,
        format=transcript.format,
        layout=transcript.layout,
        turns=len(labels),
        words=transcript.words(),
        timed=timed / len(labels) if labels else 0.0,
        speakers=tuple(
            CheckedSpeaker(s.label or "", s.participant.id, s.role.value, s.why, labels.count(s.label)) for s in speakers
        ),
    )
