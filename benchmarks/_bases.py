"""The good files that mutants and speed tests are made from: the demo study, real files where present, and small ones for the rest."""

from __future__ import annotations

import html
import io
import json
import tempfile
from pathlib import Path

from benchmarks import _zips
from benchmarks._mutations import Base
from benchmarks._seeds import further

PROJECTS = (".qdpx", ".qdc", ".qda", ".rqda")  # coded projects, which the exchange room reads
_DEMO = Path(__file__).resolve().parents[1] / "corpora" / "demo" / "transcripts"
_TURNS = tuple(
    (("Ann Lee", "Bo Ek")[n % 2], f"So we tried it for week {n}, and “nobody” at the café & desk minded <it> a lot. ") for n in range(40)
)


def demo_files() -> list[Path]:
    """Return the transcripts of the demo study."""
    return sorted(_DEMO.iterdir())


def bases(data: Path) -> list[Base]:
    """Return the demo transcripts, the real files under `data` (skipped where it is absent), and one small file for each further format."""
    found = [Base(path.suffix, path.read_bytes()) for path in demo_files()]
    for folder in ("formats", "qda"):
        listed = sorted((data / folder).iterdir()) if (data / folder).is_dir() else []
        found += [Base(path.suffix, path.read_bytes()) for path in listed if path.is_file()]
    return [*found, *small()]


def small() -> list[Base]:
    """Return one invented transcript in each format that the demo study lacks."""
    rows = [(n * 5.0, n * 5.0 + 4, name, words) for n, (name, words) in enumerate(_TURNS)]
    segments = [{"start": start, "end": end, "speaker": name, "text": words} for start, end, name, words in rows]
    paragraphs = [f"{name}: {html.escape(words)}" for _, _, name, words in rows]
    rtf = r"{\rtf1\ansi " + r"\par ".join("".join(map(_rtf, f"{name}: {words}")) for _, _, name, words in rows) + "}"
    texts = {
        ".html": "<!DOCTYPE html><html><body>" + "".join(f"<p>{line}</p>" for line in paragraphs) + "</body></html>",
        ".json": json.dumps({"text": " ".join(words for *_, words in rows), "segments": segments, "language": "en"}),
        ".tsv": "start\tend\ttext\n" + "".join(f"{start * 1000:.0f}\t{end * 1000:.0f}\t{words}\n" for start, end, _, words in rows),
        ".lrc": "".join(f"[{int(start) // 60:02}:{start % 60:05.2f}]{name}: {words}\n" for start, _, name, words in rows),
        ".srt": "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{row[2]}: {row[3]}\n\n" for n, row in enumerate(rows, 1)),
        ".rtf": rtf,
        ".xml": '<?xml version="1.0" encoding="UTF-8"?><ROOT xmlns="https://www.weareavp.com/nunncenter/ohms"><record><transcript>'
        + "\n".join(paragraphs)
        + "</transcript></record></ROOT>",
    }
    made = [Base(suffix, text.encode()) for suffix, text in texts.items()]
    word = next(path.read_bytes() for path in demo_files() if path.suffix == ".docx")
    same = [Base(".docm", word), Base(".dotx", word), Base(".htm", texts[".html"].encode())]
    more = [Base(suffix, data) for suffix, data in further(rows).items()]
    return [*made, Base(".odt", _odt(paragraphs)), Base(".xlsx", _xlsx()), Base(".pdf", _pdf()), *same, *more]


def _rtf(character: str) -> str:
    return character if ord(character) < 128 else f"\\'{character.encode('cp1252').hex()}"


def _odt(paragraphs: list[str]) -> bytes:
    names, declared = "urn:oasis:names:tc:opendocument:xmlns:", '<?xml version="1.0" encoding="UTF-8"?>'
    kind = "application/vnd.oasis.opendocument.text"
    spaces = f'xmlns:office="{names}office:1.0" xmlns:text="{names}text:1.0"'
    body = "".join(f"<text:p>{line}</text:p>" for line in paragraphs)
    body = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f'{declared}<office:document-content {spaces} office:version="1.3">{body}</office:document-content>'
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"), ("styles.xml", "text/xml"))
    )
    manifest = f'{declared}<manifest:manifest xmlns:manifest="{names}manifest:1.0">{entries}</manifest:manifest>'
    styles = f'{declared}<office:document-styles xmlns:office="{names}office:1.0" office:version="1.3"/>'
    parts = [("mimetype", kind), ("content.xml", content), ("styles.xml", styles), ("META-INF/manifest.xml", manifest)]
    return _zips.packed([(name, text.encode()) for name, text in parts])


def _xlsx() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, xlsxwriter.Workbook(out, {"in_memory": True, "tmpdir": folder}) as book:
        sheet = book.add_worksheet("transcript")
        for row, cells in enumerate([("speaker", "text"), *_TURNS]):
            sheet.write_row(row, 0, cells)
    return out.getvalue()


def _pdf() -> bytes:
    lines = [f"{name}: {words}".encode("ascii", "ignore").replace(b"(", b"").replace(b")", b"") for name, words in _TURNS]
    stream = b"BT /F1 10 Tf 14 TL 40 800 Td " + b" ".join(b"(" + line + b") Tj T*" for line in lines) + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))
