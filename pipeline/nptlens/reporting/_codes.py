"""The codes section: each code's definition, how often it was found, its excerpts and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.records import Code
from nptlens.reporting._contrary import Contrary, contrary
from nptlens.reporting._excerpts import Excerpt, chosen, excerpt
from nptlens.reporting._index import Index
from nptlens.reporting._words import NO_PRACTICE, SEVERAL, counted, practice_column


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code as shown. `level` is 0 at the top; `threshold` and `seed_f1` are None where no head was trained.

    `statement` says that no contrary excerpt was found, and among how many manual codings; "" where there is one.
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
    seed_f1: float | None
    assigned: int
    abstained: int
    participants: int
    practices: int
    excerpts: tuple[Excerpt, ...]
    manual: int
    contrary: tuple[Contrary, ...]
    statement: str


def code_views(index: Index) -> tuple[CodeView, ...]:
    """Return all codes, each before those below it, otherwise in the order of the codebook."""
    codebook = index.inputs.codebook
    below: dict[str | None, list[Code]] = {}
    for code in codebook:
        below.setdefault(code.parent, []).append(code)
    number = {code.id: position for position, code in enumerate(codebook, start=1)}
    views: list[CodeView] = []
    stack = [(code, 0) for code in reversed(below.get(None, []))]
    while stack:
        code, level = stack.pop()
        views.append(_view(index, code, level, f"code-{number[code.id]}", bool(below.get(code.id))))
        stack += [(child, level + 1) for child in reversed(below.get(code.id, []))]
    return tuple(views)


def _view(index: Index, code: Code, level: int, anchor: str, above: bool) -> CodeView:
    codings = index.assigned.get(code.id, ())
    head = index.heads.get(code.id)
    practices = {practice_column(coding.segment.practice) for coding in codings} - {SEVERAL, NO_PRACTICE}
    speaking = contrary(index, code.id)
    manual = len(index.manual.get(code.id, ()))
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
        seed_f1=head.seed_f1 if head else None,
        assigned=len(codings),
        abstained=index.abstained.get(code.id, 0),
        participants=len({coding.segment.participant for coding in codings} - {""}),
        practices=len(practices),
        excerpts=tuple(excerpt(index, coding) for coding in chosen(codings, index.inputs.settings.excerpts)),
        manual=manual,
        contrary=speaking,
        statement="" if any(each.stance == "contrary" for each in speaking) else _statement(manual, above),
    )


def _statement(manual: int, above: bool) -> str:
    if manual:
        return (
            f"No contrary excerpt was marked by a coder among {counted(manual, 'manual coding')} of this code; "
            "the machine does not judge stance."
        )
    where = " Contrary excerpts of the codes below it stand there." if above else ""
    return (
        "No manual coding of this code was given, so nobody has looked for contrary excerpts; "
        f"the machine does not judge stance.{where}"
    )
