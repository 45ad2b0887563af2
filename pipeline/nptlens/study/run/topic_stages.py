"""The stages of the topics: found in the vectors, measured for stability, and named.

The stability is measured again only where something that it hangs on has changed. It is the longest part of a run in which an
interviewer's words, a label or a role were corrected: segments then get other ids, but no vector and no topic changes. What it hangs on
is written down as one digest, beside the digest of the figures that were found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nptlens.core.errors import IntegrityError
from nptlens.core.ids import digest, digest_file, digest_json
from nptlens.core.version import __version__
from nptlens.core.versions import installed
from nptlens.schemas.records import TopicStability
from nptlens.study.run import pipeline
from nptlens.study.run.artefacts import Artefacts, encodings
from nptlens.study.run.stage import Progress
from nptlens.topics import Discovery, apply_names, discover, measure_stability, read_names, transcript_order


def find_topics(artefacts: Artefacts, progress: Progress) -> None:
    """Discover topics in the vectors, and measure how far they would come again."""
    settings = artefacts.study.settings
    found = discover(artefacts.vectors, artefacts.segments, settings.topics, seed=settings.study.seed)
    stability = _stability(artefacts, found, lambda done, total: progress("discover", done, total))
    cards = [replace(card, stability=value) for card, value in zip(found.cards, stability.jaccard, strict=True)]
    artefacts.put(pipeline.FOUND_TOPICS, found.topics)
    artefacts.put(pipeline.FOUND_CARDS, tuple(cards))
    artefacts.put(pipeline.TOPIC_METHOD, found.method)


def _stability(artefacts: Artefacts, found: Discovery, progress: Callable[[int, int], None]) -> TopicStability:
    """Write the stability of the topics found, and what it hangs on; return it."""
    settings = artefacts.study.settings
    order = transcript_order(artefacts.segments)
    basis = digest_json(
        {
            "vectors": digest_file(artefacts.path(pipeline.VECTORS.file)),
            "topics": digest(np.ascontiguousarray(found.topics["topic"]).tobytes()),
            "order": digest(order.tobytes()),
            "how": [found.method, found.size, len(found.cards)],
            "settings": settings.topics.model_dump(mode="json"),
            "seed": settings.study.seed,
            "versions": [__version__, *(installed(package) for package in pipeline.TOPIC_PACKAGES)],
        }
    )
    figures = _known(artefacts, basis) or measure_stability(
        artefacts.vectors, found, settings.topics, seed=settings.study.seed, order=order, progress=progress
    )
    artefacts.put(pipeline.STABILITY, figures)
    artefacts.put(pipeline.STABILITY_BASIS, (basis, digest_file(artefacts.path(pipeline.STABILITY.file))))
    return figures


def _known(artefacts: Artefacts, basis: str) -> TopicStability | None:
    """Return the figures that an earlier run left in the store, where they are whole and were found from this basis."""
    figures, held = (artefacts.path(each.file) for each in (pipeline.STABILITY, pipeline.STABILITY_BASIS))
    if not figures.is_file() or not held.is_file():
        return None
    try:
        whole = pipeline.STABILITY_BASIS.read(held) == (basis, digest_file(figures))
        return pipeline.STABILITY.read(figures) if whole else None
    except IntegrityError:
        return None


def name_topics(artefacts: Artefacts, progress: Progress) -> None:
    """Give the topics the names, and make the merges, that people wrote down."""
    names = read_names(artefacts.study.topic_names_file())
    named = apply_names(
        artefacts.found_topics, artefacts.found_cards, names, artefacts.vectors, artefacts.segments, artefacts.study.settings.topics
    )
    artefacts.put(pipeline.TOPICS, named.topics)
    artefacts.put(pipeline.TOPIC_CARDS, named.cards)
    artefacts.put_problems([*named.problems, *encodings(artefacts.study.topic_names_file())])
