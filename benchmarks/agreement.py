"""`make bench-agreement`: human-human agreement on real coding, and the machine's agreement with the same people on the same units.

Interviews on machine-learning systems (ml_quality): two coders and their moderated set. The unit is a participant's paragraph, uncoded ones
included. The machine codes an interview after training on the coded and uncoded paragraphs of all other interviews (the moderated coding
where there is one, else the first coder's). Resamples draw interviews, the same ones for both sides of a difference. Dialogues
(annomi): ten annotators, one label an utterance.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks._doubles import CODERS, LEVELS, Bools, Interviews, read_interviews, utterances
from benchmarks._left_out import machine, reference
from benchmarks.records import Record, write
from nptlens.agreement.coefficients import Ratings, tally, tally_labels
from nptlens.agreement.intervals import Counts, Sampled
from nptlens.agreement.masi import alpha_masi
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.settings import AgreementSettings, default_settings

PAIRS = (("coder_a", "coder_b"), ("coder_a", "moderated"), ("coder_b", "moderated"))
STATISTICS = ("kappa", "alpha", "ac1", "pabak", "f1")
FREQUENT = "frequent codes"
EXAMPLES = 8  # paragraphs of a frequent code in every training set
FEWEST = 3  # interviews below which resampling them gives no interval
WHICH = ("given by either", "given by both", "given five times")
STATED = (  # of the data's README, over all nine double-coded interviews of the whole set
    ("coder_a vs coder_b", (0.50, 0.25, 0.38)),
    ("coder_a vs moderated", (0.67, 0.56, 0.67)),
)
_STATED_AT = (("content codes", "coded_or_not_kappa"), ("content codes", "mean_kappa"), ("families", "mean_kappa"))
PUBLISHED = (("therapist", 0.74), ("client", 0.47))
NOTES = (
    "Frame: paragraphs of participants that hold a word, read by both coders; n counts them, uncoded_by_both those that neither coded. "
    "An interviewer's paragraphs are left out, as nptlens leaves their speech out of a study; with them see `all rows`.",
    "Structural codes (Q1, Q2.1, ...) mark which question of the guide is answered, not what is said, and only some coders gave them: "
    "content codes leave them out, families leave out content codes without a family too. With them see `all codes`, `all families`.",
    "Means are over the codes (families) that at least one of the two people gave, and over the same ones for the machine beside them.",
    f"Frequent codes have at least {EXAMPLES} paragraphs in every training set, whichever interview is left out.",
    "The data do not say how the moderated set was made; as far as it was made from the coders' own codings, agreement with it is not "
    "agreement of independent people.",
    "The machine learned from the moderated coding of the other interviews, or the first coder's where there is none; some of "
    "the interviews are in French, and the encoder was made for English. Three of the seven families come from three or four "
    "interviews, so that little is learned from the others; the machine codes more paragraphs than the people do (prevalence_machine).",
    "Intervals draw 5 and 6 interviews with replacement, hence are wide; coder_b shares 2 with the moderated set, which give none.",
    "The stated figures are over nine double-coded interviews; 5 of coder_a with coder_b and 6 of coder_a with the moderated set are here. "
    "Interviews differ widely (see the records of each), so the part is not expected to give the figure of the whole.",
    "annomi: nobody's label is missing. The therapists' published kappa is reproduced. The clients' is lower here (.433 over three "
    "dialogues of .597, .492 and .327, the last with 61 % of the clients' utterances); .47 lies inside the interval. The plain mean over "
    "the dialogues would give .472, but .723 for therapists; whether the published figures cover other dialogues cannot be told from "
    "these data. Resampling 3 dialogues cannot reach beyond "
    "the worst and the best of them; resampling utterances takes those of one dialogue for strangers.",
)
_NAN = math.nan
Figure = tuple[str, Sampled]


def figures(coded: Bools, columns: Bools, cluster: NDArray[np.intp], draws: Counts) -> list[Figure]:
    """Return the metrics of two coders' `coded` ``(2, n, k)``: coded or not, means over `columns` ``(k,)``, alpha of sets.

    A code that resamples do not hold is left out of their mean.
    """
    read = np.ones(coded.shape[:2], dtype=bool)
    names = ("first", "second")
    own = tally(Ratings(names, coded, read), cluster).figures(draws)
    whole = tally(Ratings(names, coded.any(axis=2, keepdims=True), read), cluster).figures(draws)
    found = [(f"coded_or_not_{name}", whole.of(name).mean()) for name in STATISTICS]
    found += [(f"mean_{name}", own.of(name).mean(columns)) for name in STATISTICS]
    return [*found, ("alpha_masi", alpha_masi(Ratings(names, coded, read), cluster, draws))]


def given(coded: Bools, which: str) -> Bools:
    """Return which columns of `coded` ``(2, n, k)`` count, one of WHICH."""
    times = coded.sum(axis=1)
    if which == "given by both":
        return np.asarray(times.min(axis=0) > 0)
    return np.asarray(times.sum(axis=0) >= (5 if which == "given five times" else 1))


class Bench:
    """The interviews, how they are resampled, and what the machine gave at a level, trained when it is first asked for."""

    def __init__(self, found: Interviews, settings: AgreementSettings) -> None:
        self.participants = found.part(found.participant)
        self.all = found
        self.settings = settings

    def frequent(self) -> tuple[str, ...]:
        """Return the content codes with enough examples whichever interview is left out."""
        codes, coded = self.participants.level("content codes")
        told = reference(self.participants, coded)
        names = np.array(self.participants.transcripts)
        fewest = np.min([told[names != name].sum(axis=0) for name in sorted(set(names))], axis=0)
        return tuple(code for code, n in zip(codes, fewest, strict=True) if n >= EXAMPLES)

    def level(self, part: Interviews, name: str) -> tuple[tuple[str, ...], Bools]:
        """Return items and who gave them, as `Interviews.level` does; also of FREQUENT codes."""
        if name != FREQUENT:
            return part.level(name)
        codes, coded = part.level("content codes")
        kept = self.frequent()
        return kept, coded[:, :, [codes.index(code) for code in kept]]

    def records(self, level: str, machine: Bools | None = None) -> Iterator[Record]:
        """Agreement of each pair of people; with `machine` ``(participants' paragraphs, items)`` also the machine's, and differences."""
        for first, second in PAIRS:
            own = self.participants.pair(first, second)
            _, coded = self.level(own, level)
            columns, cluster = given(coded, WHICH[0]), own.cluster()
            draws = cluster_draws(int(cluster.max()) + 1, resamples=self.settings.resamples, seed=1)
            setting = f"participants, {level}, {draws.shape[1]} interviews"
            people = figures(coded, columns, cluster, draws)
            yield from self._told(f"{first} vs {second}", setting, people, len(cluster))
            yield from _counts(f"{first} vs {second}", setting, (first, second), coded, columns)
            if machine is None:
                continue
            both = [CODERS.index(name) for name in (first, second)]
            ours = machine[self.participants.ratings.read[both].all(axis=0)]
            yield _record("machine", setting, "prevalence_machine", float(ours.any(axis=1).mean()), len(ours))
            for name, theirs in zip((first, second), coded, strict=True):
                found = figures(np.stack([ours, theirs]), columns, cluster, draws)
                yield from self._told(f"machine vs {name}, beside {first} vs {second}", setting, found, len(cluster))
                gaps = [(metric, one.minus(two)) for (metric, one), (_, two) in zip(found, people, strict=True)]
                yield from self._told(f"machine vs {name} minus {first} vs {second}", setting, gaps, len(cluster))

    def _told(self, system: str, setting: str, found: Sequence[Figure], n: int) -> Iterator[Record]:
        for metric, figure in found:
            low, high = figure.limits(self.settings.interval, self.settings.confidence)
            if len(figure.left_out) < FEWEST:
                low = high = _NAN
            yield Record("ml_quality", system, setting, metric, *(round(float(x), 4) for x in (figure.value, low, high)), n)

    def definitions(self) -> Iterator[Record]:
        """The same agreement under each plausible definition, without intervals."""
        for frame, part in (("all rows", self.all), ("participants", self.participants)):
            for first, second in PAIRS[:2]:
                own = part.pair(first, second)
                names = np.array(own.transcripts)
                halves = [own.part(names == name) for name in sorted(set(names))]
                for level in LEVELS:
                    for which in WHICH:
                        pooled, each = _plain(own, level, which), [_plain(half, level, which) for half in halves]
                        for how, found in (("pooled", pooled), ("mean of interviews", np.nanmean(each, axis=0))):
                            setting = f"{frame}; {level}; {how}"
                            if which == WHICH[0]:
                                yield _record(f"{first} vs {second}", setting, "coded_or_not_kappa", found[0], len(names))
                            yield _record(f"{first} vs {second}", f"{setting}; {which}", "mean_kappa", found[1], len(names))

    def by_interview(self) -> Iterator[Record]:
        """Coded or not, and the mean over families, in each interview."""
        for first, second in PAIRS:
            own = self.participants.pair(first, second)
            names = np.array(own.transcripts)
            for name in sorted(set(names)):
                found, n = _plain(own.part(names == name), "families", WHICH[0]), int((names == name).sum())
                for metric, value in zip(("coded_or_not_kappa", "mean_kappa"), found, strict=True):
                    yield _record(f"{first} vs {second}", f"participants, families, {name}", metric, value, n)


def _plain(own: Interviews, level: str, which: str) -> tuple[float, float]:
    """Return kappa of coded-or-not and mean kappa over the items that count."""
    _, coded = own.level(level)
    parts = (coded.any(axis=2, keepdims=True), coded[:, :, given(coded, which)])
    cluster, draws = np.zeros(coded.shape[1], dtype=np.intp), np.ones((0, 1), dtype=np.int64)
    whole, each = (tally(Ratings(CODERS[:2], part, own.ratings.read), cluster).sampled("kappa", draws).mean() for part in parts)
    return float(whole.value), float(each.value)


def _record(system: str, setting: str, metric: str, value: float, n: int) -> Record:
    return Record("ml_quality", system, setting, metric, round(float(value), 4), _NAN, _NAN, n)


def _counts(system: str, setting: str, names: Sequence[str], coded: Bools, columns: Bools) -> Iterator[Record]:
    n = coded.shape[1]
    for name, own in zip(names, coded.any(axis=2), strict=True):
        yield _record(system, setting, f"prevalence_{name}", float(own.mean()), n)
    yield _record(system, setting, "uncoded_by_both", float((~coded.any(axis=(0, 2))).sum()), n)
    yield _record(system, setting, "items", float(columns.sum()), n)


def annomi(rows: pd.DataFrame, settings: AgreementSettings) -> Iterator[Record]:
    """Agreement of all annotators on each side of the talk; dialogues resampled, then utterances, which are many more."""
    for speaker, stated in PUBLISHED:
        own = utterances(rows, speaker)
        coders, n = own.labels.shape
        system = f"{coders} annotators, {speaker}"
        dialogues = pd.factorize(np.array(own.dialogues, dtype=str), sort=True)[0]
        yield Record("annomi", system, "published", "fleiss_kappa", stated, _NAN, _NAN, 0)
        yield Record("annomi", system, "all dialogues", "missing", float((own.labels < 0).sum()), _NAN, _NAN, n)
        for unit, cluster in (("dialogues", dialogues), ("utterances", np.arange(n))):
            draws = cluster_draws(int(cluster.max()) + 1, resamples=settings.resamples, seed=1)
            found = tally_labels(own.labels, len(own.categories), cluster).figures(draws)
            for name in ("fleiss_kappa", "alpha", "ac1"):
                figure = found.of(name).mean()
                low, high = figure.limits(settings.interval, settings.confidence)
                values = (round(float(x), 4) for x in (figure.value, low, high))
                yield Record("annomi", system, f"{draws.shape[1]} {unit} resampled", name, *values, n)
        none = np.ones((0, 1), dtype=np.int64)
        for number, name in enumerate(sorted(set(own.dialogues))):
            part = own.labels[:, dialogues == number]
            figure = tally_labels(part, len(own.categories), np.zeros(part.shape[1], dtype=np.intp)).sampled("fleiss_kappa", none)
            yield Record("annomi", system, f"dialogue {name}", "fleiss_kappa", round(float(figure.value[0]), 4), _NAN, _NAN, part.shape[1])


def stated() -> Iterator[Record]:
    """The figures of the data's README."""
    for system, values in STATED:
        for (level, metric), value in zip(_STATED_AT, values, strict=True):
            yield _record(system, f"stated for nine interviews, {level}", metric, value, 0)


def notes(records: Sequence[Record]) -> list[str]:
    """Return what a reader must know of the frame, and how the stated figures and those of the part at hand differ."""
    return [*NOTES, *_against_stated(records)]


def _against_stated(records: Sequence[Record]) -> Iterator[str]:
    for system, values in STATED:
        own = [each for each in records if each.set == "ml_quality" and each.system == system]
        for (level, metric), value in zip(_STATED_AT, values, strict=True):
            interval = next(each for each in own if each.metric == metric and f"participants, {level}," in each.setting)
            frames = [each.value for each in own if each.metric == metric and _same_kind(each.setting, level)]
            inside = "inside" if interval.low <= value <= interval.high else "outside"
            yield (
                f"{system}, {metric}, {level}: {value:.2f} stated; {interval.value:.3f} here, {inside} its interval {interval.low:.2f} to "
                f"{interval.high:.2f}; {min(frames):.3f} to {max(frames):.3f} over {len(frames)} definitions."
            )


def _same_kind(setting: str, level: str) -> bool:
    """Tell whether a definition is of codes, or of families, as `level` is."""
    return ";" in setting and ("families" in setting) == (level == "families")


def main() -> int:
    """Measure, print, write benchmarks/results/agreement.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("build/accuracy"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/agreement.json"))
    parser.add_argument("--people-only", action="store_true", help="without the machine")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"real data are not here: {arguments.data}", file=sys.stderr)
        return 3
    settings = default_settings().agreement
    bench = Bench(read_interviews(arguments.data / "ml_quality"), settings)
    records = [*stated(), *bench.records("content codes")]
    for level in ("families", FREQUENT):
        own = bench.participants
        records += bench.records(level, None if arguments.people_only else machine(own, *bench.level(own, level), arguments.cache))
    records += [*bench.by_interview(), *bench.definitions()]
    records += annomi(pd.read_csv(arguments.data / "annomi" / "multi_annotator.csv", dtype=str, keep_default_na=False), settings)
    for each in records:
        print(f"{each.system:58}{each.setting:62}{each.metric:22}{each.value:9.3f}{each.low:9.3f}{each.high:9.3f}{each.n:6}")
    write(arguments.out, records, notes(records))
    return 0


if __name__ == "__main__":
    sys.exit(main())
