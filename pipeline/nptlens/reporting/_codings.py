"""The columns of codings and topics, one specification each for codings.csv, topics.csv, excerpts.jsonl and the sheet Excerpts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nptlens.core.text import Span
from nptlens.reporting._columns import ALL, CSV, JSONL, XLSX, Column, Sheet, csv_text, json_lines, records, rounded, sheet
from nptlens.reporting._index import Coding, Index, ManualCoding, Segment
from nptlens.reporting._places import pieces
from nptlens.reporting._topics import Topics, TopicView
from nptlens.reporting._truncation import ROWS, kept, left_out
from nptlens.schemas.records import NONE_CODE


@dataclass(frozen=True, slots=True)
class CodingRow:
    """A coding that the machine claims, and what its row says of its code and excerpt: name, number of the topic, words."""

    coding: Coding
    segment: Segment
    code_name: str
    topic: int | None
    text: str


CODINGS: tuple[Column[CodingRow], ...] = (
    Column("segment_id", 20, lambda row: row.segment.id),
    Column("transcript", 16, lambda row: row.segment.transcript_id, ALL),
    Column("start", 9, lambda row: row.segment.span.start, ALL),
    Column("end", 9, lambda row: row.segment.span.end, ALL),
    Column("participant", 12, lambda row: row.segment.participant, ALL),
    Column("role", 18, lambda row: row.segment.role, ALL),
    Column("practice", 12, lambda row: row.segment.practice, ALL),
    Column("turn", 9, lambda row: row.segment.turn + 1, (JSONL,)),
    Column("code", 9, lambda row: row.coding.code, ALL),
    Column("code_name", 26, lambda row: row.code_name),
    Column("decision", 11, lambda row: row.coding.decision, ALL),
    Column("probability", 11, lambda row: rounded(row.coding.probability), ALL),
    Column("margin", 9, lambda row: rounded(row.coding.margin)),
    Column("runner_up", 11, lambda row: row.coding.runner_up, ALL),
    Column("nearest_seeds", 26, lambda row: row.coding.nearest_seeds, ALL),
    Column("stance", 12, lambda row: row.coding.raw_stance, ALL),
    Column("stance_probability", 11, lambda row: rounded(row.coding.raw_stance_probability)),
    Column("coder", 22, lambda row: row.coding.coder, ALL),
    Column("topic", 9, lambda row: "no topic" if row.topic is not None and row.topic < 0 else row.topic, (XLSX,)),
    Column("excerpt", 90, lambda row: row.text, ALL, quotes=True, key="text"),
)
TOPICS: tuple[Column[TopicView], ...] = (
    Column("topic", 8, lambda card: card.number, (CSV,)),
    Column("name", 24, lambda card: card.name, (CSV,)),
    Column("words", 44, lambda card: ", ".join(card.words), (CSV,)),
    Column("excerpts", 10, lambda card: card.size, (CSV,)),
    Column("participants", 12, lambda card: card.participants, (CSV,)),
    Column("transcripts", 12, lambda card: card.transcripts, (CSV,)),
    Column("stability", 10, lambda card: card.stability, (CSV,)),
    Column("verdict", 13, lambda card: card.verdict, (CSV,)),
    Column("merged", 10, lambda card: "; ".join(map(str, card.merged)), (CSV,)),
    Column("codes", 20, lambda card: "; ".join(card.codes), (CSV,)),
    Column("examples", 40, lambda card: "; ".join(each.segment_id for each in card.exemplars), (CSV,)),
)
_KEYS = ("transcript", "start", "end", "text", "code", "coder", "stance")  # with which each line of excerpts.jsonl begins


def coding_rows(index: Index, codings: Iterable[Coding]) -> Iterator[CodingRow]:
    """Yield the rows of codings."""
    names = {code.id: code.name for code in index.inputs.codebook}
    for coding in codings:
        segment = coding.segment
        yield CodingRow(coding, segment, names.get(coding.code, ""), index.topic_of.get(segment.id), index.text(segment))


def _shown(index: Index) -> list[Coding]:
    return [coding for coding in index.codings if index.shown(coding.code)]


def codings_csv(index: Index) -> str:
    """Return the text of codings.csv: one row for each machine coding that is assigned or abstained."""
    return csv_text(CODINGS, coding_rows(index, _shown(index)))


def topics_csv(topics: Topics) -> str:
    """Return the text of topics.csv: per topic its name, words, reach and stability, and the codes that it stands above the base of.

    `examples` are the ids of the excerpts that its card quotes, transcript:start-end, as in codings.csv.
    """
    return csv_text(TOPICS, topics.cards)


def excerpts_sheet(index: Index) -> Sheet:
    """Return the sheet Excerpts: the codings of codings.csv; where a sheet cannot hold all, the most probable of each code."""
    codings = _shown(index)
    held = kept(codings, ROWS)
    return sheet("Excerpts", CODINGS, coding_rows(index, held), frozen=1, left_out=left_out(len(held), len(codings)))


def excerpts_jsonl(index: Index) -> str:
    """Return the text of excerpts.jsonl: the machine's codings by place, then people's by code and place; keys are always the same.

    `text` is null where the words are withheld; a manual coding over several turns has the slice of each, as `turns`, since labels
    of speakers stand between them.
    """
    people = (line for code in index.inputs.codebook.ids() if index.shown(code) for line in _people(index, code))
    return json_lines((*records(CODINGS, coding_rows(index, _shown(index)), _KEYS), *people))


def _people(index: Index, code: str) -> Iterator[dict[str, object]]:
    for coding in index.manual.get(code, ()):
        if code != NONE_CODE and coding.transcript_id in index.transcripts:
            yield _manual(index, coding)


def _manual(index: Index, coding: ManualCoding) -> dict[str, object]:
    transcript = index.transcripts[coding.transcript_id]
    held = [] if coding.end > len(transcript.text) else pieces(index, transcript, Span(coding.start, coding.end))
    turns = [{"place": each.data_span, "speaker": each.speaker, "text": each.text or None} for each in held]
    return {
        "transcript": coding.transcript_id,
        "start": coding.start,
        "end": coding.end,
        "code": coding.code,
        "coder": coding.coder,
        "stance": coding.stance,
        "turns": turns,
    }
