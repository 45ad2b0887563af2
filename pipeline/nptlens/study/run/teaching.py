"""Who teaches the machine besides the seeds: a person's coding of the study, and the folds in which transcripts are held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement import Frame, manual_frame
from nptlens.coding import FEWEST_FOLDS, balanced_folds
from nptlens.coding.lexical_similarity import leaks
from nptlens.core.close_names import did_you_mean
from nptlens.core.errors import SettingsError
from nptlens.schemas.records import Codebook, Problem, Seed, TaughtBy
from nptlens.schemas.settings import Settings

MOST = 4000
"""Coded excerpts that teach; beyond them training time grows faster than what is learned."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """What people's coding teaches: excerpts as seeds (their group is their transcript), their rows in the segments table, by whom."""

    seeds: tuple[Seed, ...] = ()
    rows: tuple[int, ...] = ()
    by: TaughtBy | None = None
    problems: tuple[Problem, ...] = ()


def teaching(manual: pd.DataFrame, segments: pd.DataFrame, codebook: Codebook, settings: Settings, *, fewest: int) -> Teaching:
    """Return what the coder named in `coding.taught_by` teaches; nothing where nobody is named.

    An excerpt that the coder read and left uncoded teaches as a seed of ``none`` does. Transcripts are dealt to folds whole, and with
    `coding.hold_out` = "practice" so are practices. With fewer folds than `fewest` nothing is taught and a problem says so. Raises
    SettingsError where the coder did not code.
    """
    coder = settings.coding.taught_by
    if not coder:
        return Teaching()
    _known(coder, sorted(manual["coder"].unique()))
    frame = manual_frame(coder, manual, segments, codebook.ids(), codebook, overlap=settings.agreement.overlap)
    rows = np.flatnonzero(frame.read)
    kept = np.sort(np.random.default_rng(settings.study.seed).choice(rows, MOST, replace=False)) if len(rows) > MOST else rows
    own = segments.iloc[kept]
    held = _held_together(segments) if settings.coding.hold_out == "practice" else {}
    clusters = [held.get(each, each) for each in own["transcript_id"]]
    fold = balanced_folds(clusters, settings.coding.folds)
    if len(set(fold.values())) < fewest:
        what = f"the coding of {coder} covers too few {settings.coding.hold_out}s to teach the machine, which learned from seeds alone"
        return Teaching(problems=(Problem("coding.taught_by", what, f"code at least {fewest} of them"),))
    fold_of = tuple(sorted({(name, fold[cluster]) for name, cluster in zip(own["transcript_id"], clusters, strict=True)}))
    seeds = as_seeds(frame, segments, kept, codebook.ids())
    what = f"of {len(rows)} excerpts that {coder} coded, {MOST} drawn at random taught the machine"
    problems = (Problem("coding.taught_by", what),) if len(rows) > MOST else ()
    return Teaching(seeds, tuple(int(row) for row in kept), TaughtBy(coder, len(seeds), fold_of), problems)


def as_seeds(frame: Frame, segments: pd.DataFrame, rows: NDArray[np.intp], codes: tuple[str, ...]) -> tuple[Seed, ...]:
    """Return a seed for each of the rows that a person read, their group its transcript; `codes` are the columns of the frame."""
    names = np.array(codes, dtype=object)
    own = segments.iloc[rows][["segment_id", "text", "transcript_id"]]
    return tuple(
        Seed(segment_id, text, tuple(names[coded]), group=transcript)
        for (segment_id, text, transcript), coded in zip(own.itertuples(index=False), frame.coded[rows], strict=True)
    )


def fewest_folds(seeds: Sequence[Seed]) -> int:
    """Return the number of folds that people's coding must fill before it can teach beside the seeds, or without any."""
    return FEWEST_FOLDS + (not seeds)


def _known(coder: str, coders: Sequence[str]) -> None:
    if coder in coders:
        return
    hint = did_you_mean(coder, coders, f"manual coding is of: {', '.join(coders) or 'nobody'}")
    raise SettingsError(f"coding.taught_by names {coder}, who coded nothing", hint=hint)


def _held_together(segments: pd.DataFrame) -> dict[str, str]:
    """Return for each transcript the first of those it hangs together with: they share a practice, if only through others."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    said = segments.loc[segments["practice"] != "", ["transcript_id", "practice"]].drop_duplicates()
    transcripts, names = pd.factorize(said["transcript_id"], sort=True)
    practices, _ = pd.factorize(said["practice"], sort=True)
    n = len(names) + (int(practices.max()) + 1 if len(practices) else 0)
    links = coo_array((np.ones(len(said)), (transcripts, practices + len(names))), shape=(n, n))
    group = connected_components(links, directed=False)[1][: len(names)]
    return {name: names[int(np.argmax(group == own))] for name, own in zip(names, group, strict=True)}


def holds_a_seed(segments: pd.DataFrame, seeds: Sequence[Seed]) -> NDArray[np.bool_]:
    """Return which segments ``(n,)`` hold the words of a seed that comes from their transcript."""
    origin = {seed.id: seed.group for seed in seeds if seed.group}
    near = segments[segments["transcript_id"].isin(set(origin.values()))]
    ids, texts, transcripts = (near[name].tolist() for name in ("segment_id", "text", "transcript_id"))
    transcript = dict(zip(ids, transcripts, strict=True))
    leaked = leaks([seed for seed in seeds if seed.group], zip(ids, texts, strict=True))
    held = {leak.segment_id for leak in leaked if origin[leak.seed] == transcript[leak.segment_id]}
    return segments["segment_id"].isin(held).to_numpy(dtype=bool)
