"""sentence-transformers on PyTorch, so used that a text's vector depends on the text alone.

A matrix product's last bits depend on the shape of its batch and on the number of threads that share it. On the CPU each text is therefore
one forward pass on one thread, and the passes run side by side. On an accelerator texts of one length in tokens share a pass.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nptlens.core.errors import SettingsError
from nptlens.core.versions import require
from nptlens.embedding._batches import batches
from nptlens.embedding._pooling import PARTS, depths, unit
from nptlens.safety.network import go_offline
from nptlens.schemas.records import Embedded

_TOKENS = 16_384  # in a batch on an accelerator

Floats = NDArray[np.float32]


class SentenceTransformersEncoder:
    """An encoder from a local folder on a device of PyTorch's ("cpu", "cuda", "mps"); it never asks the network and reads no pickle.

    Raises SettingsError where PyTorch or sentence-transformers is not installed, or has no such device.
    """

    def __init__(self, folder: Path, *, threads: int = 0, device: str = "cpu") -> None:
        require(f"{folder.name} as embedding.encoder", "torch", "sentence-transformers")
        go_offline()
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._torch = torch
        self._device = device
        self._threads = (threads or os.cpu_count() or 1) if device == "cpu" else 1
        try:
            self._model = SentenceTransformer(
                str(folder), device=device, local_files_only=True, model_kwargs={"use_safetensors": True}
            )
        except (RuntimeError, AssertionError) as error:
            if device == "cpu":
                raise
            raise SettingsError(f"no {device} device can be used here", hint='set embedding.device = "cpu"') from error
        self._model.eval()
        self._local = threading.local()
        self._one_at_a_time = threading.Lock()  # the number of threads belongs to the whole process
        self._hook()

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        size = self._model.get_embedding_dimension()
        assert size is not None
        return size

    def encode(self, texts: Sequence[str]) -> Embedded:
        """Return unit vectors ``(len(texts), dimension)`` and the pooled middle layers ``(len(texts), 3 * width)``."""
        if not texts:
            return Embedded(np.empty((0, self.dimension), dtype=np.float32), np.empty((0, 0), dtype=np.float32))
        groups = [[row] for row in range(len(texts))] if self._device == "cpu" else self._groups(texts)
        with self._one_at_a_time:
            before = self._torch.get_num_threads()
            self._torch.set_num_threads(1)
            try:
                with ThreadPoolExecutor(self._threads, initializer=self._torch.set_num_threads, initargs=(1,)) as pool:
                    made = list(pool.map(lambda rows: self._encode([texts[row] for row in rows]), groups))
            finally:
                self._torch.set_num_threads(before)
        back = np.argsort(np.concatenate(groups))
        return Embedded(np.vstack([vectors for vectors, _ in made])[back], np.vstack([layers for _, layers in made])[back])

    def _groups(self, texts: Sequence[str]) -> list[list[int]]:
        return batches([int(self._model.preprocess([text])["input_ids"].shape[1]) for text in texts], _TOKENS)

    def _hook(self) -> None:
        """Have the layers of the transformer leave a pooled row behind on the thread that passes through them."""
        transformer = getattr(self._model[0], "auto_model", None)
        layers = getattr(getattr(transformer, "encoder", None), "layer", ())
        for depth, (_, how) in zip(depths(len(layers)), PARTS, strict=True) if len(layers) else ():
            layers[depth - 1].register_forward_hook(self._keeper(how))

    def _keeper(self, how: str) -> Callable[[Any, Any, Any], None]:
        def keep(module: Any, given: Any, output: Any) -> None:
            states = output[0] if isinstance(output, tuple) else output  # (texts, tokens, width)
            self._local.rows.append(states.amax(dim=1) if how == "max" else states.mean(dim=1))

        return keep

    def _encode(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return vectors and layers of texts of one length in tokens, from one pass."""
        self._local.rows = []
        with self._torch.inference_mode():
            given = self._model.preprocess(list(texts))
            given = {name: value.to(self._device) if hasattr(value, "to") else value for name, value in given.items()}
            vectors = self._model(given)["sentence_embedding"].cpu().numpy().astype(np.float32)
            parts = [row.cpu().numpy() for row in self._local.rows]
        return unit(vectors), np.hstack([np.empty((len(texts), 0)), *parts]).astype(np.float32)
