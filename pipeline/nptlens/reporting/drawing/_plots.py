"""The pictures of a validation. Each is told apart by shape as well as colour, and each has its figures in a table beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nptlens.reporting._words import decimal, short
from nptlens.reporting.drawing._svg import FIRST, INK, PAPER, RULE, SECOND, SOFT, THIRD, Canvas, settings

_WIDTH, _RIGHT, _LABEL = 640.0, 22.0, 14
_LOOKS = (("o", FIRST, True), ("D", SECOND, False), ("s", THIRD, True), ("^", INK, False), ("v", SOFT, True), ("P", INK, True))
_LINES: tuple[Any, ...] = ("-", (0, (6, 3)), (0, (2, 2)), (0, (8, 3, 2, 3)))
MARKS = ("filled circle", "hollow diamond", "filled square", "hollow triangle", "filled triangle pointing down", "plus")


@dataclass(frozen=True, slots=True)
class Point:
    """A figure with its interval at `x`; NaN where not determined."""

    x: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one name: one shape and one kind of line."""

    name: str
    points: tuple[Point, ...]


def _known(*values: float) -> bool:
    return not any(map(math.isnan, values))


def _legend(canvas: Canvas, names: Sequence[str], left: float, *, lines: bool = False) -> float:
    """Draw one row per series above the plot and return the height taken."""
    axes = canvas.axes(0, 0, canvas.width, 20.0 * len(names) + 6, (0, canvas.width), (20.0 * len(names) + 6, 0))
    for number, name in enumerate(names):
        y = 20.0 * number + 12
        if lines:
            _stroke(canvas, axes, [left, left + 28], [y, y], number)
        _mark(canvas, axes, left + (14 if lines else 6), y, number)
        canvas.text(axes, (left + (36 if lines else 18), y), short(name, 70), dy=-4)
    return 20.0 * len(names) + 8


def _mark(canvas: Canvas, axes: Any, x: float, y: float, number: int) -> None:
    marker, colour, filled = _LOOKS[number % len(_LOOKS)]
    face = colour if filled else PAPER
    canvas.line(axes, [x], [y], marker=marker, markersize=7.5, color=colour, markerfacecolor=face, markeredgewidth=1.6, linestyle="none")


def _stroke(canvas: Canvas, axes: Any, xs: Sequence[float], ys: Sequence[float], number: int) -> None:
    canvas.line(axes, xs, ys, color=_LOOKS[number % len(_LOOKS)][1], linestyle=_LINES[number % len(_LINES)], linewidth=2)


def dots(labels: Sequence[str], series: Sequence[Series], scale: str, name: str, alt: str) -> str:
    """A row per label, in it one mark with its interval per series; `Point.x` is the number of the row."""
    with settings():
        return _dots(labels, series, scale).svg(name, alt)


def dots_png(labels: Sequence[str], series: Sequence[Series], scale: str) -> bytes:
    """The picture of `dots` as a PNG."""
    with settings():
        return _dots(labels, series, scale).png()


def _dots(labels: Sequence[str], series: Sequence[Series], scale: str) -> Canvas:
    row = 12.0 + 12.0 * len(series)
    height = row * len(labels)
    least = _floor(series)
    canvas = Canvas(_WIDTH, 20.0 * len(series) + 18 + height + 46)
    left = 128.0
    top = _legend(canvas, [each.name for each in series], left) + 8
    axes = canvas.axes(left, top, _WIDTH - left - _RIGHT, height, (least, 1), (max(1, len(labels)), 0))
    steps = round((1 - least) / 0.2)
    for step in (round(least + 0.2 * each, 1) for each in range(steps + 1)):
        canvas.line(axes, [step, step], [0, len(labels)], color=SOFT if step == 0 else RULE, linewidth=1)
        canvas.text(axes, (step, len(labels)), decimal(step, 1), dy=-16, ha="center", color=SOFT)
    for place, label in enumerate(labels):
        canvas.text(axes, (least, place + 0.5), short(label, _LABEL), dx=-12, dy=-4, ha="right")
        if not any(point.x == place and _known(point.value) for each in series for point in each.points):
            canvas.text(axes, (max(least, 0), place + 0.5), "not determined", dx=8, dy=-4, color=SOFT, size=11)
    for number, each in enumerate(series):
        for point in each.points:
            _interval(canvas, axes, point, number, (number - (len(series) - 1) / 2) * 12.0 / row)
    canvas.text(axes, (least, len(labels)), scale, dy=-36, color=SOFT)
    return canvas


def _interval(canvas: Canvas, axes: Any, point: Point, number: int, shift: float) -> None:
    y = point.x + 0.5 + shift
    if _known(point.low, point.high):
        canvas.line(axes, [point.low, point.high], [y, y], color=_LOOKS[number % len(_LOOKS)][1], linewidth=2)
    if _known(point.value):
        _mark(canvas, axes, point.value, y, number)


def _floor(series: Sequence[Series]) -> float:
    values = [value for each in series for point in each.points for value in (point.value, point.low, point.high) if _known(value)]
    return math.floor(min([0.0, *values]) * 5) / 5


def heat(labels: Sequence[str], counts: Sequence[Sequence[float]], across: str, down: str, name: str, alt: str) -> str:
    """A square of counts ``(k, k)`` with the number in each cell; the shade is the cell's share of its row."""
    with settings():
        size = len(labels)
        cell = max(26.0, min(52.0, 480.0 / size))
        left, top = 128.0, 104.0
        canvas = Canvas(max(_WIDTH, left + cell * size + _RIGHT), top + cell * size + 14)
        axes = canvas.axes(left, top, cell * size, cell * size, (0, size), (size, 0))
        _squares(axes, counts)
        for y, row in enumerate(counts):
            for x, count in enumerate(row):
                if count:
                    canvas.text(axes, (x + 0.5, y + 0.5), number_of(count), dy=-4, ha="center", size=11 if cell >= 34 else 9)
        for step in range(size):
            outline = {"color": INK, "linewidth": 1.6, "solid_joinstyle": "miter"}
            canvas.line(axes, [step, step + 1, step + 1, step, step], [step, step, step + 1, step + 1, step], **outline)
            canvas.text(axes, (0, step + 0.5), short(labels[step], _LABEL), dx=-8, dy=-4, ha="right")
            canvas.text(axes, (step + 0.5, 0), short(labels[step], _LABEL), dx=4, dy=8, ha="left", rotation=45)
        canvas.text(axes, (0, 0), short(down, 18), dx=-120, dy=8, color=SOFT)
        canvas.text(axes, (0, 0), short(across, 60), dx=0, dy=90, color=SOFT)
        return canvas.svg(name, alt)


def _squares(axes: Any, counts: Sequence[Sequence[float]]) -> None:
    """Draw the cells in one go: thousands of single patches take seconds."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgba

    places, shades = [], []
    for y, row in enumerate(counts):
        whole = sum(row)
        for x, count in enumerate(row):
            places.append([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)])
            shades.append(to_rgba(FIRST, round(0.5 * count / whole, 3) if whole else 0.0))
    axes.add_collection(PolyCollection(places, facecolors=shades, edgecolors=RULE, linewidths=0.8, clip_on=False), autolim=False)


def number_of(count: float) -> str:
    """Return a count that may be a shared one: "12", "0.5"."""
    return f"{count:,.0f}" if count >= 99.5 or count == round(count) else f"{count:.1f}"


@dataclass(frozen=True, slots=True)
class Scale:
    """The steps of an axis and what it measures."""

    title: str
    steps: tuple[float, ...]
    digits: int


def steps_to(most: float, wanted: int = 6) -> tuple[float, ...]:
    """Return round whole steps from 0 to at least `most`."""
    raw = max(most, 1.0) / wanted
    power = 10.0 ** max(0, math.floor(math.log10(raw)))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    return tuple(step * each for each in range(max(1, math.ceil(round(most / step, 6))) + 1))


def curves(series: Sequence[Series], x: Scale, y: Scale, name: str, alt: str, *, diagonal: bool = False, joined: bool = True) -> str:
    """Lines with a mark and an interval at each point; `diagonal` draws where both scales are equal."""
    with settings():
        width, height, left = (440.0 if diagonal else 520.0), (380.0 if diagonal else 270.0), 74.0
        canvas = Canvas(_WIDTH, 20.0 * len(series) + 26 + height + 50)
        top = _legend(canvas, [each.name for each in series], left, lines=joined) + 14
        axes = canvas.axes(left, top, width, height, (x.steps[0], x.steps[-1]), (y.steps[0], y.steps[-1]))
        _scales(canvas, axes, x, y, top)
        if diagonal:
            canvas.line(axes, [0, 1], [0, 1], color=SOFT, linewidth=1.2, linestyle=(0, (3, 3)))
        many = max((len(each.points) for each in series), default=0)
        for number, each in enumerate(series):
            shift = (number - (len(series) - 1) / 2) * 0.006 * (x.steps[-1] - x.steps[0])
            held = [point for point in each.points if _known(point.value)]
            if joined:
                _stroke(canvas, axes, [point.x for point in held], [point.value for point in held], number)
            for point in held:
                if _known(point.low, point.high):
                    at = point.x + shift
                    canvas.line(axes, [at, at], [point.low, point.high], color=_LOOKS[number % len(_LOOKS)][1], linewidth=1.4)
                if many <= 16 or point is held[-1] or int(point.x) % 5 == 0:
                    _mark(canvas, axes, point.x + shift, point.value, number)
        return canvas.svg(name, alt)


def _scales(canvas: Canvas, axes: Any, x: Scale, y: Scale, top: float) -> None:
    for step in x.steps:
        canvas.line(axes, [step, step], [y.steps[0], y.steps[-1]], color=RULE, linewidth=0.8)
        canvas.text(axes, (step, y.steps[0]), decimal(step, x.digits), dy=-17, ha="center", color=SOFT)
    for step in y.steps:
        canvas.line(axes, [x.steps[0], x.steps[-1]], [step, step], color=RULE, linewidth=0.8)
        canvas.text(axes, (x.steps[0], step), decimal(step, y.digits), dx=-9, dy=-4, ha="right", color=SOFT)
    canvas.text(axes, (x.steps[0], y.steps[0]), x.title, dy=-38, color=SOFT)
    middle = (y.steps[0] + y.steps[-1]) / 2
    canvas.text(axes, (x.steps[0], middle), y.title, dx=-52, ha="center", rotation=90, color=SOFT)
