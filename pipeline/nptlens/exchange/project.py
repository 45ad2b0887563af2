"""A coded project as another tool holds it, before it meets a study."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.core.text import Span
from nptlens.schemas.records import Codebook, Problem


@dataclass(frozen=True, slots=True)
class ImportedSource:
    """A text of the project, canonical. `name` is unique within the project; `text` is "" where the project holds none."""

    name: str
    text: str
    memo: str = ""


@dataclass(frozen=True, slots=True)
class ImportedCoding:
    """One code on one stretch by one coder. `span` are code points of the source's canonical text, None where the tool gives
    only words; `quote` are the words, "" where the tool gives only offsets. `code` is an id of the project's codebook. `gaps` are
    stretches within the span that the quote lacks, such as labels between two turns; a line end stands there instead."""

    source: str
    code: str
    coder: str
    span: Span | None
    quote: str = ""
    stance: str = ""
    memo: str = ""
    gaps: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """A person or another case of the project: its attributes as names and values, and the names of the sources it is in."""

    name: str
    memo: str = ""
    values: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedProject:
    """What a file of another tool holds; `problems` list what was not understood. `tool` is the origin, e.g. "NVivo"."""

    tool: str
    codebook: Codebook
    sources: tuple[ImportedSource, ...]
    codings: tuple[ImportedCoding, ...]
    problems: tuple[Problem, ...] = ()
    cases: tuple[ImportedCase, ...] = ()
