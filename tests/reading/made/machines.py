"""What programs write for programs: tiers of ELAN, EXMARaLDA, CLAN and Praat, the JSON of recognisers, markup of subtitles."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Callable, Sequence

from tests.reading.made import stamps
from tests.reading.made.script import Script, Turn

_TT = '<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata">'


def _people(script: Script) -> list[str]:
    return [script.cast.asks, *script.cast.answers]


def _x(text: str | None) -> str:
    return html.escape(text or "", quote=True)


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))


def _pieces(turn: Turn) -> list[tuple[str, float, float]]:
    """Return each word of a turn with its times."""
    words = turn.text.split()
    step = (turn.end - turn.start) / len(words)
    return [(word, round(turn.start + n * step, 2), round(turn.start + (n + 0.9) * step, 2)) for n, word in enumerate(words)]


def _elan(script: Script, rng: random.Random) -> str:
    named = rng.random() < 0.5
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="ts{n}" TIME_VALUE="{_ms(time)}"/>' for n, time in enumerate(time for turn in script.turns for time in (turn.start, turn.end)))
    tiers = []
    for number, name in enumerate(_people(script)):
        notes = "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="ts{2 * n}" TIME_SLOT_REF2="ts{2 * n + 1}"><ANNOTATION_VALUE>{_x(turn.text)}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>'
            for n, turn in enumerate(script.turns)
            if turn.speaker == name
        )
        who = f'TIER_ID="tier {number}" PARTICIPANT="{_x(name)}"' if named else f'TIER_ID="{_x(name)}"'
        tiers.append(f'<TIER LINGUISTIC_TYPE_REF="speech" {who}>{notes}</TIER>')
    if rng.random() < 0.4:
        below = "tier 0" if named else _x(script.cast.asks)
        first = next(n for n, turn in enumerate(script.turns) if turn.speaker == script.cast.asks)
        tiers.append(f'<TIER LINGUISTIC_TYPE_REF="translation" TIER_ID="translation" PARENT_REF="{below}"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="b1" ANNOTATION_REF="a{first}"><ANNOTATION_VALUE>{script.talk.token()}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>')
    rng.shuffle(tiers)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT AUTHOR="" FORMAT="3.0" VERSION="3.0"><HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/><TIME_ORDER>{slots}</TIME_ORDER>{"".join(tiers)}</ANNOTATION_DOCUMENT>'


def _exmaralda(script: Script, rng: random.Random) -> str:
    points = "".join(f'<tli id="T{n}" time="{time}"/>' for n, time in enumerate(time for turn in script.turns for time in (turn.start, turn.end)))
    speakers = "".join(f'<speaker id="SPK{n}"><abbreviation>{_x(name)}</abbreviation></speaker>' for n, name in enumerate(_people(script)))
    tiers = "".join(
        f'<tier id="TIE{n}" speaker="SPK{n}" category="v" type="t" display-name="{_x(name)} [v]">'
        + "".join(f'<event start="T{2 * at}" end="T{2 * at + 1}">{_x(turn.text)} </event>' for at, turn in enumerate(script.turns) if turn.speaker == name)
        + "</tier>"
        for n, name in enumerate(_people(script))
    )
    remark = f'<tier id="TIE90" category="nv" type="d" display-name="[nv]"><event start="T0" end="T1">{script.talk.token()}</event></tier>' if rng.random() < 0.5 else ""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<basic-transcription><head><speakertable>{speakers}</speakertable></head><basic-body><common-timeline>{points}</common-timeline>{tiers}{remark}</basic-body></basic-transcription>'


def _chat(script: Script, rng: random.Random) -> str:
    lines = ["@UTF8", "@Begin", "@Languages:\teng", f"@Participants:\t{', '.join(f'{name} Adult' for name in _people(script))}"]
    for turn in script.turns:
        bullet = f" \x15{_ms(turn.start)}_{_ms(turn.end)}\x15" if rng.random() < 0.7 else ""
        words = turn.text.split()
        cut = len(words) // 2 if len(words) > 12 else len(words)
        lines.append(f"*{turn.speaker}:\t{' '.join(words[:cut])}" + ("\n\t" + " ".join(words[cut:]) if words[cut:] else "") + bullet)
        if rng.random() < 0.2:
            lines.append(f"%com:\t{script.talk.token()} {script.talk.token()}")
    return "\n".join([*lines, "@End", ""])


def _praat(script: Script, rng: random.Random) -> str:
    end = script.turns[-1].end + 1
    short = rng.random() < 0.5
    tiers = []
    for name in _people(script):
        intervals, last = [], 0.0
        for turn in (turn for turn in script.turns if turn.speaker == name):
            intervals += [(last, turn.start, "")] if turn.start > last else []
            intervals.append((turn.start, turn.end, turn.text))
            last = turn.end
        tiers.append((name, [*intervals, (last, end, "")]))
    out = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    out += [*(["0", f"{end}"] if short else ["xmin = 0 ", f"xmax = {end} "]), "<exists>" if short else "tiers? <exists> ", str(len(tiers)) if short else f"size = {len(tiers)} \nitem []: "]
    for number, (name, intervals) in enumerate(tiers, start=1):
        quoted = name.replace('"', '""')
        out += ['"IntervalTier"', f'"{quoted}"', "0", f"{end}", str(len(intervals))] if short else [f"    item [{number}]:", '        class = "IntervalTier" ', f'        name = "{quoted}" ', "        xmin = 0 ", f"        xmax = {end} ", f"        intervals: size = {len(intervals)} "]
        for at, (first, last, words) in enumerate(intervals, start=1):
            said = words.replace('"', '""')
            out += [f"{first}", f"{last}", f'"{said}"'] if short else [f"        intervals [{at}]:", f"            xmin = {first} ", f"            xmax = {last} ", f'            text = "{said}" ']
    return "\n".join([*out, ""])


def _whisperx(script: Script, rng: random.Random) -> str:
    segments = [{"start": turn.start, "end": turn.end, "text": f" {turn.text}", "words": [{"word": w, "start": a, "end": b, "score": 0.9, "speaker": turn.speaker} for w, a, b in _pieces(turn)], "speaker": turn.speaker} for turn in script.turns]
    return json.dumps({"segments": segments, "word_segments": [word for segment in segments for word in segment["words"]], "language": "en"})


def _assembly(script: Script, rng: random.Random) -> str:
    said = [{"confidence": 0.9, "start": round(turn.start * 1000), "end": round(turn.end * 1000), "text": turn.text, "speaker": turn.speaker, "words": [{"text": w, "start": round(a * 1000), "end": round(b * 1000), "speaker": turn.speaker} for w, a, b in _pieces(turn)]} for turn in script.turns]
    return json.dumps({"id": "x", "status": "completed", "text": " ".join(turn.text for turn in script.turns), "utterances": said, "words": [word for each in said for word in each["words"]]})


def _turn_list(script: Script, rng: random.Random) -> str:
    who, what = rng.choice((("speaker", "text"), ("name", "content"), ("speaker_name", "transcript"), ("Speaker", "Text")))
    return json.dumps([{who: turn.speaker, "start": turn.start, what: turn.text} for turn in script.turns], ensure_ascii=False, indent=1)


def _amazon(script: Script, rng: random.Random) -> str:
    items, segments = [], []
    for turn in script.turns:
        for word, start, end in _pieces(turn):
            bare = word.rstrip(".,?!")
            if bare:
                items.append({"type": "pronunciation", "start_time": str(start), "end_time": str(end), "speaker_label": turn.speaker, "alternatives": [{"confidence": "0.9", "content": bare}]})
            if word != bare:
                items.append({"type": "punctuation", "speaker_label": turn.speaker, "alternatives": [{"confidence": "0.0", "content": word[len(bare) :]}]})
        segments.append({"start_time": str(turn.start), "end_time": str(turn.end), "speaker_label": turn.speaker, "items": []})
    text = " ".join(turn.text for turn in script.turns)
    return json.dumps({"jobName": "j", "status": "COMPLETED", "results": {"transcripts": [{"transcript": text}], "speaker_labels": {"speakers": 2, "segments": segments}, "items": items}})


def _otranscribe(script: Script, rng: random.Random) -> str:
    shown = "".join(f'<p><span class="timestamp" data-timestamp="{turn.start}">{stamps.short(turn.start)}</span> {_x(f"{turn.speaker}: {turn.text}")}<br></p>' for turn in script.turns)
    return json.dumps({"text": shown, "media": "a.mp3", "media-time": 4.5})


def _ttml(script: Script, rng: random.Random) -> str:
    cues = "".join(f'<p begin="{stamps.milli(turn.start)}" end="{stamps.milli(turn.end)}">{_x(f"{turn.speaker}: {turn.text}")}</p>\n' for turn in script.turns)
    return f"{_TT}<body><div>{cues}</div></body></tt>"


def _ttml_agents(script: Script, rng: random.Random) -> str:
    agents = "".join(f'<ttm:agent type="person" xml:id="a{n}"><ttm:name type="full">{_x(name)}</ttm:name></ttm:agent>' for n, name in enumerate(_people(script)))
    cues = "".join(f'<p begin="{turn.start}s" end="{turn.end}s" ttm:agent="a{_people(script).index(str(turn.speaker))}">{_x(turn.text)}</p>\n' for turn in script.turns)
    return f"{_TT}<head><metadata>{agents}</metadata></head><body><div>{cues}</div></body></tt>"


def _ass(script: Script, rng: random.Random) -> str:
    def clock(seconds: float) -> str:
        return f"0:{int(seconds) // 60:02}:{seconds % 60:05.2f}"

    top = "[Script Info]\nTitle: x\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    return top + "".join(f"Dialogue: 0,{clock(turn.start)},{clock(turn.end)},Default,{turn.speaker},0,0,0,,{turn.text}\n" for turn in script.turns)


def _lrc(script: Script, rng: random.Random) -> str:
    return "[by:x]\n" + "".join(f"[{int(turn.start) // 60:02}:{turn.start % 60:05.2f}]{turn.speaker}: {turn.text}\n" for turn in script.turns)


_MAKERS: dict[str, tuple[str, Callable[[Script, random.Random], str], Sequence[str]]] = {
    "ELAN": ("eaf", _elan, ()),
    "EXMARaLDA": ("exb", _exmaralda, ()),
    "CHAT": ("cha", _chat, ("ids", "initials", "recogniser", "letters")),
    "CHAT in .txt": ("txt", _chat, ("ids", "initials", "recogniser", "letters")),
    "TextGrid": ("TextGrid", _praat, ()),
    "WhisperX": ("json", _whisperx, ("recogniser",)),
    "AssemblyAI": ("json", _assembly, ("letters", "first names")),
    "list of turns": ("json", _turn_list, ()),
    "Amazon Transcribe": ("json", _amazon, ("recogniser",)),
    "oTranscribe": ("otr", _otranscribe, ()),
    "TTML": ("ttml", _ttml, ()),
    "TTML with agents": ("dfxp", _ttml_agents, ()),
    "SubStation": ("ass", _ass, ()),
    "LRC": ("lrc", _lrc, ()),
}
KINDS = tuple(f"machine: {name}" for name in _MAKERS)


def machine(layout: str, script: Script, rng: random.Random) -> tuple[str, bytes]:
    """Return the suffix and the bytes of a file."""
    suffix, make, _ = _MAKERS[layout.removeprefix("machine: ")]
    text = make(script, rng)
    encoding = rng.choice(("utf-8", "utf-16")) if suffix == "TextGrid" else "utf-8"
    return suffix, text.encode(encoding)


def names(layout: str) -> tuple[str, ...]:
    """Return the kinds of names that the format can hold; none where all fit."""
    return tuple(_MAKERS[layout.removeprefix("machine: ")][2])
