"""What is odd about matplotlib, in one place: its figures become inline SVG that follows the page's colours and fonts.

No pyplot, no date, no random ids; matplotlib's settings are global, so they are set and put back under a lock. Words are drawn as
numbered tokens and put in afterwards, escaped: no label is read as mathematics, and the bytes do not hang on installed fonts.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from nptlens.reporting._words import visible
from nptlens.safety.xml import parse_xml

INK, SOFT, RULE, PAPER, FIRST, SECOND, THIRD = (f"#0001{number:02d}" for number in range(1, 8))
_COLOURS = dict(
    zip(
        (INK, SOFT, RULE, PAPER, FIRST, SECOND, THIRD),
        ("--ink", "--soft", "--rule", "--paper", "--accent", "--second", "--third"),
        strict=True,
    )
)
_ON_PAPER = dict(zip(_COLOURS, ("#1b1f23", "#5a6570", "#d5dbe0", "#ffffff", "#0b5a6b", "#9a4a00", "#5b3a8c"), strict=True))
_TOKEN = re.compile("^@([0-9]+)@$")
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "nptlens", "path.simplify": False, "font.size": 12.0}
_LOCK = threading.Lock()
_SVG, _HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"


@contextmanager
def settings() -> Iterator[None]:
    """Draw inside: matplotlib's own defaults with ours over them, one thread at a time."""
    import matplotlib

    with _LOCK, matplotlib.rc_context():
        matplotlib.rcdefaults()
        _rc(matplotlib).update(_SETTINGS)
        yield


def _rc(matplotlib: Any) -> Any:
    return matplotlib.rcParams


@dataclass(slots=True)
class Canvas:
    """A figure of `width` times `height` units (a unit is a pixel at full size); use it inside `settings`."""

    width: float
    height: float
    figure: Any = None
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        from matplotlib.figure import Figure

        self.figure = Figure(figsize=(self.width / 72, self.height / 72), dpi=72)

    def axes(self, left: float, top: float, width: float, height: float, x: tuple[float, float], y: tuple[float, float]) -> Any:
        """Return axes without frame or ticks over a box given from the upper left corner, with limits `x` and `y`."""
        box = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        axes = self.figure.add_axes(box)
        axes.set_axis_off()
        axes.set_xlim(*x)
        axes.set_ylim(*y)
        return axes

    def line(self, axes: Any, xs: Any, ys: Any, **style: Any) -> None:
        """Draw a line in data units; `style` is matplotlib's."""
        axes.plot(xs, ys, clip_on=False, **{"solid_capstyle": "round", **style})

    def text(self, axes: Any, at: tuple[float, float], words: str, **style: Any) -> None:
        """Write `words` at a point in data units, moved by `dx` and `dy` pixels (up is positive); `ha`, `rotation`, `size`, `color`."""
        from matplotlib.transforms import ScaledTranslation

        move = ScaledTranslation(style.pop("dx", 0) / 72, style.pop("dy", 0) / 72, self.figure.dpi_scale_trans)
        self.words.append(visible(words))
        axes.text(
            *at,
            f"@{len(self.words) - 1}@",
            transform=axes.transData + move,
            va="baseline",
            rotation_mode="anchor",
            parse_math=False,
            **{"size": 12, "color": INK, **style},
        )

    def svg(self, name: str, alt: str) -> str:
        """Return the figure as inline SVG: an image that `alt` tells; `name` keeps its ids apart from those of other figures."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        raw = buffer.getvalue()
        root = parse_xml(raw[raw.index(b"<svg") :], where="a figure of matplotlib")
        return _tidy(root, self.words, name, alt)

    def png(self, dots_per_inch: int = 200) -> bytes:
        """Return the figure as a PNG in the colours of the page on paper; its words are drawn in the font that matplotlib brings."""
        for artist in self.figure.findobj():
            token = _TOKEN.match(artist.get_text()) if hasattr(artist, "get_text") else None
            if token:
                artist.set_text(self.words[int(token[1])])
            _print_colours(artist)
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # such a letter is drawn as a box; the table has it
            self.figure.savefig(buffer, format="png", dpi=dots_per_inch, metadata={"Software": None})
        return buffer.getvalue()


def _print_colours(artist: Any) -> None:
    from matplotlib.colors import to_hex

    for name in ("color", "markerfacecolor", "markeredgecolor", "facecolor", "edgecolor"):
        if hasattr(artist, f"get_{name}") and hasattr(artist, f"set_{name}"):
            colour = getattr(artist, f"get_{name}")()
            known = _ON_PAPER.get(to_hex(colour)) if isinstance(colour, str | tuple) and colour != "auto" else None
            if known:
                getattr(artist, f"set_{name}")(known)


def _tidy(root: Any, words: list[str], name: str, alt: str) -> str:
    from lxml import etree

    for element in [*root.iter(f"{_SVG}metadata"), *root.iter(f"{_SVG}style")]:
        element.getparent().remove(element)
    used = {address[1:] for address in root.xpath("//@*[local-name()='href']")}
    ids = {old: f"{name}-{number}" for number, old in enumerate(e.get("id") for e in root.iter() if e.get("id") in used)}
    for element in root.iter():
        _restyle(element, ids)
        token = _TOKEN.match(element.text or "")
        if token:
            element.text = words[int(token[1])]
        elif not (element.text or "").strip():
            element.text = None
        element.tail = None
        element.tag = etree.QName(element).localname
    box = root.get("viewBox")
    root.attrib.clear()
    for key, value in (("viewBox", box), ("role", "img"), ("aria-label", visible(alt))):
        root.set(key, value)
    etree.cleanup_namespaces(root)
    text: str = etree.tostring(root, encoding="unicode", method="html")
    return text


def _restyle(element: Any, ids: dict[str, str]) -> None:
    name = element.attrib.pop("id", None)
    if name in ids:
        element.set("id", ids[name])
    if _HREF in element.attrib:
        element.set("href", f"#{ids[element.attrib.pop(_HREF)[1:]]}")
    if "d" in element.attrib:
        element.set("d", " ".join(element.get("d").split()))
    if "style" in element.attrib:
        parts = [part.strip() for part in element.get("style").split(";")]
        style = ";".join(part.replace(": ", ":", 1) for part in parts if not part.startswith("font-family"))
        for colour, variable in _COLOURS.items():
            style = style.replace(colour, f"var({variable})")
        element.set("style", style)
