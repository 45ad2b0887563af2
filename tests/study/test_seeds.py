from __future__ import annotations

import pytest

from nptlens.core.errors import SeedError
from nptlens.study.folder import open_study
from nptlens.study.seeds import examine_seeds


def test_a_finding_per_code(tiny_study, no_model):
    result = examine_seeds(open_study(tiny_study.root))
    assert [(each.code, each.seeds, each.stances) for each in result.findings] == [
        (code, 5, (5, 0, 0, 0)) for code in ("TEAM", "MONEY", "FORMS")
    ]
    assert {problem.where for problem in result.problems} == {"TEAM", "MONEY", "FORMS", "none", "MONEY-4", "FORMS-4"}
    assert [(leak.seed, leak.segment_id.split(":")[0]) for leak in result.leaks] == [("FORMS-4", "P02"), ("MONEY-4", "P02")]
    assert not result.needs_a_look()


def test_the_same_text_under_two_codes_needs_a_look(tiny_study, no_model):
    tiny_study.edit("seeds.csv", "MONEY-1,", 'X-1,"The forms were endless paper.",MONEY,asserted\nMONEY-1,')
    result = examine_seeds(open_study(tiny_study.root))
    assert [problem.where for problem in result.problems if "different codes" in problem.what] == ["FORMS-0, X-1"]
    assert result.needs_a_look()


def test_a_code_that_the_codebook_lacks_is_told(tiny_study, no_model):
    tiny_study.edit("seeds.csv", "MONEY-1,", "X-1,Some words,MONY,asserted\nMONEY-1,")
    result = examine_seeds(open_study(tiny_study.root))
    assert [problem.hint for problem in result.problems if problem.where == "seeds.csv"] == ["did you mean MONEY?"]


def test_no_seeds(tiny_study, no_model):
    (tiny_study.root / "seeds.csv").unlink()
    with pytest.raises(SeedError) as caught:
        examine_seeds(open_study(tiny_study.root))
    assert "seeds.csv" in caught.value.hint
