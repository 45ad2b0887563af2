"""One small invented transcript in each further format, as its usual program writes it."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence

from benchmarks import _zips

Row = tuple[float, float, str, str]  # start and end in seconds, speaker, words
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def further(rows: Sequence[Row]) -> dict[str, bytes]:
    """Return a file in each format, by suffix."""
    texts = {
        ".sbv": "\n".join(f"{_clock(start)},{_clock(end)}\n{name}: {words}\n" for start, end, name, words in rows),
        ".ttml": _ttml(rows),
        ".dfxp": _ttml(rows),
        ".ass": _ass(rows),
        ".ssa": _ass(rows),
        ".otr": json.dumps({"text": _otr(rows), "media": "ward.mp3", "media-time": 3.5}),
        ".eaf": _eaf(rows),
        ".exb": _exb(rows),
        ".cha": _cha(rows),
        ".textgrid": _textgrid(rows),
    }
    return {**{suffix: text.encode() for suffix, text in texts.items()}, ".ods": _ods(rows)}


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02}:{seconds % 60:06.3f}"


def _ttml(rows: Sequence[Row]) -> str:
    cues = "".join(f'<p begin="{_clock(start)}" end="{_clock(end)}">{name}: {html.escape(words)}</p>' for start, end, name, words in rows)
    return f'{_XML}<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div>{cues}</div></body></tt>'


def _ass(rows: Sequence[Row]) -> str:
    cues = "".join(
        f"Dialogue: 0,{_clock(start)[:-1]},{_clock(end)[:-1]},Default,{name},0,0,0,,{words}\n" for start, end, name, words in rows
    )
    fields = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    return f"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name\nStyle: Default\n\n[Events]\nFormat: {fields}\n{cues}"


def _otr(rows: Sequence[Row]) -> str:
    stamp = '<span class="timestamp" data-timestamp="{}">{}</span>'
    return "".join(f"<p>{stamp.format(start, _clock(start)[2:7])} {name}: {html.escape(words)}</p>" for start, _, name, words in rows)


def _eaf(rows: Sequence[Row]) -> str:
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="ts{2 * n + half}" TIME_VALUE="{int(row[half] * 1000)}"/>'
        for n, row in enumerate(rows)
        for half in (0, 1)
    )
    tiers = ""
    for speaker in dict.fromkeys(row[2] for row in rows):
        marks = "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="ts{2 * n}" TIME_SLOT_REF2="ts{2 * n + 1}">'
            f"<ANNOTATION_VALUE>{html.escape(row[3])}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for n, row in enumerate(rows)
            if row[2] == speaker
        )
        tiers += f'<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="{speaker}" PARTICIPANT="{speaker}">{marks}</TIER>'
    kinds = '<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>'
    head = '<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>'
    return (
        f'{_XML}<ANNOTATION_DOCUMENT FORMAT="3.0" VERSION="3.0">{head}<TIME_ORDER>{slots}</TIME_ORDER>{tiers}{kinds}</ANNOTATION_DOCUMENT>'
    )


def _exb(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(row[2] for row in rows))
    people = "".join(f'<speaker id="SPK{n}"><abbreviation>{name}</abbreviation></speaker>' for n, name in enumerate(names))
    line = "".join(f'<tli id="T{n}" time="{row[0]}"/>' for n, row in enumerate(rows)) + f'<tli id="T{len(rows)}" time="{rows[-1][1]}"/>'
    tiers = ""
    for number, name in enumerate(names):
        events = "".join(
            f'<event start="T{n}" end="T{n + 1}">{html.escape(row[3])}</event>' for n, row in enumerate(rows) if row[2] == name
        )
        tiers += f'<tier id="TIE{number}" speaker="SPK{number}" category="v" type="t" display-name="{name} [v]">{events}</tier>'
    body = f"<basic-body><common-timeline>{line}</common-timeline>{tiers}</basic-body>"
    return f"{_XML}<basic-transcription><head><speakertable>{people}</speakertable></head>{body}</basic-transcription>"


def _cha(rows: Sequence[Row]) -> str:
    lines = "".join(f"*{name[:3].upper()}:\t{words} \x15{int(start * 1000)}_{int(end * 1000)}\x15\n" for start, end, name, words in rows)
    people = ", ".join(dict.fromkeys(f"{row[2][:3].upper()} Adult" for row in rows))
    return f"@UTF8\n@Begin\n@Languages:\teng\n@Participants:\t{people}\n{lines}@End\n"


def _textgrid(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(row[2] for row in rows))
    end_of_all = f"xmin = 0\nxmax = {rows[-1][1]}\n"
    out = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n{end_of_all}tiers? <exists>\nsize = {len(names)}\nitem []:\n'
    for number, name in enumerate(names, 1):
        own = [row for row in rows if row[2] == name]
        out += f'    item [{number}]:\n        class = "IntervalTier"\n        name = "{name}"\n{end_of_all}'
        out += f"        intervals: size = {len(own)}\n"
        for place, (start, end, _, words) in enumerate(own, 1):
            said = words.replace('"', '""')
            out += f'        intervals [{place}]:\n            xmin = {start}\n            xmax = {end}\n            text = "{said}"\n'
    return out


def _ods(rows: Sequence[Row]) -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = [("speaker", "text"), *((name, words) for _, _, name, words in rows)]
    table = "".join(f"<table:table-row>{''.join(cell.format(html.escape(each)) for each in line)}</table:table-row>" for line in lines)
    spaces = " ".join(f'xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "text", "table"))
    body = f'<office:body><office:spreadsheet><table:table table:name="t">{table}</table:table></office:spreadsheet></office:body>'
    content = f'{_XML}<office:document-content {spaces} office:version="1.3">{body}</office:document-content>'
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"))
    )
    manifest = f'{_XML}<manifest:manifest xmlns:manifest="{_ODF}manifest:1.0">{entries}</manifest:manifest>'
    parts = [("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)]
    return _zips.packed([(name, text.encode()) for name, text in parts])
