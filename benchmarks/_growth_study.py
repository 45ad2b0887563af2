"""A synthetic study on disk as the stages up to the topics would have left it: vectors, layers, words and people's coding are all drawn.

A segment has none, one or two of the leaf codes. Its vector lies near the centres of its codes, and a share of its words are the
codes' own, so that heads learn something and lexical views are real. Words follow Zipf's law.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from nptlens.core.ids import digest, digest_ids
from nptlens.core.text import Span
from nptlens.reading import Reading
from nptlens.schemas.records import Furniture, TopicCard, TopicStability, Transcript, Utterance
from nptlens.schemas.tables import MANUAL_CODINGS, SEGMENTS, SET_ASIDE, TOPICS
from nptlens.store.files import write_array, write_records, write_table, write_text
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts

CODES, SEEDS, WIDTH, LAYERS = 25, 800, 384, 3
_CONSTRUCTS, _THEMES = 4, 5  # codes with components, codes that are linked to others
_ANSWERS, _PER_ANSWER = 28, 2  # in an interview
_TOPICS, _READ = 40, 0.04  # topics; the share of the interviews that two people coded
_WORDS, _OWN_WORDS = 9_000, 60
_BLOCK = 50_000
_SYLLABLES = tuple(f"{a}{b}" for a in "b c d f g h l m n p r s t w th st".split() for b in "a e i o u ea ou er".split())


@dataclass(frozen=True, slots=True)
class _Talk:
    words: NDArray[np.str_]
    chance: NDArray[np.float64]
    centres: NDArray[np.float32]
    layers: NDArray[np.float32]

    def texts(self, random: np.random.Generator, codes: NDArray[np.intp]) -> list[str]:
        """Return a text per row of `codes` ``(n, 2)``, -1 for none."""
        sizes = np.maximum(6, random.normal(28, 10, len(codes)).astype(np.intp))
        drawn = np.searchsorted(self.chance, random.random(int(sizes.sum())))
        of = np.repeat(np.arange(len(codes)), sizes)
        code = codes[of, random.integers(0, 2, len(of))]
        own = (random.random(len(of)) < 0.15) & (code >= 0)
        drawn[own] = code[own] * _OWN_WORDS + random.integers(0, _OWN_WORDS, int(own.sum()))
        said, ends = self.words[drawn].tolist(), np.cumsum(sizes).tolist()
        return [f"{' '.join(said[start:end]).capitalize()}." for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    def vectors(self, random: np.random.Generator, codes: NDArray[np.intp], centres: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return unit vectors ``(n, d)`` near the codes' centres."""
        made = random.standard_normal((len(codes), centres.shape[1]), dtype=np.float32) / np.float32(np.sqrt(centres.shape[1]))
        for column in codes.T:
            made += np.where(column[:, None] >= 0, centres[column], 0) * np.float32(0.5)
        unit: NDArray[np.float32] = made / np.linalg.norm(made, axis=1, keepdims=True)
        return unit


def build(root: Path, segments: int, *, seed: int = 0) -> None:
    """Write the study of about `segments` segments into `root`."""
    random = np.random.default_rng(seed)
    store = root / ".nptlens"
    store.mkdir(parents=True)
    (root / "study.toml").write_text('[study]\nname = "A synthetic study"\ncodebooks = ["codebook.toml"]\n', encoding="utf-8")
    (root / "codebook.toml").write_text(_codebook(), encoding="utf-8")
    (root / "transcripts").mkdir()
    talk = _talk(random)
    leaves = np.arange(_CONSTRUCTS, CODES)
    _seeds(root, talk, random, leaves)
    per = _ANSWERS * _PER_ANSWER
    interviews = -(-segments // per)
    n = interviews * per
    codes = np.where(random.random((n, 2)) < 0.35, random.choice(leaves, (n, 2)), -1)
    _segments(store, talk, random, codes, interviews)
    for name, centres in (("vectors", talk.centres), ("layers", talk.layers)):
        made = open_memmap(store / f"{name}.npy", mode="w+", dtype=np.float32, shape=(n, centres.shape[1]))
        for start in range(0, n, _BLOCK):
            made[start : start + _BLOCK] = talk.vectors(random, codes[start : start + _BLOCK], centres)
        made.flush()
        del made
    _topics(store, random, codes)
    for stage in ("read", "segment", "manual", "embed", "name"):
        write_records(store / f"problems_{stage}.json", [])


def artefacts(root: Path) -> Artefacts:
    """Return artefacts in which the transcripts already lie, made of the study's own segments."""
    found = Artefacts(open_study(root))
    found.held["reading"] = Reading(tuple(_transcripts(root / "transcripts.parquet")))
    return found


def _talk(random: np.random.Generator) -> _Talk:
    words = np.array(sorted({"".join(random.choice(_SYLLABLES, random.integers(1, 5))) for _ in range(2 * _WORDS)}))[:_WORDS]
    random.shuffle(words)
    weight = 1.0 / (np.arange(len(words)) + 2.7)
    chance = np.cumsum(weight / weight.sum())
    chance[-1] = 1.0
    centres = [random.standard_normal((CODES, width)).astype(np.float32) for width in (WIDTH, LAYERS * WIDTH)]
    return _Talk(words, chance, *(each / np.linalg.norm(each, axis=1, keepdims=True) for each in centres))


def _codebook() -> str:
    parts = ['name = "synthetic"\nversion = "1"\n']
    for number in range(CODES):
        part = f'[[code]]\nid = "C{number:02}"\nname = "Code {number}"\ndefinition = "Meaning {number}."\nsource = "Drawn"\n'
        if _CONSTRUCTS <= number < CODES - _THEMES:
            part += f'parent = "C{number % _CONSTRUCTS:02}"\n'
        parts.append(part)
    for number in range(CODES - _THEMES, CODES):
        parts.append(f'[[link]]\nfirst = "C{number:02}"\nsecond = "C{number % _CONSTRUCTS + _CONSTRUCTS:02}"\nnote = "expected"\n')
    return "\n".join(parts)


def _seeds(root: Path, talk: _Talk, random: np.random.Generator, leaves: NDArray[np.intp]) -> None:
    codes = np.column_stack([np.resize(leaves, SEEDS), np.full(SEEDS, -1)])
    codes[-SEEDS // 20 :] = -1  # of none
    texts = talk.texts(random, codes)
    with (root / "seeds.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["seed_id", "text", "codes", "stance", "note"])
        for number, (code, text) in enumerate(zip(codes[:, 0], texts, strict=True)):
            stance = ("asserted", "contrary", "mixed", "hypothetical")[number % 4] if code >= 0 else ""
            lines.writerow([f"S{number:03}", text, f"C{code:02}" if code >= 0 else "none", stance, ""])
    store, every = root / ".nptlens", np.column_stack([np.arange(CODES), np.full(CODES, -1)])
    for name, of in (("seed", codes), ("code", every)):
        write_array(store / f"{name}_vectors.npy", talk.vectors(random, of, talk.centres))
        write_array(store / f"{name}_layers.npy", talk.vectors(random, of, talk.layers))


def _segments(store: Path, talk: _Talk, random: np.random.Generator, codes: NDArray[np.intp], interviews: int) -> None:
    """Write segments, set aside, manual coding and the transcripts' texts: a question, then an answer of some segments."""
    per = _ANSWERS * _PER_ANSWER
    rows, aside, texts, manual = [], [], [], []
    coded = set(random.choice(interviews, max(6, int(interviews * _READ)), replace=False).tolist())
    for first in range(0, interviews, 900):
        some = range(first, min(first + 900, interviews))
        said = iter(talk.texts(random, codes[first * per : (some[-1] + 1) * per]))
        for interview in some:
            name, lines, at = f"T{interview:05}", [], 0
            role, practice = ("nurse", "GP", "coach", "manager")[interview % 4], f"P{interview // 9:04}"
            for answer in range(_ANSWERS):
                lines.append("Q: And how was that for you?\n")
                aside.append((name, 2 * answer, at + 3, at + 28, 6, "interviewer"))
                at += len(lines[-1])
                parts = [next(said) for _ in range(_PER_ANSWER)]
                lines.append(f"R: {' '.join(parts)}\n")
                start = at + 3
                for part in parts:
                    end = start + len(part)
                    if interview in coded:
                        manual += _coded_by_two(random, name, start, end, codes[len(rows)])
                    time = 62.0 * answer
                    fixed = (name, 2 * answer + 1, start, end, part, part.count(" ") + 1)
                    rows.append((f"{name}:{start}-{end}", *fixed, f"S{interview:05}", role, practice, "", time))
                    start = end + 1
                at += len(lines[-1])
            texts.append((name, "".join(lines)))
    frame = pd.DataFrame(rows, columns=SEGMENTS.names())
    write_table(store / "segments.parquet", SEGMENTS, frame)
    write_text(store / "vectors.rows", digest_ids(frame["segment_id"]))
    write_table(store / "set_aside.parquet", SET_ASIDE, pd.DataFrame(aside, columns=SET_ASIDE.names()))
    write_table(store / "manual.parquet", MANUAL_CODINGS, pd.DataFrame(manual, columns=MANUAL_CODINGS.names()))
    pd.DataFrame(texts, columns=["id", "text"]).to_parquet(store.parent / "transcripts.parquet")
    write_records(store / "transcripts.json", [(name, f"{name}.txt", *[digest(text)] * 2, "text", "labelled") for name, text in texts])


def _coded_by_two(random: np.random.Generator, name: str, start: int, end: int, codes: NDArray[np.intp]) -> list[tuple[object, ...]]:
    found = []
    for coder in ("ann", "ben"):
        given = {int(code) for code in codes if code >= 0 and random.random() < 0.8}
        stance = "contrary" if random.random() < 0.2 else "asserted"
        found += [(name, start, end, f"C{code:02}", stance, coder, 0.0) for code in given]
    return found


def _topics(store: Path, random: np.random.Generator, codes: NDArray[np.intp]) -> None:
    ids = pd.read_parquet(store / "segments.parquet", columns=["segment_id"])["segment_id"]
    topic = np.where(random.random(len(ids)) < 0.7, (codes[:, 0] * 7 + random.integers(0, 3, len(ids))) % _TOPICS, -1)
    cards = [
        TopicCard(n, ("phones", "letters", f"word{n}"), tuple(ids[topic == n][:5]), int((topic == n).sum()), 9, 9, stability=0.8)
        for n in range(_TOPICS)
    ]
    table = pd.DataFrame({"segment_id": ids, "topic": topic, "strength": 0.9})
    for name in ("topics", "topics_found"):
        write_table(store / f"{name}.parquet", TOPICS, table)
    write_records(store / "topic_cards.json", cards)
    write_records(store / "topic_stability.json", TopicStability((0.8,) * _TOPICS, 20, 0.61, 0, None))
    write_text(store / "topic_method", "small")


def _transcripts(path: Path) -> list[Transcript]:
    found = []
    for name, text in pd.read_parquet(path).itertuples(index=False):
        at, utterances, furniture = 0, [], []
        for turn, line in enumerate(text.splitlines(keepends=True)):
            end = at + len(line)
            utterances.append(Utterance(Span(at + 3, end - 1), line[0], 31.0 * turn))
            furniture += [Furniture(Span(at, at + 3), "label"), Furniture(Span(end - 1, end), "line end")]
            at = end
        found.append(Transcript(name, f"{name}.txt", digest(text), "text", "labelled", text, tuple(utterances), tuple(furniture)))
    return found
