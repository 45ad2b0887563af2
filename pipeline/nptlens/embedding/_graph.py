"""BERT encoders as an ONNX graph, written from their safetensors: what ONNX Runtime's fused operators compute, and nothing else.

The graph takes texts of one length in tokens, so it knows no padding and no mask. It gives the states of the tokens, which are the same
bits whatever else is in the batch (a sum over the tokens would not be). Layers as in Vaswani et al. 2017 (arXiv:1706.03762, section
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
        made.node("Identity", [made.after[number]], name)
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
        """Return the normalised sum of word, position and (first) token type."""
        part = "embeddings."
        types = self._weights[part + "token_type_embeddings.weight"][0]
        self.value("words", self._weights[part + "word_embeddings.weight"])
        self.value("positions", self._weights[part + "position_embeddings.weight"] + types)
        self.value("start", np.zeros(1, dtype=np.int64))
        self.node("Gather", ["words", "tokens"], "word")
        self.node("Shape", ["tokens"], "length", start=1, end=2)
        self.node("Slice", ["positions", "start", "length"], "position")
        self.node("Add", ["word", "position"], "embedded")
        scale, shift = self._norm(part + "LayerNorm")
        self.after.append(
            self.node("LayerNormalization", ["embedded", scale, shift], "states 0", axis=-1, epsilon=self._encoder.epsilon)
        )
        return self.after[0]

    def layer(self, number: int, states: str) -> str:
        """Return the states after self-attention and the feed-forward part."""
        part = f"encoder.layer.{number}."
        heads = [part + f"attention.self.{each}" for each in ("query", "key", "value")]
        across = self.value(part + "qkv", np.concatenate([self._weights[each + ".weight"] for each in heads]).T)
        shift = self.value(part + "qkv.bias", np.concatenate([self._weights[each + ".bias"] for each in heads]))
        seen = self.node("Attention", [states, across, shift], part + "seen", _MICROSOFT, num_heads=self._encoder.heads)
        joined = self._added(part + "attention.output", seen, states)
        inner = self._linear(part + "intermediate.dense", joined)
        active = self.node("BiasGelu", [inner, self._bias(part + "intermediate.dense")], part + "active", _MICROSOFT)
        self.after.append(self._added(part + "output", active, joined))
        return self.after[-1]

    def _added(self, part: str, inside: str, before: str) -> str:
        """Return the normalised sum of a sublayer's output and its input."""
        dense = part + ".dense"
        inputs = [self._linear(dense, inside), before, *self._norm(part + ".LayerNorm"), self._bias(dense)]
        return self.node("SkipLayerNormalization", inputs, part + " sum", _MICROSOFT, epsilon=self._encoder.epsilon)

    def _linear(self, part: str, states: str) -> str:
        return self.node("MatMul", [states, self.value(part, self._weights[part + ".weight"].T)], part + " product")

    def _bias(self, part: str) -> str:
        return self.value(part + ".bias", self._weights[part + ".bias"])

    def _norm(self, part: str) -> tuple[str, str]:
        scale, shift = (self.value(f"{part}.{each}", self._weights[f"{part}.{each}"]) for each in ("weight", "bias"))
        return scale, shift

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
