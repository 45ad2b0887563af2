"""What is said in an invented conversation: the turns whose layout, names and noise vary, and what is known to be true of them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from tests.reading.made.names import Cast
from tests.reading.made.talk import Talk, words


@dataclass(frozen=True)
class Turn:
    """One turn: who, its paragraphs, its times; `aside` is what another says inside of it."""

    speaker: str | None
    paragraphs: tuple[str, ...]
    start: float
    end: float
    aside: tuple[str, str] | None = None
    between: str = " "

    @property
    def text(self) -> str:
        """Return all paragraphs as one."""
        return self.between.join(self.paragraphs)


@dataclass(frozen=True)
class Script:
    """The turns in order, and the talk that makes more words for headers and notes."""

    cast: Cast
    turns: tuple[Turn, ...]
    talk: Talk = field(repr=False)

    def said(self) -> Counter[tuple[str | None, str]]:
        """Return how often each speaker says each word."""
        count: Counter[tuple[str | None, str]] = Counter()
        for turn in self.turns:
            count.update((turn.speaker, word) for word in words(turn.text))
            if turn.aside:
                count.update((turn.aside[0], word) for word in words(turn.aside[1]))
        return count


def conversation(cast: Cast, rng: random.Random, *, quotes: bool = True, between: str = "") -> Script:
    """Return a conversation; all who answer have at least three turns, but that at times the last of them has one.

    `between` parts the paragraphs of turns that have several; "" for none such.
    """
    talk = Talk(rng, cast.language, quotes)
    once = cast.answers[-1] if len(cast.answers) > 1 and rng.random() < 0.35 else None
    regular = [name for name in cast.answers if name != once]
    order: list[str] = []
    for _ in range(3):
        for name in rng.sample(regular, len(regular)):
            order += [cast.asks, name] if rng.random() < 0.85 or not order else [name]
    for _ in range(rng.randint(0, 4)):
        order += [cast.asks, rng.choice(regular)]
    if rng.random() < 0.2:
        order.append(cast.asks)
    if once:
        order.insert(rng.randrange(2, len(order)), once)
    turns: list[Turn] = []
    clock = float(rng.randint(0, 5))
    for name in order:
        others = [each for each in (cast.asks, *cast.answers) if each != name]
        said = [talk.question() if name == cast.asks else talk.answer(rng.choice(others))]
        if between and name != cast.asks and rng.random() < 0.35:
            said.append(talk.answer(rng.choice(others)))
        end = clock + 1 + len(" ".join(said)) / 14
        turns.append(Turn(name, tuple(said), round(clock, 1), round(end, 1), between=between or " "))
        clock = end + rng.choice((0.2, 0.5, 2.0, 6.0))
    return Script(cast, tuple(turns), talk)
