"""How the report's pictures are drawn: shaded tables with a number in each cell, and topics as marks on a plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

from nptlens.core.ids import digest
from nptlens.core.version import __version__
from nptlens.reporting._words import short
from nptlens.reporting.content import Picture, Table
from nptlens.reporting.drawing._svg import FIRST, INK, PAPER, RULE, SECOND, SOFT, Canvas, settings
from nptlens.store.pictures import PictureCache

_WIDTH, _LEFT, _RIGHT, _ROW = 640.0, 132.0, 16.0, 22.0
_DRAWINGS = 1  # to be raised where a drawing changes
_DEEPEST = 0.5  # the darkest shade, so that ink stays readable on it
_LETTER = 6.6  # width of a letter of 12 pixels, on average


@dataclass(frozen=True, slots=True)
class Named:
    """What a picture is called and what it says to those who do not see it; `key` keeps it apart from the page's others."""

    key: str
    title: str
    caption: str
    alt: str


def drawer() -> str:
    """Return who draws: matplotlib and what tidies its SVG, their versions and that of the drawings; pictures are kept under it."""
    return f"nptlens {__version__}, drawings {_DRAWINGS}, matplotlib {version('matplotlib')}, lxml {version('lxml')}"


def picture(kept: PictureCache | None, draw: partial[Canvas], named: Named, *data: Table) -> Picture:
    """Return a picture as SVG, as PNG on request, and as tables; one that is `kept` is not drawn again.

    `draw` is a function of this room with all that it draws, as strings, numbers, tuples and dataclasses: what these show of themselves
    is what the picture is kept under.
    """
    key = digest(repr((draw.func.__qualname__, draw.args, draw.keywords, named.key, named.alt)))
    svg = kept.get(key) if kept is not None else None
    if svg is None:
        with settings():
            svg = draw().svg(named.key, named.alt)
        if kept is not None:
            kept.put(key, svg)
    return Picture(svg, named.title, named.caption, data, partial(_png, draw), named.alt)


def _png(draw: Callable[[], Canvas]) -> bytes:
    with settings():
        return draw().png()


@dataclass(frozen=True, slots=True)
class Shaded:
    """A table to be shaded: what stands in each cell, and how dark it is (0 to 1; None: there is no such cell)."""

    down: tuple[str, ...]
    across: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    shades: tuple[tuple[float | None, ...], ...]
    title: str = ""


def shaded(table: Shaded) -> Canvas:
    """Draw a shaded table; labels above stand upright where they fit and aslant where they do not."""
    wide, high = len(table.across), len(table.down)
    cell = max(24.0, min(64.0, (_WIDTH - _LEFT - _RIGHT) / max(wide, 1)))
    aslant = any(len(short(name, 14)) * _LETTER > cell for name in table.across)
    top = (84.0 if aslant else 24.0) + (18.0 if table.title else 0.0)
    canvas = Canvas(max(_WIDTH, _LEFT + cell * wide + (70 if aslant else _RIGHT)), top + _ROW * high + 10)
    axes = canvas.axes(_LEFT, top, cell * wide, _ROW * high, (0, max(wide, 1)), (max(high, 1), 0))
    _cells(axes, table.shades)
    size = 11 if cell >= 30 else 9
    for y, row in enumerate(table.texts):
        canvas.text(axes, (0, y + 0.5), short(table.down[y], 18), dx=-8, dy=-4, ha="right")
        for x, text in enumerate(row):
            if text:
                canvas.text(axes, (x + 0.5, y + 0.5), text, dy=-4, ha="center", size=size)
    for x, name in enumerate(table.across):
        look: dict[str, Any] = {"dx": 4, "ha": "left", "rotation": 45} if aslant else {"ha": "center"}
        canvas.text(axes, (x + 0.5, 0), short(name, 14), dy=8, **look)
    if table.title:
        canvas.text(axes, (0, 0), table.title, dy=top - 14, color=SOFT)
    return canvas


def _cells(axes: Any, shades: Sequence[Sequence[float | None]]) -> None:
    """Draw the cells in one go: thousands of single patches take seconds."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgba

    places, colours = [], []
    for y, row in enumerate(shades):
        for x, shade in enumerate(row):
            if shade is not None:
                places.append([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)])
                colours.append(to_rgba(FIRST, round(_DEEPEST * min(max(shade, 0.0), 1.0), 3)))
    axes.add_collection(PolyCollection(places, facecolors=colours, edgecolors=RULE, linewidths=0.8, clip_on=False), autolim=False)


@dataclass(frozen=True, slots=True)
class Bubble:
    """A mark on the plane: its area, its label, whether it is a diamond (else a circle) and whether it is hollow (else filled)."""

    x: float
    y: float
    area: float
    label: str
    diamond: bool
    hollow: bool


def plane(bubbles: Sequence[Bubble], across: str, up: str) -> Canvas:
    """Draw marks on a plane with one scale for both directions; a label stands where it hides no mark and no other label, if it can."""
    size = _WIDTH - 60.0
    xs, ys = [each.x for each in bubbles], [each.y for each in bubbles]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    half = max(max(xs) - min(xs), max(ys) - min(ys), 1e-9) / 2 * 1.28
    flat = max((max(ys) - min(ys)) / (2 * half) * 1.3, 0.45)  # a flat cloud needs no square
    canvas = Canvas(_WIDTH, size * flat + 52)
    limits_y = (middle[1] - half * flat, middle[1] + half * flat)
    axes = canvas.axes(30, 10, size, size * flat, (middle[0] - half, middle[0] + half), limits_y)
    for ends, heights in (([middle[0] - half, middle[0] + half], [0.0, 0.0]), ([0.0, 0.0], list(limits_y))):
        canvas.line(axes, ends, heights, color=RULE, linewidth=1)
    boxes: list[tuple[float, float, float, float]] = []
    scale = size / (2 * half)
    places = [((each.x - middle[0]) * scale, (each.y - middle[1]) * scale, each.area**0.5) for each in bubbles]
    boxes += [(x - w / 2, y - w / 2, x + w / 2, y + w / 2) for x, y, w in places]
    for each in sorted(bubbles, key=lambda one: -one.area):
        colour = SECOND if each.diamond else FIRST
        canvas.line(
            axes, [each.x], [each.y], marker="D" if each.diamond else "o", markersize=each.area**0.5 * (0.85 if each.diamond else 1.0),
            color=colour, markerfacecolor=PAPER if each.hollow else colour, markeredgewidth=1.8, linestyle="none", alpha=None,
        )  # fmt: skip
    for each, (x, y, w) in zip(bubbles, places, strict=True):
        dx, dy, ha = _free((x, y, w), len(each.label) * _LETTER, boxes, size / 2, size * flat / 2)
        canvas.text(axes, (each.x, each.y), each.label, dx=dx, dy=dy, ha=ha, color=INK)
    canvas.text(axes, (middle[0] - half, limits_y[0]), f"Across: {across}. Up: {up}.", dy=-24, color=SOFT)
    return canvas


def _free(
    mark: tuple[float, float, float], wide: float, boxes: list[tuple[float, float, float, float]], right: float, top: float
) -> tuple[float, float, str]:
    """Return a label's offset and side where its box meets no other (the first side where none is free), and take the place."""
    x, y, w = mark
    gap = w / 2 + 5
    options = [(gap, -4.0, "left"), (-gap, -4.0, "right"), (0.0, gap + 1, "center"), (0.0, -gap - 10, "center")]
    options += [(gap - 3, gap - 2, "left"), (gap - 3, -gap - 6, "left"), (-gap + 3, gap - 2, "right"), (-gap + 3, -gap - 6, "right")]
    found: list[tuple[float, int, tuple[float, float, float, float], tuple[float, float, str]]] = []
    for dx, dy, ha in options:
        left = x + dx - {"left": 0.0, "right": wide, "center": wide / 2}[ha]
        box = (left, y + dy - 2, left + wide, y + dy + 11)
        outside = box[0] < -right or box[2] > right + 20 or box[1] < -top or box[3] > top
        met = sum(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes)
        found.append((met + 100 * outside, len(found), box, (dx, dy, ha)))
    _, _, box, place = min(found)
    boxes.append(box)
    return place
