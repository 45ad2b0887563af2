"""Who is compared with whom on which units: frames of people and of the machine, pairs that were asked for, and what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from nptlens.agreement import Frame, machine_codings, manual_frame
from nptlens.agreement.boundaries import Stretches, stretches_of_machine, stretches_of_person
from nptlens.core.close_names import meant
from nptlens.core.errors import UsageError
from nptlens.core.hints import command
from nptlens.schemas.records import Problem, Severity
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.sheets.adjudication import ADJUDICATED, MACHINE

_MANY = 3


@dataclass(frozen=True, slots=True, eq=False)
class Coders:
    """Frames of the people (over all codes) and of the machine (over `known`, the codes it has heads for); None where it coded nothing."""

    people: dict[str, Frame]
    machine: Frame | None
    codes: tuple[str, ...]
    known: tuple[str, ...]
    problems: tuple[Problem, ...]

    def on_known(self, coder: str) -> Frame:
        """Return a person's frame on the codes that the machine knows."""
        return self.people[coder].only(self.known, self.codes)

    def pair(self, coder: str, against: str) -> tuple[tuple[Frame, Frame], tuple[str, ...]]:
        """Return two frames and the codes they are compared on; the machine is called `MACHINE`."""
        if coder == MACHINE:
            assert self.machine is not None
            return (self.machine, self.on_known(against)), self.known
        return (self.people[coder], self.people[against]), self.codes


def coders(artefacts: Artefacts) -> Coders:
    """Return the frames of all who coded. Raises UsageError where nobody did, or one person alone without a machine."""
    manual, book, overlap = artefacts.manual, artefacts.codebook, artefacts.study.settings.agreement.overlap
    codes = book.ids()
    people = {
        name: manual_frame(name, manual, artefacts.segments, codes, book, overlap=overlap) for name in sorted(manual["coder"].unique())
    }
    blind = command("validate", "sheet", artefacts.study.root, "--coder", "NAME")
    if not people:
        hint = f"write manual_NAME.csv, or begin with: {blind}"
        raise UsageError("nobody coded by hand, so nothing can be validated", where=str(artefacts.study.root), hint=hint)
    known = tuple(card.code for card in artefacts.heads) if len(artefacts.codings) else ()
    machine = None
    problems: list[Problem] = []
    if known:
        problems = _leaked(artefacts)
        machine = machine_codings(artefacts.codings, artefacts.segments, ~artefacts.unmeasured, known)
        lacking = [code for code in codes if code not in known]
        if lacking:
            what = f"the machine has no head for {', '.join(lacking)}: people alone are compared on them"
            problems.append(Problem("machine", what, "write more seeds", Severity.NOTE))
    elif len(people) == 1:
        hint = f"write seeds.csv and run, or let a second person code: {blind}"
        raise UsageError("one person coded and no machine: there is nobody to compare with", where=str(artefacts.study.root), hint=hint)
    unread = sorted(set(artefacts.segments["transcript_id"]) - set(manual["transcript_id"]))
    if unread:
        what = f"{len(unread)} transcripts were coded by nobody, so nothing is measured on them: {', '.join(unread)}"
        problems.append(Problem("manual coding", what, "draw units from them: nptlens validate sheet STUDY --coder NAME", Severity.NOTE))
    return Coders(people, machine, codes, known, tuple(problems))


def _leaked(artefacts: Artefacts) -> list[Problem]:
    """Return a Problem per seed whose words stand in segments, which it names."""
    own = {seed.id: seed.group for seed in artefacts.seed_set.seeds}
    transcript = dict(zip(artefacts.segments["segment_id"], artefacts.segments["transcript_id"], strict=True))
    where: dict[str, list[str]] = defaultdict(list)
    for leak in artefacts.leaks:
        where[leak.seed].append(leak.segment_id)
    problems = []
    for seed, segments in where.items():
        declared = all(own[seed] == transcript[each] for each in segments)
        what = f"its words stand in {', '.join(segments)}: the machine is not measured there"
        hint = "" if declared else "name its transcript in the column group, or write the seed anew"
        problems.append(Problem(f"seed {seed}", what, hint, Severity.NOTE if declared else Severity.WARNING))
    return problems


def stretches(artefacts: Artefacts, coders_: Coders, coder: str) -> Stretches:
    """Return what a coder marked."""
    if coder != MACHINE:
        return stretches_of_person(coder, artefacts.manual, artefacts.segments, artefacts.codebook)
    assert coders_.machine is not None
    return stretches_of_machine(coders_.machine, artefacts.segments, coders_.known)


def known_coder(name: str, found: Coders) -> str:
    """Return the name as it is; raises UsageError that offers the nearest where nobody of that name coded."""
    names = [*found.people, *([MACHINE] if found.machine is not None else [])]
    if not name or name in names:
        return name
    raise UsageError(f"no coding by {name}{meant(name, names)}", hint=f"there is: {', '.join(names)}")


def pairs(found: Coders, coder: str = "", against: str = "") -> tuple[tuple[str, str], ...]:
    """Return the pairs to compare: all, or those with the coders named; people are what a machine is measured by, never the other way.

    Raises UsageError for an unknown coder, and for the same one twice.
    """
    known_coder(coder, found), known_coder(against, found)
    if coder and coder == against:
        raise UsageError(f"{coder} is named twice", hint="name two coders")
    machine = [(MACHINE, name) for name in found.people] if found.machine is not None else []
    every = [*machine, *((b, a) for a, b in combinations(found.people, 2))]
    if coder and against:
        return ((MACHINE, coder),) if against == MACHINE else ((coder, against),)
    named = coder or against
    return tuple(pair for pair in every if not named or named in pair)


def triples(found: Coders, wanted: tuple[tuple[str, str], ...], *, named: bool) -> tuple[tuple[str, str], ...]:
    """Return the pairs of people that the machine is set beside, each as (first, the one whom both are compared with).

    With up to three people each is measured by each; with more, by the one who read the most. Decisions made by looking at two coders are
    no third opinion, so they are left out unless their coder was asked for (`named`).
    """
    if found.machine is None:
        return ()
    people = [name for name in found.people if named or name != ADJUDICATED]
    most = min(people, key=lambda name: (-int(found.people[name].read.sum()), name), default="")
    every = [pair for pair in permutations(people, 2) if len(people) <= _MANY or pair[1] == most]
    asked = {frozenset(pair) for pair in wanted}
    return tuple(pair for pair in every if frozenset(pair) in asked)


def unshared(found: Coders, wanted: tuple[tuple[str, str], ...], transcript: NDArray[np.object_], *, explicit: bool) -> tuple[Problem, ...]:
    """Return a Problem for each pair of people that shares no unit, or a part only; raises UsageError where one such pair was asked for."""
    problems = []
    for coder, against in wanted:
        (one, other), _ = found.pair(coder, against)
        if not (one.read & other.read).any():
            what = "they have read no unit both: no figure is made of them"
            if explicit:
                raise UsageError(f"{coder} and {against} have read no unit both", hint="let one of them code transcripts of the other")
            problems.append(Problem(f"{coder} and {against}", what, "let one of them code transcripts of the other"))
            continue
        shared, any_ = (len(set(transcript[rows])) for rows in (one.read & other.read, one.read | other.read))
        if coder != MACHINE and shared < any_:
            what = f"of {any_} transcripts that either read they share {shared}: figures of the pair are of these"
            problems.append(Problem(f"{coder} and {against}", what, "", Severity.NOTE))
    return tuple(problems)
