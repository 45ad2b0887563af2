"""Krippendorff's unitizing alpha: do coders mark the same stretches of what participants say?

The continuum of a transcript is its participant speech alone, stretch after stretch; a span that runs on behind an interviewer's turn
is one unit. Coincidences of transcripts add up, so figures and resamples come from `nptlens.agreement.intervals.sampled`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement.intervals import Bools, Floats, share

Offsets = NDArray[np.int64]


def tally_units(
    spans: pd.DataFrame, speech: pd.DataFrame, coders: tuple[str, ...], transcripts: tuple[str, ...], codes: tuple[str, ...], read: Bools
) -> Floats:
    """Return tallies ``(t, 4, 1 + k)`` in characters per transcript: any code first, then each of `codes`.

    The four are what coders disagree on (ordered pairs of coders over coders - 1), what they marked, what they left blank, and the sum of
    squared lengths of what they marked. `spans` has coder, transcript_id, start, end, code (a code stands for itself alone: the codes
    above it must be there too); `speech` has transcript_id, start, end: stretches apart from each other; `read` ``(m, t)``. Transcripts
    that fewer than two coders read give zeros. Spans of other coders, transcripts or codes, and what no participant says, are left out.
    Raises ValueError where stretches overlap.
    """
    base, lengths, place = _continuum(speech, transcripts)
    who = pd.Index(coders).get_indexer(pd.Index(spans["coder"]))
    what = pd.Index(codes).get_indexer(pd.Index(spans["code"]))
    where = pd.Index(transcripts).get_indexer(pd.Index(spans["transcript_id"]))
    known = (who >= 0) & (what >= 0) & (where >= 0)
    known[known] = read[who[known], where[known]]
    who, what, where = who[known], what[known], where[known]
    starts, ends = (place(where, spans[name].to_numpy(dtype=np.int64)[known]) for name in ("start", "end"))
    readers = read.sum(axis=0)
    pairable = np.where(readers >= 2, lengths * readers, 0)
    result = np.zeros((len(transcripts), 4, 1 + len(codes)))
    for item in range(1 + len(codes)):
        own = (what == item - 1) if item else np.ones(len(what), dtype=bool)
        own &= (ends > starts) & (readers[where] >= 2)
        units = _units(who[own], base[where[own]] + starts[own], base[where[own]] + ends[own])
        held = np.searchsorted(base, units[:, 0], side="right") - 1
        size = units[:, 1] - units[:, 0]
        marked = np.bincount(held, size, len(transcripts))
        result[:, 0, item] = _disagreed(units, held, readers) / np.maximum(readers - 1, 1)
        result[:, 1, item] = marked
        result[:, 2, item] = pairable - marked
        result[:, 3, item] = np.bincount(held, size.astype(np.float64) ** 2, len(transcripts))
    return result


def unitizing_alpha(tallies: Floats) -> Floats:
    """Return alpha ``(..., 1 + k)`` of tallies ``(..., 4, 1 + k)``; NaN where nothing, or everything, is marked.

    The binary coefficient |u-alpha of Krippendorff, Mathet, Bouvry & Widlöcher (2016) and Krippendorff (2019, section 12.6): observed
    coincidences are lengths of intersections over pairs of coders; expected ones are products of the lengths, less each unit with
    itself, a unit of length l with l² and a blank with l. The paper's (k)u-alpha needs one code at a time on a stretch; here codes may
    overlap, so a code's figure is |u-alpha with its own stretches as units and all else blank. Of units of one character it is the
    nominal alpha of characters.
    """
    disagreed, marked, blank, squares = np.moveaxis(tallies, -2, 0)
    length = marked + blank
    return 1 - share(disagreed * (length - share(squares + blank, length)), 2 * marked * blank)


class _Place:
    """Offsets of a transcript to offsets of its participant speech."""

    def __init__(self, transcript: NDArray[np.intp], start: Offsets, end: Offsets, transcripts: int) -> None:
        size = end - start
        first = np.searchsorted(transcript, np.arange(transcripts))
        before = np.concatenate([[0], np.cumsum(size)])
        self.transcript, self.start, self.size = transcript, start, size
        self.before = before[:-1] - before[first][transcript]
        self.first = first
        self.reach = int(max(start.max(initial=0), end.max(initial=0))) + 1

    def __call__(self, transcript: NDArray[np.intp], offset: Offsets) -> Offsets:
        reach = max(self.reach, int(offset.max(initial=0)) + 1)
        last = np.searchsorted(self.transcript * reach + self.start, transcript * reach + offset, side="right") - 1
        inside = last >= self.first[transcript]  # else it stands before the first stretch
        if not len(self.size):
            return np.zeros(len(offset), dtype=np.int64)
        last = np.maximum(last, 0)
        return np.where(inside, self.before[last] + np.minimum(offset - self.start[last], self.size[last]), 0)


def _continuum(speech: pd.DataFrame, transcripts: tuple[str, ...]) -> tuple[Offsets, Offsets, _Place]:
    """Return where each transcript's speech begins on one long line, its length, and the way there from a transcript's offsets."""
    where = pd.Index(transcripts).get_indexer(pd.Index(speech["transcript_id"]))
    start, end = speech["start"].to_numpy(dtype=np.int64), speech["end"].to_numpy(dtype=np.int64)
    order = np.lexsort((start, where))
    order = order[where[order] >= 0]
    where, start, end = where[order], start[order], end[order]
    if np.any((where[1:] == where[:-1]) & (start[1:] < end[:-1])):
        raise ValueError("stretches of speech overlap")
    lengths = np.bincount(where, end - start, len(transcripts)).astype(np.int64)
    # One character between transcripts keeps a unit at the end of one apart from one at the start of the next.
    base = np.concatenate([[0], np.cumsum(lengths + 1)[:-1]]).astype(np.int64)
    return base, lengths, _Place(where, start, end, len(transcripts))


def _units(who: NDArray[np.intp], start: Offsets, end: Offsets) -> Offsets:
    """Return the units ``(u, 2)``: each coder's spans, those that overlap made one; spans that only touch stay two."""
    if not len(who):
        return np.zeros((0, 2), dtype=np.int64)
    order = np.lexsort((end, start, who))
    who, start, end = who[order], start[order], end[order]
    reach = int(end.max()) + 1
    furthest = np.maximum.accumulate(who * reach + end)
    fresh = np.append(True, who[1:] * reach + start[1:] >= furthest[:-1])
    last = np.append(np.flatnonzero(fresh)[1:] - 1, len(who) - 1)
    return np.stack([start[fresh], furthest[last] - who[last] * reach], axis=1)


def _disagreed(units: Offsets, held: NDArray[np.intp], readers: NDArray[np.int64]) -> Floats:
    """Return per transcript the characters on which ordered pairs of its readers disagree: 2 y (r - y) where y of r marked."""
    edges = np.concatenate([units[:, 0], units[:, 1]])
    step = np.repeat([1, -1], len(units))
    order = np.argsort(edges, kind="stable")
    edges, where = edges[order], np.tile(held, 2)[order]
    markers = np.cumsum(step[order])[:-1]
    length = np.diff(edges)
    apart = 2.0 * markers * (readers[where[:-1]] - markers) * length  # between two transcripts nobody marks: markers are 0
    return np.bincount(where[:-1], apart, len(readers)).astype(np.float64)
