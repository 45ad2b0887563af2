from __future__ import annotations

import pytest

from nptlens.core.errors import IntegrityError
from nptlens.study import doctor as doctor_module
from nptlens.study.doctor import diagnose


def test_this_installation_is_well():
    assert [each for each in diagnose() if not each.well] == []


def test_a_missing_library_and_a_wrong_file_are_found_and_the_rest_is_still_looked_at(monkeypatch):
    def broken(name):
        raise IntegrityError("model.safetensors is not the file in the registry", hint="install its package again")

    real = doctor_module.installed
    names = [each.name for each in diagnose()]
    monkeypatch.setattr(doctor_module, "find_encoder", broken)
    monkeypatch.setattr(doctor_module, "installed", lambda name: "absent" if name == "lxml" else real(name))
    found = diagnose()
    assert [each.name for each in found] == names
    bad = {each.name: each for each in found if not each.well}
    assert set(bad) == {"lxml", "encoder all-MiniLM-L6-v2"}
    assert all(each.hint for each in bad.values())


def test_what_only_some_settings_need_may_be_absent_and_is_told(monkeypatch):
    real = doctor_module.installed
    light = {"torch", "sentence-transformers", "bertopic", "umap-learn", "hdbscan"}
    monkeypatch.setattr(doctor_module, "installed", lambda name: "absent" if name in light else real(name))
    found = {each.name: each for each in diagnose()}
    assert all(each.well for each in found.values())
    assert {name for name in light if found[name].found.startswith("absent; only ")} == light


@pytest.mark.parametrize(("version", "well"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)])
def test_pythons_that_are_supported(monkeypatch, version, well):
    monkeypatch.setattr(doctor_module.sys, "version_info", (*version, 1))
    assert diagnose()[0].well == well
