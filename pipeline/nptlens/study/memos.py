"""Memos of a study: what its people note about an excerpt, a code or a case, kept in memos.csv and read by every report.

The table is theirs: rows may be changed and deleted in it. An excerpt is told by its place and by its words, so that a transcript that
changed is noticed. What imports noted about transcripts (memos_TOOL.csv) is read with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.core.close_names import did_you_mean
from nptlens.core.delimited import Row, read_rows
from nptlens.core.errors import ReadingError, UsageError
from nptlens.core.ids import find_segment_id, transcript_id
from nptlens.core.text import Span
from nptlens.exchange.own_table import OwnTable
from nptlens.safety.cells import unguarded
from nptlens.schemas.records import Memo, MemoAbout, Problem, Transcript
from nptlens.store.outputs import Outputs
from nptlens.study.folder import Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run

MEMOS = "memos.csv"
_COLUMNS = ("case", "excerpt", "code", "by", "text", "memo")


def add_memo(study: Study, about: str, memo: str, *, by: str = "") -> Memo:
    """Add a row to memos.csv: `about` is a code, a participant or transcript, or a place ``TRANSCRIPT:start-end``.

    Raises UsageError where the study has nothing of that name or the memo is empty, and as `last_run`.
    """
    if not memo.strip():
        raise UsageError("the memo is empty", hint='write it in quotation marks: nptlens memo ABOUT "words" --study STUDY')
    with last_run(study, "segment") as artefacts:
        found = _about(artefacts, about.strip(), memo.strip(), by.strip())
        path = study.root / MEMOS
        table = OwnTable.of(path if path.is_file() else None, _COLUMNS)
        own = {found.kind.value: found.about, "by": found.by, "text": found.text, "memo": found.memo}
        table.add(tuple(own.get(name, "") for name in _COLUMNS))
        Outputs(study.store).write(path, table.data(), holds_all=True)
    return found


def list_memos(study: Study) -> tuple[tuple[Memo, ...], tuple[Problem, ...]]:
    """Return all memos of a study and what is wrong with them; raises as `last_run`."""
    with last_run(study, "segment") as artefacts:
        return memos_of(artefacts)


def memos_of(artefacts: Artefacts) -> tuple[tuple[Memo, ...], tuple[Problem, ...]]:
    """Return the memos, in the order of the files and of their rows, and what is wrong with them; none of them is left out."""
    known = _Known(artefacts)
    memos: list[Memo] = []
    problems: list[Problem] = []
    for path in artefacts.study.memo_files():
        try:
            rows = read_rows(path).rows
        except ReadingError as error:
            problems.append(Problem(path.name, error.what, "save it as CSV in UTF-8"))
            continue
        for row in rows:
            memo = _memo(row)
            if memo is not None:
                memos.append(memo)
                problems += (Problem(f"{path.name} line {row.line}", *wrong) for wrong in known.faults(memo))
    return tuple(memos), tuple(problems)


def _memo(row: Row) -> Memo | None:
    """Return what a row says, None where it says nothing; what it is about is the first of excerpt, code and case that it names."""
    cells = {name: unguarded(cell).strip() for name, cell in row.cells.items()}
    if not cells.get("memo"):
        return None
    own = {"excerpt": find_segment_id(cells.get("excerpt", "")), "code": cells.get("code", "")}
    own["case"] = cells.get("case", "") or transcript_id(cells.get("transcript", ""))
    kind = next((each for each in MemoAbout if own[each.value]), MemoAbout.CASE)
    return Memo(kind, own[kind.value], cells["memo"], cells.get("by", ""), cells.get("text", ""))


class _Known:
    """What a memo can be about: the study's places, codes, participants and transcripts."""

    def __init__(self, artefacts: Artefacts) -> None:
        self.codes = artefacts.codebook.ids()
        self.transcripts: dict[str, Transcript] = {each.id: each for each in artefacts.reading.transcripts}
        self.cases = {*self.transcripts, *(each.participant.id for each in artefacts.speakers)}

    def faults(self, memo: Memo) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with what a memo is about, and what to do."""
        if memo.kind is MemoAbout.EXCERPT:
            words = self.words(memo.about)
            if words is None:
                yield f"the memo is about {memo.about}, which is no place of the study", "correct the place; the memo is kept"
            elif memo.text and memo.text != words:
                yield f"the words at {memo.about} are no longer those that the memo is about", "correct the place; the memo is kept"
        elif memo.about not in (self.codes if memo.kind is MemoAbout.CODE else self.cases):
            known = self.codes if memo.kind is MemoAbout.CODE else sorted(self.cases)
            hint = did_you_mean(memo.about, known, "correct the name")
            yield f"the memo is about {memo.about or 'nothing'}, and there is no such {memo.kind.value}", f"{hint}; the memo is kept"

    def words(self, place: str) -> str | None:
        """Return the words at a place, None where there is no such place."""
        name, _, offsets = place.rpartition(":")
        transcript = self.transcripts.get(name)
        start, dash, end = offsets.partition("-")
        if transcript is None or not dash or not (start.isdecimal() and end.isdecimal()):
            return None
        return transcript.quote(Span(int(start), int(end))) if int(start) < int(end) <= len(transcript.text) else None


def _about(artefacts: Artefacts, about: str, memo: str, by: str) -> Memo:
    known = _Known(artefacts)
    place = find_segment_id(about)
    words = known.words(place)
    if words is not None:
        return Memo(MemoAbout.EXCERPT, place, memo, by, words)
    if about in known.codes:
        return Memo(MemoAbout.CODE, about, memo, by)
    if about in known.cases:
        return Memo(MemoAbout.CASE, about, memo, by)
    hint = did_you_mean(about, (*known.codes, *sorted(known.cases)), "name a code, a participant, a transcript or a place: P07:474-564")
    raise UsageError(f"the study has no code, case or place {about}", where=str(artefacts.study.root), hint=hint)
