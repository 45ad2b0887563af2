"""What Python programs may use: the names, that they are lazy, and that types are shipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import nptlens

PUBLIC = [
    "Code", "Codebook", "CodebookError", "IntegrityError", "LockedError", "NoInputError", "NptlensError", "ReadingError", "Seed", "SeedError",
    "SettingsError", "StorageError", "Study", "TrainedCoder", "UsageError", "load", "open_study", "read", "read_codebook", "train",
]
HEAVY = {"numpy", "pandas", "pydantic", "scipy", "sklearn", "onnxruntime", "torch", "pyarrow", "typer", "rich"}


def modules_after(code: str) -> set[str]:
    """Return the packages that a new Python has imported after running `code`."""
    program = f"{code}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_the_public_names_are_pinned():
    assert nptlens.__all__ == PUBLIC


def test_each_name_is_there_and_is_listed():
    assert {name for name in nptlens.__all__ if getattr(nptlens, name).__name__ != name} == set()
    assert set(nptlens.__all__) <= set(dir(nptlens))


def test_a_name_that_is_none_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'reed'"):
        _ = nptlens.reed


def test_every_error_of_the_package_is_public():
    from nptlens.core import errors

    kinds = {each.__name__ for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.NptlensError)}
    assert kinds == {name for name in PUBLIC if name.endswith("Error")}


def test_importing_the_package_imports_nothing_heavy():
    assert modules_after("import nptlens") & HEAVY == set()


def test_opening_a_study_imports_no_library_of_the_stages(tiny_study):
    found = modules_after(f"import nptlens; nptlens.open_study({str(tiny_study.root)!r})")
    assert "pydantic" in found
    assert found & (HEAVY - {"pydantic"}) == set()


def test_importing_the_package_switches_libraries_off_the_network_first():
    program = "import os, sys; import nptlens; print(os.environ['HF_HUB_OFFLINE'], 'huggingface_hub' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["1", "False"]


def test_the_marker_of_types_lies_in_the_package():
    assert (Path(nptlens.__file__).parent / "py.typed").is_file()
