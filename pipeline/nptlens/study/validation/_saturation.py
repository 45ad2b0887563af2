"""New codes and topics by interview, from what coders and the topics hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement import Saturation, saturation
from nptlens.schemas.records import NONE_CODE
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.validation._coders import Coders


def growth(artefacts: Artefacts, found: Coders) -> tuple[Saturation, ...]:
    """Return saturation for each person over the transcripts they read in whole, for the machine and for the topics over all.

    Codes above others are left out: they are new only where one of theirs is.
    """
    settings, book = artefacts.study.settings, artefacts.codebook
    result = []
    for name in found.people:
        own = artefacts.manual[(artefacts.manual["coder"] == name) & (artefacts.manual["weight"] == 0)]
        lowest = own[np.array([code != NONE_CODE and not book.children(code) for code in own["code"]], dtype=bool)]
        result.append(_curve(artefacts, _held(own["transcript_id"], lowest["transcript_id"], lowest["code"]), "code", name))
    if found.machine is not None:
        rows, columns = np.nonzero(found.machine.coded)
        names = np.array(found.known, dtype=object)[columns]
        low = np.array([not book.children(code) for code in names], dtype=bool)
        transcripts = artefacts.segments["transcript_id"]
        given = pd.Series(transcripts.to_numpy(dtype=object)[rows][low])
        result.append(_curve(artefacts, _held(transcripts, given, pd.Series(names[low])), "code", found.machine.coder))
    if settings.topics.method != "off":
        told = artefacts.segments[["segment_id", "transcript_id"]].merge(artefacts.topics, on="segment_id")
        inside = told[told["topic"] >= 0]
        held = _held(told["transcript_id"], inside["transcript_id"], inside["topic"].astype(str))
        result.append(_curve(artefacts, held, "topic", ""))
    return tuple(each for each in result if len(each.table))


def _curve(artefacts: Artefacts, held: NDArray[np.bool_], kind: str, coder: str) -> Saturation:
    settings = artefacts.study.settings
    return saturation(
        held,
        settings.saturation,
        kind="topic" if kind == "topic" else "code",
        coder=coder,
        confidence=settings.agreement.confidence,
        seed=settings.study.seed,
    )


def _held(interviews: pd.Series[str], transcripts: pd.Series[str], things: pd.Series[str]) -> NDArray[np.bool_]:
    """Return ``(interviews, things)``: which interview holds what."""
    rows, columns = sorted(set(interviews)), sorted(set(things))
    result = np.zeros((len(rows), len(columns)), dtype=bool)
    result[pd.Index(rows).get_indexer(pd.Index(transcripts)), pd.Index(columns).get_indexer(pd.Index(things))] = True
    return result
