"""The shipped checklists: whole, and naming only facts that there are."""

from dataclasses import fields

import pytest

from nptlens.core.errors import IntegrityError
from nptlens.reporting._checklist_files import ChecklistItem, checklists
from nptlens.reporting._checklists import _Facts

FACTS = {field.name: f"<{field.name}>" for field in fields(_Facts)} | {"tree_within": "t", "open": "o", "Open": "O"}


@pytest.mark.parametrize(("name", "items", "told"), [("COREQ", 32, 9), ("SRQR", 21, 7)])
def test_items_are_numbered_through_and_some_are_told(name, items, told):
    found = next(each for each in checklists() if each.name == name)
    assert [item.number for item in found.items] == [str(number) for number in range(1, items + 1)]
    assert all(item.topic and item.asks for item in found.items)
    assert sum(bool(item.answer(FACTS)) for item in found.items) == told


def test_a_fact_that_there_is_not():
    with pytest.raises(IntegrityError, match=r"item 3 \(Setting\).*'weather'"):
        ChecklistItem("3", "Setting", "Where?", "It was {weather}").answer(FACTS)
