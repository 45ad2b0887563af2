"""Comments in a Word document as coding: a comment names the code or codes of the words that it stands beside, its author is the coder.

``CODE``, ``CODE: memo``, several on lines of their own or with ``;`` between them; ``#name`` names a code that the study lacks. An answer
that names no code is a memo of what it answers. A comment that names no code is a memo of the transcript, and told. annotated.docx comes
back as it was written, to the character.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from nptlens.core.text import Span, canonical
from nptlens.exchange._code_names import CodeNames, Named
from nptlens.exchange._codes import CodeList
from nptlens.exchange._offsets import CanonicalMap
from nptlens.exchange._word import Comment, WordText
from nptlens.exchange.project import ImportedCoding, ImportedProject, ImportedSource
from nptlens.schemas.records import NONE_CODE, Code, Codebook, Problem, Severity

TOOL = "Word comments"
_SHORT = 40  # characters of a comment that may have been meant as a code's name
_MOST_SHOWN = 10
_QUOTED = 60


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words of a source that a comment stands beside; `span` is their place, in a transcript where the document names it."""

    source: str
    span: Span
    quote: str
    gaps: tuple[Span, ...] = ()


@dataclass(slots=True)
class _Found:
    codings: list[tuple[_Stretch, str, Named, str]] = field(default_factory=list)  # where, coder, code, memo
    memos: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unknown: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    kept: int = 0
    nowhere: list[int] = field(default_factory=list)


def project_of_comments(document: WordText, own: Codebook, *, where: str) -> ImportedProject:
    """Return what the comments of a document code; `own` is the study's codebook, whose ids and names they may use."""
    names, stem = CodeNames(own), Path(where).stem
    whole = CanonicalMap(document.text)
    found = _Found()
    threads = _threads(document.comments)
    for number, answers in threads.items():
        comment = document.comments[number]
        stretches = _stretches(document, comment, whole, stem)
        if not stretches:
            found.nowhere.append(number + 1)
            found.memos[stem].append(_signed(comment))
            continue
        _take(found, names, stretches, comment, [document.comments[each] for each in answers], number + 1)
    new = CodeList()
    used: dict[str, Code] = {}
    for _, _, named, _ in found.codings:
        if named.code is None:
            new.add(named.name.casefold(), named.name)
        else:
            used[named.code.id] = named.code
    codes = (*(code for code in own if code.id in used), *new.codebook(stem))
    ids = [named.code.id if named.code else str(new.id_of(named.name.casefold())) for _, _, named, _ in found.codings]
    codings = tuple(
        ImportedCoding(at.source, code, coder or stem, at.span, at.quote, named.stance, memo, at.gaps)
        for code, (at, coder, named, memo) in zip(ids, found.codings, strict=True)
    )
    return ImportedProject(TOOL, Codebook(stem, "", codes), _sources(document, whole, found, stem), codings, _problems(found, names, where))


def _threads(comments: tuple[Comment, ...]) -> dict[int, list[int]]:
    """Return the comments that answer none, each with all that answer it."""
    threads: dict[int, list[int]] = {}
    for number in range(len(comments)):
        top, seen = number, {number}
        while comments[top].answers >= 0 and comments[top].answers not in seen:
            top = comments[top].answers
            seen.add(top)
        threads.setdefault(top, [])
        if top != number:
            threads[top].append(number)
    return threads


def _stretches(document: WordText, comment: Comment, whole: CanonicalMap, stem: str) -> list[_Stretch]:
    """Return the words beside a comment: of the document, or of each transcript whose places the document names there."""
    if comment.start is None or comment.end is None:
        return []
    if not document.places:
        span = whole.span(comment.start, comment.end).trimmed(whole.text)
        return [_Stretch(stem, span, span.of(whole.text))] if len(span) else []
    held: dict[str, list[tuple[int, int, str]]] = {}
    for place in document.places:
        start, end = max(place.start, comment.start), min(place.end, comment.end)
        if start < end:
            words = document.text[start:end]
            held.setdefault(place.transcript, []).append((place.at + start - place.start, place.at + end - place.start, words))
    found = []
    for transcript, parts in held.items():
        parts.sort()
        span = Span(parts[0][0], parts[-1][1])
        gaps = tuple(Span(one[1], other[0]) for one, other in pairwise(parts) if one[1] < other[0])
        quote = "".join(("\n" if number and parts[number - 1][1] < start else "") + words for number, (start, _, words) in enumerate(parts))
        found.append(_Stretch(transcript, span, canonical(quote), gaps))
    return found


def _take(found: _Found, names: CodeNames, stretches: list[_Stretch], comment: Comment, answers: list[Comment], number: int) -> None:
    named, memo = _read(names, comment.text, found, number)
    remarks = [memo] if memo else []
    given = [(comment.author, each) for each in named]
    for answer in answers:
        more, rest = _read(names, answer.text, found, number)
        given += [(answer.author, each) for each in more]
        if rest:
            remarks.append(f"{answer.author}: {rest}" if answer.author else rest)
    for stretch in stretches:
        if not given:
            quote = stretch.quote if len(stretch.quote) <= _QUOTED else stretch.quote[:_QUOTED].rstrip() + "…"
            found.memos[stretch.source].append(f"{_signed(comment)} (beside “{' '.join(quote.split())}”)")
            found.memos[stretch.source] += [_signed(answer) for answer in answers]
        for coder, each in given:
            found.codings.append((stretch, coder, each, "\n".join(part for part in (each.memo, *remarks) if part)))
    if not given:
        text = " ".join(comment.text.split())
        if 0 < len(text) <= _SHORT or names.near(text):
            found.unknown[text].append(number)
        else:
            found.kept += 1


def _read(names: CodeNames, text: str, found: _Found, number: int) -> tuple[list[Named], str]:
    """Return the codes that a comment names, line by line, and its lines that name none; parts that name none beside others are noted."""
    named: list[Named] = []
    memo: list[str] = []
    for line in canonical(text).split("\n"):
        more, rest = names.named(line)
        named += [each for each in more if each.code is None or each.code.id != NONE_CODE]
        for part in rest:
            found.unknown[part].append(number)
        memo += rest if more else [line.strip()] if line.strip() else []
    return named, "\n".join(memo)


def _sources(document: WordText, whole: CanonicalMap, found: _Found, stem: str) -> tuple[ImportedSource, ...]:
    held = list(dict.fromkeys(place.transcript for place in document.places)) or [stem]
    texts = {} if document.places else {stem: whole.text}
    return tuple(
        ImportedSource(name, texts.get(name, ""), "\n\n".join(dict.fromkeys(found.memos.get(name, ())))) for name in held
    )


def _problems(found: _Found, names: CodeNames, where: str) -> tuple[Problem, ...]:
    problems = []
    for text, numbers in list(found.unknown.items())[:_MOST_SHOWN]:
        near = names.near(text)
        hint = f"did you mean {near}? Correct the comment and import again" if near else "write #name before a code that the study lacks"
        shown = text if len(text) <= _SHORT else text[:_SHORT].rstrip() + "…"
        times = f" (in {len(numbers)} comments)" if len(numbers) > 1 else ""
        problems.append(Problem(f"{where}, comment {numbers[0]}", f'"{shown}" is no code of the study{times}', hint))
    if len(found.unknown) > _MOST_SHOWN:
        what = f"{len(found.unknown) - _MOST_SHOWN} more short comments name no code"
        problems.append(Problem(where, what, "they are kept as memos of their transcripts"))
    if found.kept:
        what = f"{found.kept} comments name no code and are kept as memos of their transcripts"
        problems.append(Problem(where, what, "", Severity.NOTE))
    if found.nowhere:
        shown = ", ".join(map(str, found.nowhere[:5])) + (", …" if len(found.nowhere) > 5 else "")
        what = f"{len(found.nowhere)} comments stand beside no words of a transcript"
        problems.append(Problem(where, what, f"comments {shown} code nothing"))
    return tuple(problems)


def _signed(comment: Comment) -> str:
    text = canonical(comment.text).strip()
    return f"{comment.author}: {text}" if comment.author else text
