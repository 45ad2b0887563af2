"""A project of another tool into the study: sources as transcripts, codes as a codebook, codings as manual coding."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nptlens.core.close_names import nearest
from nptlens.core.errors import NptlensError
from nptlens.exchange.anchor import How, anchor
from nptlens.exchange.manual import ManualCoding, read_manual, text_digest
from nptlens.exchange.match import match_codes, split_note
from nptlens.exchange.outgoing import is_machine
from nptlens.exchange.project import ImportedCoding, ImportedProject
from nptlens.exchange.read import read_project
from nptlens.reading import Reading, read
from nptlens.reading.codebooks import codebook_of_file
from nptlens.safety.paths import plain_file, plain_files
from nptlens.schemas.records import STANCES, Codebook, Problem, Severity, Transcript, worth_a_look
from nptlens.store.lock import study_lock
from nptlens.store.outputs import Outputs
from nptlens.study.data_protection._removal_plan import refuse_unfinished
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import transcript_ids
from nptlens.study.transfer import _import_files as files
from nptlens.study.transfer._match import Matched, add_source, match_sources, nearest_name
from nptlens.study.transfer.export import KINDS, ExportResult, export_study, memos_of

__all__ = ["KINDS", "ExportResult", "ImportResult", "ImportedFrom", "export_study", "import_file"]


_ALIKE = 0.85  # of names of codes that are told
_SHOWN = 80  # characters of a name that are told
_COUNTED = {How.SAME: "same", How.EXACT: "exact"}


@dataclass(frozen=True, slots=True)
class ImportedFrom:
    """A source of the project: the transcript it is in the study ("" for none), how that was known, its codings and how many were found."""

    source: str
    transcript: str
    how: str
    codings: int
    found: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came from a file, and what became of it.

    `same`, `exact`, `tolerant` and `not_found` count people's codings by how their place was found; `repeated` are those that the
    study has already (or the file twice), `machine` those of nptlens itself, which are no manual coding and are left out.
    """

    tool: str
    sources: tuple[ImportedFrom, ...]
    coders: tuple[str, ...]
    codes: int
    new_codes: int
    same: int
    exact: int
    tolerant: int
    not_found: int
    repeated: int
    machine: int
    written: tuple[Path, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return self.not_found > 0 or worth_a_look(self.problems)


def import_file(study: Study, path: Path) -> ImportResult:
    """Bring a coded project or a codebook of another tool into the study; no file of another content is overwritten.

    Raises ReadingError where the file cannot be read, LockedError where a run holds the study.
    """
    project = read_project(path, max_megabytes=study.settings.reading.max_megabytes, own=study.codebook())
    with study_lock(study.store):
        refuse_unfinished(study)
        return _Import(study, project, path.stem).result()


class _Import:
    def __init__(self, study: Study, project: ImportedProject, stem: str) -> None:
        self.study, self.project = study, project
        named = files.slug(project.tool)
        # Tables come from no tool in particular: there may be several in one study.
        self.first_slug = files.slug(stem) if named in ("table", "project") else named
        self._begin(self.first_slug)

    def _begin(self, slug: str) -> None:
        """Count anew, for files of that name."""
        self.slug = slug
        self.manual_path = self.study.root / f"manual_{slug}.csv"
        self.problems: list[Problem] = list(self.project.problems)
        self.counts: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.lost: list[files.Lost] = []
        self.guessed = 0

    def result(self) -> ImportResult:
        """Match, add, anchor, write."""
        reading = self._reading()
        matched, added, told = self._sources(reading)
        number = 1
        while True:  # a second file of one tool is written beside the first
            wanted, new = self._wanted(matched, reading)
            if not _differing(wanted):
                break
            number += 1
            self._begin(f"{self.first_slug}_{number}")
        self.problems += told
        if number > 1:
            what = "an earlier import of this tool is here: what is new was written beside it"
            self.problems.append(Problem(self.manual_path.name, what, "what was changed or deleted there since stays here", Severity.NOTE))
        written = (*added, *_write(self.study, wanted))
        codings = Counter(coding.source for coding in self._people())
        return ImportResult(
            tool=self.project.tool,
            sources=tuple(
                ImportedFrom(name, each.transcript.id if each.transcript else "", each.how, codings[name], self.found[name])
                for name, each in matched.items()
            ),
            coders=tuple(sorted({self._coder(coding) for coding in self._people()})),
            codes=len(self.project.codebook.codes),
            new_codes=len(new.codes),
            same=self.counts["same"],
            exact=self.counts["exact"],
            tolerant=self.counts["tolerant"],
            not_found=len(self.lost),
            repeated=self.counts["repeated"],
            machine=len(self.project.codings) - sum(codings.values()),
            written=written,
            problems=tuple(sorted(set(self.problems))),
        )

    def _wanted(self, matched: Mapping[str, Matched], reading: Reading) -> tuple[dict[Path, bytes], Codebook]:
        """Return the files that the project gives under the present name, and the codes that are new."""
        own = self._own_codes()
        ids, new, orphans = match_codes(self.project.codebook, own)
        rows = self._unless_here(self._rows(matched, ids), matched, reading, own)
        self._note(new, orphans, rows)
        self.problems += [*_unknown(matched.values(), reading.transcripts), *_like_own(new, own)]
        return self._files(rows, matched, new), new

    def _own_codes(self) -> Codebook:
        """Return the study's codes, with those that earlier imports of this tool wrote and study.toml does not name yet."""
        own = self.study.codebook()
        for path in plain_files(self.study.root, f"codebook_{self.first_slug}*.csv"):
            if path.stem != f"codebook_{self.slug}" and path not in self.study.codebook_files():
                try:
                    found = codebook_of_file(path)
                except NptlensError:
                    continue  # it is told when study.toml names it
                own = replace(own, codes=(*own.codes, *(code for code in found if code.id not in own)))
        return own

    def _people(self) -> list[ImportedCoding]:
        return [coding for coding in self.project.codings if not is_machine(coding.coder)]

    def _coder(self, coding: ImportedCoding) -> str:
        return " ".join(coding.coder.split()) or self.slug

    def _reading(self) -> Reading:
        root = self.study.transcript_root()
        if not os.path.lexists(root):
            return Reading(())
        settings = self.study.settings
        return read(root, settings=settings.reading, ids=transcript_ids(self.study), threads=settings.study.threads)

    def _sources(self, reading: Reading) -> tuple[dict[str, Matched], list[Path], list[Problem]]:
        matched: dict[str, Matched] = {}
        added: list[Path] = []
        told: list[Problem] = []
        for each in match_sources(self.project.sources, reading.transcripts):
            kept = each
            if each.transcript is None and each.source.text.strip():
                kept, problems = add_source(self.study, each.source)
                told += problems
                added += [kept.added] if kept.added else []
            matched[each.source.name] = kept
        return matched, added, told

    def _rows(self, matched: Mapping[str, Matched], ids: Mapping[str, str]) -> dict[files.Key, files.Row]:
        rows: dict[files.Key, files.Row] = {}
        for coding in self._people():
            place = matched.get(coding.source)
            memo, stance = (coding.memo, coding.stance) if coding.stance in STANCES else split_note(coding.memo)
            if coding.stance and coding.stance not in STANCES:
                memo = "\n".join(part for part in (memo, f"stance: {coding.stance}") if part)
            quote = coding.quote or _quote(coding, place)
            row = files.Row(self._coder(coding), "", 0, 0, ids.get(coding.code, coding.code), stance, quote, memo)
            if place is None or place.transcript is None:
                self.lost.append(files.Lost(coding.source, coding.span, row, "the study has no transcript of it"))
                continue
            text = place.transcript.text
            anchored = anchor(coding, place.source.text, text)
            if anchored.span is None or not anchored.span.of(text).strip():
                why = anchored.how.value if anchored.span is None else "it marks no words"
                self.lost.append(files.Lost(coding.source, coding.span, row, why))
                continue
            self.counts[_COUNTED.get(anchored.how, "tolerant")] += 1
            self.guessed += anchored.how in (How.NEAR, How.FIRST)
            self.found[coding.source] += 1
            self.counts["repeated"] += files.put(rows, row.at(place.transcript.id, anchored.span, text, anchored.how.value))
        return rows

    def _unless_here(
        self, rows: dict[files.Key, files.Row], matched: Mapping[str, Matched], reading: Reading, own: Codebook
    ) -> dict[files.Key, files.Row]:
        """Return the rows without those that other manual codings of the study hold."""
        others = [path for path in self.study.manual_files() if path != self.manual_path]
        here: ManualCoding = read_manual(others, reading.transcripts, own)
        columns = [here.codings[name].tolist() for name in ("coder", "transcript_id", "start", "end", "code", "stance")]
        stances = {key[:5]: key[5] for key in zip(*columns, strict=True)}
        repeated = [key for key in rows if key in stances]
        changed = sum(rows[key].stance != stances[key] or rows[key].memo != here.memos.get(key, "") for key in repeated)
        if changed:
            what = f"{changed} codings are in the study already with another stance or memo"
            self.problems.append(Problem(self.manual_path.name, what, "what the study has is kept"))
        self.counts["repeated"] += len(repeated)
        return {key: row for key, row in rows.items() if key not in stances}

    def _files(self, rows: Mapping[files.Key, files.Row], matched: Mapping[str, Matched], new: Codebook) -> dict[Path, bytes]:
        root = self.study.root
        digests = {each.transcript.id: text_digest(each.transcript.text) for each in matched.values() if each.transcript}
        transcripts = {name: each.transcript.id for name, each in matched.items() if each.transcript}
        noted = memos_of(self.study, []) if self.slug != self.first_slug else {}
        memos = {
            each.transcript.id: each.source.memo
            for each in matched.values()
            if each.transcript and each.source.memo and each.source.memo not in noted.get(each.transcript.id, "")
        }
        wanted = {
            root / f"codebook_{self.slug}.csv": files.codebook_csv(new) if new.codes else b"",
            root / f"memos_{self.slug}.csv": files.memos_csv(memos) if memos else b"",
            root / f"cases_{self.slug}.csv": files.cases_csv(self.project.cases, transcripts) if self.project.cases else b"",
            root / f"not_found_{self.slug}.csv": files.lost_csv(self.lost) if self.lost else b"",
            self.manual_path: files.manual_csv(rows.values(), digests) if rows else b"",
        }
        return {path: data for path, data in wanted.items() if data}

    def _note(self, new: Codebook, orphans: int, rows: Mapping[files.Key, files.Row]) -> None:
        settings = self.study.settings.study
        name = f"codebook_{self.slug}.csv"
        if new.codes:
            listed = ", ".join(f'"{each}"' for each in (*settings.codebooks, name))
            hint = f'write in study.toml: codebooks = [{listed}], or ["{name}"] alone'
            self.problems.append(Problem(name, f"{len(new.codes)} codes are new to the study", hint, Severity.NOTE))
        if self.project.cases:
            what = f"{len(self.project.cases)} cases and their attributes are listed there"
            self.problems.append(Problem(f"cases_{self.slug}.csv", what, "take what you need over into participants.csv", Severity.NOTE))
        if orphans:
            what = f"{orphans} codes stood below codes that the study has, and stand at the top here"
            self.problems.append(Problem(name, what, "merge the codebooks by hand", Severity.NOTE))
        if rows and settings.manual and self.manual_path.name not in settings.manual:
            what = "study.toml names other manual codings only"
            self.problems.append(Problem(self.manual_path.name, what, "add it to study.manual"))
        if self.guessed:
            what = f"{self.guessed} codings stand where nearly the same words are, or at the first of several places"
            self.problems.append(Problem(self.manual_path.name, what, "look them up: the column how says which"))
        if self.lost:
            what = f"{len(self.lost)} codings were not found in the transcripts"
            self.problems.append(Problem(f"not_found_{self.slug}.csv", what, "they are listed there"))


def _unknown(matched: Iterable[Matched], transcripts: Sequence[Transcript]) -> Iterator[Problem]:
    """Yield the names of sources that are no transcript of the study and bring no text, each with the nearest transcript."""
    for each in matched:
        if each.transcript is None and not each.source.text.strip():
            near = nearest_name(each.source.name, transcripts)
            hint = f"did you mean {near}?" if near else "put its transcript into the study, then import again"
            yield Problem(each.source.name[:_SHOWN], "the study has no transcript of this name", hint)


def _like_own(new: Codebook, own: Codebook) -> Iterator[Problem]:
    """Yield the new codes whose names are nearly those of codes that the study has."""
    names = {code.name.casefold(): code.name for code in own}
    for code in new.codes:
        if near := nearest(code.name.casefold(), names, alike=_ALIKE):
            what = f'the new code "{code.name[:_SHOWN]}" is nearly the study\'s "{names[near]}"'
            yield Problem("codes", what, "write it alike where they are one, and import again", Severity.NOTE)


def _quote(coding: ImportedCoding, place: Matched | None) -> str:
    """Return the words that a coding marks in its source, "" where the source lacks them."""
    if place is None or coding.span is None or coding.span.end > len(place.source.text):
        return ""
    return coding.span.of(place.source.text)


def _differing(wanted: Mapping[Path, bytes]) -> bool:
    """Tell whether files of these names hold something else."""
    return any(os.path.lexists(path) and not (plain_file(path) and path.read_bytes() == data) for path, data in wanted.items())


def _write(study: Study, wanted: Mapping[Path, bytes]) -> Sequence[Path]:
    for path, data in wanted.items():
        if not path.exists():
            Outputs(study.store).write(path, data)
    return tuple(wanted)
