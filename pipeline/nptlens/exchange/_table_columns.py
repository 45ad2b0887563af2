"""Which column of a table of codings is what: names that tools and teams give them in English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# The first name that a table has is the column; names are compared without case, accents, spaces and punctuation.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "source": (
        "transcript", "transcriptid", "source", "sourcename", "sourcefile", "document", "documentname", "documenttitle", "file",
        "filename", "interview", "mediatitle", "media", "resourcetitle", "resource", "attachmenttitle", "title", "citekey", "dokument",
        "dokumentname", "datei", "quelle", "nomdudocument", "nomdocument", "fichier", "entretien", "documento", "nombredeldocumento",
        "nombredocumento", "archivo", "entrevista", "fuente",
    ),
    "code": (
        "code", "codes", "codename", "codenames", "codesappliedcombined", "codesapplied", "tag", "tags", "node", "nodes", "theme",
        "themes", "label", "labels", "kode", "kodes", "codierung", "codigo", "codigos",
    ),
    "quote": (
        "quote", "quotation", "quotationcontent", "textcontent", "codedtext", "segment", "codedsegment", "excerpt", "excerptcopy",
        "excerpttext", "content", "text", "seltext", "selectedtext", "snippet", "zitat", "zitatinhalt", "textinhalt", "inhalt",
        "textstelle", "segmentcode", "extrait", "citation", "contenutextuel", "texte", "segmento", "segmentocodificado", "cita",
        "contenidodeltexto", "texto",
    ),
    "coder": (
        "coder", "codedby", "excerptcreator", "user", "author", "owner", "createdby", "modifiedby", "annotator", "rater", "analyst",
        "erstelltvon", "bearbeitetvon", "codiertvon", "codierer", "auteur", "creepar", "modifiepar", "codepar", "autor", "creadopor",
        "modificadopor", "codificadopor",
    ),
    "start": (
        "start", "startoffset", "startposition", "startpos", "positionstart", "pos0", "selfirst", "startindex", "charstart",
    ),
    "end": (
        "end", "endoffset", "endposition", "endpos", "positionend", "pos1", "selend", "endindex", "charend",
    ),
    "stance": ("stance",),
    "memo": (
        "memo", "comment", "comments", "note", "notes", "kommentar", "commentaire", "comentario", "nota",
    ),
    "definition": (
        "definition", "description", "codedescription", "memo", "comment", "beschreibung", "descripcion", "kommentar",
    ),
    "parent": (
        "parent", "parentcode", "category", "obercode", "kategorie", "categorie", "categoria", "codeparent",
    ),
}  # fmt: skip
_SEVERAL = re.compile(r"(?:code|codes|kode|theme|tag|codigo)\d{1,2}")
_APPLIED = re.compile(r"code:\s*(?P<code>.+?)\s+applied", re.IGNORECASE)
_YES = frozenset(("1", "true", "yes", "x", "ja", "oui", "si", "wahr", "vrai", "verdadero", "1.0", "✓", "✔"))
_NO = frozenset(("", "0", "false", "no", "nein", "non", "falsch", "faux", "falso", "0.0", "-"))
_TITLE_ROWS = 20
_KNOWN_ELSEWHERE = ("id", "gewicht", "weight", "weightscore", "coverage", "abdeckungsgrad", "area", "flache", "age", "role")


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The row of the header, the place of each role (-1: no column), all columns of codes, and those that say yes or no for one code."""

    header: int
    names: tuple[str, ...]
    at: dict[str, int]
    codes: tuple[int, ...]
    applied: tuple[tuple[int, str], ...] = ()


def plain(name: str) -> str:
    """Return a heading as it is compared."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    return re.sub(r"[\W_]+", "", "".join(c for c in letters if not unicodedata.combining(c)))


def says_yes(cell: str) -> bool:
    """Tell whether a cell of a code's own column applies the code."""
    return cell.strip().casefold() in _YES


def columns_of(rows: Sequence[Sequence[str]]) -> TableColumns:
    """Return the columns of the first row that names a code and a transcript, words or a definition; titles may stand above it.

    Where no row does, the first row is taken for the header.
    """
    best = _columns(rows, 0)
    if _fits(best):
        return best
    found = (_columns(rows, number) for number in range(1, min(len(rows), _TITLE_ROWS)))
    return next((each for each in found if _fits(each)), best)


def _fits(columns: TableColumns) -> bool:
    named = columns.codes or columns.applied
    return bool(named) and any(columns.at[role] >= 0 for role in ("source", "quote", "definition", "start"))


def _columns(rows: Sequence[Sequence[str]], header: int) -> TableColumns:
    names = tuple(plain(cell) for cell in rows[header])
    at = {role: next((names.index(name) for name in known if name in names), -1) for role, known in _COLUMNS.items()}
    if at["code"] < 0 and {"name", "files", "references"} <= set(names):  # a codebook as NVivo exports it
        at["code"] = names.index("name")
        at["source"] = -1
    applied = tuple((place, match["code"]) for place, cell in enumerate(rows[header]) if (match := _APPLIED.fullmatch(cell.strip())))
    codes = [at["code"]] if at["code"] >= 0 else []
    codes += [place for place, name in enumerate(names) if _SEVERAL.fullmatch(name) and place not in codes]
    if not codes and not applied:
        applied = _yes_or_no(rows, header, names, set(at.values()))
    return TableColumns(header, names, at, tuple(codes), applied if not codes else ())


def _yes_or_no(rows: Sequence[Sequence[str]], header: int, names: Sequence[str], used: set[int]) -> tuple[tuple[int, str], ...]:
    """Return the columns in which every cell says yes or no, with the code that each is named after."""
    body = rows[header + 1 :]
    found = []
    for place, name in enumerate(names):
        cells = [row[place].strip().casefold() if place < len(row) else "" for row in body]
        free = name and place not in used and name not in _KNOWN_ELSEWHERE
        if free and any(cell in _YES for cell in cells) and all(cell in _YES | _NO for cell in cells):
            found.append((place, " ".join(rows[header][place].split())))
    return tuple(found)
