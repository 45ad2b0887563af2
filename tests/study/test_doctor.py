from __future__ import annotations

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
    monkeypatch.setattr(doctor_module, "installed", lambda name: "absent" if name == "torch" else real(name))
    found = diagnose()
    assert [each.name for each in found] == names
    bad = {each.name: each for each in found if not each.well}
    assert set(bad) == {"torch", "encoder all-MiniLM-L6-v2"}
    assert all(each.hint for each in bad.values())
