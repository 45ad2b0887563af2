"""Is this installation able to do the work? One line per thing that must be so."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from nptlens.core.errors import NptlensError
from nptlens.core.resources import resource
from nptlens.core.versions import installed
from nptlens.embedding import find_encoder
from nptlens.reading.codebooks import codebook_of_file
from nptlens.schemas.codebook import OF_PROJECTS, SHIPPED, find_codebook
from nptlens.schemas.settings import default_settings

_NEEDED = ("spacy", "onnxruntime", "scikit-learn", "pandas", "pyarrow", "lxml", "markupsafe")
_PYTORCH, _BERTOPIC = "encoders that run in PyTorch", 'topics.method = "bertopic"'
_OF_SETTINGS = {"torch": _PYTORCH, "sentence-transformers": _PYTORCH, "bertopic": _BERTOPIC, "umap-learn": _BERTOPIC, "hdbscan": _BERTOPIC}
"""What only some settings need, and which: the light installation does without."""
_OLDEST, _NEWEST = (3, 11), (3, 13)


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing looked at: whether it is well, what was found, what to do where it is not."""

    name: str
    well: bool
    found: str
    hint: str = ""


def diagnose() -> tuple[Finding, ...]:
    """Look at Python, the libraries, the shipped data, the encoder's files and the machine; nothing is loaded or sent."""
    python = _OLDEST <= sys.version_info[:2] <= _NEWEST
    findings = [Finding("Python", python, platform.python_version(), "" if python else "use Python 3.11, 3.12 or 3.13")]
    for name in _NEEDED:
        found = installed(name)
        findings.append(Finding(name, found != "absent", found, "" if found != "absent" else "install nptlens again"))
    findings += [_of_settings(name, needed_by) for name, needed_by in _OF_SETTINGS.items()]
    findings.append(_tried("shipped data", lambda: str(resource("corpora", "demo", "study.toml").parent)))
    findings += [_tried(f"codebook {name}", partial(_codebook, name)) for name in SHIPPED + OF_PROJECTS]
    encoder = default_settings().embedding.encoder
    findings.append(_tried(f"encoder {encoder}", lambda: f"files as in the registry, digest {find_encoder(encoder).digest[:16]}"))
    findings.append(Finding("cores", True, str(os.cpu_count() or 1)))
    return tuple(findings)


def _of_settings(name: str, needed_by: str) -> Finding:
    found = installed(name)
    return Finding(name, True, found if found != "absent" else f"absent; only {needed_by} would need it")


def _codebook(name: str) -> str:
    return f"{len(codebook_of_file(find_codebook(name, resource('config'))).codes)} codes"


def _tried(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except NptlensError as error:
        return Finding(name, False, error.what, error.hint)
