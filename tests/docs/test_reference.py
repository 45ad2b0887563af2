"""The pages that are made from the code are what the code says."""

from __future__ import annotations

import re

import pytest
from tools import reference

from nptlens.core import errors


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_a_page_that_is_made_is_not_stale(name):
    assert (reference.FOLDER / name).read_text(encoding="utf-8") == reference.pages()[name], "run: make reference"


def test_exit_codes_are_those_of_the_errors():
    classes = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.NptlensError)]
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", reference.pages()["commands.md"], re.MULTILINE)}
    assert told == {each.exit_code for each in classes} | {0, 70, 130}
