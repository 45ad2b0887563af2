"""The verdict on a code, as a rule that can be read aloud.

In order: (1) a code that the person gave in fewer than two transcripts: not enough evidence; (2) yes and no are both proven and together
decide at least `coverage` of the excerpts: automate; (3) yes is proven, or no is and spares at least `spares` of the reading: assist;
(4) fewer excerpts carry the code than a machine without fault would need: not enough evidence; (5) even where the machine does best, the
upper limit of its precision is below the promise: hand-code; (6) else: not enough evidence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nptlens.schemas.settings import SelectiveSettings


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of a code: gold excerpts, those coded so, their transcripts, how many would do; what is proven; the shares."""

    excerpts: int
    coded: int
    transcripts: int
    needed: int
    yes: bool
    no: bool
    yes_share: float
    no_share: float
    precision: float
    low: float
    high: float


def judge(found: Findings, settings: SelectiveSettings) -> tuple[str, str]:
    """Return the verdict and its reason in one sentence."""
    right, missed, sure = f"{settings.precision:.0%}", f"{settings.missed:.0%}", f"{settings.confidence:.0%}"
    if found.transcripts < 2:
        return "not enough evidence", _bare(found)
    if found.yes and found.no and found.yes_share + found.no_share >= settings.coverage:
        return "automate", (
            f"in new transcripts at least {right} of the automatic codings are right and at most {missed} of the code is missed "
            f"(each with {sure} confidence), and {found.yes_share + found.no_share:.0%} of the excerpts need no person"
        )
    if found.yes or (found.no and found.no_share >= settings.spares):
        return "assist", _assist(found, right, missed, sure)
    possible = f"{found.low:.0%} to {found.high:.0%}"
    if found.coded < found.needed or math.isnan(found.precision):
        reason = f"{found.coded:,} excerpts coded so by hand are too few: {found.needed:,} are needed even of a machine without fault"
    elif found.high < settings.precision:
        best = f"even where the machine is surest, {found.precision:.0%} are right"
        return "hand-code", f"{best} and {right} is out of reach (at most {found.high:.0%})"
    else:
        best = f"{found.precision:.0%} are right where the machine is surest"
        reason = f"{best}, but {possible} are possible, so {right} is neither proven nor out of reach"
    return "not enough evidence", reason


def _bare(found: Findings) -> str:
    if not found.excerpts:
        return "no excerpt was coded by hand, so nothing is known of how often the machine is right"
    if not found.coded:
        return f"none of the {found.excerpts:,} excerpts coded by hand carries this code"
    return "all excerpts coded so by hand are of one transcript, which says nothing of others"


def _assist(found: Findings, right: str, missed: str, sure: str) -> str:
    if not found.no:
        return f"the {found.yes_share:.1%} that the machine is surest of keep {right} right with {sure} confidence; a person codes the rest"
    if not found.yes:
        return (
            f"{found.no_share:.0%} of the excerpts can be left unread with at most {missed} of the code missed ({sure} confidence); "
            "a person decides on the others"
        )
    decided = f"{found.yes_share + found.no_share:.0%}"
    return f"the machine decides {decided} alone and keeps both promises ({sure} confidence each); a person codes what lies between"
