"""Every trace of a transcript or of a participant, removed from a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.core.errors import UsageError
from nptlens.core.hints import command
from nptlens.store.lock import study_lock
from nptlens.study.data_protection._files import forget_in_tables, forget_results, forget_sources
from nptlens.study.data_protection._removal_plan import Done, Left, Removed, Subject, end_plan, files_below, read_plan, shown, write_plan
from nptlens.study.data_protection._store import forget_in_store
from nptlens.study.data_protection._traces import Traces, files_with
from nptlens.study.data_protection._who import subject_of
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts

UNKNOWN = (
    "files that people copied, printed or sent, and sheets that coders still have",
    "exports and reports that were moved or renamed after nptlens wrote them",
    "backups, snapshots, synchronised copies and version control of this folder",
    "the recordings, and the projects of other tools that transcripts came from",
    "blocks of the disk that held the removed files, until they are overwritten: keep the disk encrypted",
)
"""What no program can know after an erasure."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten (or would be, in a dry run), place by place; files that a person must look at; what cannot be known."""

    transcripts: tuple[str, ...]
    participants: tuple[str, ...]
    removed: tuple[Removed, ...]
    left: tuple[Left, ...]
    unknown: tuple[str, ...]
    dry_run: bool

    def needs_a_look(self) -> bool:
        """Tell whether a person must look: a file holds a trace, or could not be changed."""
        return bool(self.left)


def forget(study: Study, names: Sequence[str], *, kind: str = "", dry_run: bool = False) -> Forgotten:
    """Remove every trace of transcripts (by id or file name) and participants (by id) from a study, or list what would be removed.

    An erasure that was interrupted is ended first; without names nothing else is done. `kind` ("transcript" or "participant") says what
    a name is that may be either. Raises UsageError as `subject_of` does, and where there is nothing to do; LockedError where a run holds
    the study.
    """
    with study_lock(study.store):
        unfinished = read_plan(study)
        if unfinished is None and not names:
            hint = f"transcripts are listed by: {command('check', study.root)}"
            raise UsageError("nothing is named that is to be forgotten", where=str(study.root), hint=hint)
        found = _forget(study, unfinished, Traces(_names_of(unfinished)), dry=dry_run) if unfinished else None
        ended = unfinished.names() if unfinished else frozenset[str]()
        new = [name for name in names if name not in ended]
        if not new:
            assert found is not None, "either something is named or something is unfinished"
            return found
        artefacts = Artefacts(study, loose=True)
        subject = subject_of(artefacts, new, kind)
        traces = _traces(artefacts, subject)
        if not dry_run:
            write_plan(study, subject)
        return _forget(study, subject, traces, dry=dry_run)


def _forget(study: Study, subject: Subject, traces: Traces, *, dry: bool) -> Forgotten:
    """Do all steps, each of which can be done again; the sources go first, so that nothing makes a new trace of them."""
    done = forget_sources(study, subject, dry=dry)
    done += forget_in_tables(study, subject, traces, dry=dry)
    done += forget_results(study, subject, traces, dry=dry)
    done += forget_in_store(study, subject, dry=dry)
    if not dry:
        done += _remaining(study, traces, done)
        end_plan(study)
    left = tuple(dict.fromkeys(done.left))
    return Forgotten(subject.transcripts, subject.participants, done.removed, left, UNKNOWN, dry)


def _remaining(study: Study, traces: Traces, done: Done) -> Done:
    """Return the files of the study that still hold a trace; nptlens cannot tell what of them may go."""
    told = {each.path for each in done.left}
    found = files_with(traces, [path for path in files_below(study.root) if path.name not in ("forget.json", "lock")])
    why = "holds its name or its words; look at it yourself"
    return Done(left=tuple(Left(name, why) for path in found if (name := shown(study, path)) not in told))


def _names_of(subject: Subject | None) -> tuple[str, ...]:
    return tuple(sorted(subject.names())) if subject else ()


def _traces(artefacts: Artefacts, subject: Subject) -> Traces:
    """Return by what the subject is known again: its names, the labels of its speakers, and what they said."""
    names = set(subject.names())
    if not subject.transcripts:
        return Traces(tuple(sorted(names)))
    labels = {each.label for each in artefacts.speakers if each.transcript_id in subject.transcripts and each.label}
    labels |= {label for person in artefacts.participants if person.id in subject.participants for label in person.labels}
    elsewhere = {each.label for each in artefacts.speakers if each.transcript_id not in subject.transcripts}
    elsewhere |= {person.id for person in artefacts.participants if person.id not in subject.participants}
    elsewhere |= {label for person in artefacts.participants if person.id not in subject.participants for label in person.labels}
    texts = [
        line
        for transcript in artefacts.reading.transcripts
        if transcript.id in subject.transcripts
        for utterance in transcript.utterances
        for line in transcript.quote(utterance.span).split("\n")
    ]
    return Traces(tuple(sorted(names | labels - elsewhere)), tuple(texts))
