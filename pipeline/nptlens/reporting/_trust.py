"""How far to trust the coding, in words: from the one row of figures of each code to a verdict a code and a sentence for the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nptlens.reporting._agreement import is_machine
from nptlens.reporting._stance import StanceTrust, stance_trust
from nptlens.reporting._trust_rules import Verdict, verdict
from nptlens.reporting._words import counted, decimal
from nptlens.reporting.inputs import ReportInputs
from nptlens.schemas.code_figures import HEADINGS, CodeFigures, rows_of
from nptlens.schemas.patterns import BesideBaseline
from nptlens.schemas.records import Codebook, Estimate

NOT_MEASURED = "Not measured: nobody coded by hand, so what the machine gave are suggestions."
WITHOUT_READING = ("baseline: majority", "baseline: cosine to the definition", "baseline: question only")
"""What can be had without learning from the answers: what a machine must pass to have read them."""


@dataclass(frozen=True, slots=True)
class CodeTrust:
    """A code's verdict with the sentence that says it, and the share of excerpts that leads wherever one is shown.

    `share` is the corrected share where there is one, else the machine's own count, with NaN for an interval it does not have;
    `share_name` says in words which of the two it is. `figures` is the row that all of it is said from, None where nobody measured.
    """

    code: str
    verdict: Verdict
    sentence: str
    share: float
    share_low: float
    share_high: float
    share_name: str
    figures: CodeFigures | None = None

    def brief(self) -> str:
        """Return the verdict without its figures."""
        said = self.sentence.removeprefix(f"{self.code}: ")
        return said.partition(" (")[0].partition(": ")[0]


@dataclass(frozen=True, slots=True)
class Trust:
    """What is to be said of the whole in one sentence, and of each code of the codebook; `measured`: somebody coded by hand.

    `stance` says whether the machine's stances may be shown as found.
    """

    sentence: str
    codes: Mapping[str, CodeTrust]
    measured: bool
    stance: StanceTrust = field(default_factory=StanceTrust)


def trust_of(inputs: ReportInputs) -> Trust:
    """Return how far the report's coding is to be trusted, code by code, in the order of the codebook."""
    named = str(inputs.verdicts["against"].iloc[0]) if len(inputs.verdicts) else ""
    rows = measured_rows(rows_of(inputs.agreement), named)
    given = inputs.codings.loc[inputs.codings["decision"] == "assigned", "code"].value_counts().to_dict()
    segments = len(inputs.segments)
    counts = {code: given.get(code, 0) / segments if segments else math.nan for code in inputs.codebook.ids()}
    machine, person = (rows[0].coder, rows[0].against) if rows else ("", "")
    kappa = next((each.mean_kappa for each in inputs.agreement_summaries if (each.coder, each.against) == (machine, person)), None)
    validated = inputs.patterns.validated
    found = judged(rows, counts, inputs.codebook, kappa, validated.beside if validated else ())
    return replace(found, stance=stance_trust(inputs.stance_agreement, named))


def measured_rows(rows: Iterable[CodeFigures], named: str) -> tuple[CodeFigures, ...]:
    """Return the machine's rows against the person `named`; where there are none, against the one who read the most with it."""
    own = [row for row in rows if is_machine(row.coder)]
    people = sorted({row.against for row in own}, key=lambda each: (each != named, -max(row.n for row in own if row.against == each), each))
    return tuple(row for row in own if row.against == people[0]) if people else ()


def judged(
    rows: Sequence[CodeFigures],
    counts: Mapping[str, float],
    codebook: Codebook,
    kappa: Estimate | None,
    beside: Sequence[BesideBaseline],
) -> Trust:
    """Return the verdicts on the machine of `rows` (all against one person); `counts` are the shares that it counted."""
    held = {row.code: row for row in rows}
    codes = {code.id: _code(code.id, held.get(code.id), counts.get(code.id, math.nan)) for code in codebook}
    if not rows:
        return Trust(NOT_MEASURED, codes, False)
    person = rows[0].against
    return Trust(_whole(rows[0], kappa, [each for each in beside if each.against == person]), codes, True)


def _code(code: str, row: CodeFigures | None, counted_share: float) -> CodeTrust:
    word, said = verdict(row)
    if row is None or math.isnan(row.corrected):
        share, low, high, name = counted_share, math.nan, math.nan, HEADINGS["counted"]
    else:
        share, low, high, name = row.corrected, row.corrected_low, row.corrected_high, HEADINGS["corrected"]
    return CodeTrust(code, word, f"{code}: {said}", share, low, high, name, row)


def _whole(row: CodeFigures, kappa: Estimate | None, beside: Sequence[BesideBaseline]) -> str:
    measured = f"measured against {counted(row.n, 'excerpt')} that {row.against} coded in {counted(row.transcripts, 'transcript')}"
    if kappa is None or math.isnan(kappa.value):
        return f"This machine has not been shown to read here: {measured}, which does not give a mean kappa."
    told = f"its mean kappa over codes is {_told(kappa.value, kappa.low, kappa.high)}, {measured}"
    unread = [each for each in beside if each.baseline in WITHOUT_READING and not math.isnan(each.value)]
    if not unread:
        shown = f"agrees with {row.against} more than chance does" if kappa.low > 0 else "has not been shown to read here"
        return f"This machine {shown}: {told}. Plain baselines stand beside it after: nptlens validate"
    rivals = sorted(unread, key=lambda each: (-each.value, each.baseline))
    named = " and ".join(f"{decimal(each.value)} of {each.name()}" for each in rivals[:2])
    behind = [each for each in rivals if not each.low > 0]
    if not behind:
        return f"This machine has been shown to read here: {told}, beside {named}; the whole interval of each difference lies above 0."
    worst = behind[0]
    gap = _told(worst.difference, worst.low, worst.high)
    return f"This machine has not been shown to read here: {told}, beside {named}; {worst.name()} is passed by {gap}, which may be nothing."


def _told(value: float, low: float, high: float) -> str:
    between = "interval not determined" if math.isnan(low) or math.isnan(high) else f"{decimal(low)} to {decimal(high)}"
    return f"{decimal(value)} ({between})"
