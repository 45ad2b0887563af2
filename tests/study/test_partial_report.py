"""Reports of a selection: each has a folder of its own, so that none replaces another."""

from __future__ import annotations

import codecs

from nptlens.study.folder import open_study
from nptlens.study.partial_report import report_selected, selection_name
from nptlens.study.verify import verify


def test_a_second_selection_leaves_the_first(ran):
    study = open_study(ran.root)
    first = report_selected(study, {"by": "role", "formats": ("html", "csv")}, None)
    before = {path: path.read_bytes() for path in first.outputs}
    second = report_selected(study, {"by": "practice", "formats": ("html", "csv")}, None)
    assert not set(first.outputs) & set(second.outputs)
    assert {path: path.read_bytes() for path in first.outputs} == before
    assert [path.relative_to(study.results).as_posix() for path in first.outputs] == [
        "selected/by-role/report.html", "selected/by-role/codings.csv", "selected/by-role/topics.csv"
    ]  # fmt: skip
    assert all(data.startswith(codecs.BOM_UTF8) for path, data in before.items() if path.suffix == ".csv")  # else Excel garbles accents
    assert verify(second.outputs[0].parent, study.root).holds()


def test_what_a_selection_is_called():
    assert selection_name({"formats": ("docx",)}) == ""
    assert selection_name({"by": "Career stage/site", "codes": ("F1", "F3"), "excerpts": 5}) == "by-Career-stage-site-codes-F1-F3-5-excerpts"
    many = [selection_name({"codes": [f"CODE{number}" for number in range(most)]}) for most in (4, 5, 6)]
    assert len(set(many)) == 3
    assert "/" not in selection_name({"by": "../../x", "codes": ("a/b",)})
