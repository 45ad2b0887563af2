"""codings.csv: one row for each machine coding that claims something; topics.csv: one for each topic."""

from __future__ import annotations

import csv
import io

from nptlens.reporting._index import Index
from nptlens.reporting._topics import Topics
from nptlens.safety.cells import guarded

COLUMNS = (
    "segment_id",
    "transcript",
    "start",
    "end",
    "participant",
    "role",
    "practice",
    "code",
    "code_name",
    "decision",
    "probability",
    "margin",
    "runner_up",
    "nearest_seeds",
    "stance",
    "stance_probability",
    "coder",
    "excerpt",
)
TOPIC_COLUMNS = (
    "topic", "name", "words", "excerpts", "participants", "transcripts", "stability", "verdict", "merged", "codes", "examples",
)  # fmt: skip


def codings_csv(index: Index) -> str:
    """Return the file's text; a cell that a spreadsheet could run is guarded by an apostrophe (`safety.cells`)."""
    names = {code.id: code.name for code in index.inputs.codebook}
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for coding in (each for each in index.codings if index.shown(each.code)):
        segment = coding.segment
        writer.writerow(
            (
                guarded(segment.id),
                guarded(segment.transcript_id),
                segment.span.start,
                segment.span.end,
                guarded(segment.participant),
                guarded(segment.role),
                guarded(segment.practice),
                guarded(coding.code),
                guarded(names.get(coding.code, "")),
                coding.decision,
                f"{coding.probability:.4f}",
                f"{coding.margin:.4f}",
                guarded(coding.runner_up),
                guarded(coding.nearest_seeds),
                coding.stance,
                "" if coding.stance_probability is None else f"{coding.stance_probability:.4f}",
                guarded(coding.coder),
                guarded(index.text(segment)),
            )
        )
    return buffer.getvalue()


def topics_csv(topics: Topics) -> str:
    """Return the text of topics.csv: per topic its name, words, reach and stability, and the codes that it stands above the base of.

    `examples` are the ids of the excerpts that its card quotes, transcript:start-end, as in codings.csv.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(TOPIC_COLUMNS)
    for card in topics.cards:
        writer.writerow(
            (
                card.number,
                guarded(card.name),
                guarded(", ".join(card.words)),
                card.size,
                card.participants,
                card.transcripts,
                "" if card.stability is None else f"{card.stability:.4f}",
                card.verdict,
                "; ".join(map(str, card.merged)),
                guarded("; ".join(card.codes)),
                guarded("; ".join(each.segment_id for each in card.exemplars)),
            )
        )
    return buffer.getvalue()
