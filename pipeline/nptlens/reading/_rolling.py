"""Rolling captions: each shows the line before once more, above the new one. What is shown again was said once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nptlens.reading._cues import Cue

_LEAST, _LEAST_SHARE = 2, 0.2  # captions that go on below a repeated line, lest somebody who says a thing twice is cut


def unrolled(captions: Sequence[Sequence[Cue]]) -> tuple[list[Cue], int]:
    """Return the lines of all captions, each once, and how many repeated lines were taken out.

    Nothing is taken out unless captions plainly roll: many repeat the last lines of the one before and add a line.
    """
    shown = [[cue for cue in caption if cue.words.strip()] for caption in captions]
    shown = [caption for caption in shown if caption]
    if not shown:
        return [], 0
    repeated = [0, *(_overlap(before, after) for before, after in pairwise(shown))]
    rolling = sum(0 < count < len(caption) for caption, count in zip(shown, repeated, strict=True))
    if rolling < _LEAST or rolling < _LEAST_SHARE * len(shown):
        return [cue for caption in captions for cue in caption], 0
    lines = [cue for caption, count in zip(shown, repeated, strict=True) for cue in caption[count:]]
    return lines, sum(repeated)


def _overlap(before: Sequence[Cue], after: Sequence[Cue]) -> int:
    """Return how many lines at the end of `before` are those at the start of `after`."""
    old, new = [_plain(cue) for cue in before], [_plain(cue) for cue in after]
    counts = (count for count in range(min(len(old), len(new)), 0, -1) if old[-count:] == new[:count])
    return next(counts, 0)


def _plain(cue: Cue) -> tuple[str, str | None]:
    return " ".join(cue.words.split()), cue.voice
