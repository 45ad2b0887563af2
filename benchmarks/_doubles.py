"""Data that several people coded: interviews whose paragraphs carry sets of codes, dialogues whose utterances carry one label each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement.coefficients import Ratings
from nptlens.core.text import count_words

Bools = NDArray[np.bool_]

CODERS = ("coder_a", "coder_b", "moderated")
_COLUMNS = (("coder_a", "codes_a"), ("coder_b", "codes_b"), ("moderator", "codes_moderated"))
STRUCTURAL, OTHER = "structural", "other"
LEVELS = ("all codes", "content codes", "families", "all families")


@dataclass(frozen=True, slots=True, eq=False)
class Interviews:
    """n paragraphs in order: their interview, text, whether a participant speaks, and what the three of CODERS gave.

    `families` says of each of k codes where it belongs; `ratings` is ``(3, n, k)``. A coder read a whole interview or none of it.
    """

    transcripts: tuple[str, ...]
    texts: tuple[str, ...]
    participant: Bools
    codes: tuple[str, ...]
    families: tuple[str, ...]
    ratings: Ratings

    def part(self, keep: Bools) -> Interviews:
        """Return the paragraphs that `keep` ``(n,)`` holds True for."""
        rows = np.flatnonzero(keep)
        return replace(
            self,
            transcripts=tuple(self.transcripts[row] for row in rows),
            texts=tuple(self.texts[row] for row in rows),
            participant=self.participant[rows],
            ratings=Ratings(self.ratings.coders, self.ratings.coded[:, rows], self.ratings.read[:, rows]),
        )

    def pair(self, first: str, second: str) -> Interviews:
        """Return the paragraphs that both coders read, with these two alone."""
        both = [self.ratings.coders.index(name) for name in (first, second)]
        ratings = Ratings((first, second), self.ratings.coded[both], self.ratings.read[both])
        return replace(self, ratings=ratings).part(ratings.read.all(axis=0))

    def cluster(self) -> NDArray[np.intp]:
        """Return each paragraph's interview as a number from 0 ``(n,)``."""
        return pd.factorize(np.array(self.transcripts, dtype=str), sort=True)[0]

    def level(self, name: str) -> tuple[tuple[str, ...], Bools]:
        """Return items and who gave them ``(coders, n, items)`` at one of LEVELS.

        "all codes"; "content codes": without those that mark the question of the guide; "families": those of content codes that belong to
        one; "all families": structural and "other" codes as two more. A family is given where one of its codes is.
        """
        if name in ("all codes", "content codes"):
            kept = [i for i, family in enumerate(self.families) if name == "all codes" or family != STRUCTURAL]
            return tuple(self.codes[i] for i in kept), self.ratings.coded[:, :, kept]
        left = (STRUCTURAL, OTHER) if name == "families" else ()
        items = tuple(sorted(set(self.families) - set(left)))
        own = np.array(self.families, dtype=str)
        return items, np.stack([self.ratings.coded[:, :, own == item].any(axis=2) for item in items], axis=2)


def interviews(turns: pd.DataFrame, book: pd.DataFrame) -> Interviews:
    """Return the rows of `turns` that hold a word. Raises ValueError for a code that `book` does not list."""
    turns = turns[[count_words(text) > 0 for text in turns["text"]]]
    codes = tuple(book["code"])
    place = {code: i for i, code in enumerate(codes)}
    coded = np.zeros((len(CODERS), len(turns), len(codes)), dtype=bool)
    for coder, (_, column) in enumerate(_COLUMNS):
        for row, cell in enumerate(turns[column]):
            for code in filter(None, cell.split("|")):
                if code not in place:
                    raise ValueError(f"{column}: a code that the codebook does not list")
                coded[coder, row, place[code]] = True
    read = np.array([turns[column] != "" for column, _ in _COLUMNS])
    return Interviews(
        tuple(turns["transcript_id"]),
        tuple(turns["text"]),
        (turns["role"] == "interviewee").to_numpy(),
        codes,
        tuple(book["family"]),
        Ratings(CODERS, coded & read[:, :, None], read),
    )


def read_interviews(folder: Path) -> Interviews:
    """Read turns.csv and codebook.csv of ml_quality."""
    return interviews(*(pd.read_csv(folder / name, dtype=str, keep_default_na=False) for name in ("turns.csv", "codebook.csv")))


@dataclass(frozen=True, slots=True, eq=False)
class Utterances:
    """Utterances of one side of the talk: their dialogue ``(n,)``, and the label of each of m annotators ``(m, n)``, -1 for none."""

    dialogues: tuple[str, ...]
    labels: NDArray[np.intp]
    categories: tuple[str, ...]


def utterances(rows: pd.DataFrame, speaker: str) -> Utterances:
    """Return what `speaker` said as a table of annotators and utterances. Raises ValueError where an annotator labelled one twice."""
    own = rows[rows["speaker"] == speaker]
    if own.duplicated(["transcript_id", "turn_index", "annotator"]).any():
        raise ValueError(f"{speaker}: an annotator labelled an utterance twice")
    categories = tuple(sorted(set(own["code"]) - {""}))
    numbers = {name: i for i, name in enumerate(categories)}
    table = own.assign(number=[numbers.get(code, -1) for code in own["code"]]).pivot(
        index=["transcript_id", "turn_index"], columns="annotator", values="number"
    )
    labels = table.fillna(-1).to_numpy(dtype=np.intp).T
    return Utterances(tuple(table.index.get_level_values("transcript_id")), labels, categories)
