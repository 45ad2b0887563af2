"""Everything the report shows, in one frozen object; the template and the workbook only lay it out."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.reporting._agreement import AgreementView, VerdictRow, agreement, verdict_rows
from nptlens.reporting._checklists import Appendix, appendix
from nptlens.reporting._codes import CodeView, code_views
from nptlens.reporting._contrary import lost
from nptlens.reporting._figures import AsideRow, Figures, aside_rows, figures
from nptlens.reporting._index import Index
from nptlens.reporting._matrix import Matrix, matrix
from nptlens.reporting._memos import memos
from nptlens.reporting._readings import Readings, readings
from nptlens.reporting._suppress import hidden_codes, hidden_figures, hidden_topics
from nptlens.reporting._topics import Topics, topics
from nptlens.reporting._truncation import ROWS, left_out
from nptlens.reporting._trust import Trust, trust_of
from nptlens.reporting._words import counted, errors_first
from nptlens.reporting.charts import Framework, charts, framework
from nptlens.reporting.charts.tables import unplaced
from nptlens.reporting.content import INVENTED, Block, Section
from nptlens.reporting.fieldwork import around
from nptlens.reporting.inputs import Provenance
from nptlens.schemas.records import Memo, Problem, Severity, TaughtBy

METHOD = (
    "This is codebook (framework) analysis assisted by a machine: each excerpt is set beside the codes of a codebook "
    "that was written beforehand. It is not reflexive thematic analysis, in which themes are made by the researcher’s "
    "own reading.",
    "A machine coding is a claim, not a finding. Each carries its probability, the seed examples it resembles most, "
    "the runner-up and who made it, so that a researcher can accept or reject it. Excerpts are exact slices of the "
    "transcripts. Interviewers’ speech is shown as context and never coded.",
)


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report, section by section."""

    title: str
    notice: str
    short: bool
    trust: Trust
    method: tuple[str, ...]
    codebook: str
    figures: Figures
    agreement: AgreementView
    taught_by: TaughtBy | None
    verdicts: tuple[VerdictRow, ...]
    codes: tuple[CodeView, ...]
    matrix: Matrix
    topics: Topics
    readings: Readings
    aside: tuple[AsideRow, ...]
    problems: tuple[Problem, ...]
    provenance: tuple[Provenance, ...]
    appendix: Appendix
    memos: tuple[Memo, ...]
    noted: tuple[Block, ...]
    around: tuple[Section, ...]
    framework: Framework
    charts: tuple[Section, ...]


def build_view(index: Index) -> ReportView:
    """Build every section from the joined inputs; small counts of people are hidden where the settings say so."""
    inputs = index.inputs
    least = inputs.settings.smallest_cell
    whole = figures(index)
    shown = hidden_figures(whole, least)
    return ReportView(
        title=inputs.study_name,
        notice=INVENTED if inputs.invented else "",
        short=inputs.settings.is_short(),
        trust=trust_of(inputs),
        method=METHOD,
        codebook=f"{inputs.codebook.name} {inputs.codebook.version}".strip(),
        figures=shown,
        agreement=agreement(index),
        taught_by=inputs.taught_by,
        verdicts=verdict_rows(index),
        codes=hidden_codes(code_views(index), whole, least),
        matrix=matrix(index),
        topics=hidden_topics(topics(index), least),
        readings=readings(index),
        aside=aside_rows(index),
        problems=_problems(index),
        provenance=inputs.provenance,
        memos=inputs.memos,
        noted=tuple(memos(index)),
        around=around(index),
        framework=framework(index),
        charts=charts(index),
        appendix=appendix(index, shown),
    )


def _problems(index: Index) -> tuple[Problem, ...]:
    """Return errors, then warnings, then notes, each in order of place; with what the report itself could not show."""
    problems = list(index.inputs.problems)
    missed = lost(index)
    if missed:
        what = f"not shown: {counted(missed, 'coding')} of a place or a code that the study does not have"
        problems.append(Problem("manual codings", what, "check the transcript ids, the offsets and the codes"))
    unseen = unplaced(index)
    if unseen:
        what = f"{counted(unseen, 'summary', 'summaries')} of a case and code without an excerpt: the framework has no row for them"
        hint = "they stay there; look whether the case or the code has another name now"
        problems.append(Problem("summaries.csv", what, hint, Severity.NOTE))
    if not index.stance.shown and any(coding.raw_stance for coding in index.codings):
        problems.append(Problem("stance", index.stance.sentence, "codings.csv holds them as the machine gave them", Severity.NOTE))
    settings = index.inputs.settings
    codings = sum(index.shown(coding.code) for coding in index.codings)
    if "xlsx" in settings.formats and codings > ROWS:
        hint = "report.formats: csv and jsonl hold all"
        problems.append(Problem("excerpts.xlsx", f"holds {left_out(ROWS, codings)}", hint, Severity.NOTE))
    if settings.codes:
        what = f"only the excerpts of {', '.join(settings.codes)} are shown; all other tables are of the whole study"
        problems.append(Problem("codes", what, severity=Severity.NOTE))
    if index.withheld:
        most = counted(settings.most_quoted_words, "word")
        what = f"{counted(len(index.withheld), 'excerpt')} withheld: at most {most} of one participant are quoted"
        problems.append(Problem("quotations", what, "report.most_quoted_words", Severity.NOTE))
    return errors_first(problems)
