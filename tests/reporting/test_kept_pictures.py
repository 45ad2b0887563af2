"""A picture is drawn again where anything that is drawn, or who draws, has changed; else it is the same to the byte."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest

from nptlens.reporting import drawer
from nptlens.reporting.charts import _draw
from nptlens.reporting.charts._draw import Bubble, Named, Shaded, picture, plane, shaded
from nptlens.store.pictures import PictureCache

TABLE = Shaded(("down", "second"), ("one", "two"), (("1", "2"), ("3", "4")), ((0.1, 0.2), (0.3, None)), "title")
NAMED = Named("key", "A title", "A caption", "What it shows")
BUBBLES = [Bubble(0.1, 0.2, 90.0, "0 phone", False, False), Bubble(-0.4, 0.3, 60.0, "1 form", True, True)]
DRAWINGS = [
    (partial(shaded, TABLE), NAMED),
    (partial(shaded, replace(TABLE, title="")), NAMED),
    (partial(shaded, replace(TABLE, shades=((0.1, 0.2), (0.30000000000000004, None)))), NAMED),
    (partial(shaded, replace(TABLE, texts=(("1", "2"), ("3", "5")))), NAMED),
    (partial(shaded, TABLE), replace(NAMED, key="other")),
    (partial(shaded, TABLE), replace(NAMED, alt="Something else")),
    (partial(plane, BUBBLES, "across", "up"), NAMED),
    (partial(plane, BUBBLES, "up", "across"), NAMED),
    (partial(plane, [replace(BUBBLES[0], hollow=True), BUBBLES[1]], "across", "up"), NAMED),
]


@pytest.fixture
def drawn(monkeypatch):
    """How often anything was drawn."""
    calls = []
    real = _draw.settings
    monkeypatch.setattr(_draw, "settings", lambda: (calls.append(1), real())[1])
    return calls


def test_each_drawing_is_kept_by_itself(tmp_path, drawn):
    plain = [picture(None, *each).svg for each in DRAWINGS]
    for times in (len(DRAWINGS), 0):
        drawn.clear()
        with closing(PictureCache(tmp_path / "p.sqlite", drawer())) as kept:
            assert [picture(kept, *each).svg for each in DRAWINGS] == plain
        assert len(drawn) == times


def test_title_and_caption_are_not_in_the_picture(tmp_path, drawn):
    with closing(PictureCache(tmp_path / "p.sqlite", drawer())) as kept:
        picture(kept, *DRAWINGS[0])
        found = picture(kept, DRAWINGS[0][0], replace(NAMED, title="Another", caption="Another"))
    assert (found.title, found.caption, len(drawn)) == ("Another", "Another", 1)
    assert found.draw is not None and found.draw().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["__version__", "_DRAWINGS", "version"])
def test_another_drawer_draws_again(monkeypatch, name):
    before = drawer()
    monkeypatch.setattr(_draw, name, (lambda package: "0.0") if name == "version" else "0.0")
    assert drawer() != before
