"""Offline fails closed: libraries that would call out are told not to, and keep their files in nptlens's own cache folder.

docs/libraries-and-the-network.md says what each library could do. The package calls `go_offline` when it is imported, before any of them
can be; rooms that load one call it again, so that nothing a program set in between counts.
"""

from __future__ import annotations

import os
from pathlib import Path

_SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime reads it once, when it is imported
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_XET_TELEMETRY_ENABLED": "false",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",  # a plug-in of the same environment would be shown all that is validated
    "TORCH_DEVICE_BACKEND_AUTOLOAD": "0",
    "TOKENIZERS_PARALLELISM": "false",
    "MPL_IGNORE_SYSTEM_FONTS": "1",  # else matplotlib asks fontconfig, which keeps a cache of its own
}
_UNSET = (
    "ARROW_TRACING_BACKEND",  # pyarrow would send what it does to a collector: names of files and columns, values of filters
    "ARROW_LOGGING_BACKEND",
)
_FOLDERS = {
    "MPLCONFIGDIR": "matplotlib",
    "NUMBA_CACHE_DIR": "numba",
    "HF_HOME": "hub",
    "TORCH_HOME": "torch",
    "TORCHINDUCTOR_CACHE_DIR": "inductor",
    "CUDA_CACHE_PATH": "cuda",
}


def cache_folder() -> Path:
    """Return the one folder outside a study that a run writes to, for this user. It holds nothing of a study."""
    from platformdirs import user_cache_path

    return user_cache_path("nptlens", appauthor=False)


def go_offline() -> None:
    """Set the switches that keep libraries off the network and in `cache_folder`, whatever they were; nothing is imported or made."""
    for name in _UNSET:
        os.environ.pop(name, None)
    os.environ.update(_SWITCHES)
    root = cache_folder()
    os.environ.update({name: str(root / folder) for name, folder in _FOLDERS.items()})
