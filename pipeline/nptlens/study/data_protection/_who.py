"""Who is meant by the names that a person gives to `nptlens forget`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from nptlens.core.close_names import did_you_mean
from nptlens.core.errors import UsageError
from nptlens.safety.paths import list_files
from nptlens.schemas.records import SpeakerRole
from nptlens.study.data_protection._removal_plan import Subject, shown
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts

KINDS = ("transcript", "participant")


def subject_of(artefacts: Artefacts, names: Sequence[str], kind: str = "") -> Subject:
    """Return what is to be forgotten under `names`: ids of transcripts, names of their files, or ids of participants.

    A participant takes along every transcript in which nobody else speaks as one; a transcript takes along those who speak in no other.
    `kind` (one of `KINDS`) says what a name is that may be either. Raises UsageError for a name that the study does not know, one that
    may be either, an interviewer, and a participant who shares a transcript with others that is not named itself.
    """
    sources, people = _sources(artefacts), _people(artefacts)
    meant = {name: {each for each, path in sources.items() if name in _calls(artefacts.study, each, path)} for name in names}
    transcripts = set[str]().union(*meant.values()) if kind != KINDS[1] else set[str]()
    persons = {name for name in names if name in people} if kind != KINDS[0] else set[str]()
    for name in names:
        if meant[name] & transcripts and name in persons and people[name] - transcripts:
            hint = f"add: --as {KINDS[0]}, or --as {KINDS[1]}"
            raise UsageError(
                f"{name} is a transcript, and a participant who speaks in others too", where=str(artefacts.study.root), hint=hint
            )
        if not meant[name] & transcripts and name not in persons:
            raise _unknown(artefacts, name, [*sources, *people])
    speaking = _speaking(artefacts)
    for person in sorted(persons):
        shared = {each for each in people[person] - transcripts if speaking[each] != {person}}
        if shared - transcripts:
            listed = ", ".join(sorted(shared))
            what = f"{person} speaks beside other participants in {listed}, and one person's words cannot be cut out of a conversation"
            hint = "name the transcript too, to forget it whole; or take the words out of its file by hand and run again"
            raise UsageError(what, where=str(artefacts.study.root), hint=hint)
        transcripts |= people[person]
    persons |= {person for person, places in people.items() if places and places <= transcripts}
    found = tuple(sorted(shown(artefacts.study, sources[each]) for each in transcripts))
    return Subject(tuple(sorted(transcripts)), found, tuple(sorted(persons)))


def _sources(artefacts: Artefacts) -> dict[str, Path]:
    """Return the file of each transcript; one that cannot be read goes by its stem, or by its name where that is taken."""
    study = artefacts.study
    root = study.transcript_root()
    if not root.exists():
        return {}
    folder = root.parent if root.is_file() else root
    found = {transcript.id: folder / transcript.source for transcript in artefacts.reading.transcripts}
    for path in list_files(root):
        if path not in found.values():
            found[path.name if path.stem in found else path.stem] = path
    return found


def _calls(study: Study, transcript: str, path: Path) -> set[str]:
    return {transcript, path.name, shown(study, path)}


def _people(artefacts: Artefacts) -> dict[str, set[str]]:
    """Return the transcripts in which each participant speaks; those of the sheet who speak nowhere have none."""
    found: dict[str, set[str]] = {person.id: set() for person in artefacts.participants if not person.interviewer}
    if not artefacts.study.transcript_root().exists():
        return found
    for speaker in artefacts.speakers:
        if speaker.role is SpeakerRole.PARTICIPANT:
            found.setdefault(speaker.participant.id, set()).add(speaker.transcript_id)
    return found


def _speaking(artefacts: Artefacts) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for person, places in _people(artefacts).items():
        for place in places:
            found.setdefault(place, set()).add(person)
    return found


def _unknown(artefacts: Artefacts, name: str, known: Iterable[str]) -> UsageError:
    if any(person.id == name and person.interviewer for person in artefacts.participants):
        return UsageError(
            f"{name} is an interviewer", where=str(artefacts.study.root), hint="name the transcripts that are to be forgotten"
        )
    hint = did_you_mean(name, set(known), "participants go by their ids; transcripts are listed by: nptlens check STUDY")
    return UsageError(f"the study has no transcript or participant {name}", where=str(artefacts.study.root), hint=hint)
