"""The stability of topics, measured again only where something that it hangs on has changed.

It is the longest part of a run in which an interviewer's words, a label or a role were corrected: segments then get other ids, but no
vector and no topic changes. What it hangs on is written down as one digest, beside the digest of the figures that were found.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nptlens import __version__
from nptlens.core.errors import IntegrityError
from nptlens.core.ids import digest, digest_file, digest_json
from nptlens.core.versions import installed
from nptlens.schemas.records import TopicStability
from nptlens.store.files import read_records, write_records
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.plan import TOPIC_PACKAGES
from nptlens.topics import Discovery, measure_stability, transcript_order

FIGURES, BASIS = "topic_stability.json", "topic_stability_of.json"


def write_stability(artefacts: Artefacts, found: Discovery, progress: Callable[[int, int], None]) -> TopicStability:
    """Write the stability of the topics found, and what it hangs on; return it."""
    settings, store = artefacts.study.settings, artefacts.study.store
    order = transcript_order(artefacts.segments)
    basis = digest_json(
        {
            "vectors": digest_file(store / "vectors.npy"),
            "topics": digest(np.ascontiguousarray(found.topics["topic"]).tobytes()),
            "order": digest(order.tobytes()),
            "how": [found.method, found.size, len(found.cards)],
            "settings": settings.topics.model_dump(mode="json"),
            "seed": settings.study.seed,
            "versions": [__version__, *(installed(package) for package in TOPIC_PACKAGES)],
        }
    )
    known = _known(artefacts, basis)
    if known is not None:
        return known
    figures = measure_stability(artefacts.vectors, found, settings.topics, seed=settings.study.seed, order=order, progress=progress)
    write_records(store / FIGURES, figures)
    write_records(store / BASIS, (basis, digest_file(store / FIGURES)))
    return figures


def _known(artefacts: Artefacts, basis: str) -> TopicStability | None:
    """Return the figures in the store where they are whole and were found from this basis."""
    store = artefacts.study.store
    if not (store / BASIS).is_file() or not (store / FIGURES).is_file():
        return None
    try:
        if read_records(store / BASIS, tuple[str, ...]) != (basis, digest_file(store / FIGURES)):
            return None
        return read_records(store / FIGURES, TopicStability)
    except IntegrityError:
        return None
