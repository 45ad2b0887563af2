"""sentence-transformers on PyTorch, so used that a text's vector depends on the text alone.

A matrix product's last bits depend on the shape of its batch and on the number of threads that share it. Each text is therefore
one forward pass on one thread; the passes run side by side. On real turns this is also faster than padded batches.
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

from nptlens.records import Embedded
from nptlens.safety.network import go_offline

_PARTS = ((1 / 3, "max"), (1 / 2, "mean"), (2 / 3, "max"))  # how deep in the encoder, and how a text's tokens are pooled there


class SentenceTransformersEncoder:
    """An encoder from a local folder; it never asks the network and reads no pickle."""

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        go_offline()
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._torch = torch
        self._threads = threads or os.cpu_count() or 1
        self._model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
        )
        self._model.eval()
        self._local = threading.local()
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
        before = self._torch.get_num_threads()
        self._torch.set_num_threads(1)
        try:
            with ThreadPoolExecutor(self._threads, initializer=self._torch.set_num_threads, initargs=(1,)) as pool:
                rows = list(pool.map(self._encode_one, texts))
        finally:
            self._torch.set_num_threads(before)
        return Embedded(np.stack([vector for vector, _ in rows]), np.stack([layers for _, layers in rows]))

    def _hook(self) -> None:
        """Have the layers of the transformer leave a pooled row behind on the thread that passes through them."""
        transformer = getattr(self._model[0], "auto_model", None)
        layers = getattr(getattr(transformer, "encoder", None), "layer", ())
        for depth, pool in _PARTS if len(layers) else ():
            layers[round(depth * len(layers)) - 1].register_forward_hook(self._keeper(pool))

    def _keeper(self, pool: str) -> Callable[[Any, Any, Any], None]:
        def keep(module: Any, given: Any, output: Any) -> None:
            states = (output[0] if isinstance(output, tuple) else output)[0]  # of the one text: (tokens, width)
            self._local.rows.append(states.amax(dim=0) if pool == "max" else states.mean(dim=0))

        return keep

    def _encode_one(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self._local.rows = []
        with self._torch.inference_mode():
            vector = self._model(self._model.preprocess([text]))["sentence_embedding"][0].numpy()
            parts = [row.numpy() for row in self._local.rows]
        length = float(np.linalg.norm(vector))
        result: NDArray[np.float32] = (vector / length if length else vector).astype(np.float32)
        return result, np.concatenate([np.empty(0), *parts]).astype(np.float32)
