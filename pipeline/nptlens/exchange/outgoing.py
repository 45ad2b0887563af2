"""A coded study on its way to another tool."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.core.text import Span
from nptlens.schemas.records import NONE_CODE, Codebook

MACHINE = "machine:"
TOOL = "nptlens"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a machine's coding rests on."""

    probability: float
    decision: str
    margin: float
    runner_up: str = ""
    nearest_seeds: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingSource:
    """A transcript: its id, its canonical text, and what a person noted about it."""

    id: str
    text: str
    memo: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingCoding:
    """One code on one span of a transcript by one coder. `claim` is None where the coder is a person.

    `withheld` says that tables of excerpts leave its words out.
    """

    transcript: str
    span: Span
    code: str
    coder: str
    stance: str = ""
    memo: str = ""
    claim: Claim | None = None
    withheld: bool = False

    def user(self) -> str:
        """Return the coder's name in another tool: a machine's says that it is one of ours."""
        return f"{TOOL} {self.coder}" if self.claim is not None else self.coder


@dataclass(frozen=True, slots=True)
class OutgoingProject:
    """All that an export holds. A coding's transcript is among the sources and its code in the codebook, or is ``none``."""

    name: str
    codebook: Codebook
    sources: tuple[OutgoingSource, ...]
    codings: tuple[OutgoingCoding, ...]

    def ordered(self) -> list[OutgoingCoding]:
        """Return the codings in an order that depends on nothing but themselves."""
        return sorted(self.codings, key=lambda c: (c.transcript, c.span, c.claim is not None, c.coder, c.code, c.stance))

    def coded(self) -> list[OutgoingCoding]:
        """Return the ordered codings that mark words: those without the code ``none``, which other tools do not know."""
        return [coding for coding in self.ordered() if coding.code != NONE_CODE]


def is_machine(coder: str) -> bool:
    """Tell whether a coder's name is that of a machine of ours, here or in another tool."""
    return coder.removeprefix(TOOL).strip().startswith(MACHINE)
