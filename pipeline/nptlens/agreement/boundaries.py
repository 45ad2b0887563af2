"""Agreement on where stretches begin and end: unitizing alpha of people's spans and the machine's segments, as figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.agreement.frame import CLUSTERS, Frame
from nptlens.agreement.intervals import Bools, Floats, sampled, share
from nptlens.agreement.levels import Measure
from nptlens.agreement.unitizing import tally_units, unitizing_alpha
from nptlens.schemas.records import NONE_CODE, Codebook
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import FIGURES

_SPAN = ["coder", "transcript_id", "start", "end", "code"]


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """What one coder marked: `spans` (coder, transcript_id, start, end, code), the codes above each one's code among them.

    `transcripts` are those the coder read in whole; `out` ``(n,)`` are segments that no comparison with this coder may hold.
    """

    coder: str
    spans: pd.DataFrame
    transcripts: frozenset[str]
    out: Bools


def stretches_of_person(coder: str, manual: pd.DataFrame, segments: pd.DataFrame, codebook: Codebook) -> Stretches:
    """Return a person's spans in the transcripts that they read in whole: those with a coding that has no weight."""
    own = manual[(manual["coder"] == coder) & (manual["weight"] == 0)]
    marked = own[own["code"] != NONE_CODE]
    parts = [marked[_SPAN]]
    lines = {code: codebook.ancestors(code) for code in marked["code"].unique() if code in codebook}
    for depth in range(max((len(line) for line in lines.values()), default=0)):
        above = marked["code"].map({code: line[depth] for code, line in lines.items() if len(line) > depth})
        parts.append(marked[above.notna()].assign(code=above.dropna())[_SPAN])
    return Stretches(coder, pd.concat(parts, ignore_index=True), frozenset(own["transcript_id"]), np.zeros(len(segments), dtype=bool))


def stretches_of_machine(frame: Frame, segments: pd.DataFrame, codes: tuple[str, ...]) -> Stretches:
    """Return a machine's assigned segments as its spans, over all transcripts; where it may not be measured is out."""
    rows, columns = np.nonzero(frame.coded)
    spans = segments[["transcript_id", "start", "end"]].iloc[rows].reset_index(drop=True)
    spans = spans.assign(coder=frame.coder, code=np.array(codes, dtype=object)[columns])
    return Stretches(frame.coder, spans[_SPAN], frozenset(segments["transcript_id"]), ~frame.read)


def unitized(coders: Sequence[Stretches], segments: pd.DataFrame, how: Measure) -> pd.DataFrame:
    """Return the FIGURES of unitizing alpha on the characters of the segments; no rows where no transcript is read in whole by two.

    All codes together is whether a character bears any code. A transcript whose participants (or practices) lie in several clusters
    counts in that of its first segment. `n` and `uncoded` are characters, of every coder pair's continuum once.
    """
    names = tuple(each.coder for each in coders)
    speech = segments[~np.any([each.out for each in coders], axis=0)]
    transcripts = tuple(sorted(set(speech["transcript_id"])))
    read = np.array([[name in each.transcripts for name in transcripts] for each in coders], dtype=bool).reshape(len(coders), -1)
    held = read.sum(axis=0) >= 2
    if not held.any():
        return empty(FIGURES)
    transcripts, read = tuple(np.array(transcripts, dtype=object)[held]), read[:, held]
    speech = speech[speech["transcript_id"].isin(transcripts)]
    spans = pd.concat([each.spans for each in coders], ignore_index=True)
    spans = spans[spans["transcript_id"].isin(transcripts)]
    cluster = _clusters(speech, transcripts, how)
    tallies = tally_units(spans, speech, names, transcripts, how.codes, read)
    summed = np.zeros((int(cluster.max()) + 1, *tallies.shape[1:]))
    np.add.at(summed, cluster, tallies)
    with threadpool_limits(1):
        found = sampled(unitizing_alpha, summed, how.draws(len(summed)))
        low, high = found.limits(how.settings.interval, how.settings.confidence)
    table = _about(names, _marked(spans, speech, names, transcripts, read, how), _length(speech, transcripts), read, how)
    table = table.assign(value=found.value, low=low, high=high, clusters=len(summed))
    return checked(FIGURES, table)


def _clusters(speech: pd.DataFrame, transcripts: tuple[str, ...], how: Measure) -> NDArray[np.intp]:
    first = speech.sort_values("start", kind="stable").drop_duplicates("transcript_id").set_index("transcript_id")
    column = CLUSTERS[how.settings.cluster]
    values = list(transcripts) if column == "transcript_id" else first.loc[list(transcripts), column].tolist()
    numbers: NDArray[np.intp] = pd.factorize(np.array(values, dtype=object), sort=True)[0]
    return numbers


def _length(speech: pd.DataFrame, transcripts: tuple[str, ...]) -> Floats:
    size = (speech["end"] - speech["start"]).groupby(speech["transcript_id"]).sum()
    result: Floats = size.loc[list(transcripts)].to_numpy(dtype=np.float64)
    return result


def _marked(
    spans: pd.DataFrame, speech: pd.DataFrame, names: tuple[str, ...], transcripts: tuple[str, ...], read: Bools, how: Measure
) -> Floats:
    """Return characters ``(m + 1, 1 + k)`` that each coder marked, and last those that anybody marked."""
    own = [spans[spans["coder"] == name] for name in names]
    # Beside a coder who marks nothing, what is marked is what the one coder marked.
    found = []
    for part, reads in (*zip(own, read, strict=True), (spans, np.ones(read.shape[1], dtype=bool))):
        both = np.stack([reads, reads])
        tallies = tally_units(part.assign(coder="one"), speech, ("one", "nobody"), transcripts, how.codes, both)
        found.append(tallies[:, 1].sum(axis=0))
    return np.stack(found)


def _about(names: tuple[str, ...], marked: Floats, length: Floats, read: Bools, how: Measure) -> pd.DataFrame:
    pair = len(names) == 2
    n = length.sum()
    rated = share(marked[1], n) if pair else share(marked[:-1].sum(axis=0), (length * read.sum(axis=0)).sum())
    return pd.DataFrame(
        {
            "coder": names[0] if pair else ", ".join(names),
            "against": names[1] if pair else "",
            "level": "where",
            "frame": "characters",
            "scope": ("overall", *how.scopes),
            "code": ("", *how.codes),
            "statistic": "unitizing_alpha",
            "n": int(n),
            "uncoded": int(n - marked[-1, 0]),
            "coded": (marked[0] if pair else marked[-1]).astype(np.int64),
            "coded_against": marked[1].astype(np.int64) if pair else 0,
            "prevalence": rated,
        }
    )
