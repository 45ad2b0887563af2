"""Which column of a table of codings is what: names that tools and teams give them in English, German, French and Spanish."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.core.delimited import plain_name

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
_NEARLY_ALL = 0.8
_MARK = re.compile(r"code:\s+", re.IGNORECASE)  # before a code that has the name of another column (`_write_wide`)
_BOOKS = re.compile(  # what tools note of an excerpt besides
    r"(?:[a-z]+)?id|no|nr|number|row|colou?r|farbe|couleur|weight(?:score)?|gewicht|area|flache|coverage\w*|abdeckungsgrad\w*|density|reference|"
    r"references|files|quotationname|documentgroups?|dokumentgruppe\w*|groupededocuments|grupodedocumentos|beginning|end|anfang|ende|debut|fin|"
    r"inicio|final|(?:created|modified|updated|coded|added)(?:on|at)?|(?:erstellt|bearbeitet|geandert)(?:am)?|dateadded|datemodified|date|datum|"
    r"createdby|modifiedby|erstelltvon|bearbeitetvon|creepar|modifiepar|creadopor|modificadopor|excerptrange|excerptdate|"
    r"resourcecreator|resourcedate|code\w+(?:range|weight)|codesappliedcombined|numberofhighlights|numberofdocuments|"
    r"codename|codekey|probability|decision|margin|runnerup|nearestseeds|how|textsha256"
)
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
    headings: tuple[str, ...] = ()

    def fit(self) -> bool:
        """Tell whether the header names codes, and a transcript, words, a place or a definition."""
        named = self.codes or self.applied
        return bool(named) and any(self.at[role] >= 0 for role in ("source", "quote", "definition", "start"))

    def unread(self) -> tuple[tuple[int, str], ...]:
        """Return the columns that nothing is read from, but those in which tools keep their own books."""
        used = {*self.at.values(), *self.codes, *(place for place, _ in self.applied)}
        return tuple(
            (place, " ".join(self.headings[place].split()))
            for place, name in enumerate(self.names)
            if name and place not in used and not _BOOKS.fullmatch(name)
        )


def says(cell: str) -> bool | None:
    """Tell whether a cell of a code's own column applies the code; None where it says neither yes nor no."""
    word = cell.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def columns_of(rows: Sequence[Sequence[str]]) -> TableColumns:
    """Return the columns of the first row that names a code and a transcript, words or a definition; titles may stand above it.

    Where no row does, the first row is taken for the header.
    """
    best = _columns(rows, 0)
    if best.fit():
        return best
    found = (_columns(rows, number) for number in range(1, min(len(rows), _TITLE_ROWS)))
    return next((each for each in found if each.fit()), best)


def _columns(rows: Sequence[Sequence[str]], header: int) -> TableColumns:
    names = tuple(plain_name(cell) for cell in rows[header])
    at = {role: next((names.index(name) for name in known if name in names), -1) for role, known in _COLUMNS.items()}
    if at["code"] < 0 and {"name", "files", "references"} <= set(names):  # a codebook as NVivo exports it
        at["code"] = names.index("name")
        at["source"] = -1
    applied = tuple((place, match["code"]) for place, cell in enumerate(rows[header]) if (match := _APPLIED.fullmatch(cell.strip())))
    codes = [place for place, name in enumerate(names) if name and name == names[at["code"]]] if at["code"] >= 0 else []
    codes += [place for place, name in enumerate(names) if _SEVERAL.fullmatch(name) and place not in codes]
    if applied:  # they say the same as a cell of all codes, whose commas may be those of names
        codes = []
    elif not codes:
        applied = _yes_or_no(rows, header, names, set(at.values()))
    return TableColumns(header, names, at, tuple(codes), applied, tuple(rows[header]))


def _yes_or_no(rows: Sequence[Sequence[str]], header: int, names: Sequence[str], used: set[int]) -> tuple[tuple[int, str], ...]:
    """Return the columns whose cells say yes or no, nearly all of them, with the code that each is named after."""
    body = rows[header + 1 :]
    found = []
    for place, name in enumerate(names):
        if not name or place in used or name in _KNOWN_ELSEWHERE:
            continue
        answers = [says(row[place]) for row in body if place < len(row) and row[place].strip()]
        told = sum(answer is not None for answer in answers)
        if any(answers) and told >= _NEARLY_ALL * len(answers):
            found.append((place, _MARK.sub("", " ".join(rows[header][place].split()))))
    return tuple(found)
