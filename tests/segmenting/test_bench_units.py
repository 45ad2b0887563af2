"""The benchmark of unit lengths counts every word once, under every rule."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.studies import Unit
from benchmarks.units import RULES, Stretch, cut

from nptlens.core.text import Span

_TALK = [
    Unit("A", "INT", "How did the forms go?", interviewer=True),
    Unit("A", "P1", "Badly. We lost two of them in a week. Then Ana kept a list, and it went well after that."),
    Unit("A", "P1", "Yes."),
]


def _coded(unit: Unit) -> list[Stretch]:
    start = unit.text.find("Then Ana")
    return [Stretch(Span(start, len(unit.text)), ("LIST",))] if start >= 0 else []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_word_of_the_answers_is_counted_once_with_its_codes(rule):
    made = cut(_TALK, rule, ("LIST", "FORMS"), _coded)
    assert made.weight.sum() == 21
    assert made.words.sum() == 21
    assert (made.weight @ made.gold).tolist() == [11, 0]
    assert set(made.unit) == set(range(len(made.texts)))
    assert np.bincount(made.unit, weights=made.weight).tolist() == made.words.tolist()


def test_context_is_embedded_and_not_counted():
    asked, followed = (next(rule for rule in RULES if rule.name == f"20-120 {name}") for name in ("question", "follow-ups"))
    assert cut(_TALK, asked, ("LIST",), _coded).texts[0].startswith("How did the forms go?\n")
    assert cut(_TALK, followed, ("LIST",), _coded).texts[-1].endswith("after that.\nYes.")
