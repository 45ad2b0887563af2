"""What `make house` counts, on a package of a few lines."""

from __future__ import annotations

import sys

import pytest
from tools import house


@pytest.fixture
def checkout(tmp_path):
    """Two folders and a module at the root: `high.one` and `high.two` import each other, and `high.one` alone imports `low.short`."""
    files = {
        "__init__.py": "",
        "loose.py": "x = 1\n",
        "high/__init__.py": "",
        "high/one.py": "import nptlens.loose\nfrom nptlens.low.short import f\n\n\ndef g():\n    import nptlens.high.two\n",
        "high/two.py": "from nptlens.high.one import g\nfrom nptlens.low import long\nNAMES = ('doctor')\n",
        "low/__init__.py": "",
        "low/short.py": "f = 1\n",
        "low/long.py": "y = 1\n" * 70,
    }
    for name, text in files.items():
        path = tmp_path / "pipeline" / "nptlens" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_verb.py").write_text("program('doctor')\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def imported(checkout, monkeypatch):
    monkeypatch.setattr(sys, "modules", dict(sys.modules))  # the package of the same name is loaded again for nobody
    return house.imports(checkout)


def test_figures_of_a_small_package(checkout, imported):
    figures = house.structure(checkout, imported)
    assert figures["modules"] == 8
    assert figures["lines"] == 1 + 6 + 3 + 1 + 70
    assert figures["lines of the largest"] == 70
    assert figures["modules under 60 lines"] == 7
    assert figures["modules at the package's root"] == 1
    assert figures["packages"] == 3
    assert figures["import edges between packages"] == 2  # high to loose, high to low
    assert figures["import circles of modules"] == 1


def test_circles_and_short_modules_with_one_user_are_named(checkout, imported):
    assert house.circles(imported) == [["nptlens.high.one", "nptlens.high.two"]]
    users = house.short_with_one_user(checkout, imported)
    assert users["nptlens.low.short"] == "nptlens.high.one"
    assert "nptlens.low.long" not in users


def test_files_that_name_a_verb_are_found_in_program_and_tests(checkout):
    assert house.changes(checkout)["a verb: doctor"] == (["pipeline/nptlens/high/two.py"], ["tests/test_verb.py"])


def test_every_probe_still_finds_something():
    assert [probe for probe, (program, _) in house.changes(house.ROOT).items() if not program] == []
