"""One bit of a file of the store or of the results is another one; no verb may give another answer without a word."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash.bench import Bench, put
from benchmarks.crash.children import Ended
from benchmarks.crash.states import RESULTS, STORE, Snapshot, differences, flipped, is_cache, is_record, row_spans, snapshot
from benchmarks.crash.verbs import READING, Verb, places
from benchmarks.crash.verdicts import FAULT, UNCLEAR, WRONG, Fault, Outcome, broken, plain_answer, says_so, unclear_refusal

_FROM_CACHES = Verb("run --again", ("run", "{study}", *(w for s in ("segment", "embed", "discover", "report") for w in ("--again", s))))
_KEPT = "runs/"  # copies that no stage reads: only `diff` must notice
_ANSWERED = (0, 1)


@dataclass(frozen=True, slots=True)
class Flip:
    """A bit of a file."""

    name: str
    at: int
    bit: int
    verb: Verb

    def words(self) -> str:
        """Return what is done, in words."""
        return f"{self.name} at {self.at}, {self.verb.name}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb said, and the files that it wrote: those beside the study and those in it."""

    ended: Ended
    wrote: Snapshot
    study: Snapshot

    def same(self, other: Answer) -> bool:
        """Tell whether another answer says and wrote the same, times left out."""
        ours, theirs = (plain_answer(each.ended.out) for each in (self, other))
        return ours == theirs and self.ended.code == other.ended.code and self.wrote == other.wrote


class Flips:
    """The part: it knows what each verb answers undisturbed."""

    def __init__(self, bench: Bench, flips: int, rows: int) -> None:
        self._bench, self._flips, self._rows = bench, flips, rows
        self._kept = bench.work / "kept"
        put(bench.whole, bench.study)
        bench.run("run", str(bench.study), "--keep", "first")
        put(bench.study, self._kept)
        self._held = snapshot(self._kept)
        self._references: dict[str, Answer] = {}

    def cases(self) -> Iterator[Flip]:
        """Yield bits of every artefact and result, each before each reading verb, and of rows and of any place of each cache."""
        for name in self._held:
            if not name.startswith((STORE, RESULTS)):
                continue
            data = (self._kept / name).read_bytes()
            draw = random.Random(name)  # noqa: S311
            if is_cache(name) and name.endswith(".sqlite"):
                spans = row_spans(data)
                places_ = [draw.randrange(*draw.choice(spans)) for _ in range(self._rows)] if spans else []
                places_ += [draw.randrange(len(data)) for _ in range(self._rows)]
                yield from (Flip(name, at, draw.randrange(8), _FROM_CACHES) for at in places_)
            elif data:
                for _ in range(self._flips):
                    at, bit = draw.randrange(len(data)), draw.randrange(8)
                    yield from (Flip(name, at, bit, verb) for verb in READING)

    def judge(self, flip: Flip) -> Outcome:
        """Flip the bit and ask the verb."""
        reference = self._reference(flip.verb)
        answer = self._answer(flip.verb, flip)
        setting = "rows and pages of caches" if is_cache(flip.name) else "results" if flip.name.startswith(RESULTS) else "artefacts"
        if flip.verb.name.startswith("run"):
            how, faults = self._of_run(answer, flip)
        else:
            how, faults = _of_answer(answer, reference, flip)
        return Outcome(setting, {how: 1}, tuple(faults))

    def _reference(self, verb: Verb) -> Answer:
        if verb.name not in self._references:
            self._references[verb.name] = self._answer(verb, None)
            ended = self._references[verb.name].ended
            if ended.code not in _ANSWERED:
                raise SystemExit(f"{verb.name}, undisturbed, ended with {ended.code}: {ended.err[-400:]}")
        return self._references[verb.name]

    def _answer(self, verb: Verb, flip: Flip | None) -> Answer:
        bench = self._bench
        study, out = bench.put(self._kept), bench.work / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        if flip:
            flipped(study / flip.name, flip.at, flip.bit)
        ended = bench.run(*verb.filled(places(bench, study)))
        return Answer(ended, snapshot(out), snapshot(study))

    def _of_run(self, answer: Answer, flip: Flip) -> tuple[str, list[Fault]]:
        """Judge a run: it makes again what was altered, or refuses; an altered result may stay beside the new one, under another name."""
        ended = answer.ended
        if why := broken(ended):
            return "wrong", [Fault(FAULT, f"{flip.words()}: {why}")]
        if ended.code not in _ANSWERED:
            why = unclear_refusal(ended)
            return "refused", [Fault(UNCLEAR, f"{flip.words()}: {why}")] if why else []
        differing = [name for name in differences(self._held, answer.study) if not self._may_differ(name, flip, answer)]
        if differing:
            return "wrong", [Fault(WRONG, f"{flip.words()}: {', '.join(differing[:6])}")]
        return "made again or the same", []

    def _may_differ(self, name: str, flip: Flip, answer: Answer) -> bool:
        if name == flip.name and (is_cache(name) or is_record(name) or _KEPT in name):
            return True  # what no stage read is as it was; what was read and found damaged was made again in the results
        if flip.name.startswith(RESULTS):
            stem = Path(flip.name).stem
            return (name.startswith(RESULTS) and name not in self._held and stem in name) or is_record(name)
        return False


def _of_answer(answer: Answer, reference: Answer, flip: Flip) -> tuple[str, list[Fault]]:
    """Judge a verb that reads: the same answer, a clear refusal, or an answer that says what was altered."""
    ended = answer.ended
    if why := broken(ended):
        return "wrong", [Fault(FAULT, f"{flip.words()}: {why}")]
    # verify says in its answer which quotation does not hold
    found_out = flip.verb.name == "verify" and flip.name.startswith(RESULTS) and ended.code in (1, 4) and '"faults": [\n' in ended.out
    if ended.code not in _ANSWERED and not found_out:
        why = unclear_refusal(ended)
        return "refused", [Fault(UNCLEAR, f"{flip.words()}: {why}")] if why else []
    if answer.same(reference):
        if flip.verb.name == "status" and _must_be_noticed(flip.name):
            return "wrong", [Fault(WRONG, f"{flip.words()}: says nothing of it")]
        return "the same", []
    if found_out or says_so(ended, reference.ended):
        return "said", []
    return "wrong", [Fault(WRONG, f"{flip.words()}: another answer, exit {ended.code}")]


def _must_be_noticed(name: str) -> bool:
    """Tell whether `status` must notice that a file is altered: what a stage makes, not copies, records or caches."""
    return not (is_cache(name) or is_record(name) or _KEPT in name or name == f"{STORE}ledger.sqlite")
