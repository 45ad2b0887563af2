"""Every installed library states a licence that fits, and docs/licences.md lists them."""

from __future__ import annotations

from email.message import Message
from importlib.util import find_spec

import pytest
from tools.licences import OWN_TERMS, Library, conditional, installed, on_page, stated


def metadata(**fields: str | tuple[str, ...]) -> Message:
    said = Message()
    for name, values in fields.items():
        for value in (values,) if isinstance(values, str) else values:
            said[name.replace("_", "-")] = value
    return said


@pytest.fixture(scope="module")
def here():
    return {each.name: each for each in installed()}


@pytest.fixture
def full():
    """Skip where only what requirements-light.lock holds is installed."""
    if find_spec("torch") is None:
        pytest.skip("torch is not installed, so not all libraries are here to be looked at")


def test_the_closure_reaches_what_libraries_ask_for(here, full):
    assert {"torch", "spacy", "thinc", "numba", "huggingface-hub", "lxml"} <= set(here)
    assert not {"pytest", "mypy", "hypothesis"} & set(here)  # what developers use is not installed with nptlens


def test_no_library_is_under_a_licence_that_binds_its_users(here):
    assert {each.name: each.licence for each in here.values() if not each.fits and not OWN_TERMS.match(each.name)} == {}


def test_the_page_lists_what_is_installed(here, full):
    listed = on_page()
    names = (set(listed) | set(here)) - conditional()
    assert {name for name in names if name not in here or listed.get(name) != here[name].licence} == set(), "run: make licences"


@pytest.mark.parametrize(
    ("said", "licence", "fits"),
    [
        (metadata(License_Expression="MIT"), "MIT", True),
        (metadata(License_Expression="BSD-3-Clause AND (MIT OR Apache-2.0 WITH LLVM-exception)"), None, True),
        (metadata(License_Expression="MIT AND GPL-3.0-or-later"), None, False),
        (metadata(License_Expression="AGPL-3.0-only"), None, False),
        (metadata(License_Expression="LGPL-3.0-or-later"), None, True),
        (metadata(License="MIT AND GPL-3.0"), "", False),
        (metadata(License="GNU General Public License"), "", False),
        (metadata(License="3-Clause BSD License"), "BSD", True),
        (metadata(License="MIT License\n\nCopyright (c) somebody"), "MIT License", True),
        (metadata(License="all rights reserved"), "", False),
        (metadata(Classifier=("License :: OSI Approved", "License :: OSI Approved :: MIT License")), "MIT", True),
        (metadata(Classifier="License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"), "LGPL", True),
        (metadata(Classifier="License :: OSI Approved :: GNU General Public License v3 (GPLv3)", License="MIT"), None, False),
        (metadata(Classifier="License :: OSI Approved :: GNU Affero General Public License v3", License="MIT"), None, False),
        (metadata(Classifier="License :: Other/Proprietary License"), None, False),
        (metadata(), "", False),
    ],
)
def test_what_a_library_says_is_read_strictly(said, licence, fits):
    found, field = stated(said)
    assert Library("it", found, field).fits is fits
    assert licence is None or found == licence
