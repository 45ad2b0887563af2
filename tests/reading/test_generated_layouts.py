"""Invented transcripts in many layouts: each word is its speaker's, or nobody's where it is no speech, or a warning asks for a look."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.reading.layout_generator import LAYOUTS, UNNAMED, Made, generate
from tests.reading.made.talk import words

from nptlens.core.errors import NptlensError
from nptlens.reading import read_file
from nptlens.schemas.records import Problem, Severity, Transcript
from nptlens.study.check import check

RIGHT, WARNED, SILENT = "right", "warned", "silent"
SAMPLE = [seed * 17 for seed in range(160)]
ALL = range(20 * len(LAYOUTS))
_MARKS = str.maketrans("", "", "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff")
_OF_OTHER = re.compile(r"encod|decod|windows|cp1252|utf|byte|above the header", re.IGNORECASE)  # says nothing of who speaks


@dataclass
class Verdict:
    """How a file was read; `wrong` are words given to another (truth, as read), `times` whether all starts are right, None without times."""

    made: Made
    verdict: str
    wrong: list[str] = field(default_factory=list)
    told: tuple[str, ...] = ()
    layout: str = ""
    times: bool | None = None


def label(name: str | None) -> str | None:
    """Return a label as it is compared: marks of direction, white space and a last full stop do not matter."""
    return None if name is None else " ".join(name.translate(_MARKS).split()).rstrip(".")


def judge(made: Made, folder: Path) -> Verdict:
    path = folder / made.name
    path.write_bytes(made.data)
    try:
        transcript = read_file(path, transcript_id=path.stem, source=made.name, max_megabytes=8)
    except NptlensError as error:
        return Verdict(made, WARNED, ["refused"], (f"{error.what} ({error.hint})",))
    wrong = misattributed(made, transcript)
    if not wrong:
        return Verdict(made, RIGHT, layout=transcript.layout, times=starts_right(made, transcript))
    told = warnings_of_reading(made, path, folder)
    return Verdict(made, WARNED if told else SILENT, wrong, told, transcript.layout)


def misattributed(made: Made, transcript: Transcript) -> list[str]:
    truth = Counter({(label(speaker), word): count for (speaker, word), count in made.said.items()})
    read: Counter[tuple[str | None, str]] = Counter()
    for utterance in transcript.utterances:
        read.update((label(utterance.speaker), word) for word in words(transcript.quote(utterance.span)))
    if truth == read:
        return []
    lost, gained = truth - read, read - truth
    owners = defaultdict(list)
    for (speaker, word), count in gained.items():
        owners[word] += [speaker] * count
    moved = Counter(f"{speaker!r} -> {owners[word].pop(0)!r}" if owners[word] else f"{speaker!r} -> nobody" for speaker, word in lost.elements())
    moved.update(f"no speech -> {speaker!r}" for speakers in owners.values() for speaker in speakers)
    return [f"{count} words: {what}" for what, count in moved.most_common()]


def starts_right(made: Made, transcript: Transcript) -> bool | None:
    if not made.starts:
        return None
    said = [(transcript.quote(u.span), u.start_s) for u in transcript.utterances]
    for word, start in made.starts:
        found = next((time for text, time in said if word in text), None)
        if found is None or abs(found - start) > 1.05:
            return False
    return True


def warnings_of_reading(made: Made, path: Path, folder: Path) -> tuple[str, ...]:
    """Return the warnings that the same talk does not get when it is a plain table of speakers and words."""
    other = folder / "truth" / f"{path.stem}.csv"
    other.parent.mkdir(exist_ok=True)
    with other.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("speaker", "text"), *((turn.speaker, turn.text) for turn in made.script.turns)])
    expected = {comparable(problem) for problem in check(other).problems}
    found = [problem for problem in check(path).problems if problem.severity is not Severity.NOTE]
    return tuple(p.what for p in found if comparable(p) not in expected and not _OF_OTHER.search(p.what))


def comparable(problem: Problem) -> str:
    return re.sub(r"\d+", "0", problem.what)


def table(verdicts: list[Verdict]) -> str:
    rows = defaultdict(list)
    for verdict in verdicts:
        rows[verdict.made.layout].append(verdict)
    lines = [f"{'layout':42} {'files':>6} {'right':>6} {'warned':>6} {'silent':>6} {'times':>7}"]
    for name, all_of in [*rows.items(), ("all", verdicts)]:
        counts = Counter(verdict.verdict for verdict in all_of)
        timed = [verdict.times for verdict in all_of if verdict.times is not None]
        times = f"{sum(timed)}/{len(timed)}" if timed else "-"
        lines.append(f"{name:42} {len(all_of):6} {counts[RIGHT]:6} {counts[WARNED]:6} {counts[SILENT]:6} {times:>7}")
    return "\n".join(lines)


def account(verdicts: list[Verdict]) -> list[str]:
    return [f"{v.made.told()} · read as {v.layout!r}: {'; '.join(v.wrong[:4])}" for v in verdicts if v.verdict == SILENT]


def judged(seeds, folder: Path, minimum: float) -> None:
    verdicts = []
    for seed in seeds:
        verdicts.append(judge(generate(seed), folder))
        for path in folder.glob("*.*"):
            path.unlink()
    print("\n" + table(verdicts))  # noqa: T201
    named = [v for v in verdicts if v.made.layout not in UNNAMED]
    assert account(verdicts) == []
    assert sum(v.verdict == RIGHT for v in named) >= minimum * len(named)


def test_a_seed_gives_one_file():
    one, other = generate(11), generate(11)
    assert (one.name, one.said) == (other.name, other.said)
    assert len({generate(seed).layout for seed in range(len(LAYOUTS))}) == len(LAYOUTS)
    assert len(ALL) >= 2_000


def test_sample(tmp_path):
    judged(SAMPLE, tmp_path, 0.85)


@pytest.mark.slow
def test_all(tmp_path):
    judged(ALL, tmp_path, 0.88)
