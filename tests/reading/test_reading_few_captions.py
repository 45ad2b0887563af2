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


def test_what_stands_below_a_label_alone_is_said_by_whom_it_names():
    cues = [("Int:", "When was that?"), ("Jo Lee:", "And Mum goes: not here!"), ("Int:", "Why?"), ("Jo Lee:", "And Mum goes: no."), ("Jo Lee:", "That was it.")]
    data = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{label}\n{words}\n\n" for n, (label, words) in enumerate(cues, start=1))
    shaped = read_srt(data.encode(), where="t")
    assert [turn.speaker for turn in shaped.utterances] == ["Int", "Jo Lee", "Int", "Jo Lee"]
    assert "And Mum goes: not here!" in shaped.text
