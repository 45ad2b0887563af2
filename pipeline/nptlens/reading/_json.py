"""JSON of speech recognisers: Whisper's segments, utterances, or a plain list of turns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading._columns import Row, shape_captions, shape_rows
from nptlens.reading._layout import lay_out
from nptlens.reading._parsed import Shaped

_PARTS = ("segments", "cues", "captions")  # pieces of sentences
_LISTS = (*_PARTS, "utterances", "turns", "transcript")
_WORDS, _SPEAKERS = ("text", "utterance", "words", "content", "transcript"), ("speaker", "name", "speaker_name", "speaker_label")
_STARTS, _ENDS = ("start", "start_time", "begin", "time", "timestamp"), ("end", "end_time")
_HINT = "wanted: segments with start, end and text, or a list of turns with speaker and text"


def read_json(data: bytes, *, where: str) -> Shaped:
    """Return the turns of a JSON file; a lone ``text`` is laid out as plain text.

    Raises ReadingError where it is no JSON, or JSON of another kind.
    """
    raw, encoding = decode(data, where=where)
    try:
        content = json.loads(raw.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise ReadingError("not well-formed JSON", where=where, hint="export it again") from None
    notes = encoding_notes(encoding)
    found = _turns(content)
    if found is not None:
        rows = [Row(_text(_of(turn, _WORDS)), _text(_of(turn, _SPEAKERS)), _of(turn, _STARTS), _of(turn, _ENDS)) for turn in found]
        columns = ["text", *(["speaker"] if any(row.speaker for row in rows) else [])]
        columns += ["time"] if any(row.start is not None for row in rows) else []
        parts = isinstance(content, Mapping) and any(name in content for name in _PARTS)
        name, shape_of = ("segments", shape_captions) if parts else ("turns", shape_rows)
        return shape_of(rows, where=where, layout=f"{name}: {', '.join(columns)}", notes=notes)
    text = content.get("text") if isinstance(content, Mapping) else None
    if not isinstance(text, str):
        raise ReadingError("no turns in this JSON", where=where, hint=_HINT)
    if "\0" in text:
        raise ReadingError("this is not text", where=where, hint="export it again")
    shape = lay_out(canonical(_text(text)))
    return replace(shape, notes=(*shape.notes, *notes))


def _turns(content: object) -> Sequence[Mapping[str, object]] | None:
    """Return the list whose members are turns; every member must have words, lest some be lost."""
    lists = [content] if isinstance(content, list) else []
    if isinstance(content, Mapping):
        lists = [content[name] for name in _LISTS if isinstance(content.get(name), list)]
    for turns in lists:
        if turns and all(isinstance(turn, Mapping) and isinstance(_of(turn, _WORDS), str) for turn in turns):
            return list(turns)
    return None


def _of(turn: Mapping[str, object], names: Sequence[str]) -> object:
    return next((turn[name] for name in names if name in turn), None)


def _text(value: object) -> str:
    """Return words or a name as text that can be written; half of a surrogate pair becomes U+FFFD."""
    if value is None or isinstance(value, Mapping | list | bool):
        return ""
    return str(value).strip("\n").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
