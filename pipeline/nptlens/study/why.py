"""Why a segment has, or lacks, a code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nptlens.coding import Why, explain
from nptlens.core.close_names import did_you_mean
from nptlens.core.errors import UsageError
from nptlens.core.ids import find_segment_id
from nptlens.embedding import load_encoder
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run


@dataclass(frozen=True, slots=True)
class Reasons:
    """A segment's words, the decision on a code as the codings table has it, and the head's reasons."""

    segment_id: str
    text: str
    decision: str
    probability: float
    runner_up: str
    margin: float
    why: Why


def why(study: Study, segment_id: str, code: str = "") -> Reasons:
    """Return the reasons for a code of a segment, of its most probable code below the constructs where none is named.

    Raises UsageError where the study knows no such segment or has no head for the code, and as `last_run`.
    """
    with last_run(study, "code") as artefacts:
        return _why(artefacts, segment_id, code)


def _why(artefacts: Artefacts, segment_id: str, code: str) -> Reasons:
    study = artefacts.study
    segment_id = find_segment_id(segment_id)
    codings = artefacts.codings
    if codings.empty:
        raise UsageError("nothing is coded in this study", where=str(study.root), hint="see what its seeds lack: nptlens seeds doctor")
    own = codings[codings["segment_id"] == segment_id]
    if own.empty:
        hint = did_you_mean(segment_id, set(codings["segment_id"]), "segment ids stand in results/codings.csv")
        raise UsageError(f"no segment {segment_id} was coded", hint=hint)
    lowest = own[np.array([not artefacts.codebook.children(each) for each in own["code"]], dtype=bool)]
    named = own if lowest.empty else lowest  # heads of constructs alone, where only these have seeds
    code = code or str(named.sort_values("probability", ascending=False, kind="stable").iloc[0]["code"])
    row = own[own["code"] == code]
    if row.empty:
        raise UsageError(f"no head for the code {code}", hint=f"codes with a head: {', '.join(own['code'])}")
    encoder = load_encoder(artefacts.encoder, threads=study.settings.study.threads)
    segment = artefacts.segments.set_index("segment_id").loc[segment_id]
    text, heads = str(segment["text"]), artefacts.cross_fitted.heads_of(str(segment["transcript_id"]))
    found = explain(
        heads,
        text,
        code,
        encode=encoder.encode,
        examples=artefacts.training_examples,
        seeds=artefacts.training_seeds,
        codebook=artefacts.codebook,
        settings=study.settings.coding,
    )
    first = row.iloc[0]
    return Reasons(
        segment_id, text, str(first["decision"]), float(first["probability"]), str(first["runner_up"]), float(first["margin"]), found
    )
