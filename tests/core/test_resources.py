from __future__ import annotations

import pytest

from nptlens.core import resources
from nptlens.core.errors import IntegrityError
from nptlens.core.resources import resource


@pytest.mark.parametrize(
    "parts",
    [("config", "default.toml"), ("config", "codebooks", "npt.toml"), ("models", "registry.toml"), ("corpora", "seeds"), ("corpora", "demo", "study.toml")],
)
def test_shipped(parts):
    path = resource(*parts)
    assert path.is_absolute()
    assert path.parts[-len(parts) :] == parts


def test_what_is_not_there():
    with pytest.raises(IntegrityError, match="lacks config/nothing"):
        resource("config", "nothing.toml")


def test_package_data_come_before_the_checkout(tmp_path, monkeypatch):
    package = tmp_path / "pipeline" / "nptlens"
    for folder in (package / "_data" / "config", tmp_path / "config"):
        folder.mkdir(parents=True)
    (tmp_path / "config" / "a.toml").touch()
    (tmp_path / "config" / "b.toml").touch()
    (package / "_data" / "config" / "a.toml").touch()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resource("config", "a.toml") == package / "_data" / "config" / "a.toml"
    assert resource("config", "b.toml") == tmp_path / "config" / "b.toml"
