"""BERT encoders as an ONNX graph, written from their safetensors: what ONNX Runtime's fused operators compute, and nothing else.

The graph takes texts of one length in tokens, so it knows no padding and no mask. It gives the states of the tokens, which are the same
bits whatever else is in the batch (a sum over the tokens would not be). Between layers there is a row per token: ONNX Runtime makes one
operation of a product of flat matrices and the bias, and its norm of one input is several times as fast as its fused norm of a sum.
Layers as in Vaswani et al. 2017 (arXiv:1706.03762, section
3.1) with the normalisation after each sublayer and GELU, as BERT has them (Devlin et al. 2019, arXiv:1810.04805).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nptlens.embedding._bert import Bert

_MICROSOFT = "com.microsoft"
_OPSETS = (("", 18), (_MICROSOFT, 1))
_IR = 9


def outputs(middle: int) -> list[str]:
    """Return the names of the graph's outputs: the last layer's states, then those of the middle layers."""
    return ["last", *(f"middle {number}" for number in range(middle))]


def graph(encoder: Bert, depths: Sequence[int]) -> bytes:
    """Return the ONNX model: ``tokens`` (texts, length) in; out the states of the last layer and those after each of `depths` layers,
    named by `outputs`, each (texts, length, width). Raises KeyError where the file lacks a weight."""
    from onnx import helper
    from safetensors.numpy import load_file

    weights = load_file(encoder.folder / "model.safetensors")
    made = _Graph({name.removeprefix("bert."): value for name, value in weights.items()}, encoder)
    states = made.embeddings()
    for number in range(encoder.layers):
        states = made.layer(number, states)
    names = outputs(len(depths))
    for name, number in zip(names, [encoder.layers, *depths], strict=True):
        made.by_text(number, name)
    return made.serialized(names, [helper.make_opsetid(*each) for each in _OPSETS])


class _Graph:
    """Nodes and weights, as they are added; `after[n]` names the states after n layers."""

    def __init__(self, weights: dict[str, NDArray[np.float32]], encoder: Bert) -> None:
        self._weights, self._encoder = weights, encoder
        self._nodes: list[Any] = []
        self._values: list[Any] = []
        self.after: list[str] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Add an operation and return its output's name."""
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def value(self, name: str, array: NDArray[Any]) -> str:
        """Add a weight and return its name."""
        from onnx import numpy_helper

        self._values.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def embeddings(self) -> str:
        """Return the normalised sum of word, position and (first) token type, a row per token."""
        part = "embeddings."
        types = self._weights[part + "token_type_embeddings.weight"][0]
        self.value("words", self._weights[part + "word_embeddings.weight"])
        self.value("positions", self._weights[part + "position_embeddings.weight"] + types)
        self.value("start", np.zeros(1, dtype=np.int64))
        self.value("rows", np.array([-1, self._encoder.width], dtype=np.int64))
        self.node("Gather", ["words", "tokens"], "word")
        self.node("Shape", ["word"], "shape")
        self.node("Shape", ["tokens"], "length", start=1, end=2)
        self.node("Slice", ["positions", "start", "length"], "position")
        self.node("Add", ["word", "position"], "embedded")
        self.after.append(self._normalized(part + "LayerNorm", self.node("Reshape", ["embedded", "rows"], "flat")))
        return self.after[0]

    def layer(self, number: int, states: str) -> str:
        """Return the states after self-attention and the feed-forward part."""
        part = f"encoder.layer.{number}."
        heads = [self._linear(part + f"attention.self.{each}", states) for each in ("query", "key", "value")]
        by_text = [self.node("Reshape", [each, "shape"], f"{each} by text") for each in heads]
        seen = self.node("MultiHeadAttention", by_text, part + "seen", _MICROSOFT, num_heads=self._encoder.heads)
        joined = self._added(part + "attention.output", self.node("Reshape", [seen, "rows"], part + "seen flat"), states)
        active = self.node("Gelu", [self._linear(part + "intermediate.dense", joined)], part + "active", _MICROSOFT)
        self.after.append(self._added(part + "output", active, joined))
        return self.after[-1]

    def by_text(self, layers: int, output: str) -> str:
        """Name the states after so many layers, (texts, length, width), as an output."""
        return self.node("Reshape", [self.after[layers], "shape"], output)

    def _added(self, part: str, inside: str, before: str) -> str:
        """Return the normalised sum of a sublayer's output and its input."""
        both = self.node("Add", [self._linear(part + ".dense", inside), before], part + " sum")
        return self._normalized(part + ".LayerNorm", both)

    def _linear(self, part: str, states: str) -> str:
        product = self.node("MatMul", [states, self.value(part, self._weights[part + ".weight"].T)], part + " product")
        return self.node("Add", [product, self.value(part + ".bias", self._weights[part + ".bias"])], part + " shifted")

    def _normalized(self, part: str, states: str) -> str:
        scale, shift = (self.value(f"{part}.{each}", self._weights[f"{part}.{each}"]) for each in ("weight", "bias"))
        return self.node("LayerNormalization", [states, scale, shift], part + " states", axis=-1, epsilon=self._encoder.epsilon)

    def serialized(self, names: Sequence[str], opsets: Sequence[Any]) -> bytes:
        """Return the whole model."""
        from onnx import TensorProto, helper

        tokens = helper.make_tensor_value_info("tokens", TensorProto.INT64, ["texts", "length"])
        states = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", "length", self._encoder.width]) for name in names
        ]
        whole = helper.make_graph(self._nodes, "bert", [tokens], states, self._values)
        data: bytes = helper.make_model(whole, opset_imports=list(opsets), ir_version=_IR).SerializeToString()
        return data
