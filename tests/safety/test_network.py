from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nptlens.safety.network import go_offline

SWITCHES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


@pytest.mark.parametrize("before", [None, "0", ""])
def test_switches_are_set_whatever_they_were(monkeypatch, before):
    for name in SWITCHES:
        monkeypatch.setenv(name, "x")  # so that each is put back at the end
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
    go_offline()
    assert {name: os.environ[name] for name in SWITCHES} == SWITCHES


def test_the_hub_library_obeys():
    program = (
        "from nptlens.safety.network import go_offline; go_offline();"
        "from huggingface_hub import constants; print(constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY)"
    )
    environment = {key: value for key, value in os.environ.items() if key not in SWITCHES}
    environment |= {"HF_HUB_OFFLINE": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.split() == ["True", "True"]
