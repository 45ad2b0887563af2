"""JSON of speech recognition services, each as its service documents it, into rows of speaker, words and seconds.

A function a family; it returns None where the JSON is of another. Words that are listed one by one are joined into the turns of their
speakers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from nptlens.reading.layouts._columns import Row

Json = Mapping[str, object]
_TICKS_S = 10_000_000  # Azure counts in tenths of microseconds
_ISO = re.compile(r"PT(?:(?P<h>[0-9.]+)H)?(?:(?P<m>[0-9.]+)M)?(?:(?P<s>[0-9.]+)S)?")


@dataclass(frozen=True, slots=True)
class _Word:
    """A recognised word; one that `joins` is a sign that follows the word before without a space."""

    text: str
    speaker: str
    start_s: float | None
    end_s: float | None
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """The rows of a service's JSON; `parts` says that they end in the middle of sentences."""

    service: str
    rows: tuple[Row, ...]
    parts: bool


def recognised(content: Json) -> Recognised | None:
    """Return the rows of the first family whose shape `content` has, None where it has none."""
    for service, parts, rows_of in _FAMILIES:
        rows = rows_of(content)
        if rows is not None and any(row.words.strip() for row in rows):
            return Recognised(service, tuple(rows), parts)
    return None


def _whisper_cpp(content: Json) -> list[Row] | None:
    parts = _maps(content.get("transcription"))
    if not parts or not all("text" in part for part in parts):
        return None
    return [
        Row(
            _text(part.get("text")),
            _text(part.get("speaker")),
            *(_divided(_map(part.get("offsets")).get(name), 1000) for name in ("from", "to")),
        )
        for part in parts
    ]


def _transformers(content: Json) -> list[Row] | None:
    parts = _maps(content.get("chunks"))
    if not parts or not all("text" in part and isinstance(part.get("timestamp"), list) for part in parts):
        return None
    return [Row(_text(part["text"]), _text(part.get("speaker")), *_pair(part["timestamp"])) for part in parts]


def _aws(content: Json) -> list[Row] | None:
    results = _map(content.get("results"))
    items = _maps(results.get("items"))
    if not items or not any("alternatives" in item for item in items):
        return None
    spans = [
        (_number(each.get("start_time")), _number(each.get("end_time")), _text(each.get("speaker_label")))
        for each in _maps(_map(results.get("speaker_labels")).get("segments"))
    ]
    words: list[_Word] = []
    for item in items:
        best = next(iter(_maps(item.get("alternatives"))), {})
        start, end = _number(item.get("start_time")), _number(item.get("end_time"))
        sign = item.get("type") == "punctuation"
        speaker = _text(item.get("speaker_label")) or _speaker_at(start, spans) or (words[-1].speaker if words else "")
        words.append(_Word(_text(best.get("content")), words[-1].speaker if sign and words else speaker, start, end, joins=sign))
    return _turns(words)


def _deepgram(content: Json) -> list[Row] | None:
    results = _map(content.get("results"))
    said = _maps(results.get("utterances"))
    if said and all("transcript" in each for each in said):
        return [
            Row(_text(each["transcript"]), _speaker(each.get("speaker")), _number(each.get("start")), _number(each.get("end")))
            for each in said
        ]
    channels = _maps(results.get("channels"))
    if not channels:
        return None
    rows: list[Row] = []
    for number, channel in enumerate(channels):
        best = next(iter(_maps(channel.get("alternatives"))), {})
        words = [
            _Word(
                _text(word.get("punctuated_word") or word.get("word")),
                _speaker(word.get("speaker")),
                _number(word.get("start")),
                _number(word.get("end")),
            )
            for word in _maps(best.get("words"))
        ]
        found = _turns(words) if words else [Row(_text(best.get("transcript")))]
        rows += [Row(row.words, row.speaker or f"channel {number}", row.start, row.end) for row in found] if len(channels) > 1 else found
    return sorted(rows, key=lambda row: row.start if isinstance(row.start, float) else 0.0)


def _assembly(content: Json) -> list[Row] | None:
    said = _maps(content.get("utterances")) or []
    if said and "audio_url" in content and all("text" in each for each in said):
        return [
            Row(_text(e["text"]), _speaker(e.get("speaker")), _divided(e.get("start"), 1000), _divided(e.get("end"), 1000)) for e in said
        ]
    words = _maps(content.get("words"))
    if not words or "text" not in content or not all("text" in word and "start" in word for word in words) or "segments" in content:
        return None
    return _turns(
        [_Word(_text(w["text"]), _speaker(w.get("speaker")), _divided(w.get("start"), 1000), _divided(w.get("end"), 1000)) for w in words]
    )


def _rev(content: Json) -> list[Row] | None:
    said = _maps(content.get("monologues"))
    if not said:
        return None
    names = {str(each.get("id")): _text(each.get("name")) for each in _maps(content.get("speakers")) if each.get("name")}
    rows = []
    for each in said:
        elements = _maps(each.get("elements"))
        starts = [value for element in elements if (value := _number(element.get("ts"))) is not None]
        ends = [value for element in elements if (value := _number(element.get("end_ts"))) is not None]
        speaker = names.get(str(each.get("speaker")), "") or _text(each.get("speaker_name")) or _speaker(each.get("speaker"))
        words = "".join(_text(element.get("value")) for element in elements)
        rows.append(Row(words, speaker, starts[0] if starts else None, ends[-1] if ends else None))
    return rows


def _fireflies(content: Json) -> list[Row] | None:
    inner = _map(_map(content.get("data")).get("transcript")) or content
    said = _maps(inner.get("sentences"))
    if not said:
        return None
    names = ("text", "raw_text", "sentence")
    return [
        Row(
            next((_text(each[name]) for name in names if each.get(name)), ""),
            _text(each.get("speaker_name")) or _speaker(each.get("speaker_id")),
            _number(each.get("start_time", each.get("startTime"))),
            _number(each.get("end_time", each.get("endTime"))),
        )
        for each in said
    ]


def _amberscript(content: Json) -> list[Row] | None:
    parts = _maps(content.get("segments"))
    if not parts or not all("words" in part and "text" not in part for part in parts):
        return None
    names = {_text(each.get("spkid")): _text(each.get("name")) for each in _maps(content.get("speakers"))}
    rows = []
    for part in parts:
        words = _maps(part.get("words"))
        speaker = _text(part.get("speaker"))
        words_said = [
            _Word(_text(w.get("text", w.get("word"))), "", _number(w.get("start")), _number(w.get("end")), bool(w.get("pure_punct")))
            for w in words
        ]
        rows += [Row(row.words, names.get(speaker, "") or speaker, row.start, row.end) for row in _turns(words_said)]
    return rows


def _google(content: Json) -> list[Row] | None:
    results = _maps(content.get("results"))
    best = [next(iter(_maps(each.get("alternatives"))), {}) for each in results]
    if not best or not all("transcript" in each or "words" in each for each in best):
        return None
    last = _maps(best[-1].get("words"))
    if any(word.get("speakerTag") or word.get("speakerLabel") for word in last):  # the last result lists all words again, with speakers
        return _turns(
            [
                _Word(
                    _text(w.get("word")),
                    _speaker(w.get("speakerLabel") or w.get("speakerTag")),
                    _number(w.get("startTime")),
                    _number(w.get("endTime")),
                )
                for w in last
            ]
        )
    rows = []
    for each in best:
        words = _maps(each.get("words"))
        times = (_number(words[0].get("startTime")), _number(words[-1].get("endTime"))) if words else (None, None)
        rows.append(Row(_text(each.get("transcript")), "", *times))
    return rows


def _azure(content: Json) -> list[Row] | None:
    said = _maps(content.get("recognizedPhrases"))
    if not said:
        return None
    rows = []
    for each in said:
        best = next(iter(_maps(each.get("nBest"))), {})
        start = _divided(each.get("offsetInTicks"), _TICKS_S)
        start = _iso(each.get("offset")) if start is None else start
        lasts = _divided(each.get("durationInTicks"), _TICKS_S)
        lasts = _iso(each.get("duration")) if lasts is None else lasts
        end = None if start is None or lasts is None else round(start + lasts, 3)
        rows.append(Row(_text(best.get("display")), _speaker(each.get("speaker")), start, end))
    return sorted(rows, key=lambda row: row.start if isinstance(row.start, float) else 0.0)


_FAMILIES: tuple[tuple[str, bool, Callable[[Json], list[Row] | None]], ...] = (
    ("whisper.cpp", True, _whisper_cpp),
    ("Transformers", True, _transformers),
    ("Amazon Transcribe", False, _aws),
    ("Deepgram", False, _deepgram),
    ("AssemblyAI", False, _assembly),
    ("Rev", False, _rev),
    ("Fireflies", False, _fireflies),
    ("Amberscript", False, _amberscript),
    ("Google Speech-to-Text", False, _google),
    ("Azure Speech", False, _azure),
)


def _turns(words: Iterable[_Word]) -> list[Row]:
    """Return words as the turns of their speakers, with the first and last time of each."""
    rows = []
    for speaker, group in groupby((word for word in words if word.text), key=lambda word: word.speaker):
        turn = list(group)
        text = "".join(word.text if word.joins or not index else f" {word.text}" for index, word in enumerate(turn))
        starts, ends = ([time for word in turn if (time := getattr(word, name)) is not None] for name in ("start_s", "end_s"))
        rows.append(Row(text, speaker, starts[0] if starts else None, ends[-1] if ends else None))
    return rows


def _speaker_at(start: float | None, spans: Sequence[tuple[float | None, float | None, str]]) -> str:
    if start is None:
        return ""
    return next((label for begin, end, label in spans if begin is not None and end is not None and begin <= start <= end), "")


def _maps(value: object) -> list[Json]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _map(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    """Return words or a name as text that can be written; half of a surrogate pair becomes U+FFFD."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip("\n").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return ""


def _speaker(value: object) -> str:
    """Return a speaker's name; a bare number is called ``Speaker 1``, as services do."""
    name = _text(value)
    return f"Speaker {name}" if name.isdigit() else name


def _number(value: object) -> float | None:
    """Return seconds: a number, or a string such as ``1.2`` or ``1.2s``."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}(?:\.[0-9]{1,9})?s?", value):
        return round(float(value.rstrip("s")), 3)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
        return round(float(value), 3)
    return None


def _divided(value: object, by: int) -> float | None:
    number = _number(value) if not isinstance(value, int) or value < 1e9 else float(value)
    return None if number is None else round(number / by, 3)


def _iso(value: object) -> float | None:
    match = _ISO.fullmatch(value) if isinstance(value, str) else None
    return round(float(match["h"] or 0) * 3600 + float(match["m"] or 0) * 60 + float(match["s"] or 0), 3) if match else None


def _pair(value: object) -> Iterator[float | None]:
    times = value if isinstance(value, list) else []
    yield from (_number(times[index]) if len(times) > index else None for index in (0, 1))
