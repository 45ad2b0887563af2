"""The study's codings for other tools: those of the last run that were assigned, and the manual ones."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

from nptlens.errors import UsageError
from nptlens.exchange.manual import ManualCoding, read_manual
from nptlens.exchange.outgoing import Claim, OutgoingCoding, OutgoingProject, OutgoingSource
from nptlens.exchange.write import WITHOUT_NONE, WRITERS, cut_cells
from nptlens.records import NONE_CODE, Problem, Severity, worth_a_look
from nptlens.reporting import LIMIT, quota_of
from nptlens.safety.cells import bare, guarded
from nptlens.store.lock import study_lock
from nptlens.store.outputs import Outputs
from nptlens.study.desk import Desk
from nptlens.study.folder import Study
from nptlens.study.provenance import report_inputs
from nptlens.text import Span, canonical

KINDS = tuple(WRITERS)
_TABLES = ("taguette-csv", "csv", "xlsx", "jsonl")  # of excerpts; the other kinds hold whole sources, or no words


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Where the export lies and what is in it."""

    kind: str
    path: Path
    transcripts: int
    codes: int
    machine: int
    manual: int
    coders: tuple[str, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look: manual codings that do not fit were left out."""
        return worth_a_look(self.problems)


def export_study(study: Study, kind: str, path: Path | None = None) -> ExportResult:
    """Write the study's codings in one of `KINDS` to `path`, else into its results folder.

    Raises UsageError for an unknown kind, where `path` is a file that the study is made from, and where the last run no longer fits
    the transcripts or the codebook.
    """
    if kind not in KINDS:
        raise UsageError(f"cannot export to {kind!r}", hint=f"use one of {', '.join(KINDS)}")
    name, write = WRITERS[kind]
    target = (path or study.results / name).resolve()
    _refuse(study, target)
    desk = Desk(study)
    problems: list[Problem] = []
    project = _codebook_only(desk) if kind == "qdc" else _project(desk, kind, problems)
    limit = {LIMIT: str(study.settings.report.most_quoted_words)} if kind in _TABLES else {}
    with study_lock(study.store):
        written = Outputs(study.store).write(target, write(project), cells=limit)
    people = {coding.coder for coding in project.codings}
    machine = sum(coding.claim is not None for coding in project.codings)
    return ExportResult(
        kind=kind,
        path=target,
        transcripts=len(project.sources),
        codes=len(project.codebook.codes),
        machine=machine,
        manual=len(project.codings) - machine,
        coders=tuple(sorted(people)),
        problems=(*problems, *written.problems),
    )


def _refuse(study: Study, target: Path) -> None:
    if target.is_dir():
        raise UsageError("--out names a folder", where=str(target), hint="name a file")
    sheet = study.participants_file()
    own = [study.root / "study.toml", *study.manual_files(), *study.codebook_files(), *study.seed_files(), *([sheet] if sheet else [])]
    further = (study.practices_file(), study.projects_file(), study.project_values_file(), study.topic_names_file())
    own += filter(None, (*further, study.summaries_file(), study.answers_file()))
    transcripts = study.transcript_root().resolve()
    if transcripts.is_dir():
        own += study.source_files()
    among = transcripts != study.root and target.is_relative_to(transcripts)
    if among or target in {each.resolve() for each in own} or target.is_relative_to(study.store):
        raise UsageError("an export must not replace what the study is made from", where=str(target), hint="name another file")


def _codebook_only(desk: Desk) -> OutgoingProject:
    return OutgoingProject(desk.study.settings.study.name, desk.codebook, (), ())


def _project(desk: Desk, kind: str, problems: list[Problem]) -> OutgoingProject:
    transcripts = desk.reading.transcripts
    manual = read_manual(desk.study.manual_files(), transcripts, desk.codebook)
    problems += manual.problems
    codings = [*_machine(desk, problems), *_manual(manual)]
    nones = sum(coding.code == NONE_CODE for coding in codings)
    if nones and kind in WITHOUT_NONE:
        what = f"{nones} codings with the code {NONE_CODE!r} are left out"
        problems.append(Problem(kind, what, "other tools have no such code", Severity.NOTE))
    if (manual.codings["weight"] > 0).any():
        what = "some coders read drawn units only; which, and what they stand for, is not in the export"
        problems.append(Problem("export", what, "share manual_NAME.csv for that", Severity.NOTE))
    memos = _memos(desk.study, problems)
    if desk.study.settings.report.most_quoted_words:
        codings = _within_limit(desk, kind, codings, problems)
    sources = tuple(OutgoingSource(t.id, t.text, memos.get(t.id, "")) for t in transcripts)
    project = OutgoingProject(desk.study.settings.study.name, desk.codebook, sources, tuple(codings))
    cut = cut_cells(project) if kind == "xlsx" else 0
    if cut:
        what = f"{cut} excerpts or memos are longer than a cell holds and are cut"
        problems.append(Problem(kind, what, "export --to csv has them whole"))
    return project


def _within_limit(desk: Desk, kind: str, codings: list[OutgoingCoding], problems: list[Problem]) -> list[OutgoingCoding]:
    """Withhold words beyond the limit on quotation, counted on from the report; whole sources are told, since none can be left out."""
    if kind not in _TABLES:
        what = "it holds all transcripts whole, as the other tool needs them: the limit on quotation cannot hold in it"
        problems.append(Problem(kind, what, "pass it on as you would the transcripts", Severity.NOTE))
        return codings
    needed = ("codings.parquet", "topic_cards.json", "readings.parquet", "stances.parquet")
    ran = all((desk.study.store / name).is_file() for name in needed)
    quota = quota_of(report_inputs(desk, problems=())) if ran else None
    found = [replace(each, withheld=quota is None or not quota.allows(each.transcript, each.span)) for each in codings]
    number = sum(each.withheld for each in found)
    if number:
        most = desk.study.settings.report.most_quoted_words
        what = f"the words of {number} codings are withheld: at most {most} of one participant are quoted"
        problems.append(Problem(kind, what, "report.most_quoted_words", Severity.NOTE))
    return found


def _manual(manual: ManualCoding) -> list[OutgoingCoding]:
    columns = [manual.codings[name].tolist() for name in ("coder", "transcript_id", "start", "end", "code", "stance")]
    return [
        OutgoingCoding(transcript, Span(start, end), code, coder, stance, manual.memos.get((coder, transcript, start, end, code), ""))
        for coder, transcript, start, end, code, stance in zip(*columns, strict=True)
    ]


def _machine(desk: Desk, problems: list[Problem]) -> list[OutgoingCoding]:
    """Return the assigned codings of the last run, each at the place of its segment."""
    store = desk.study.store
    if not (store / "codings.parquet").is_file() or not (store / "segments.parquet").is_file():
        problems.append(Problem("export", "the study never ran: only manual codings are in it", "run: nptlens run", Severity.NOTE))
        return []
    texts = {transcript.id: transcript.text for transcript in desk.reading.transcripts}
    segments = desk.segments
    columns = [segments[name].tolist() for name in ("segment_id", "transcript_id", "start", "end", "text")]
    places: dict[str, tuple[str, Span]] = {}
    for segment_id, transcript, start, end, text in zip(*columns, strict=True):
        if texts.get(transcript, "")[start:end] != text:
            raise UsageError("the transcripts changed after the last run", where=transcript, hint="run: nptlens run")
        places[segment_id] = (transcript, Span(start, end))
    assigned = desk.codings[desk.codings["decision"] == "assigned"]
    if not set(assigned["code"]) <= set(desk.codebook.ids()) or not set(assigned["segment_id"]) <= set(places):
        raise UsageError("the codebook or the segments changed after the last run", where=str(desk.study.root), hint="run: nptlens run")
    names = ("segment_id", "code", "coder", "probability", "decision", "margin", "runner_up", "nearest_seeds")
    rows = zip(*(assigned[name].tolist() for name in names), strict=True)
    return [OutgoingCoding(*places[segment_id], code, coder, claim=Claim(*claim)) for segment_id, code, coder, *claim in rows]


def _memos(study: Study, problems: list[Problem]) -> dict[str, str]:
    """Return what was noted about transcripts, from the memos*.csv that imports write."""
    memos: dict[str, str] = {}
    for path in sorted(study.root.glob("memos*.csv")):
        try:
            reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), strict=True)
            rows = [((row.get("transcript") or "").strip(), row.get("memo") or "") for row in reader]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(Problem(path.name, f"cannot be read: {type(error).__name__}", "save it as CSV in UTF-8"))
            continue
        for transcript, cell in rows:
            memo = bare(cell) if guarded(bare(cell)) == cell else cell
            memos[transcript] = "\n\n".join(part for part in (memos.get(transcript, ""), canonical(memo)) if part)
    return memos
