"""excerpts.jsonl: one coding a line, the machine's and people's, with the exact words and their offsets."""

from __future__ import annotations

import json
from collections.abc import Iterator

from nptlens.core.text import Span
from nptlens.reporting._index import Coding, Index, ManualCoding
from nptlens.reporting._places import pieces
from nptlens.schemas.records import NONE_CODE


def jsonl(index: Index) -> str:
    """Return the file's text: the machine's codings by place, then people's by code and place; keys are always the same.

    `text` is null where the words are withheld; a manual coding over several turns has the slice of each, as `turns`, since labels
    of speakers stand between them.
    """
    lines = [_machine(index, coding) for coding in index.codings if index.shown(coding.code)]
    lines += [line for code in index.inputs.codebook.ids() if index.shown(code) for line in _people(index, code)]
    return "".join(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n" for line in lines)


def _machine(index: Index, coding: Coding) -> dict[str, object]:
    segment = coding.segment
    return {
        "transcript": segment.transcript_id,
        "start": segment.span.start,
        "end": segment.span.end,
        "text": index.text(segment) or None,
        "code": coding.code,
        "coder": coding.coder,
        "stance": coding.stance,
        "participant": segment.participant,
        "role": segment.role,
        "practice": segment.practice,
        "turn": segment.turn + 1,
        "decision": coding.decision,
        "probability": round(coding.probability, 4),
        "runner_up": coding.runner_up,
        "nearest_seeds": coding.nearest_seeds,
    }


def _people(index: Index, code: str) -> Iterator[dict[str, object]]:
    for coding in index.manual.get(code, ()):
        if code != NONE_CODE and coding.transcript_id in index.transcripts:
            yield _manual(index, coding)


def _manual(index: Index, coding: ManualCoding) -> dict[str, object]:
    transcript = index.transcripts[coding.transcript_id]
    held = [] if coding.end > len(transcript.text) else pieces(index, transcript, Span(coding.start, coding.end))
    turns = [{"place": each.data_span, "speaker": each.speaker, "text": each.text or None} for each in held]
    return {
        "transcript": coding.transcript_id,
        "start": coding.start,
        "end": coding.end,
        "code": coding.code,
        "coder": coding.coder,
        "stance": coding.stance,
        "turns": turns,
    }
