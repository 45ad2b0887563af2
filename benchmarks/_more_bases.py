"""One small invented transcript in each format of tiers and of captions that `_bases` makes none of: rows into the text of a file."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Sequence

Row = tuple[float, float, str, str]  # start, end, speaker, words

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def texts(rows: Sequence[Row]) -> dict[str, str]:
    """Return the text of a file by its suffix."""
    return {
        ".eaf": _eaf(rows),
        ".exb": _exb(rows),
        ".cha": _cha(rows),
        ".textgrid": _textgrid(rows),
        ".sbv": "\n\n".join(f"{_clock(start)},{_clock(end)}\n{name}: {words}" for start, end, name, words in rows),
        ".ttml": _ttml(rows),
        ".ass": _ass(rows),
        ".otr": json.dumps({"text": "".join(f"<p>{html.escape(f'{name}: {words}')}</p>" for _, _, name, words in rows), "media": ""}),
    }


def ods(rows: Sequence[Row]) -> bytes:
    """Return an OpenDocument spreadsheet with speakers and words."""
    cells = [("speaker", "text"), *((name, words) for _, _, name, words in rows)]
    shown = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{html.escape(cell)}</text:p></table:table-cell>' for cell in row)
        + "</table:table-row>"
        for row in cells
    )
    spaces = "".join(f' xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "text", "table"))
    body = f'<office:body><office:spreadsheet><table:table table:name="t">{shown}</table:table></office:spreadsheet></office:body>'
    content = f'<?xml version="1.0"?><office:document-content{spaces} office:version="1.3">{body}</office:document-content>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"))
    )
    manifest = f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{_ODF}manifest:1.0">{entries}</manifest:manifest>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in (("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)):
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def _clock(seconds: float) -> str:
    return f"0:{int(seconds) // 60:02}:{seconds % 60:06.3f}"


def _eaf(rows: Sequence[Row]) -> str:
    times = enumerate(time for row in rows for time in row[:2])
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="t{n}" TIME_VALUE="{time * 1000:.0f}"/>' for n, time in times)
    tiers = ""
    for speaker in dict.fromkeys(row[2] for row in rows):
        notes = "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="t{2 * n}" TIME_SLOT_REF2="t{2 * n + 1}">'
            f"<ANNOTATION_VALUE>{html.escape(row[3])}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for n, row in enumerate(rows)
            if row[2] == speaker
        )
        tiers += f'<TIER TIER_ID="{speaker}" LINGUISTIC_TYPE_REF="l">{notes}</TIER>'
    return f'<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>'


def _exb(rows: Sequence[Row]) -> str:
    points = "".join(f'<tli id="T{n}" time="{time}"/>' for n, time in enumerate(time for row in rows for time in row[:2]))
    speakers = list(dict.fromkeys(row[2] for row in rows))
    people = "".join(f'<speaker id="S{n}"><abbreviation>{name}</abbreviation></speaker>' for n, name in enumerate(speakers))
    tiers = "".join(
        f'<tier id="I{n}" speaker="S{n}" category="v" type="t">'
        + "".join(f'<event start="T{2 * at}" end="T{2 * at + 1}">{html.escape(r[3])}</event>' for at, r in enumerate(rows) if r[2] == name)
        + "</tier>"
        for n, name in enumerate(speakers)
    )
    head = f"<head><speakertable>{people}</speakertable></head>"
    body = f"<basic-body><common-timeline>{points}</common-timeline>{tiers}</basic-body>"
    return f'<?xml version="1.0" encoding="UTF-8"?><basic-transcription>{head}{body}</basic-transcription>'


def _cha(rows: Sequence[Row]) -> str:
    lines = "".join(f"*{name[:3].upper()}:\t{words}\x15{start * 1000:.0f}_{end * 1000:.0f}\x15\n" for start, end, name, words in rows)
    return f"@UTF8\n@Begin\n@Participants:\tANN Adult, BO Adult\n{lines}@End\n"


def _textgrid(rows: Sequence[Row]) -> str:
    end = rows[-1][1]
    tiers = ""
    speakers = list(dict.fromkeys(row[2] for row in rows))
    for name in speakers:
        own = [row for row in rows if row[2] == name]
        intervals = "".join('{}\n{}\n"{}"\n'.format(row[0], row[1], row[3].replace('"', '""')) for row in own)
        tiers += f'"IntervalTier"\n"{name}"\n0\n{end}\n{len(own)}\n{intervals}'
    return f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n{end}\n<exists>\n{len(speakers)}\n{tiers}'


def _ttml(rows: Sequence[Row]) -> str:
    shown = "".join(f'<p begin="{start}s" end="{end}s">{html.escape(f"{name}: {words}")}</p>' for start, end, name, words in rows)
    return f'<?xml version="1.0" encoding="UTF-8"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div>{shown}</div></body></tt>'


def _ass(rows: Sequence[Row]) -> str:
    timed = [(_clock(start)[:-1], _clock(end)[:-1], name, words) for start, end, name, words in rows]
    lines = "".join(f"Dialogue: 0,{start},{end},Default,{name},0,0,0,,{words}\n" for start, end, name, words in timed)
    top = "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    return top + lines
