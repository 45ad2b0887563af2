"""JSON of speech recognisers and of oTranscribe: segments, utterances, words, or a plain list of turns."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading.formats._html import read_html
from nptlens.reading.formats._recognisers import recognised
from nptlens.reading.layouts._columns import Row, shape_captions, shape_rows
from nptlens.reading.layouts._layout import lay_out
from nptlens.reading.layouts._parsed import Shaped

_PARTS = ("segments", "cues", "captions")  # pieces of sentences
_LISTS = (*_PARTS, "utterances", "turns", "transcript")
_WORDS, _SPEAKERS = (
    ("text", "utterance", "sentence", "words", "content", "transcript"),
    ("speaker", "name", "speaker_name", "speaker_label", "speakerName", "speaker_id"),
)
_STARTS = ("start", "start_time", "startTime", "begin", "time", "timestamp")
_ENDS = ("end", "end_time", "endTime")
_HINT = "wanted: segments with start, end and text, or a list of turns with speaker and text"
_TAGS = re.compile(r"</?(?:p|span|br|div|b|i|em|strong)\b[^>]*>", re.IGNORECASE)


def read_json(data: bytes, *, where: str) -> Shaped:
    """Return the turns of a JSON file; a lone ``text`` is laid out as plain text, or as the page that oTranscribe keeps in it.

    Raises ReadingError where it is no JSON, or JSON of another kind.
    """
    raw, encoding = decode(data, where=where)
    try:
        content = json.loads(raw.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        if re.match(r"\s*<(?:!doctype|html|\?xml|head|body|p|div|table)\b", raw, re.IGNORECASE):
            raise ReadingError("this is a web page, not JSON", where=where, hint="rename it to .html") from None
        raise ReadingError("not well-formed JSON", where=where, hint="export it again") from None
    notes = encoding_notes(encoding)
    found = recognised(content) if isinstance(content, Mapping) else None
    if found is not None:
        times = any(row.start is not None for row in found.rows)
        name = f"{found.service}: {_columns(found.rows)}"
        told = [*notes, *([] if times else ["its times could not be read"])]
        return (shape_captions if found.parts else shape_rows)(found.rows, where=where, layout=name, notes=told)
    turns = _turns(content)
    if turns is not None:
        rows = [Row(_text(_of(turn, _WORDS)), _text(_of(turn, _SPEAKERS)), _of(turn, _STARTS), _of(turn, _ENDS)) for turn in turns]
        parts = isinstance(content, Mapping) and any(name in content for name in _PARTS)
        name, shape_of = ("segments", shape_captions) if parts else ("turns", shape_rows)
        return shape_of(rows, where=where, layout=f"{name}: {_columns(rows)}", notes=notes)
    text = content.get("text") if isinstance(content, Mapping) else None
    if not isinstance(text, str):
        raise ReadingError("no turns in this JSON", where=where, hint=_HINT)
    if "\0" in text:
        raise ReadingError("this is not text", where=where, hint="export it again")
    if len(_TAGS.findall(text)) > 1:
        return read_html(_text(text).encode(), where=where)
    shape = lay_out(canonical(_text(text)))
    return replace(shape, notes=(*shape.notes, *notes))


def _columns(rows: Sequence[Row]) -> str:
    columns = ["text", *(["speaker"] if any(row.speaker for row in rows) else [])]
    return ", ".join([*columns, *(["time"] if any(row.start is not None for row in rows) else [])])


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
