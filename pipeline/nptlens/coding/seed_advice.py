"""What to write next, one sentence a code: how many seeds, in which stance, against which neighbour, long or short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from nptlens.coding.confusion import Confusion
from nptlens.core.text import count_words
from nptlens.schemas.records import STANCES, Codebook, Seed

ENOUGH = 16
_PAIRS = 4  # seeds asked for where a code has enough, but not against its neighbour
_GAP = 2  # a stance that lacks one seed lacks nothing
_ASIDE = {"contrary": 0.2, "mixed": 0.1, "hypothetical": 0.1}  # share of a code's seeds that should not simply assert it


@dataclass(frozen=True, slots=True)
class Advice:
    """The next seeds of a code: their number, their stances (stance, number), the neighbour code to write against, how long."""

    code: str
    more: int
    stances: tuple[tuple[str, int], ...]
    against: str
    length: str

    def sentence(self) -> str:
        """Return the advice in one sentence."""
        if not self.more:
            return f"{self.code}: nothing is missing."
        stances = f" ({', '.join(f'{number} {stance}' for stance, number in self.stances)})" if self.stances else ""
        against = f", such that {self.against} would be wrong" if self.against else ""
        length = f", {self.length}" if self.length else ""
        return f"{self.code}: write {self.more} more{stances}{against}{length}."


def advise(
    seeds: Sequence[Seed], codebook: Codebook, worst: Sequence[Confusion], nearest: dict[str, str], *, segment_words: float | None = None
) -> tuple[Advice, ...]:
    """Return an Advice per code without codes below it, in the codebook's order.

    `worst` are the pairs that cannot be told apart, the worst first; `nearest` names each code's nearest code, for those without such a
    pair; `segment_words` is the median length of the study's segments.
    """
    found = []
    for code in codebook:
        if codebook.children(code.id):
            continue
        own = [seed for seed in seeds if code.id in seed.codes]
        rival = next((pair.second if pair.first == code.id else pair.first for pair in worst if code.id in (pair.first, pair.second)), "")
        lacking = _lacking(own)
        more = max(ENOUGH - len(own), sum(lacking.values()), _PAIRS if rival else 0)
        stances = {**({"asserted": more - sum(lacking.values())} if lacking and more > sum(lacking.values()) else {}), **lacking}
        ordered = tuple((stance, stances[stance]) for stance in STANCES if stances.get(stance))
        against = (rival or nearest.get(code.id, "")) if more else ""
        found.append(Advice(code.id, more, ordered, against, _length(own, segment_words) if more else ""))
    return tuple(found)


def _lacking(own: Sequence[Seed]) -> dict[str, int]:
    """Return the stances that are rarer than they should be; none where a code's seeds name no stance at all."""
    have = Counter(seed.stance for seed in own if seed.stance)
    if own and not have:
        return {}
    aim = max(ENOUGH, len(own))
    gaps = {stance: round(share * aim) - have[stance] for stance, share in _ASIDE.items()}
    return {stance: gap for stance, gap in gaps.items() if gap >= _GAP}


def _length(own: Sequence[Seed], segment_words: float | None) -> str:
    if not own or not segment_words:
        return ""
    mine = median(count_words(seed.text) for seed in own)
    if 0.6 <= mine / segment_words <= 1.6:
        return ""
    kind = "longer" if mine < segment_words else "shorter"
    return f"{kind} than those there are (about {segment_words:.0f} words, as the transcripts' segments have)"
