"""Counts and excerpts of each code by role, practice, adopter category, project type or a column of the study's own, with intervals."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from nptlens.core.close_names import did_you_mean
from nptlens.core.delimited import plain_name
from nptlens.core.errors import UsageError
from nptlens.core.resampling import cluster_draws
from nptlens.reporting._complementary_suppression import Hidden, Shown
from nptlens.reporting._excerpts import Excerpt, chosen, excerpt
from nptlens.reporting._index import Coding, Index
from nptlens.reporting._words import NO_PRACTICE, NO_ROLE, SEVERAL, count, decimal, has_interval, practice_column, practices_in
from nptlens.reporting.attributes import NOT_STATED, Attribute, attribute_named, attribute_names, attributes
from nptlens.reporting.attributes import SEVERAL as SEVERAL_VALUES

NO_CATEGORY, NO_PROJECT, SEVERAL_TYPES = "category not stated", "no project known", "several types"
TITLES = {"role": "Role", "practice": "Practice", "adopter": "Adopter category", "project": "Project type"}
_FEWEST = 5  # clusters that an interval needs: draws of fewer hardly vary
_KNOWN = {name: name for name in TITLES} | {"adoptercategory": "adopter", "projecttype": "project"}
_LAST = (SEVERAL_VALUES, NOT_STATED, SEVERAL, SEVERAL_TYPES, NO_PRACTICE, NO_ROLE, NO_CATEGORY, NO_PROJECT)


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group of one code. `share` is assigned / segments, `heard` the group's participants, `participants` those with the code.

    Intervals are NaN where the data do not determine them.
    """

    name: str
    assigned: int
    segments: int
    share: float
    low: float
    high: float
    participants: Shown
    heard: Shown
    person_low: float
    person_high: float
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """The study dealt to groups: `of` names each segment's group, `names` are in the order shown, `title` is the column in words."""

    by: str
    title: str
    names: tuple[str, ...]
    of: Mapping[str, str]
    segments: Mapping[str, int]
    heard: Mapping[str, int]
    intervals: Mapping[tuple[str, str], tuple[float, float]]


def groups(index: Index) -> Groups | None:
    """Deal the segments to the groups that the settings name; None where they name none.

    Raises UsageError where the study does not know the column.
    """
    by = index.inputs.settings.by
    return groups_by(index, by) if by else None


def groups_by(index: Index, by: str) -> Groups:
    """Deal the segments to the groups of a column: role, practice, adopter, project, or a heading of the participants sheet.

    Raises UsageError as `groups` does.
    """
    known = _KNOWN.get(plain_name(by), "")
    own = attribute_named(by, attributes(index.inputs.participants, index.inputs.speakers))
    if own and known and not _says(index, known):
        known = ""
    of = _dealt(index, known) if known else _by_attribute(index, by, own)
    people: dict[str, set[str]] = defaultdict(set)
    for segment in index.segments.values():
        people[of[segment.id]].add(segment.participant)
    names = tuple(sorted(people, key=lambda name: (name in _LAST, name)))
    return Groups(
        by=known or (own.name if own else by),
        title=TITLES[known] if known else own.name if own else by,
        names=names,
        of=of,
        segments=Counter(of.values()),
        heard={name: len(who - {""}) for name, who in people.items()},
        intervals=_intervals(index, of, names),
    )


def group_views(index: Index, found: Groups | None, codings: Sequence[Coding], code: str) -> tuple[GroupView, ...]:
    """Return the groups of one code, each with excerpts chosen within it; none where nothing is grouped."""
    if found is None:
        return ()
    parts: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        parts[found.of[coding.segment.id]].append(coding)
    return tuple(_view(index, found, name, parts[name], code) for name in found.names)


def _view(index: Index, found: Groups, name: str, own: Sequence[Coding], code: str) -> GroupView:
    people, heard, segments = len({coding.segment.participant for coding in own} - {""}), found.heard[name], found.segments[name]
    low, high = found.intervals.get((code, name), (math.nan, math.nan))
    person_low, person_high = wilson(people, heard, index.inputs.sampling.confidence)
    picked = chosen(own, index.inputs.settings.quoted(), index.vectors_of(own))
    return GroupView(
        name=name,
        assigned=len(own),
        segments=segments,
        share=len(own) / segments if segments else math.nan,
        low=low,
        high=high,
        participants=people,
        heard=heard,
        person_low=person_low,
        person_high=person_high,
        excerpts=tuple(excerpt(index, coding) for coding in picked),
    )


def is_built_in(heading: str) -> bool:
    """Tell whether a heading of the study's own is spelled as one of the columns that every study has."""
    return plain_name(heading) in _KNOWN


def _says(index: Index, known: str) -> bool:
    """Tell whether the study says anything in a column that every study has; else one of its own of that name is taken."""
    return bool(index.inputs.projects) if known == "project" else bool((index.inputs.segments["adopter_category"] != "").any())


def _by_attribute(index: Index, by: str, own: Attribute | None) -> dict[str, str]:
    if own is None:
        known = (*(name for name in TITLES if name != "project" or index.inputs.projects), *attribute_names(index.inputs.participants))
        hint = did_you_mean(by, known, f"group by {', '.join(known)}")
        raise UsageError(f"the participants sheet has no column {by!r}", hint=hint)
    return {each.id: own.of_speaker.get((each.transcript_id, each.participant), NOT_STATED) for each in index.segments.values()}


def _dealt(index: Index, by: str) -> dict[str, str]:
    segments = index.segments.values()
    if by == "role":
        return {each.id: each.role or NO_ROLE for each in segments}
    if by == "practice":
        return {each.id: practice_column(each.practice) for each in segments}
    if by == "adopter":
        table = index.inputs.segments
        return {name: value or NO_CATEGORY for name, value in zip(table["segment_id"], table["adopter_category"], strict=True)}
    types: dict[str, set[str]] = defaultdict(set)
    for practice, kind in index.inputs.projects:
        types[practice].add(kind)
    if not types:
        raise UsageError("the study has no project register, so nothing can be shown by project", hint="group by role, practice or adopter")
    return {each.id: _type({kind for practice in practices_in(each.practice) for kind in types[practice]}) for each in segments}


def _type(kinds: set[str]) -> str:
    return SEVERAL_TYPES if len(kinds) > 1 else next(iter(kinds), NO_PROJECT)


def wilson(part: int, whole: int, confidence: float) -> tuple[float, float]:
    """Return Wilson's score interval of a share (Wilson 1927, J Am Stat Assoc 22:209); NaN of nothing."""
    if not whole:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return (0.0 if part == 0 else middle - half), (1.0 if part == whole else middle + half)


def _intervals(index: Index, of: Mapping[str, str], names: Sequence[str]) -> dict[tuple[str, str], tuple[float, float]]:
    """Percentile intervals of each code's share of the segments of each group: its clusters are drawn with replacement (Efron 1979)."""
    import numpy as np

    sampling = index.inputs.sampling
    column = {"transcript": "transcript_id", "participant": "participant", "practice": "practice"}[sampling.cluster]
    codes = index.inputs.codebook.ids()
    number_of = {code: number for number, code in enumerate(codes, start=1)}
    own: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)  # by group: segments (column 0) and codings of each cluster
    for segment in index.segments.values():
        own[of[segment.id]][getattr(segment, column), 0] += 1
    for code, codings in index.assigned.items():
        for coding in codings if code in number_of else ():
            own[of[coding.segment.id]][getattr(coding.segment, column), number_of[code]] += 1
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for name in names:
        place = {cluster: number for number, cluster in enumerate(sorted({cluster for cluster, _ in own[name]}))}
        if len(place) < _FEWEST or not sampling.resamples:
            continue
        tallies = np.zeros((len(place), 1 + len(codes)))
        for (cluster, column_number), counted in own[name].items():
            tallies[place[cluster], column_number] = counted
        sums = cluster_draws(len(place), resamples=sampling.resamples, seed=sampling.seed) @ tallies
        tail = (1 - sampling.confidence) / 2
        low, high = np.quantile(sums[:, 1:] / sums[:, :1], [tail, 1 - tail], axis=0)
        found |= {(code, name): (float(low[n]), float(high[n])) for n, code in enumerate(codes)}
    return found


def columns(title: str) -> tuple[str, ...]:
    """Return the columns of a code's table of groups; `title` is that of the groups."""
    return (title, "Excerpts", "Share of the group’s segments", "Participants", "Share of the group’s participants")


def line(group: GroupView) -> tuple[str, ...]:
    """Return a group's row of that table, in words."""
    people, heard = group.participants, group.heard
    whole = people / heard if isinstance(people, int) and isinstance(heard, int) and heard else math.nan
    return (
        group.name,
        f"{count(group.assigned)} of {count(group.segments)}",
        _share(group.share, group.low, group.high),
        f"{count(people)} of {count(heard)}",
        "not shown" if isinstance(people, Hidden) or isinstance(heard, Hidden) else _share(whole, group.person_low, group.person_high),
    )


def _share(value: float, low: float, high: float) -> str:
    interval = f" ({decimal(low)} to {decimal(high)})" if has_interval(value, low, high) else ""
    return f"{decimal(value)}{interval}"

