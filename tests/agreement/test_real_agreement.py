"""The benchmark of real double-coded data: how its rows are read, on invented rows, and its figures, where the data are at hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from benchmarks._doubles import interviews, read_interviews, utterances
from benchmarks._left_out import left_out, reference
from benchmarks.agreement import Bench, annomi, figures, given, notes, stated
from sklearn.metrics import cohen_kappa_score

from nptlens.core.resampling import cluster_draws
from nptlens.schemas.settings import default_settings

COLUMNS = ["transcript_id", "role", "text", "coder_a", "codes_a", "coder_b", "codes_b", "moderator", "codes_moderated"]
BOOK = pd.DataFrame(
    {"code": ["D-one", "D-two", "E-one", "lone", "Q1"], "family": ["D", "D", "E", "other", "structural"]}
)
ROWS = [
    ("one", "interviewer", "How was it?", "x", "Q1", "y", "", "", ""),
    ("one", "interviewee", "It was fine.", "x", "D-one|Q1", "y", "D-two", "", ""),
    ("one", "interviewee", "It was not.", "x", "", "y", "lone", "", ""),
    ("one", "interviewee", "...", "x", "D-one", "y", "D-one", "", ""),
    ("two", "interviewee", "Perhaps it was.", "x", "E-one", "", "", "z", "E-one"),
    ("two", "interviewee", "Who knows.", "x", "", "", "", "z", "D-one"),
    ("three", "interviewee", "Only one coder.", "", "", "y", "D-one", "", ""),
]


@pytest.fixture
def talk():
    return interviews(pd.DataFrame(ROWS, columns=COLUMNS), BOOK)


def test_rows_without_a_word_are_left_out_and_read_is_who_is_named(talk):
    assert talk.texts == ("How was it?", "It was fine.", "It was not.", "Perhaps it was.", "Who knows.", "Only one coder.")
    assert talk.participant.tolist() == [False, True, True, True, True, True]
    assert talk.ratings.read.tolist() == [[True] * 5 + [False], [True] * 3 + [False] * 2 + [True], [False] * 3 + [True] * 2 + [False]]
    assert talk.ratings.coded.sum(axis=(1, 2)).tolist() == [4, 3, 2]


def test_a_code_that_the_codebook_does_not_list_is_refused():
    rows = pd.DataFrame([("one", "interviewee", "Words.", "x", "D-three", "", "", "", "")], columns=COLUMNS)
    with pytest.raises(ValueError, match="codes_a: a code"):
        interviews(rows, BOOK)


def test_levels_leave_out_what_they_say(talk):
    own = talk.part(talk.participant).pair("coder_a", "coder_b")
    assert own.transcripts == ("one", "one")
    assert own.level("all codes")[0] == tuple(BOOK["code"])
    assert own.level("content codes")[0] == ("D-one", "D-two", "E-one", "lone")
    items, coded = own.level("families")
    assert items == ("D", "E")
    assert coded.tolist() == [[[True, False], [False, False]], [[True, False], [False, False]]]
    items, coded = own.level("all families")
    assert items == ("D", "E", "other", "structural")
    assert coded[:, :, 2:].tolist() == [[[False, True], [False, False]], [[False, False], [True, False]]]


def test_what_counts_and_what_the_machine_learns_from(talk):
    _, coded = talk.level("families")
    pair = talk.pair("coder_a", "moderated").level("families")[1]
    assert given(pair, "given by either").tolist() == [True, True]
    assert given(pair, "given by both").tolist() == [False, True]
    assert given(pair, "given five times").tolist() == [False, False]
    # coder_a in the first interview, the moderated set in the second, coder_b in the third
    learned = reference(talk, coded)
    assert learned.tolist() == [[False, False], [True, False], [False, False], [False, True], [True, False], [True, False]]


def test_figures_are_those_of_scikit_learn():
    rng = np.random.default_rng(3)
    coded = rng.random((2, 300, 4)) < 0.3
    coded[1] = np.where(rng.random((300, 4)) < 0.7, coded[0], coded[1])
    cluster = rng.integers(0, 5, 300)
    found = dict(figures(coded, np.array([True, True, False, True]), cluster, cluster_draws(5, resamples=50, seed=1)))
    assert found["coded_or_not_kappa"].value == pytest.approx(cohen_kappa_score(*coded.any(axis=2)))
    assert found["mean_kappa"].value == pytest.approx(np.mean([cohen_kappa_score(*coded[:, :, i]) for i in (0, 1, 3)]))
    assert found["mean_kappa"].draws.shape == (50,)


def test_the_machine_never_learns_from_the_interview_it_codes(talk, word_encoder):
    """Words that carry a code in one interview alone are not known to the heads that code it."""
    rows = [
        (name, "interviewee", f"{word} said {i} in {name}", "x", code, "y", code, "", "")
        for name in ("one", "two", "three")
        for i in range(12)
        for word, code in ((("apples", "D-one"), ("pears", "E-one"))[i % 2],)
    ]
    own = interviews(pd.DataFrame(rows, columns=COLUMNS), BOOK)
    items, coded = own.level("families")
    target = reference(own, coded)
    embedded, definitions = word_encoder.encode(own.texts), word_encoder.encode(items).vectors
    result = left_out(own, items, target, embedded, definitions)
    assert np.array_equal(result, target)
    turned = target.copy()
    turned[:12] = turned[:12, ::-1]
    assert np.array_equal(left_out(own, items, turned, embedded, definitions)[:12], target[:12])


def test_utterances_of_many_annotators():
    rows = pd.DataFrame(
        [("7", turn, side, who, code) for turn, side, codes in (("0", "client", "ab"), ("1", "client", "b "), ("2", "other", "aa")) for who, code in zip("01", codes, strict=True)],
        columns=["transcript_id", "turn_index", "speaker", "annotator", "code"],
    ).replace(" ", "")
    own = utterances(rows, "client")
    assert own.dialogues == ("7", "7")
    assert own.categories == ("a", "b")
    assert own.labels.tolist() == [[0, 1], [1, -1]]
    with pytest.raises(ValueError, match="twice"):
        utterances(pd.concat([rows, rows[:1]]), "client")


def test_figures_of_the_real_interviews(shared_data):
    settings = default_settings().agreement.model_copy(update={"resamples": 20})
    bench = Bench(read_interviews(shared_data / "ml_quality"), settings)
    records = [*stated(), *bench.records("content codes"), *bench.records("families"), *bench.definitions()]
    values = {(each.system, each.setting, each.metric): (round(each.value, 3), each.n) for each in records}
    people, moderated = "coder_a vs coder_b", "coder_a vs moderated"
    codes, families = "participants, content codes, {} interviews", "participants, families, {} interviews"
    assert values[people, codes.format(5), "coded_or_not_kappa"] == (0.415, 405)
    assert values[people, codes.format(5), "mean_kappa"] == (0.169, 405)
    assert values[people, families.format(5), "mean_kappa"] == (0.237, 405)
    assert values[moderated, codes.format(6), "coded_or_not_kappa"] == (0.625, 567)
    assert values[moderated, codes.format(6), "mean_kappa"] == (0.487, 567)
    assert values[moderated, families.format(6), "mean_kappa"] == (0.673, 567)
    assert values[people, codes.format(5), "uncoded_by_both"] == (274, 405)
    assert values[people, "all rows; all codes; pooled", "coded_or_not_kappa"][0] == 0.379
    assert values[moderated, "all rows; all codes; pooled", "coded_or_not_kappa"][0] == 0.585
    assert len([note for note in notes(records) if "stated;" in note]) == 6


def test_figures_of_the_real_dialogues(shared_data):
    rows = pd.read_csv(shared_data / "annomi" / "multi_annotator.csv", dtype=str, keep_default_na=False)
    settings = default_settings().agreement.model_copy(update={"resamples": 20})
    found = {(each.system.split()[-1], each.setting, each.metric): round(each.value, 3) for each in annomi(rows, settings)}
    assert found["therapist", "3 dialogues resampled", "fleiss_kappa"] == 0.744  # published: .74
    assert found["client", "3 dialogues resampled", "fleiss_kappa"] == 0.433  # published: .47
    for speaker, mean in (("therapist", 0.723), ("client", 0.472)):
        each = [value for (who, setting, _), value in found.items() if who == speaker and setting.startswith("dialogue ")]
        assert np.mean(each) == pytest.approx(mean, abs=6e-4)
    assert found["client", "all dialogues", "missing"] == 0
