"""Agreement at its three levels: where codes were given, which code, and whether a case expresses the theme."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from nptlens.reporting._words import count, counted, share
from nptlens.reporting.content import Block, Cell, Heading, Paragraph, Row, Section, Table, estimate
from nptlens.reporting.validation._shelf import FRAME_WORDS, STATISTIC_WORDS, Figure, Pair, Shelf, ordered, pairs_of
from nptlens.schemas.code_figures import HEADINGS
from nptlens.schemas.validation import FRAMES, SCOPES, STATISTICS

TITLES = {
    "where": "Where: was a stretch coded at all?",
    "which": "Which code, given the stretch?",
    "case": "Case: does this person or practice express the theme?",
}
_INTRODUCTIONS = {
    "where": "Two coders may mean the same and mark different stretches. Here a unit counts as coded with any code, or the stretches "
    "themselves are compared, character by character (unitizing alpha).",
    "which": "Each code is compared as given or not given to a unit. Rare codes make kappa unsteady; AC1 and PABAK, which are less "
    "affected by prevalence, stand beside it. The figure that leaves out uncoded units stands beside the one that keeps them.",
    "case": "Two coders may disagree on excerpts and still agree on who expresses a theme. A case expresses a theme where "
    "at least one of its units has the code.",
}
_FOUND = ("precision", "recall", "f1", "average_precision", "macro_f1", "macro_ap", "ece")
_AGREED = tuple(each for each in STATISTICS if each not in _FOUND)


def levels(shelf: Shelf) -> tuple[Section, ...]:
    """Return a section per level that the study gives."""
    return tuple(
        Section(level, title, _level(shelf, level, tuple(figure for figure in shelf.figures if figure.level == level)))
        for level, title in TITLES.items()
        if any(figure.level == level for figure in shelf.figures)
    )


def _level(shelf: Shelf, level: str, figures: tuple[Figure, ...]) -> tuple[Block, ...]:
    blocks: list[Block] = [Paragraph(_INTRODUCTIONS[level])]
    whole = [figure for figure in figures if figure.scope == "overall"]
    blocks += overall(shelf, whole)
    for pair in pairs_of(figures):
        own = [figure for figure in figures if (figure.coder, figure.against) == pair and figure.scope != "overall"]
        if own:
            blocks.append(Heading(_capital(shelf.against(pair))))
            blocks += _by_code(shelf, pair, own, folded=level != "which")
    return tuple(blocks)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def overall(shelf: Shelf, figures: Iterable[Figure]) -> list[Block]:
    """Return the tables of all codes together: a row per pair and frame."""
    rows = [
        (key, {figure.statistic: figure for figure in group})
        for key, group in groupby(figures, key=lambda figure: (figure.coder, figure.against, figure.frame))
    ]
    blocks: list[Block] = []
    for title, family in (("All codes together: agreement beyond chance", _AGREED), ("All codes together: what was found", _FOUND)):
        statistics = ordered((each for _, held in rows for each in held), family)
        if not statistics:
            continue
        lines = []
        for (coder, against, frame), held in rows:
            if not set(held) & set(statistics):
                continue
            one = next(iter(held.values()))
            lines.append(
                Row(
                    _capital(shelf.against((coder, against))),
                    (Cell(FRAME_WORDS[frame]), _units(one), Cell(count(one.clusters)), *(_figure(held.get(each)) for each in statistics)),
                )
            )
        columns = ("Coders", "Frame", "Units", _clusters(shelf), *(STATISTIC_WORDS[each] for each in statistics))
        means = any(one.level != "where" for _, held in rows for one in held.values())
        caption = "Means over the codes that the second coder uses; alpha for sets of codes takes each unit’s set. " if means else ""
        caption += f"Below each figure: its {shelf.interval()}. –: not computed for this frame; n/d: not determined by these data."
        blocks.append(Table(title, caption, columns, tuple(lines), frozenset({1})))
    return blocks


def _clusters(shelf: Shelf) -> str:
    return f"{shelf.validation.cluster}s".capitalize()


def _units(figure: Figure) -> Cell:
    return Cell(count(figure.n), f"{count(figure.uncoded)} uncoded")


def _figure(figure: Figure | None, *, below: str = "") -> Cell:
    return Cell("–") if figure is None else estimate(figure.value, figure.low, figure.high, below=below)


def _by_code(shelf: Shelf, pair: Pair, figures: list[Figure], *, folded: bool) -> list[Block]:
    rows: dict[str, dict[tuple[str, str], Figure]] = {}
    scopes = {figure.code: figure.scope for figure in figures}
    for figure in figures:
        rows.setdefault(figure.code, {})[figure.frame, figure.statistic] = figure
    codes = _in_order(shelf, rows, scopes)
    frames = ordered((figure.frame for figure in figures), FRAMES)
    frames = tuple(each for each in frames if each != "both" or "either" not in frames)  # those are in the workbook
    blocks: list[Block] = []
    for title, family in (("agreement beyond chance", _AGREED), ("what was found", _FOUND)):
        kinds = [
            (frame, each)
            for frame in (frames if family is _AGREED else frames[:1])
            for each in ordered((figure.statistic for figure in figures if figure.frame == frame), family)
        ]
        kinds.sort(key=lambda kind: STATISTICS.index(kind[1]))
        if kinds:
            blocks.append(_grid(shelf, pair, [(code, rows[code]) for code in codes], kinds, title, folded=folded))
    return blocks


def _in_order(shelf: Shelf, codes: Iterable[str], scopes: dict[str, str]) -> list[str]:
    """Return the codes as the codebook has them; those that it lacks come last, constructs before codes."""
    place = {code: number for number, code in enumerate(shelf.codebook.ids())}
    return sorted(codes, key=lambda code: (place.get(code, len(place)), -SCOPES.index(scopes[code]), code))


def _grid(
    shelf: Shelf,
    pair: Pair,
    rows: list[tuple[str, dict[tuple[str, str], Figure]]],
    kinds: list[tuple[str, str]],
    title: str,
    *,
    folded: bool,
) -> Table:
    main = min((frame for frame, _ in kinds), key=FRAMES.index)
    lines = []
    for code, held in rows:
        one = next((held[kind] for kind in kinds if kind in held), None)
        if one is None:
            continue
        base = next((figure for (frame, _), figure in held.items() if frame == main), one)
        cells = [_figure(held.get(kind), below=_other(held.get(kind), main)) for kind in kinds]
        given = Cell(share(base.prevalence), f"{count(base.coded)} / {count(base.coded_against)}")
        lines.append(Row(shelf.name(code), (_units(base), given, *cells), code, shelf.depth(code)))
    columns = ("Code", "Units", _given_heading(pair), *(_column(frame, each, main) for frame, each in kinds))
    return Table(f"By code: {title}", _caption(shelf, pair, main, kinds), columns, tuple(lines), folded=folded)


def _given_heading(pair: Pair) -> str:
    return HEADINGS["prevalence"] if pair[1] else "Share of all ratings"


def _other(figure: Figure | None, main: str) -> str:
    """Return the units of a figure that stands on another frame than its row."""
    return "" if figure is None or figure.frame == main else f"n = {count(figure.n)}"


def _column(frame: str, statistic: str, main: str) -> str:
    words = STATISTIC_WORDS[statistic]
    if frame == main:
        return words
    return f"{words}, {'uncoded left out' if frame == 'either' else FRAME_WORDS[frame]}"


def _caption(shelf: Shelf, pair: Pair, main: str, kinds: list[tuple[str, str]]) -> str:
    if pair[1]:
        given = f"{HEADINGS['prevalence']}: of the units, those that {shelf.who(pair[1])} gave the code, drawn ones with their weights; "
        given += f"below it, units coded by {shelf.who(pair[0])} / "
        given += f"by {shelf.who(pair[1])}."
    else:
        given = f"{_given_heading(pair)}: of all ratings, those that give the code."
    parts = [f"Frame: {FRAME_WORDS[main]}; the units coded by nobody stand below their number.", given]
    if any(frame == "either" for frame, _ in kinds):
        parts.append("“Uncoded left out”: only segments that at least one of them coded, with their number.")
    if any(each in ("precision", "recall") for _, each in kinds):
        parts.append(f"Precision and recall take {shelf.who(pair[1])} as the reference, which is a choice and not the truth.")
    parts.append(f"Below each figure: its {shelf.interval()}. n/d: not determined by these data.")
    return " ".join(parts)


def tally(shelf: Shelf, figures: Iterable[Figure]) -> Table:
    """Return the frames: which units were compared, how many nobody coded, over how many clusters."""
    seen: dict[tuple[str, str, str, str], Figure] = {}
    for figure in figures:
        if figure.scope == "overall":
            seen.setdefault((figure.coder, figure.against, figure.level, figure.frame), figure)
    lines = tuple(
        Row(
            _capital(shelf.against((one.coder, one.against))),
            (
                Cell(one.level),
                Cell(FRAME_WORDS[one.frame]),
                Cell(count(one.n)),
                Cell(count(one.uncoded), _part(one)),
                Cell(count(one.clusters)),
            ),
        )
        for one in seen.values()
    )
    caption = f"Every comparison with its frame. Uncoded: units that nobody coded. {counted(len(lines), 'frame')}."
    columns = ("Coders", "Level", "Frame", "Units", "Uncoded", _clusters(shelf))
    return Table("What was compared, on which units", caption, columns, lines, frozenset({1, 2}))


def _part(figure: Figure) -> str:
    return f"{100 * figure.uncoded / figure.n:.1f}%" if figure.n else ""
