"""The study's codings for other tools: those of the last run that were assigned, and the manual ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from nptlens.core.delimited import read_rows
from nptlens.core.errors import ReadingError, UsageError
from nptlens.core.hints import command
from nptlens.core.ids import transcript_id
from nptlens.core.text import Span
from nptlens.exchange.manual import ManualCoding, read_manual
from nptlens.exchange.outgoing import Claim, OutgoingCoding, OutgoingProject, OutgoingSource
from nptlens.exchange.write import CODEBOOKS, OF_EXCERPTS, WITHOUT_NONE, WORKBOOKS, WRITERS, cut_cells
from nptlens.reporting import LIMIT, quota_of
from nptlens.safety.cells import bare, guarded
from nptlens.schemas.records import NONE_CODE, Problem, Severity, Transcript, worth_a_look
from nptlens.store.lock import study_lock
from nptlens.store.outputs import Outputs
from nptlens.study.data_protection._removal_plan import refuse_unfinished
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run
from nptlens.study.run.pipeline import before_report
from nptlens.study.run.report_stage import report_inputs
from nptlens.study.run.states import ledger_file

KINDS = tuple(WRITERS)


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

    A study that never ran gives its manual coding alone, and says so. Raises UsageError for an unknown kind and where `path` is a file that
    the study is made from, and as `last_run`.
    """
    if kind not in KINDS:
        raise UsageError(f"cannot export to {kind!r}", hint=f"use one of {', '.join(KINDS)}")
    name, write = WRITERS[kind]
    target = (path or study.results / name).resolve()
    _refuse(study, target)
    problems: list[Problem] = []
    limit = {LIMIT: str(study.settings.report.most_quoted_words)} if kind in OF_EXCERPTS else {}
    with _desk(study, kind) as artefacts:
        project = _codebook_only(artefacts) if kind in CODEBOOKS else _project(artefacts, kind, problems)
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


@contextmanager
def _desk(study: Study, kind: str) -> Iterator[Artefacts]:
    """Give what the last run made; nothing of it where the study never ran or a codebook alone is asked for."""
    if kind in CODEBOOKS or not ledger_file(study).is_file():
        with study_lock(study.store):
            refuse_unfinished(study)
            yield Artefacts(study)
        return
    limited = study.settings.report.most_quoted_words > 0  # then what may be quoted hangs on what the report quotes
    with last_run(study, *(before_report(study) if limited else ("code",))) as artefacts:
        yield artefacts


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


def _codebook_only(artefacts: Artefacts) -> OutgoingProject:
    return OutgoingProject(artefacts.study.settings.study.name, artefacts.codebook, (), ())


def _project(artefacts: Artefacts, kind: str, problems: list[Problem]) -> OutgoingProject:
    transcripts = artefacts.reading.transcripts
    manual = read_manual(artefacts.study.manual_files(), transcripts, artefacts.codebook)
    problems += manual.problems
    codings = [*_machine(artefacts, problems), *_manual(manual)]
    nones = sum(coding.code == NONE_CODE for coding in codings)
    if nones and kind in WITHOUT_NONE:
        what = f"{nones} codings with the code {NONE_CODE!r} are left out"
        problems.append(Problem(kind, what, "other tools have no such code", Severity.NOTE))
    if (manual.codings["weight"] > 0).any():
        what = "some coders read drawn units only; which, and what they stand for, is not in the export"
        problems.append(Problem("export", what, "share manual_NAME.csv for that", Severity.NOTE))
    memos = memos_of(artefacts.study, problems)
    if kind == "qdpx":
        problems += _astral(transcripts)
    if artefacts.study.settings.report.most_quoted_words:
        codings = _within_limit(artefacts, kind, codings, problems)
    sources = tuple(OutgoingSource(t.id, t.text, memos.get(t.id, "")) for t in transcripts)
    project = OutgoingProject(artefacts.study.settings.study.name, artefacts.codebook, sources, tuple(codings))
    cut = cut_cells(project) if kind in WORKBOOKS else 0
    if cut:
        what = f"{cut} excerpts or memos are longer than a cell holds and are cut"
        problems.append(Problem(kind, what, "export --to csv has them whole"))
    return project


def _within_limit(artefacts: Artefacts, kind: str, codings: list[OutgoingCoding], problems: list[Problem]) -> list[OutgoingCoding]:
    """Withhold words beyond the limit on quotation, counted on from the report; whole sources are told, since none can be left out."""
    if kind not in OF_EXCERPTS:
        what = "it holds all transcripts whole, as the other tool needs them: the limit on quotation cannot hold in it"
        problems.append(Problem(kind, what, "pass it on as you would the transcripts", Severity.NOTE))
        return codings
    quota = quota_of(report_inputs(artefacts)) if artefacts.ledger is not None else None
    found = [replace(each, withheld=quota is None or not quota.allows(each.transcript, each.span)) for each in codings]
    number = sum(each.withheld for each in found)
    if number:
        most = artefacts.study.settings.report.most_quoted_words
        what = f"the words of {number} codings are withheld: at most {most} of one participant are quoted"
        problems.append(Problem(kind, what, "report.most_quoted_words", Severity.NOTE))
    return found


def _manual(manual: ManualCoding) -> list[OutgoingCoding]:
    columns = [manual.codings[name].tolist() for name in ("coder", "transcript_id", "start", "end", "code", "stance")]
    return [
        OutgoingCoding(transcript, Span(start, end), code, coder, stance, manual.memos.get((coder, transcript, start, end, code), ""))
        for coder, transcript, start, end, code, stance in zip(*columns, strict=True)
    ]


def _machine(artefacts: Artefacts, problems: list[Problem]) -> list[OutgoingCoding]:
    """Return the assigned codings of the last run, each at the place of its segment."""
    if artefacts.ledger is None:
        what = "the study never ran: only manual codings are in it"
        problems.append(Problem("export", what, f"run: {command('run', artefacts.study.root)}", Severity.NOTE))
        return []
    segments = artefacts.segments
    columns = [segments[name].tolist() for name in ("segment_id", "transcript_id", "start", "end")]
    places = {segment_id: (transcript, Span(start, end)) for segment_id, transcript, start, end in zip(*columns, strict=True)}
    assigned = artefacts.codings[artefacts.codings["decision"] == "assigned"]
    names = ("segment_id", "code", "coder", "probability", "decision", "margin", "runner_up", "nearest_seeds")
    rows = zip(*(assigned[name].tolist() for name in names), strict=True)
    return [OutgoingCoding(*places[segment_id], code, coder, claim=Claim(*claim)) for segment_id, code, coder, *claim in rows]


def _astral(transcripts: Sequence[Transcript]) -> list[Problem]:
    """Return a note where a transcript holds characters that QualCoder's window counts twice."""
    number = sum(any(character > "\uffff" for character in transcript.text) for transcript in transcripts)
    what = f"{number} transcripts hold emoji or other astral characters: behind them QualCoder's window marks other words than are coded"
    hint = "the file is right, and nptlens import goes by the words of each selection"
    return [Problem("qdpx", what, hint, Severity.NOTE)] if number else []


def memos_of(study: Study, problems: list[Problem]) -> dict[str, str]:
    """Return what was noted about transcripts, from the memos*.csv that imports write."""
    memos: dict[str, str] = {}
    for path in study.memo_files():
        try:
            table = read_rows(path)
        except ReadingError as error:
            problems.append(Problem(path.name, error.what, "save it as CSV in UTF-8"))
            continue
        problems += [Problem(path.name, note, "look at its accents", Severity.NOTE) for note in table.notes]
        for row in table.rows:
            transcript, cell = transcript_id(row.cells.get("transcript", "")), row.cells.get("memo", "")
            memo = bare(cell) if guarded(bare(cell)) == cell else cell
            memos[transcript] = "\n\n".join(part for part in (memos.get(transcript, ""), memo) if part)
    return memos
