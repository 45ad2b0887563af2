"""`make bench-units`: which length of units codes best, on real coded interviews and k seeds a code (needs ../shared/data).

The same talk is cut by each rule, coded by the machine, and compared with people's coding word by word: a word has its unit's score, and
the codes of the people's stretches that it stands in. So figures of long and short units can be compared, and no rule is favoured by the
units that people chose. Seeds are people's stretches from one half of the transcripts, figures are of the other half, means over draws.
Words in units below `least_words` are not coded. "question" embeds a unit together with the turn before its own; "follow-ups" embeds a
unit of fewer than `min_words` words together with the same person's unit before it.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, cohen_kappa_score

from benchmarks.records import Record, write
from benchmarks.studies import RealSet, Unit, draw_seeds, ml_quality, pdpilot, scrum
from benchmarks.systems import Task, nptlens
from nptlens.coding import Excerpts, definition
from nptlens.coding.training_set import labels
from nptlens.core.text import Span, count_words
from nptlens.embedding import embed, find_encoder, load_encoder, vectors_key
from nptlens.schemas.records import Code, Codebook, Embedded, Seed
from nptlens.schemas.settings import SegmentingSettings, Settings, default_settings
from nptlens.segmenting.segment import join
from nptlens.segmenting.sentences import sentences_of
from nptlens.store.vectors import VectorCache

METRICS = ("macro_ap", "mean_kappa", "words_coded", "median_words", "units")
_FEWEST_WORDS = 50  # a code with fewer words of gold in the measured half is not measured


@dataclass(frozen=True, slots=True)
class Rule:
    """How talk is cut (words a unit, a whole turn where `least` is 0), and what is embedded with a unit."""

    name: str
    least: int
    most: int
    context: str = ""  # "question", "follow-ups"


RULES = (
    Rule("sentences", 1, 120),
    Rule("10-60", 10, 60),
    Rule("20-60", 20, 60),
    Rule("20-120", 20, 120),
    Rule("40-120", 40, 120),
    Rule("60-160", 60, 160),
    Rule("80-200", 80, 200),
    Rule("turns", 0, 0),
    Rule("20-120 question", 20, 120, "question"),
    Rule("20-120 follow-ups", 20, 120, "follow-ups"),
    Rule("40-120 follow-ups", 40, 120, "follow-ups"),
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a person coded within a turn, and with what."""

    span: Span
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Talk cut by a rule: `texts` to be embedded, a row per unit; pieces of equal unit and coding with words and people's codes."""

    texts: tuple[str, ...]
    words: NDArray[np.intp]  # ``(units,)``
    unit: NDArray[np.intp]  # ``(pieces,)``
    weight: NDArray[np.intp]  # ``(pieces,)``, words
    gold: NDArray[np.bool_]  # ``(pieces, codes)``


def stretches(real: RealSet, data: Path) -> Callable[[Unit], list[Stretch]]:
    """Return what says where in a unit people's codes stand: exact stretches where the set has them, the whole unit elsewhere."""
    found: dict[tuple[str, str], set[str]] = {}
    if (data / real.name / "segments.csv").exists():
        for row in pd.read_csv(data / real.name / "segments.csv", dtype=str, keep_default_na=False).itertuples():
            code = row.pattern_code if real.name == "scrum" else row.parent_code
            for each in code.split("|"):
                found.setdefault((row.transcript_id, row.text), set()).add(each.strip().casefold())
    names = {code[0].casefold(): code[0] for code in real.codes}
    by_transcript: dict[str, list[tuple[str, set[str]]]] = {}
    for (transcript, text), codes in found.items():
        by_transcript.setdefault(transcript, []).append((text, codes))

    def of(unit: Unit) -> list[Stretch]:
        exact = []
        for text, codes in by_transcript.get(unit.transcript, []):
            start = unit.text.find(text)
            own = tuple(sorted(names[code] for code in codes if code in names and names[code] in unit.codes))
            if start >= 0 and own:
                exact.append(Stretch(Span(start, start + len(text)), own))
        missing = tuple(sorted(set(unit.codes) - {code for each in exact for code in each.codes}))
        return exact + ([Stretch(Span(0, len(unit.text)), missing)] if missing else [])

    return of


def cut(turns: Sequence[Unit], rule: Rule, codes: Sequence[str], coded: Callable[[Unit], list[Stretch]]) -> Cut:
    """Cut the talk of `turns` (in order, interviewers' included) by a rule."""
    settings = SegmentingSettings(unit="meaning", min_words=max(rule.least, 1), max_words=max(rule.most, 2), least_words=1)
    sentences = sentences_of([turn.text for turn in turns])
    texts: list[str] = []
    words: list[int] = []
    pieces: list[tuple[int, int, list[bool]]] = []
    own_before: dict[tuple[str, str], str] = {}
    for number, (turn, found) in enumerate(zip(turns, sentences, strict=True)):
        if turn.interviewer or not count_words(turn.text):
            continue
        units = join(turn.text, found, settings) if rule.least else [Span(0, len(turn.text))]
        question = turns[number - 1].text if number and turns[number - 1].transcript == turn.transcript else ""
        for span in units:
            text = span.of(turn.text)
            pieces += [(len(texts), size, given) for size, given in _pieces(turn, span, codes, coded(turn))]
            words.append(count_words(text))
            who = turn.transcript, turn.speaker
            before = {"question": question, "follow-ups": own_before.get(who, "") if words[-1] < rule.least else ""}.get(rule.context, "")
            texts.append(f"{before}\n{text}" if before else text)
            own_before[who] = text
    unit, weight, gold = zip(*pieces, strict=True)
    return Cut(tuple(texts), np.array(words), np.array(unit), np.array(weight), np.array(gold, dtype=bool))


def _pieces(turn: Unit, unit: Span, codes: Sequence[str], coded: Sequence[Stretch]) -> Iterator[tuple[int, list[bool]]]:
    ends = {end for each in coded for end in (each.span.start, each.span.end) if unit.start < end < unit.end}
    edges = [unit.start, *sorted(ends), unit.end]
    for start, end in itertools.pairwise(edges):
        size = count_words(turn.text[start:end])
        given = {code for each in coded if each.span.start < end and start < each.span.end for code in each.codes}
        if size:
            yield size, [code in given for code in codes]


class Bench:
    """A set whose talk is cut by every rule; texts are embedded when they are first needed."""

    def __init__(self, real: RealSet, data: Path, cache: VectorCache, settings: Settings) -> None:
        self.real, self.cache, self.settings = real, cache, settings
        self.coded = stretches(real, data)
        self.book = Codebook(real.name, "1", tuple(Code(*code) for code in real.codes))
        self.card = find_encoder(settings.embedding.encoder)

    def embedded(self, texts: Sequence[str]) -> Embedded:
        """Return the vectors of texts."""
        return embed(texts, encoder=lambda: load_encoder(self.card), cache=self.cache)

    def seen(self, texts: Sequence[str]) -> Excerpts:
        """Return texts as excerpts."""
        return Excerpts(tuple(texts), self.embedded(texts))

    def judge(self, rule: Rule, k: int, draw: int) -> dict[str, float]:
        """Return the metrics of a rule on one draw of seeds."""
        drawn, measured = draw_seeds(self.real, k, draw)
        examples = [(unit, each.span.of(unit.text), each.codes) for unit in drawn for each in self.coded(unit)]
        examples += [(unit, unit.text, ()) for unit in drawn if not unit.codes]
        seeds = tuple(Seed(f"s{i:04}", text, codes, group=unit.transcript) for i, (unit, text, codes) in enumerate(examples))
        counts = labels(seeds, self.book, self.book.ids()).sum(axis=0)
        names = set(measured)
        made = cut([unit for unit in self.real.units if unit.transcript in names], rule, self.book.ids(), self.coded)
        held = made.weight @ made.gold
        kept = [i for i, n in enumerate(counts) if n >= self.settings.coding.fewest_seeds and held[i] >= _FEWEST_WORDS]
        codes = tuple(self.book.ids()[i] for i in kept)
        aside = made.words < self.settings.segmenting.least_words
        rows = np.flatnonzero(~aside)
        definitions = self.embedded([definition(code) for code in self.book.codes]).vectors
        study = self.seen([made.texts[row] for row in rows])
        task = Task(seeds, self.seen([seed.text for seed in seeds]), study, definitions, self.book, codes, self.settings.coding)
        scores = nptlens(task)
        score, assigned = np.zeros((len(made.words), len(codes))), np.zeros((len(made.words), len(codes)), dtype=bool)
        score[rows], assigned[rows] = scores.score, scores.assigned
        gold, shown, said = made.gold[:, kept], score[made.unit], assigned[made.unit]
        weight = made.weight
        return {
            "macro_ap": float(np.mean([average_precision_score(g, s, sample_weight=weight) for g, s in zip(gold.T, shown.T, strict=True)])),
            "mean_kappa": float(np.mean([cohen_kappa_score(g, a, sample_weight=weight) for g, a in zip(gold.T, said.T, strict=True)])),
            "words_coded": float(weight[said.any(axis=1)].sum() / weight.sum()),
            "median_words": float(np.median(made.words)),
            "units": float(len(made.words)),
        }


def main() -> int:
    """Judge all rules on all sets, print the table, write benchmarks/results/units.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("build/units"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/units.json"))
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--k", type=int, default=16)
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"real data are not here: {arguments.data}", file=sys.stderr)
        return 3
    settings = default_settings()
    records: list[Record] = []
    arguments.cache.mkdir(parents=True, exist_ok=True)
    key = vectors_key(find_encoder(settings.embedding.encoder))
    with closing(VectorCache(arguments.cache / "vectors.sqlite", key)) as cache:
        for make in (scrum, pdpilot, ml_quality):
            bench = Bench(make(arguments.data), arguments.data, cache, settings)
            for rule in RULES:
                draws = pd.DataFrame([bench.judge(rule, arguments.k, draw) for draw in range(1, arguments.draws + 1)])
                for metric in METRICS:
                    value, spread = float(draws[metric].mean()), float(draws[metric].std() / len(draws) ** 0.5)
                    low, high = value - 2 * spread, value + 2 * spread
                    records.append(Record(bench.real.name, rule.name, f"k={arguments.k}", metric, value, low, high, len(draws)))
                shown = "  ".join(f"{metric} {draws[metric].mean():.3f}" for metric in METRICS)
                print(f"{bench.real.name:12} {rule.name:18} {shown}", flush=True)
    for rule in RULES:
        of = {metric: [r.value for r in records if r.system == rule.name and r.metric == metric] for metric in METRICS[:2]}
        print(f"{'mean':12} {rule.name:18} " + "  ".join(f"{metric} {np.mean(values):.3f}" for metric, values in of.items()))
    write(arguments.out, records, ["low and high: two standard errors over the draws, which share their talk"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
