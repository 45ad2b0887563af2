"""ONNX Runtime on the CPU, so used that a text's vector depends on the text alone.

Each batch holds texts of one length and runs on one thread; batches run side by side. In float32 the states of a text's tokens are the
same bits in any such batch, and they are pooled here, text by text. In int8 one scale is measured over a batch, so a batch is one text.
"""

from __future__ import annotations

import logging
import os
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from nptlens.embedding._batches import batches
from nptlens.embedding._bert import Bert
from nptlens.embedding._onnx_graph import outputs
from nptlens.embedding._pooling import PARTS, pooled, unit
from nptlens.embedding._word_tokenizer import Words
from nptlens.safety.network import go_offline
from nptlens.schemas.records import Embedded

_TOKENS = 512  # in a batch: enough for the matrix products, few enough for the cache


class OnnxEncoder:
    """An encoder from the bytes of an ONNX model that `_graph.graph` or `quantized` made."""

    def __init__(self, model: bytes, encoder: Bert, *, threads: int = 0, alone: bool = False) -> None:
        onnxruntime = _library()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # patterns pay for one shape; here each batch has its own
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
        self._words = Words(encoder.folder / "tokenizer.json")
        self._most = encoder.max_tokens
        self._width = encoder.width
        self._outputs = outputs(len(PARTS))
        self._budget = 1 if alone else _TOKENS
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._width

    def encode(self, texts: Sequence[str]) -> Embedded:
        """Return unit vectors ``(len(texts), dimension)`` and the pooled middle layers ``(len(texts), 3 * width)``."""
        return self.encode_tokens([self._words.framed(each, self._most) for each in self._words.tokens(texts)])

    def encode_tokens(self, tokens: Sequence[Sequence[int]]) -> Embedded:
        """Return the same of texts that are numbers of tokens already."""
        vectors = np.empty((len(tokens), self._width), dtype=np.float32)
        layers = np.empty((len(tokens), len(PARTS) * self._width), dtype=np.float32)

        def one(rows: list[int]) -> None:
            given = np.array([tokens[row] for row in rows], dtype=np.int64)
            last, *middle = self._session.run(self._outputs, {"tokens": given})
            vectors[rows] = unit(pooled(last, "mean"))
            layers[rows] = np.hstack([pooled(states, how) for states, (_, how) in zip(middle, PARTS, strict=True)])

        # The longest batches come first, so that no thread is left with one at the end.
        tasks = [self._pool.submit(one, rows) for rows in batches([len(each) for each in tokens], self._budget)]
        try:
            for task in tasks:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
        return Embedded(vectors, layers)


def quantized(model: bytes) -> bytes:
    """Return the model with its linear layers in int8, a scale per column; what goes into them is scaled as it comes."""
    import onnx

    _library()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory(prefix="nptlens-") as folder, _silence(), _plain_names():
        source, target = Path(folder) / "exact.onnx", Path(folder) / "int8.onnx"
        source.write_bytes(model)
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        return target.read_bytes()


def _library() -> Any:
    """Return onnxruntime with its telemetry off: on Linux and macOS it obeys the environment at import, on Windows this call."""
    go_offline()
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the library's advice, meant for those who write models, off the researcher's screen."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _plain_names() -> Iterator[None]:
    """Let onnx name its temporary files by chance: its own names hold the address of the network card, asked for on an internet socket."""
    library: Any = import_module("onnx.external_data_helper")
    before = library.uuid
    library.uuid = SimpleNamespace(uuid1=uuid.uuid4, uuid4=uuid.uuid4)
    try:
        yield
    finally:
        library.uuid = before
