"""The lock files agree with pyproject.toml, with constraints.txt and with each other; no network is needed to see that."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from tools.licences import installed
from tools.lock import HEAVY, LOCKS, ROOT, blocks, name_of, wanted

PINNED = {name_of(line): line.split("==")[1].strip() for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()}
BLOCK = re.compile(r"^([\w.-]+)==([\w.+!]+)( ; [^\n]+?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)$")


def read(lock: str) -> dict[str, re.Match[str]]:
    every = [(block, BLOCK.match(block)) for block in blocks(ROOT / lock)]
    assert [block for block, found in every if found is None] == []
    return {name_of(found[1]): found for _, found in every if found is not None}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_library_has_one_version_and_digests_and_nothing_else_stands_there(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "".join(blocks(ROOT / lock)) == text  # no option, no address, no comment
    assert len(read(lock)) == len(blocks(ROOT / lock)) > 50


@pytest.mark.parametrize("lock", LOCKS)
def test_versions_are_those_of_the_constraints(lock):
    found = read(lock)
    assert {name: match[2] for name, match in found.items() if PINNED.get(name, match[2]) != match[2]} == {}
    # Constraints are what the tests' environment has; a lock also names what other systems need, on a condition.
    assert {name for name, match in found.items() if name not in PINNED and not match[3]} <= {"setuptools"}


@pytest.mark.parametrize(("lock", "light"), LOCKS.items())
def test_every_requirement_is_locked_to_a_version_that_it_allows(lock, light):
    found = read(lock)
    requirements = {name_of(each): Requirement(each) for each in wanted(light=light)}
    assert {name for name, each in requirements.items() if name not in found or not each.specifier.contains(found[name][2])} == set()


def test_the_full_lock_holds_all_that_an_installation_brings():
    assert {each.name for each in installed()} - set(read("requirements.lock")) == set()


def test_the_light_lock_is_the_full_one_without_what_only_some_settings_import():
    full, light = read("requirements.lock"), read("requirements-light.lock")
    assert {name for name in light if name not in full or full[name][2] != light[name][2] or full[name][4] != light[name][4]} == set()
    assert {*HEAVY, "transformers", "numba", "triton"} <= set(full) - set(light)
    assert {name for name in light if name.startswith("nvidia")} == set()
