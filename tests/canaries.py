"""A transcript full of words that stand nowhere else, planted in every kind of input of the tiny study; and a scanner of all bytes."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

WORDS = tuple(f"qz{a}{b}wort" for a in "abcdefgh" for b in "klmno")  # 40
_IDLE = iter(WORDS)


def _take(number: int) -> list[str]:
    return [next(_IDLE) for _ in range(number)]


SPOKEN, ASKED, LABEL = _take(16), _take(4), _take(2)
FILE, PERSON, ROLE, PRACTICE, CATEGORY = _take(5)
MANUAL, MEMO, MEMO_OF_FILE, LOST, NOTE, SEED, LABELLED, TOPIC_WORD = _take(8)
ASKED_LATER = _take(3)
SPOKEN += _take(2)
ID = f"Vex{FILE}"
SPEAKER = " ".join(word.capitalize() for word in LABEL)
_SAID = [
    f"The team of {SPOKEN[0]} talked in the meeting and {SPOKEN[1]} listened to the whole team for an hour with {SPOKEN[2]}.",
    f"The money that {SPOKEN[3]} paid covered the hour, and without {SPOKEN[4]} and the payment of {SPOKEN[5]} nobody would have paid.",
    f"Forms and more paper forms, {SPOKEN[6]} wrote them for {SPOKEN[7]}, and {SPOKEN[8]} read the paper forms in the evening.",
    f"Our team and {SPOKEN[9]} talk in the meeting, {SPOKEN[10]} and {SPOKEN[11]} listen as one team about the week we had.",
    f"The forms took longer than the work of {SPOKEN[12]}, the paper went into {SPOKEN[13]} and {SPOKEN[14]}, forms for {SPOKEN[15]}.",
    f"The payment was small money, {SPOKEN[16]} paid the cover from the payment and {SPOKEN[17]} had no money by June.",
]
TEXT = (
    f"Interviewer: How did {ASKED[0]} and {ASKED[1]} begin?\n"
    + "\n".join(f"{SPEAKER}: {said}" for said in _SAID[:3])
    + f"\nInterviewer: And {ASKED[2]} with {ASKED[3]} after {ASKED_LATER[0]}, {ASKED_LATER[1]} and {ASKED_LATER[2]}?\n"
    + "\n".join(f"{SPEAKER}: {said}" for said in _SAID[3:])
    + "\n"
)
SAID = tuple(_SAID)


def _row(*cells: object) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _place(said: str) -> tuple[int, int]:
    start = TEXT.index(said)
    return start, start + len(said)


def plant(study, *, whole: bool = True) -> None:
    """Write the inputs of a study with the planted transcript, or (`whole` false) as if it had never been there."""

    def also(name: str, head: str, own: str, others: str = "") -> None:
        path = study.root / name
        before = path.read_text(encoding="utf-8") if path.is_file() else head
        study.write(name, before + (own if whole else "") + others)

    if whole:
        study.write(f"transcripts/{ID}.txt", TEXT)
    study.edit("participants.csv", "role,practice\n", "role,practice,adopter_category\n")
    also("participants.csv", "", _row(f"P{PERSON}", f"{SPEAKER};", ROLE, PRACTICE, CATEGORY), 'P09,"Sam, Cole",nurse,B\n')
    start, end = _place(SAID[0])
    odd = (*_place(SAID[1]), "MONEY", "asserted", "A")
    also(
        "manual_C.csv",
        "transcript,start,end,code,stance,coder,text,memo\r\n",
        _row(ID, start, end, "TEAM", "asserted", "C", SAID[0], f"so says\n{MEMO}, and more") + _row(ID, 3, 9, "TEAM", "", "C", MANUAL, ""),
        'P01,0,8,none,,C,,"a memo\nof two lines, with ""quotes"""\n',
    )
    also("manual_A.csv", "", _row(ID, *odd))
    also("memos_tool.csv", "transcript,memo\n", _row(ID, MEMO_OF_FILE), "P01,calm\n")
    place = _place(SAID[0])
    excerpt = f"{ID}:{place[0]}-{place[1]}"
    also("memos.csv", "case,excerpt,code,by,text,memo\n", _row("", excerpt, "", "C", SAID[0], MEMO_OF_FILE) + _row(ID, "", "", "C", "", MEMO_OF_FILE), ",,TEAM,C,,calm\n")
    also("not_found_tool.csv", "source,start,end,code,stance,coder,text,memo,why\n", _row(f"{ID}.txt", 1, 2, "TEAM", "", "A", LOST, "", "no"))
    study.write("seeds.csv", (study.root / "seeds.csv").read_text(encoding="utf-8").replace("codes,stance\n", "codes,stance,note,group\n"))
    also("seeds.csv", "", _row("OWN-1", f"The team of {SEED} talked in the meeting.", "TEAM", "asserted", NOTE, ID))
    head = "seed_id,text,codes,stance,note,group\n"
    labelled = f"Forms and more paper forms, {SPOKEN[6]} wrote them for {SPOKEN[7]}, and {SPOKEN[8]} read the paper forms in the evening."
    also("seeds_labelled.csv", head, _row(f"{ID}:{_place(labelled)[0]}-{_place(labelled)[1]}", labelled, "FORMS", "", LABELLED, ID))
    named = (f"{ID}:1-2; P01:1-2", f"team, {TOPIC_WORD}, meeting") if whole else ("P01:1-2", "team, meeting")
    study.write("topic_names.csv", "topic,words,exemplars,name,merge_into\n" + _row("0", named[1], named[0], "Talk", ""))
    toml = (study.root / "study.toml").read_text(encoding="utf-8")
    tuned = f'["P01", "{ID}"]' if whole else '["P01"]'
    study.write("study.toml", toml + f"[validation]\ntuned = {tuned}  # tried on these\n")


def everything(path: Path) -> bytes:
    """Return all that a file holds: its bytes, members of zip files, values of Parquet and SQLite, arrays."""
    data = path.read_bytes()
    parts = [path.name.encode(), data]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            parts += [archive.read(name) for name in archive.namelist()]
    elif path.suffix == ".parquet":
        parts.append(str(pq.read_table(path).to_pydict()).encode())
    elif path.suffix == ".sqlite":
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as database:
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in database.execute(f'SELECT * FROM "{name}"'):
                    parts += [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
    elif path.suffix == ".npy":
        parts.append(np.load(path).tobytes())
    return b"\0".join(parts)


def held(root: Path, needles) -> dict[str, list[bytes]]:
    """Return, per file below a folder, which of the needles (bytes) stand in it or its path, whatever the case of their letters."""
    found = {}
    for path in sorted(each for each in root.rglob("*") if each.is_file()):
        content = everything(path) + path.relative_to(root).as_posix().encode()
        folded = content.lower()
        own = [needle for needle in needles if needle in content or needle.lower() in folded]
        if own:
            found[path.relative_to(root).as_posix()] = own
    return found


def words() -> list[bytes]:
    """Return the planted words as bytes."""
    return [word.encode() for word in WORDS]
