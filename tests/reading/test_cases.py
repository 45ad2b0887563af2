"""Inputs that once went wrong: who says how many words in each, or what is told of it; `pytest -s` prints them case by case."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import pytest

from nptlens.core.errors import NptlensError
from nptlens.core.text import count_words
from nptlens.reading import read_file
from nptlens.schemas.records import Problem, Severity, SpeakerRole
from nptlens.study.check import check

_MARKS = str.maketrans("", "", "\u200e\u200f")
Said = dict[str | None, int]


@dataclass(frozen=True)
class Case:
    """What is expected of a file.

    `said`: words by label, several where more than one reading is right. `turns`: their number. `starts`, `ends`: turns with such a time.
    `coded`: words of participants. `told`: a problem has to match. `otherwise`: a problem that may stand in for the right reading.
    """

    said: tuple[Said, ...] = ()
    turns: int | None = None
    starts: int | None = None
    ends: int | None = None
    ordered: bool = False
    coded: int | None = None
    told: str = ""
    severity: Severity = Severity.NOTE
    otherwise: str = ""
    keeps: str = ""


@dataclass
class Got:
    said: Said = field(default_factory=dict)
    turns: int = 0
    starts: int = 0
    ends: int = 0
    ordered: bool = True
    coded: int = 0
    text: str = ""
    problems: tuple[Problem, ...] = ()


def two(asks: str, answers: str, words: tuple[int, int] = (15, 19), **more) -> Case:
    return Case(said=({asks: words[0], answers: words[1]},), **more)


CASES: dict[str, Case] = {
    "name_will.txt": two("Interviewer", "Will Carter", turns=6),
    "name_said.vtt": two("Interviewer", "Said Warsame", turns=6, starts=6),
    "label_participant_one.txt": two("Interviewer", "Participant One", turns=6),
    "label_the_nurse.txt": two("Interviewer", "The nurse", turns=6),
    "zoom_phone_caller.vtt": two("Marta Lindqvist", "01632 960123", turns=6, starts=6),
    "zoom_surname_first.vtt": two("Lindqvist, Marta", "Pryce, Owen", turns=6, starts=6),
    "name_long.vtt": two("Marta Lindqvist", "Dr Owen Pryce | Northern Ward Teaching Hospital", turns=6, starts=6),
    "focus_once.txt": Case(said=({"Moderator": 10, "Anna": 12, "Ben": 10, "Cleo": 11},), otherwise=r"Cleo|line 9\b"),
    "i_means_informant.txt": two("R", "I", (13, 83), told=r"interviewer.*(?:says|words)|says.*interviewer", severity=Severity.WARNING),
    "gender_star_labels.txt": Case(said=({"Interviewer*in": 11, "Teilnehmer:in 1": 6, "Teilnehmer:in 2": 2},), turns=5),
    "rtl_mark_before_label.txt": two("מראיינת", "אחות", (9, 12), turns=4, keeps="\u200f"),
    "label_then_dash.txt": two("INT", "NUR", (20, 24), turns=8),
    "label_in_angle_brackets.txt": two("INT", "NUR", (20, 24), turns=8),
    "line_numbers_before_labels.txt": two("INT", "NUR", (13, 20), turns=6),
    "label_with_clock_time.txt": two("Marta Lindqvist", "Owen Pryce", (10, 5), turns=3, starts=3),
    "date_time_before_label.txt": two("Marta Lindqvist", "Owen Pryce", (10, 5), turns=3, starts=3),
    "time_range_before_label.txt": two("Interviewer", "Rowan", (13, 83), turns=6, starts=6, ends=6),
    "notes_after_last_turn.txt": two("Interviewer", "Rowan", (13, 83), otherwise=r"\bnotes?\b|after the last|at the end"),
    "whisperx_speakers.srt": two("SPEAKER_00", "SPEAKER_01", (14, 24), turns=3, starts=3),
    "whispercpp_speaker_numbers.txt": two("speaker 0", "speaker 1", (14, 20), turns=4),
    "webex_cue_ids.vtt": two("Marta Lindqvist", "Owen Pryce", (14, 15), turns=3, starts=3),
    "rev_dash_voice.vtt": Case(said=({None: 24, "Owen": 5},), turns=3, starts=3),
    "two_speakers_a_cue.srt": Case(said=({None: 28},), turns=6, otherwise=r"dash|two speakers"),
    "noscribe_editor.vtt": Case(said=({"Interviewer": 9, "Nurse": 15}, {"S04": 9, "S01": 15}), turns=2, starts=2),
    "number_after_empty_line.srt": Case(said=({None: 23},), starts=1),
    "subrip_named_txt.txt": two("INT", "NUR", turns=6, starts=6),
    "f4_start.txt": two("I", "B", (16, 16), turns=5, starts=5),
    "f4_end.rtf": two("I", "B", (14, 19), turns=4, ends=4),
    "smpte_before_label.txt": two("Interviewer", "Nurse", (11, 8), turns=4, starts=4),
    "premiere_frames.csv": two("Speaker 1", "Speaker 2", (5, 8), turns=2, starts=2, otherwise=r"\btimes?\b"),
    "elan_tab_delimited.txt": two("Interviewer", "Nurse", (11, 15), turns=4, starts=4, ordered=True),
    "audacity_labels.txt": two("INT", "NUR", (11, 8), turns=4, starts=4),
    "chat_named_txt.txt": two("INV", "PAR", (11, 19), turns=4),
    "otranscribe.otr": two("Interviewer", "Nurse", (11, 9), turns=4),
    "otranscribe.json": two("Interviewer", "Nurse", (11, 9), turns=4, otherwise=r"refused"),
    "transformers_chunks.json": Case(said=({None: 24},), starts=1),
    "whispercpp.json": Case(said=({None: 24},), starts=1),
    "aws_transcribe.json": two("spk_0", "spk_1", (5, 5), turns=2, starts=2),
    "german_headers.csv": two("Interviewerin", "Pflegerin", (11, 5), turns=3, starts=3, otherwise=r"column"),
    "sep_line_first.csv": two("INT", "Nurse", (10, 5), turns=3, starts=3),
    "merged_speaker_cells.xlsx": two("INT", "NUR", (11, 15), starts=4),
    "qualtrics_three_headers.csv": Case(turns=2, coded=17),
    "formula_cell.xlsx": Case(told=r"formula|stored", severity=Severity.WARNING),
    "hidden_text.docx": two("INT", "NUR", (11, 15), told=r"hidden"),
    "struck_out.docx": Case(said=({"INT": 11, "NUR": 8}, {"INT": 11, "NUR": 9}), told=r"struck|strike"),
    "question_answer_table.docx": Case(coded=15),
    "teams_stopped.docx": two("Marta Lindqvist", "Pryce, Owen (Ward 4)", (14, 15), starts=4),
    "every_fifth_line_numbered.pdf": two("INT", "NUR", (84, 168)),
    "chinese_answers.txt": Case(said=({"访谈者": 72, "护士": 180},), turns=24, told=r"language|Chinese|\bzh\b", severity=Severity.WARNING),
    "german_interview.txt": two("I", "B", (22, 48), turns=4, told=r"language|German|\bde\b", severity=Severity.WARNING),
}


@pytest.fixture
def cases(shared_data):
    folder = shared_data.parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"the inputs that went wrong are not here: {folder}")
    return folder


def read(path) -> Got:
    result = check(path)
    try:
        transcript = read_file(path, transcript_id=path.stem, source=path.name, max_megabytes=8)
    except NptlensError as error:
        return Got(problems=(Problem(path.name, f"refused: {error.what}", error.hint, Severity.ERROR), *result.problems))
    said: Counter[str | None] = Counter()
    for turn in transcript.utterances:
        said[turn.speaker and turn.speaker.translate(_MARKS)] += count_words(transcript.quote(turn.span))
    coded = {speaker.label or None for file in result.files for speaker in file.speakers if speaker.role == SpeakerRole.PARTICIPANT.value}
    starts = [turn.start_s for turn in transcript.utterances if turn.start_s is not None]
    return Got(
        said=dict(said),
        turns=len(transcript.utterances),
        starts=len(starts),
        ends=sum(turn.end_s is not None for turn in transcript.utterances),
        ordered=starts == sorted(starts),
        coded=sum(words for label, words in said.items() if label in {each and each.translate(_MARKS) for each in coded}),
        text=transcript.text,
        problems=result.problems,
    )


def faults(case: Case, got: Got) -> list[str]:
    """Return what is not as expected."""
    found = []
    if case.said and got.said not in case.said:
        found.append(f"said {got.said}")
    found += [f"{name} {getattr(got, name)}" for name in ("turns", "coded") if getattr(case, name) not in (None, getattr(got, name))]
    found += [f"{name} {getattr(got, name)}" for name in ("starts", "ends") if (getattr(case, name) or 0) > getattr(got, name)]
    found += ["not in the order of time"] if case.ordered and not got.ordered else []
    found += ["does not keep its marks"] if case.keeps not in got.text else []
    if case.otherwise and found and tells(got, case.otherwise, Severity.NOTE):
        found = []
    if case.told and not tells(got, case.told, case.severity):
        found.append("is not told")
    return found


def tells(got: Got, pattern: str, severity: Severity) -> bool:
    graver = [p for p in got.problems if severity is Severity.NOTE or p.severity is not Severity.NOTE]
    return any(re.search(pattern, f"{problem.what} · {problem.hint}", re.IGNORECASE) for problem in graver)


def expected(case: Case) -> str:
    parts = [" or ".join(map(str, case.said))] if case.said else []
    parts += [f"{name} {getattr(case, name)}" for name in ("turns", "starts", "ends", "coded") if getattr(case, name) is not None]
    parts += [f"told: {case.told}"] if case.told else []
    return ", ".join(parts + ([f"or told: {case.otherwise}"] if case.otherwise else []))


@pytest.mark.parametrize("name", CASES)
def test_case(cases, name):
    got = read(cases / name)
    wrong = faults(CASES[name], got)
    print(f"\n{name}: expected {expected(CASES[name])}; got {got.said}, turns {got.turns}, starts {got.starts}, {len(got.problems)} problems: {'as expected' if not wrong else '; '.join(wrong)}", end="")  # noqa: T201
    assert wrong == [], [problem.what for problem in got.problems]


def test_every_input_has_its_expectation(cases):
    assert {path.name for path in cases.iterdir() if path.is_file() and path.suffix not in (".md", ".log")} == set(CASES)
