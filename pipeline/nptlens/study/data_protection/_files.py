"""What lies beside the store, removed: sources, rows of tables, results and other outputs, temporary files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nptlens.core.errors import NptlensError, ReadingError
from nptlens.core.ids import digest_file
from nptlens.reading.files import read_file
from nptlens.safety.paths import list_files
from nptlens.store.files import write_bytes
from nptlens.store.outputs import Outputs, kept_outputs, known_outputs, located
from nptlens.study.data_protection._removal_plan import Done, Left, Removed, Subject, files_below, shown, unlink
from nptlens.study.data_protection._tables import Rewritten, rows_named, without_list_entries, without_rows, without_sheet_rows
from nptlens.study.data_protection._traces import Traces
from nptlens.study.folder import TOPIC_NAMES, Study

_RESULT = re.compile(r"(report|annotated|codings|topics|projects_coded|excerpts|validation|export|codebook|taguette|INCOMPLETE)\b")
_TABLES = (".csv", ".tsv", ".xlsx", ".ods")
_YOURS = "a person changed it after nptlens wrote it"


def forget_sources(study: Study, subject: Subject, *, dry: bool) -> Done:
    """Remove the transcripts' files; of a link the link."""
    done = Done()
    for name in subject.sources:
        path = study.root / name
        if not path.is_symlink() and not path.exists():
            continue
        if path.is_symlink():
            done += Done(left=(Left(str(path.resolve()), f"{name} was a link to it"),))
        unlink(path, dry=dry)
        done += Done((Removed(name, "transcript", 1),))
    return done


def forget_in_tables(study: Study, subject: Subject, traces: Traces, *, dry: bool) -> Done:
    """Take the rows of what is forgotten out of the study's tables and sheets, and its ids out of study.toml."""
    done = Done()
    for path in _tables(study):
        done += _table(study, path, subject, traces, dry=dry)
    settings = study.root / "study.toml"
    found = without_list_entries(settings.read_bytes(), subject)
    if found is None:
        return done + Done(left=(Left("study.toml", "names it in a way that only a person can correct"),))
    return done + _rewritten(study, settings, found, dry=dry)


def _tables(study: Study) -> list[Path]:
    """Return the tables of the study's folder and those that study.toml names elsewhere; sources, results and codebooks are none."""
    root = study.transcript_root()
    inside = [root] if root.is_dir() and root != study.root else []
    below = files_below(study.root, [study.store, study.results, *inside])
    found = {path for path in below if path.suffix.lower() in _TABLES and not any(part.startswith(".") for part in _parts(study, path))}
    for named in (study.manual_files, study.seed_files, lambda: _one(study.participants_file())):
        try:
            found |= {path for path in named() if path.suffix.lower() in _TABLES}
        except NptlensError:  # study.toml names what is not there
            continue
    shipped = {path for path in found if not path.is_relative_to(study.root) and path in _shipped(study)}
    return sorted(path for path in found - shipped - set(study.codebook_files()) if path.is_file() and not path.is_symlink())


def _parts(study: Study, path: Path) -> tuple[str, ...]:
    return path.relative_to(study.root).parts


def _one(path: Path | None) -> list[Path]:
    return [path] if path else []


def _shipped(study: Study) -> set[Path]:
    from nptlens.core.resources import resource

    return set(resource("corpora", "seeds").glob("*.csv"))


def _table(study: Study, path: Path, subject: Subject, traces: Traces, *, dry: bool) -> Done:
    try:
        if path.suffix.lower() == ".ods":
            number = rows_named(path.read_bytes(), subject)
            return Done(left=(Left(shown(study, path), f"{number} rows name it: delete them in the spreadsheet"),) if number else ())
        if path.suffix.lower() == ".xlsx":
            found = without_sheet_rows(path.read_bytes(), subject, traces.stand_in)
        else:
            found = without_rows(path.read_bytes(), subject, knows=_spoken_elsewhere(study, subject) if path.name == TOPIC_NAMES else None)
    except ReadingError as error:
        return Done(left=(Left(shown(study, path), error.what),))
    return _rewritten(study, path, found, dry=dry)


def _rewritten(study: Study, path: Path, found: Rewritten, *, dry: bool) -> Done:
    if not found.changed():
        return Done()
    if not dry:
        write_bytes(path, found.data)
    parts = ((found.rows, "rows"), (found.entries, "entries in lists" if path.suffix.lower() != ".xlsx" else "cells"))
    return Done(tuple(Removed(shown(study, path), what, number) for number, what in parts if number))


def _spoken_elsewhere(study: Study, subject: Subject) -> Callable[[str], bool]:
    """Return what tells whether a word stands in a transcript that is not forgotten."""
    root = study.transcript_root()
    paths = [path for path in list_files(root) if shown(study, path) not in subject.sources] if root.exists() else []
    said = " ".join(_text(study, path) for path in paths).casefold()
    return lambda word: re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", said) is not None


def _text(study: Study, path: Path) -> str:
    try:
        return read_file(path, transcript_id=path.stem, source=path.name, max_megabytes=study.settings.reading.max_megabytes).text
    except NptlensError:  # a file that cannot be read tells no topic its words
        return ""


def forget_results(study: Study, subject: Subject, traces: Traces, *, dry: bool) -> Done:
    """Remove what nptlens wrote for people: results as they were written, and other outputs that are unaltered.

    A table that a person changed loses its rows, another changed result goes where it holds a trace; a changed output elsewhere is left.
    """
    known = {located(study.store, name): sha256 for name, sha256 in known_outputs(study.store).items()}
    changed = {located(study.store, name) for name in kept_outputs(study.store)}
    changed |= {path for path, sha256 in known.items() if path.is_file() and digest_file(path) != sha256}
    done, gone = Done(), 0
    for path in files_below(study.results):
        if path in changed:
            done += _altered(study, path, subject, traces, dry=dry)
        elif path in known or _RESULT.match(path.name) or "selected" in path.relative_to(study.results).parts:
            gone += 1
            unlink(path, dry=dry)
    for path in sorted({*known, *changed}):
        if not path.is_file() or _is_input(study, path):
            continue
        if path in changed:
            done += Done(left=(Left(shown(study, path), _YOURS),))
        elif path.suffix.lower() not in _TABLES or traces.in_file(path):
            unlink(path, dry=dry)
            done += Done((Removed(shown(study, path), "output of nptlens", 1),))
    if not dry:
        _clear(study.results)
        _record(study)
    return done + Done((Removed(shown(study, study.results), "results; the next run writes them again", gone),) if gone else ())


def _is_input(study: Study, path: Path) -> bool:
    """Tell whether an output needs no look here: results are done, tables of the study lose rows only, a codebook holds no transcript."""
    if path.is_relative_to(study.results) or path.suffix.lower() == ".qdc":
        return True
    root = study.transcript_root()
    among = root != study.root and path.is_relative_to(root)
    return among or (path.is_relative_to(study.root) and path.suffix.lower() in _TABLES)


def _altered(study: Study, path: Path, subject: Subject, traces: Traces, *, dry: bool) -> Done:
    """Return what became of a result that a person changed."""
    if path.suffix.lower() in _TABLES:
        return _table(study, path, subject, traces, dry=dry)
    if not traces.in_file(path):
        return Done()
    unlink(path, dry=dry)
    return Done((Removed(shown(study, path), f"result; {_YOURS}", 1),))


def _clear(folder: Path) -> None:
    """Remove folders that are empty now."""
    for path in sorted((each for each in folder.rglob("*") if each.is_dir() and not each.is_symlink()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def _record(study: Study) -> None:
    """Keep in the records of outputs those that are still there."""
    names = {**known_outputs(study.store), **kept_outputs(study.store)}
    Outputs(study.store).forget([name for name in names if not located(study.store, name).is_file()])
