"""Two runs of a study set side by side: which excerpts changed code, and what went into the runs differently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.schemas.run_comparison import CHANGES, CODE_CHANGES, Cause, ExcerptCounts, KeptRun, RunDifference, StageMade
from nptlens.schemas.tables import checked, empty

_STILL = 1e-9
"""A probability that moves by less than this did not move."""
_Rows = NDArray[np.intp]
_SIDES = ("before", "after")
_PREFIXES = (
    ("settings study.seed", "random seed"), ("settings ", "setting"), ("version ", "version"), ("encoder", "model"),
    ("code of the encoder", "model"), ("order of codebooks", "setting"),
)  # fmt: skip


def compare_runs(before: KeptRun, after: KeptRun) -> RunDifference:
    """Return how two runs differ, excerpt by excerpt and code by code.

    Excerpts are matched within their transcript by the digests of their words, in order; a stretch of excerpts whose words were edited is
    matched in order where it has as many excerpts in both runs, and is in one run only where it has not.
    """
    pairs, edited = match_segments(before.segments, after.segments)
    excerpt = _excerpts(before.segments, after.segments, pairs, edited)
    sides = [_claims(run, excerpt[f"segment_{side}"]) for run, side in ((before, "before"), (after, "after"))]
    known = [frozenset(run.codings["code"].unique()) for run in (before, after)]
    joined = _joined(sides, excerpt, known)
    only = [len(run.segments) - len(pairs) for run in (before, after)]
    return RunDifference(
        before=before.name,
        after=after.name,
        excerpts=ExcerptCounts(len(pairs) - int(edited.sum()), int(edited.sum()), only[0], only[1]),
        codes=_codes(joined, before, after),
        changes=_changes(joined),
        causes=causes(before, after),
    )


def match_segments(before: pd.DataFrame, after: pd.DataFrame) -> tuple[_Rows, NDArray[np.bool_]]:
    """Return the rows of two RUN_SEGMENTS tables that are the same excerpt ``(m, 2)``, and which of them were edited ``(m,)``."""
    pairs: list[tuple[int, int]] = []
    edited: list[bool] = []
    own, other = _by_transcript(before), _by_transcript(after)
    for name in sorted(own.keys() & other.keys()):
        rows, others = own[name], other[name]
        first, second = ([str(each) for each in run["text_digest"].iloc[at]] for run, at in ((before, rows), (after, others)))
        for kind, a, z, b, y in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
            if kind in {"equal", "replace"} and z - a == y - b:
                pairs += zip(rows[a:z], others[b:y], strict=True)
                edited += [kind == "replace"] * (z - a)
    return np.array(pairs, dtype=np.intp).reshape(-1, 2), np.array(edited, dtype=bool)


def _by_transcript(segments: pd.DataFrame) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    order = segments.reset_index(drop=True).sort_values(["transcript_id", "start", "end"], kind="stable").index
    names = segments["transcript_id"].tolist()
    for row in order:
        found[names[row]].append(int(row))
    return found


def _excerpts(before: pd.DataFrame, after: pd.DataFrame, pairs: _Rows, edited: NDArray[np.bool_]) -> pd.DataFrame:
    """Return a row per excerpt of either run: its ids in both ("" where it is in one only), its transcript, whether it was edited."""
    first, second = before.reset_index(drop=True), after.reset_index(drop=True)
    left, right = first[~first.index.isin(pairs[:, 0])], second[~second.index.isin(pairs[:, 1])]
    parts = [
        pd.DataFrame(
            {
                "segment_before": first["segment_id"].to_numpy()[pairs[:, 0]],
                "segment_after": second["segment_id"].to_numpy()[pairs[:, 1]],
                "transcript_id": first["transcript_id"].to_numpy()[pairs[:, 0]],
                "place": second["start"].to_numpy()[pairs[:, 1]],
                "edited": edited,
            }
        ),
        *(
            pd.DataFrame(
                {
                    "segment_before": rest["segment_id"].to_numpy() if side == "before" else "",
                    "segment_after": rest["segment_id"].to_numpy() if side == "after" else "",
                    "transcript_id": rest["transcript_id"].to_numpy(),
                    "place": rest["start"].to_numpy(),
                    "edited": False,
                }
            )
            for side, rest in (("before", left), ("after", right))
        ),
    ]
    joined = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return joined.sort_values(["transcript_id", "place", "segment_before"], kind="stable", ignore_index=True)


def _claims(run: KeptRun, ids: pd.Series[str]) -> pd.DataFrame:
    """Return a run's codings with the excerpt they are of (its row), and their stance, "" where none was given."""
    row_of = {name: row for row, name in enumerate(ids) if name}
    stances = run.stances[["segment_id", "code", "stance"]]
    claims = run.codings[["segment_id", "code", "probability", "decision"]].merge(stances, how="left", on=["segment_id", "code"])
    return claims.assign(excerpt=claims["segment_id"].map(row_of), stance=claims["stance"].fillna("")).drop(columns="segment_id")


def _joined(sides: Sequence[pd.DataFrame], excerpt: pd.DataFrame, known: Sequence[frozenset[str]]) -> pd.DataFrame:
    """Return a row per excerpt and code that either run judged, with what both say, what changed and why."""
    joined = sides[0].merge(sides[1], how="outer", on=["excerpt", "code"], suffixes=("_before", "_after"))
    for side in _SIDES:
        joined[[f"decision_{side}", f"stance_{side}"]] = joined[[f"decision_{side}", f"stance_{side}"]].fillna("")
    joined = joined.merge(excerpt.drop(columns="place"), how="left", left_on="excerpt", right_index=True)
    had, has = (joined[f"decision_{side}"] == "assigned" for side in _SIDES)
    lone = (joined["segment_before"] == "") | (joined["segment_after"] == "")
    either = (joined["decision_before"] == "abstained") != (joined["decision_after"] == "abstained")
    told = [~had & has & ~lone, had & ~has & ~lone, had & has & (joined["stance_before"] != joined["stance_after"])]
    told += [~had & ~has & either & ~lone, has & lone, had & lone]
    unknown = ~joined["code"].isin(known[0] & known[1])
    still = (joined["probability_before"] - joined["probability_after"]).abs() < _STILL
    why = [lone, unknown, joined["edited"].astype(bool), still]
    words = ["text only in one run", "code only in one run", "text edited", "threshold or settings"]
    kinds = ["gained", "lost", "stance", "abstention", "new", "gone"]
    return joined.assign(
        change=np.select(told, kinds, default=""), why=np.select(why, words, default="probability"), kept=had & has & ~lone
    )


def _changes(joined: pd.DataFrame) -> pd.DataFrame:
    changed = joined[joined["change"] != ""].sort_values(["excerpt", "code"], kind="stable")
    return checked(CHANGES, changed) if len(changed) else empty(CHANGES)


def _codes(joined: pd.DataFrame, before: KeptRun, after: KeptRun) -> pd.DataFrame:
    thresholds = [{card.code: card.threshold for card in run.heads} for run in (before, after)]
    order = list(dict.fromkeys([*after.codings["code"], *before.codings["code"]]))
    moved = (joined["probability_before"] - joined["probability_after"]).abs()
    figures = joined.assign(
        moved=moved,
        before=joined["decision_before"] == "assigned",
        after=joined["decision_after"] == "assigned",
        **{kind: joined["change"] == kind for kind in ("gained", "lost", "stance", "abstention", "new", "gone")},
    )
    if not order:
        return empty(CODE_CHANGES)
    names = ["before", "after", "kept", "gained", "lost", "stance", "abstention", "new", "gone"]
    grouped = figures.groupby("code", sort=False)
    sums = grouped[names].sum().astype("int64").assign(most_moved=grouped["moved"].max()).reindex(order)
    both = {f"threshold_{side}": [held.get(code, np.nan) for code in order] for side, held in zip(_SIDES, thresholds, strict=True)}
    return checked(CODE_CHANGES, sums.assign(**both).reset_index(names="code"))


def causes(before: KeptRun, after: KeptRun) -> tuple[Cause, ...]:
    """Return the ingredients that went differently into the stages that codes and stances hang on, in the order of the stages.

    A setting or version that one of the two runs does not know is no cause: the versions that made them write down different ones. Nor is
    a setting whose value both know to be the same: versions may make other digests of one value.
    """
    stages: dict[str, dict[str, None]] = defaultdict(dict)
    for stage in (*before.stages, *after.stages):
        for name, _ in stage.ingredients:
            stages[name][stage.stage] = None
    kinds = {**_file_kinds(before.stages), **_file_kinds(after.stages)}
    first, second = ({name: value for stage in run.stages for name, value in stage.ingredients} for run in (before, after))
    order = list(dict.fromkeys(stage.stage for stage in (*before.stages, *after.stages)))
    found = []
    for name in sorted(stages, key=lambda each: (order.index(next(iter(stages[each]))), each)):
        old, new = first.get(name, ""), second.get(name, "")
        known_to_one = (name == "seed" or name.startswith(("settings ", "version "))) and "" in (old, new)
        if old != new and not known_to_one and not _same_value(before, after, name) and not name.startswith("stage "):
            found.append(Cause(_kind(name, kinds), name, tuple(stages[name]), _value(before, name, old), _value(after, name, new)))
    return tuple(found)


def _file_kinds(stages: Iterable[StageMade]) -> dict[str, str]:
    """Tell what a file is by the stages it goes into: the ledger knows no more of it than its name and digest."""
    held = {stage.stage: {name for name, _ in stage.ingredients} for stage in stages}
    nothing: set[str] = set()
    kinds = dict.fromkeys(held.get("manual", nothing), "manual coding")
    kinds |= dict.fromkeys(held.get("embed", nothing), "seeds")
    kinds |= dict.fromkeys(held.get("embed", nothing) & held.get("manual", nothing), "codebook")
    kinds |= dict.fromkeys(held.get("segment", nothing), "participants sheet")
    return kinds | dict.fromkeys(held.get("read", nothing), "text")


def _kind(name: str, kinds: dict[str, str]) -> str:
    for start, kind in _PREFIXES:
        if name.startswith(start):
            return kind
    return "random seed" if name == "seed" else kinds.get(name, "file")


def _same_value(before: KeptRun, after: KeptRun, name: str) -> bool:
    old, new = (dict(run.settings).get(name) for run in (before, after))
    return old is not None and new is not None and _as_it_is(old) == _as_it_is(new)


def _as_it_is(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value


def _value(run: KeptRun, name: str, digest: str) -> str:
    """Return a setting's value where the run knows it, a version or seed as it is, the first digits of any other digest."""
    return dict(run.settings).get(name, "") or (digest[:12] if len(digest) == 64 else digest)
