"""Tables with a row for each turn, as .csv, .tsv and .xlsx, with headers in five languages."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

import openpyxl
from tests.reading.made import stamps
from tests.reading.made.script import Script

_HEADERS = {
    "English": (("Speaker", "Name", "Participant", "Who"), ("Text", "Content", "Utterance", "Transcript"), ("Start", "Start time", "Time"), ("End", "End time")),
    "German": (("Sprecher", "Person", "Sprecherin", "Sprecher/in"), ("Text", "Inhalt", "Wortlaut", "Äußerung"), ("Beginn", "Start", "Zeit"), ("Ende",)),
    "French": (("Locuteur", "Intervenant", "Locutrice"), ("Texte", "Contenu", "Propos"), ("Début",), ("Fin",)),
    "Spanish": (("Hablante", "Participante", "Orador"), ("Texto", "Contenido", "Transcripción"), ("Inicio",), ("Fin",)),
    "Dutch": (("Spreker", "Deelnemer"), ("Tekst", "Inhoud"), ("Begin", "Begintijd"), ("Einde", "Eindtijd")),
    "NVivo": (("Speaker",), ("Content",), ("Timespan",), ()),
}
KINDS = tuple(f"{suffix}: {language}" for suffix in ("csv", "tsv", "xlsx") for language in (*_HEADERS, "no header"))


@dataclass
class Grid:
    """A header, its rows, and the spans of rows whose speaker's cell is one."""

    rows: list[list[str]]
    merged: list[tuple[int, int, int]]


def table(kind: str, script: Script, rng: random.Random) -> tuple[str, bytes, str, list[str]]:
    """Return the suffix, the bytes (in UTF-8 for text), the delimiter, and what is odd about it."""
    suffix, _, language = kind.partition(": ")
    grid, odd = _grid(language, script, rng)
    if suffix == "xlsx":
        return suffix, _workbook(grid, rng, odd), "", odd
    delimiter = "\t" if suffix == "tsv" else rng.choice((",", ";"))
    out = io.StringIO()
    if delimiter == ";" and rng.random() < 0.3:
        out.write("sep=;\r\n")
        odd.append("sep=;")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(grid.rows)
    return suffix, out.getvalue().encode(), delimiter, odd


def _grid(language: str, script: Script, rng: random.Random) -> tuple[Grid, list[str]]:
    bare = language == "no header"
    who, what, start, end = (rng.choice(names) if names else "" for names in _HEADERS["English" if bare else language])
    form = rng.choice((stamps.hms, stamps.short, stamps.tenths)) if language != "NVivo" else stamps.tenths
    columns: list[tuple[str, list[str]]] = [(who, [str(turn.speaker) for turn in script.turns]), (what, [turn.text for turn in script.turns])]
    odd: list[str] = []
    if language == "NVivo":
        columns.insert(0, (start, [f"{form(turn.start)} - {form(turn.end)}" for turn in script.turns]))
    elif rng.random() < 0.6 and not bare:
        times = [(start, [form(turn.start) for turn in script.turns])] + ([(end, [form(turn.end) for turn in script.turns])] if end and rng.random() < 0.6 else [])
        columns = times + columns if rng.random() < 0.5 else columns + times
    if language != "NVivo" and rng.random() < 0.4 and not bare:
        columns.insert(0, (rng.choice(("No.", "Nr", "ID", "#")), [str(number) for number in range(1, len(script.turns) + 1)]))
        odd.append("numbered rows")
    if rng.random() < 0.25 and not bare:
        columns.append((rng.choice(("Remarks", "Status", "Checked by")), [script.talk.token() if rng.random() < 0.3 else "" for _ in script.turns]))
        odd.append("a column of remarks")
    merged: list[tuple[int, int, int]] = []
    if rng.random() < 0.35 and not bare:
        at = next(index for index, column in enumerate(columns) if column[0] == who)
        merged = _split_cells(columns, at, rng)
        odd.append("blank speaker cells")
    rows = [] if bare else [[name for name, _ in columns]]
    rows += [list(row) for row in zip(*(cells for _, cells in columns), strict=True)]
    if rng.random() < 0.2 and not bare:
        titles = [[f"Interview {rng.randint(2, 40)}"], [f"made on {rng.randint(2, 28)} March"], []][: rng.randint(1, 3)]
        rows = [title + [""] * (len(columns) - len(title)) for title in titles] + rows
        merged = [(first + len(titles), last + len(titles), at) for first, last, at in merged]
        odd.append("titles above the header")
    return Grid(rows, merged), odd


def _split_cells(columns: list[tuple[str, list[str]]], at: int, rng: random.Random) -> list[tuple[int, int, int]]:
    """Cut long turns into rows of which only the first names the speaker; return first and last row (from 1, header included) and column."""
    texts = max(range(len(columns)), key=lambda index: sum(map(len, columns[index][1])))
    made: list[list[str]] = [[] for _ in columns]
    merged: list[tuple[int, int, int]] = []
    for row in zip(*(cells for _, cells in columns), strict=True):
        pieces = row[texts].split(". ", 1) if ". " in row[texts][5:-5] and rng.random() < 0.5 else [row[texts]]
        for number, piece in enumerate(pieces):
            for index, cell in enumerate(row):
                value = piece if index == texts else ("" if number and index in (at,) else cell)
                made[index].append(value + "." if index == texts and number < len(pieces) - 1 else value)
        if len(pieces) > 1:
            merged.append((len(made[0]), len(made[0]) + 1, at + 1))
    for index, (name, _) in enumerate(list(columns)):
        columns[index] = (name, made[index])
    return merged


def _workbook(grid: Grid, rng: random.Random, odd: list[str]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in grid.rows:
        sheet.append([value or None for value in row])
    for line in sheet.iter_rows():
        for cell in line:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    if grid.merged and rng.random() < 0.6:
        odd.append("merged")
        for first, last, column in grid.merged:
            sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
