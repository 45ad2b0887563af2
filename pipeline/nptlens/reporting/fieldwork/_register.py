"""The register of projects: how many of each kind, which lasted, how far the machine and people agree, project by project."""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.reporting._words import count, counted, decimal
from nptlens.reporting.content import Block, Cell, Heading, ItemList, Paragraph, Row, Section, Table, estimate
from nptlens.schemas.fieldwork import CrossTable, Register, Share

_CARE = (
    "A register tells what was written down. Whether a project lasted, and what it was like, come from the same few sentences.",
    "The projects were not drawn from a larger number, and those of one practice are alike: the intervals are too narrow by an "
    "unknown amount.",
    "Several tables look at the same projects. One that stands out among them is less telling than it looks alone.",
    "Groups that differ in one attribute differ in others too. None of these tables says why a project lasted or did not.",
)


def register_section(register: Register, *, invented: bool) -> Section:
    """Return the section."""
    return Section("projects", "Register of projects", tuple(_blocks(register, invented)))


def _blocks(register: Register, invented: bool) -> Iterator[Block]:
    level = f"{register.confidence:.0%}"
    yield Paragraph(
        f"{counted(len(register.projects), 'project')}, told in free text, coded with the codebook {register.codebook.name} "
        f"{register.codebook.version}".rstrip() + ". "
        "Of the values of an attribute a project has one. Where a person gave a value, it counts; elsewhere "
        "the machine’s most probable value does, unless the next is about as probable."
    )
    yield _counts(register, level)
    if any(tally.check.compared for tally in register.tallies):
        yield _check(register, level, invented)
    if register.crosses:
        yield Heading(f"{register.outcome[0]} or {register.outcome[1].casefold()}, by group")
        yield Paragraph(
            f"Share: “{register.outcome[0]}” out of the projects that are “{register.outcome[0]}” or “{register.outcome[1]}”, "
            f"with Wilson’s {level} "
            "interval. Projects with neither, still running or undecided, are left out of the share and counted beside it."
        )
        for table in register.crosses:
            yield _cross(table, register, level)
        yield ItemList(_CARE)
    yield _projects(register)


def _counts(register: Register, level: str) -> Table:
    lines = []
    for tally in register.tallies:
        cells = (Cell(count(tally.people + tally.machine)), Cell(""), *(Cell(count(n)) for n in (tally.people, tally.machine)), Cell(""))
        lines.append(Row(tally.name, cells, tally.code))
        for value in tally.values:
            figures = (Cell(count(n)) for n in (value.people, value.machine, value.machine_alone))
            lines.append(Row(value.name, (Cell(count(value.share.n)), _share(value.share), *figures), value.code, 1))
        lines.append(Row("undecided", (Cell(count(tally.undecided)), *[Cell("")] * 4), "", 1))
    caption = (
        f"Share of the projects decided, with Wilson’s {level} interval. Machine alone: what it claims of all projects, whoever "
        "decided."
    )
    columns = ("Attribute and value", "Projects", "Share", "Decided by people", "Decided by the machine", "Machine alone")
    return Table("Projects by kind", caption, columns, tuple(lines))


def _check(register: Register, level: str, invented: bool) -> Table:
    lines = []
    for tally in register.tallies:
        check = tally.check
        figures = (count(check.compared), count(check.abstained), count(check.same.n))
        cells = (*(Cell(each) for each in figures), _share(check.same), Cell(decimal(check.kappa)))
        lines.append(Row(tally.name, cells, tally.code))
    data = " These are figures of invented data: an upper bound." if invented else ""
    caption = (
        f"Projects that people gave a value. Same: of those that the machine decided, with Wilson’s {level} interval; kappa is "
        "Cohen’s over these."
        " Where people looked only at what they doubted, the machine may be right more often than this." + data
    )
    columns = ("Attribute", "Compared", "Left open by the machine", "Same value", "Share the same", "Kappa")
    return Table("The machine beside people", caption, columns, tuple(lines))


def _cross(table: CrossTable, register: Register, level: str) -> Table:
    lines = tuple(
        Row(row.name, (*(Cell(count(n)) for n in (row.yes, row.no, row.left_out)), _share(row.share)))
        for row in table.rows
        if row.yes + row.no + row.left_out
    )
    caption = ""
    if table.difference is not None and table.fisher is not None:
        gap = table.difference
        caption = (
            f"Difference of the first two shares {decimal(gap.value)}, {level} interval {decimal(gap.low)} to "
            f"{decimal(gap.high)} (Newcombe 1998, "
            f"method 10; n = {table.rows[0].share.of} and {table.rows[1].share.of}); Fisher’s exact p {_p(table.fisher)}."
        )
    yes, no = register.outcome
    return Table(table.title[:1].upper() + table.title[1:], caption, ("Projects", yes, no, "Neither", "Share"), lines)


def _projects(register: Register) -> Table:
    names = {code.id: code.name for code in register.codebook}
    places = {tally.code: i for i, tally in enumerate(register.tallies)}
    cells: dict[str, list[Cell]] = {}
    own = ("project_id", "attribute", "code", "decided_by", "coder", "probability", "reason")
    for project, attribute, code, by, coder, probability, reason in zip(*(register.codings[name] for name in own), strict=True):
        row = cells.setdefault(project, [Cell("")] * len(places))
        who = {"person": coder, "machine": f"machine, {decimal(probability)}", "undecided": reason}[by]
        row[places[attribute]] = Cell(names.get(code, "undecided"), who)
    practices = dict(zip(register.projects["project_id"], register.projects["practices"], strict=True))
    lines = tuple(Row(project, (Cell(practices[project]), *row)) for project, row in cells.items())
    columns = ("Project", "Practice", *(tally.name for tally in register.tallies))
    caption = (
        "Below each value: who gave it, or the machine’s probability among the values. projects_coded.csv holds all, with the "
        "nearest seeds."
    )
    return Table("Project by project", caption, columns, lines, frozenset(range(1, len(columns))), folded=True)


def _share(share: Share) -> Cell:
    return estimate(share.value, share.low, share.high)


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {decimal(value, 3)}"
