"""The codes section: each code's definition, how often it was found, its excerpts and what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.reporting._complementary_suppression import Shown
from nptlens.reporting._contrary import Contrary, contrary, judged_contrary
from nptlens.reporting._excerpts import Excerpt, chosen, excerpt
from nptlens.reporting._groups import Groups, GroupView, group_views, groups
from nptlens.reporting._index import Coding, Index
from nptlens.reporting._words import NO_PRACTICE, SEVERAL, counted, practice_column
from nptlens.schemas.records import Code


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code as shown. `level` is 0 at the top; `threshold` and `held_out_f1` are None where no head was trained.

    `statement` says that no contrary excerpt was marked, and among how many manual codings; "" where there is one.
    `machine_statement` says the same of the machine, which judged `stances` of its excerpts; `judged` are those it found
    contrary, the surest first, of `machine_contrary` in all. Where counts are asked for `by` a column, `groups` hold them.
    """

    anchor: str
    level: int
    parent: str
    id: str
    name: str
    definition: str
    include: str
    exclude: str
    source: str
    seeds: int
    threshold: float | None
    held_out_f1: float | None
    taught: int
    assigned: int
    abstained: int
    participants: Shown
    practices: Shown
    excerpts: tuple[Excerpt, ...]
    manual: int
    contrary: tuple[Contrary, ...]
    statement: str
    stances: int
    judged: tuple[Excerpt, ...]
    machine_contrary: int
    machine_statement: str
    by: str = ""
    groups: tuple[GroupView, ...] = ()

    def quoted(self) -> frozenset[str]:
        """Return the segments that the section quotes because the machine assigned them the code."""
        own = [excerpt for group in self.groups for excerpt in group.excerpts] if self.groups else self.excerpts
        return frozenset(each.segment_id for each in (*own, *self.judged))


def code_views(index: Index) -> tuple[CodeView, ...]:
    """Return the codes that the settings ask for, each before those below it, otherwise in the order of the codebook."""
    grouped = groups(index)
    codebook = index.inputs.codebook
    below: dict[str | None, list[Code]] = {}
    for code in codebook:
        below.setdefault(code.parent, []).append(code)
    number = {code.id: position for position, code in enumerate(codebook, start=1)}
    views: list[CodeView] = []
    stack = [(code, 0) for code in reversed(below.get(None, []))]
    while stack:
        code, level = stack.pop()
        if index.shown(code.id):
            views.append(_view(index, code, level, f"code-{number[code.id]}", grouped))
        stack += [(child, level + 1) for child in reversed(below.get(code.id, []))]
    return tuple(views)


def _view(index: Index, code: Code, level: int, anchor: str, grouped: Groups | None) -> CodeView:
    codings, settings = index.assigned.get(code.id, ()), index.inputs.settings
    head = index.heads.get(code.id)
    practices = {practice_column(coding.segment.practice) for coding in codings} - {SEVERAL, NO_PRACTICE}
    speaking = contrary(index, code.id)
    manual = len(index.manual.get(code.id, ()))
    above = bool(index.inputs.codebook.children(code.id))
    judged, machine_contrary = judged_contrary(index, code.id, 1 if settings.is_short() else settings.excerpts)
    stances = sum(bool(coding.stance) for coding in codings)
    return CodeView(
        anchor=anchor,
        level=level,
        parent=code.parent or "",
        id=code.id,
        name=code.name,
        definition=code.definition,
        include=code.include,
        exclude=code.exclude,
        source=code.source,
        seeds=index.seeds_of.get(code.id, 0),
        threshold=head.threshold if head else None,
        held_out_f1=head.held_out_f1 if head else None,
        taught=head.excerpts if head else 0,
        assigned=len(codings),
        abstained=index.abstained.get(code.id, 0),
        participants=len({coding.segment.participant for coding in codings} - {""}),
        practices=len(practices),
        excerpts=tuple(excerpt(index, coding) for coding in chosen(codings, settings.quoted(), index.vectors_of(codings))),
        manual=manual,
        contrary=speaking,
        statement="" if any(each.stance == "contrary" for each in speaking) else _statement(manual, above),
        stances=stances,
        judged=judged,
        machine_contrary=machine_contrary,
        machine_statement="" if judged else _machine_statement(index, stances, codings),
        by=grouped.title if grouped else "",
        groups=group_views(index, grouped, codings, code.id),
    )


def _statement(manual: int, above: bool) -> str:
    if manual:
        return f"No contrary excerpt was marked by a coder among {counted(manual, 'manual coding')} of this code."
    where = " Contrary excerpts of the codes below it stand there." if above else ""
    return f"No manual coding of this code was given, so no person has looked for contrary excerpts.{where}"


def _machine_statement(index: Index, stances: int, codings: Sequence[Coding]) -> str:
    if not codings:
        return "The machine gave no excerpt this code, so it judged no stance."
    if not index.stance.shown and any(each.raw_stance for each in codings):
        return index.stance.sentence
    if not stances:
        return f"The machine gave none of its {counted(len(codings), 'excerpt')} of this code a stance."
    return f"The machine found no contrary excerpt among the {counted(stances, 'excerpt')} of this code whose stance it judged."
