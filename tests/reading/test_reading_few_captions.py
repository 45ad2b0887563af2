"""Files of very few captions: where each begins with a label, all labels are speakers, though none comes twice."""

from __future__ import annotations

import pytest

from nptlens.reading.formats._captions import read_srt


@pytest.mark.parametrize(
    ("first", "second", "labels"),
    [
        ("Interviewer: Which of them\ncame by boat?", "Winifred: The short one.", ["Interviewer", "Winifred"]),
        ("[SPEAKER_00]: Which one?", "[SPEAKER_01]: The short one.", ["SPEAKER_00", "SPEAKER_01"]),
    ],
)
def test_labels_that_come_once(first, second, labels):
    data = f"1\n00:00:01,000 --> 00:00:02,000\n{first}\n\n2\n00:00:03,000 --> 00:00:04,000\n{second}\n"
    assert [turn.speaker for turn in read_srt(data.encode(), where="t").utterances] == labels
