"""Who was invited and who was met: a truth table of gaps."""

from __future__ import annotations

from nptlens.register import sampling_frame, sampling_table
from nptlens.schemas.fieldwork import Practice
from nptlens.schemas.records import Participant

PRACTICES = (
    Practice("P2", adopter_category="laggard"),
    Practice("P1", adopter_category="innovator"),
    Practice("P3", adopter_category="early adopter", invited=False),
    Practice("P4", adopter_category="late majority"),
)
PEOPLE = (
    Participant("S1", (), "GP", "P1"),
    Participant("S2", (), "nurse", "P1"),
    Participant("S3", (), "GP", "P2"),
    Participant("C1", (), "coach", "P1;P2"),
    Participant("C2", (), "coach", ""),
    Participant("S9", (), "GP", "P9", "early majority"),
    Participant("INT", (), "interviewer", "", interviewer=True),
)


def framed(people=PEOPLE, met=("S1", "C1", "C2"), practices=PRACTICES):
    return sampling_frame(sampling_table(practices, people, met))


def test_the_table_has_a_row_per_practice_and_participant():
    table = sampling_table(PRACTICES, PEOPLE, {"S1"})
    assert list(zip(table["practice"], table["participant_id"], strict=True)) == [
        ("P2", "C1"), ("P2", "S3"), ("P1", "C1"), ("P1", "S1"), ("P1", "S2"), ("P3", ""), ("P4", ""), ("P9", "S9"), ("", "C2"),
    ]  # fmt: skip
    assert dict(zip(table["practice"], table["adopter_category"], strict=True))["P9"] == "early majority"
    assert table["interviewed"].sum() == 1
    assert table.loc[table["practice"] == "P3", "practice_invited"].tolist() == [False]


def test_counts():
    frame = framed()
    assert frame.roles == ("coach", "GP", "nurse")
    rows = {row.name: (row.practices, row.invited, row.interviewed, row.all_invited, row.all_interviewed) for row in frame.categories}
    assert list(rows) == ["innovator", "early adopter", "early majority", "late majority", "laggard"]
    assert rows["innovator"] == (1, (1, 1, 1), (1, 1, 0), 3, 2)
    assert rows["laggard"] == (1, (1, 1, 0), (1, 0, 0), 2, 1)
    assert rows["early adopter"] == (1, (0, 0, 0), (0, 0, 0), 0, 0)
    assert (frame.total.all_invited, frame.total.all_interviewed, frame.total.practices) == (6, 3, 5)  # the coach of two counts once


def test_gaps():
    frame = framed()
    assert {row.name: row.gap for row in frame.practices} == {
        "P2": "", "P1": "", "P3": "not invited", "P4": "invited, nobody interviewed", "P9": "invited, nobody interviewed",
    }  # fmt: skip
    assert "late majority: invited, nobody interviewed" in frame.gaps
    assert "early adopter: not invited" in frame.gaps
    assert "innovator: nobody interviewed as nurse" in frame.gaps
    assert "laggard: nobody interviewed as GP, nurse" in frame.gaps


def test_a_category_that_no_practice_has_is_a_gap_where_the_categories_are_rogers():
    assert "no practice of the category late majority" in framed(practices=PRACTICES[:3]).gaps
    other = framed(practices=(*PRACTICES, Practice("P5", adopter_category="keen")))
    assert not any(gap.startswith("no practice of") for gap in other.gaps)
    assert other.categories[-1].name == "keen"


def test_nothing_missing():
    people = (Participant("S1", (), "GP", "P1"),)
    frame = framed(people, {"S1"}, (Practice("P1"),))
    assert frame.gaps == () and frame.categories == ()


def test_nobody_at_all():
    frame = framed((), (), ())
    assert (frame.practices, frame.total.all_invited, frame.gaps) == ((), 0, ())


def test_the_order_of_participants_does_not_matter():
    one, other = (sampling_table(PRACTICES, people, {"S1"}) for people in (PEOPLE, PEOPLE[::-1]))
    assert one.equals(other)
