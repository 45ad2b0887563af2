"""References of an NVivo code (text or Word): a line for each file, a line for each reference, then the words that were coded.

Lines of files look like ``<Files\\\\W4> - § 2 references coded [3.10% Coverage]``, those of references like
``Reference 1 - 1.55% Coverage``; what they say in other languages stands between the same signs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.exchange._codes import CodeList
from nptlens.exchange._path import path_of
from nptlens.exchange.project import ImportedCoding, ImportedProject, ImportedSource
from nptlens.schemas.records import Problem

_FILE = re.compile(r"\s*<?(?P<name>[^<>\n]+?)>?\s+[-–]\s+§\s*(?P<count>\d+)\s[^\[\n]*\[\s*[\d.,]+\s*%[^\]\n]*\]\s*")
_REFERENCE = re.compile(r"\s*[^\W\d_]+\s+\d+\s+[-–]\s+[\d.,]+\s*%(?:\s*[^\W\d_]+)?\s*")
_NAME = re.compile(r"\s*<?(?:name|node|code|knoten|nœud|nodo|nom|nombre|bezeichnung)\s*:\s*(?P<name>[^<>\n]+?)>?\s*", re.IGNORECASE)
_ROOT = re.compile(r"\s*<?(?P<name>(?:nodes|codes|knoten|nœuds|nodos|códigos)\\+[^<>\n]+?)>?\s*", re.IGNORECASE)


@dataclass(slots=True)
class _File:
    """A file of the export: how many references it announces, and the words of those that follow."""

    name: str
    announced: int
    code: tuple[str, ...]
    quotes: list[list[str]] = field(default_factory=list)


def is_nvivo(text: str) -> bool:
    """Tell whether a text is an export of references."""
    return any(_FILE.fullmatch(line) for line in text.splitlines())


def project_of_references(text: str, *, where: str) -> ImportedProject:
    """Return the references of one or several codes; raises ReadingError where the text announces none.

    A code is named by a line ``Name: CODE`` or ``Nodes\\\\PARENT\\\\CODE`` above its files, else by the file.
    """
    files = _files(text, Path(where).stem)
    if not files:
        raise ReadingError("no references of NVivo in the text", where=where, hint="export a code's references as text or Word")
    codes = CodeList()
    for each in files:
        for depth in range(1, len(each.code) + 1):
            codes.add(each.code[:depth], each.code[depth - 1], parent=each.code[: depth - 1] or None)
    codebook = codes.codebook(Path(where).stem)
    codings, problems = [], []
    for each in files:
        quotes = [words for lines in each.quotes if (words := "\n".join(lines).strip())]
        codings += [ImportedCoding(each.name, str(codes.id_of(each.code)), "", None, quote) for quote in quotes]
        if len(quotes) != each.announced:
            what = f"{each.name}: {each.announced} references are announced, {len(quotes)} hold words"
            problems.append(Problem(where, what, "areas of pictures and stretches of audio hold none"))
    sources = tuple(ImportedSource(name, "") for name in dict.fromkeys(each.name for each in files))
    return ImportedProject("NVivo", codebook, sources, tuple(codings), tuple(problems))


def _files(text: str, stem: str) -> list[_File]:
    files: list[_File] = []
    code = path_of(stem) or (stem,)
    reading = False  # whether lines are words of a reference
    lines = canonical(text).split("\n")
    for number, line in enumerate(lines):
        if found := _FILE.fullmatch(line):
            files.append(_File(found["name"].strip(), int(found["count"]), code))
            reading = False
        elif files and _REFERENCE.fullmatch(line):
            files[-1].quotes.append([])
            reading = True
        elif (named := _ROOT.fullmatch(line) or _NAME.fullmatch(line)) and not (reading and not _begins(lines[number + 1 :], files[-1])):
            code, reading = path_of(named["name"]) or code, False
        elif reading:
            files[-1].quotes[-1].append(line)
    return files


def _begins(following: list[str], file: _File) -> bool:
    """Tell whether another code may begin: all references that were announced have come, and a line of a file follows."""
    after = next((line for line in following if line.strip()), "")
    return len(file.quotes) >= file.announced and _FILE.fullmatch(after) is not None
