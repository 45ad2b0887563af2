"""sentence-transformers on PyTorch, so used that a text's vector depends on the text alone.

A matrix product's last bits depend on the shape of its batch and on the number of threads that share it. Each text is therefore
one forward pass on one thread; the passes run side by side. On real turns this is also faster than padded batches.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nptlens.safety.network import go_offline


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

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        size = self._model.get_embedding_dimension()
        assert size is not None
        return size

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 vectors ``(len(texts), dimension)`` of length 1."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        before = self._torch.get_num_threads()
        self._torch.set_num_threads(1)
        try:
            with ThreadPoolExecutor(self._threads, initializer=self._torch.set_num_threads, initargs=(1,)) as pool:
                return np.stack(list(pool.map(self._encode_one, texts)))
        finally:
            self._torch.set_num_threads(before)

    def _encode_one(self, text: str) -> NDArray[np.float32]:
        with self._torch.inference_mode():
            vector = self._model(self._model.preprocess([text]))["sentence_embedding"][0].numpy()
        length = float(np.linalg.norm(vector))
        result: NDArray[np.float32] = (vector / length if length else vector).astype(np.float32)
        return result
