"""BERT encoders, and MPNet's, as an ONNX graph, written from their safetensors in ONNX Runtime's fused operators.

The graph takes texts of one length in tokens, so it knows no padding and no mask. It gives the states of the tokens, which are the same
bits whatever else is in the batch (a sum over the tokens would not be). Between layers there is a row per token: ONNX Runtime makes one
operation of a product of flat matrices and the bias, and its norm of one input is several times as fast as its fused norm of a sum.
Layers as in Vaswani et al. 2017 (arXiv:1706.03762, section
3.1) with the normalisation after each sublayer and GELU, as BERT has them (Devlin et al. 2019, arXiv:1810.04805). In MPNet (Song et al.
2020, arXiv:2004.09297) what a token attends to hangs on its distance too, by a weight per head that all layers share: distances are
put into buckets as in Raffel et al. 2020 (arXiv:1910.10683, section 2.1), near ones one by one, far ones by their logarithm.
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
_FAR = 128  # tokens apart: from here on all distances are one
_PARTS = {
    "bert": ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "attention.output.LayerNorm"),
    "mpnet": ("attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o", "attention.LayerNorm"),
}
"""What a layer's parts are called in the file of weights: query, key, value, what joins the heads, and the norm after it."""


def buckets(apart: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """Return the bucket of each distance in tokens, from the token that looks to the one it looks at (Raffel et al. 2020)."""
    half = number // 2
    near = half // 2
    size = np.abs(apart)
    # in float32, as the encoder was trained with what that gives at the edges
    steps = np.log(np.maximum(size, 1).astype(np.float32) / np.float32(near)) / np.float32(np.log(_FAR / near)) * np.float32(half - near)
    far = np.minimum(near + steps.astype(np.int64), half - 1)
    found: NDArray[np.int64] = np.where(size < near, size, far) + np.where(apart > 0, half, 0)
    return found


def outputs(middle: int) -> list[str]:
    """Return the names of the graph's outputs: the last layer's states, then those of the middle layers."""
    return ["last", *(f"middle {number}" for number in range(middle))]


def graph(encoder: Bert, depths: Sequence[int]) -> bytes:
    """Return the ONNX model: ``tokens`` (texts, length) in; out the states of the last layer and those after each of `depths` layers,
    named by `outputs`, each (texts, length, width). Raises KeyError where the file lacks a weight."""
    from onnx import helper
    from safetensors.numpy import load_file

    weights = load_file(encoder.folder / "model.safetensors")
    made = _Graph({name.removeprefix(f"{encoder.family}."): value for name, value in weights.items()}, encoder)
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
        """Return the normalised sum of word, position and (first) token type where there are types, a row per token."""
        part = "embeddings."
        positions = self._weights[part + "position_embeddings.weight"][self._encoder.first :]
        if self._encoder.family == "bert":
            positions = positions + self._weights[part + "token_type_embeddings.weight"][0]
        self.value("words", self._weights[part + "word_embeddings.weight"])
        self.value("positions", positions)
        self.value("start", np.zeros(1, dtype=np.int64))
        self.value("rows", np.array([-1, self._encoder.width], dtype=np.int64))
        self.node("Gather", ["words", "tokens"], "word")
        self.node("Shape", ["word"], "shape")
        self.node("Shape", ["tokens"], "length", start=1, end=2)
        self.node("Slice", ["positions", "start", "length"], "position")
        self.node("Add", ["word", "position"], "embedded")
        self.after.append(self._normalized(part + "LayerNorm", self.node("Reshape", ["embedded", "rows"], "flat")))
        if self._encoder.buckets:
            self._distances()
        return self.after[0]

    def _distances(self) -> None:
        """Name what distance adds to attention: ``nearness`` (1, heads, length, length)."""
        most = self._encoder.max_tokens
        weights = self._weights["encoder.relative_attention_bias.weight"]  # (buckets, heads)
        self.value("of distance", weights[buckets(np.arange(1 - most, most), self._encoder.buckets)].T)
        self.value("order", np.arange(most, dtype=np.int64))
        self.value("middle", np.array(most - 1, dtype=np.int64))
        self.value("first axis", np.array([0], dtype=np.int64))
        self.value("second axis", np.array([1], dtype=np.int64))
        self.node("Slice", ["order", "start", "length"], "place")
        self.node("Unsqueeze", ["place", "second axis"], "from")
        self.node("Unsqueeze", ["place", "first axis"], "to")
        self.node("Sub", ["to", "from"], "apart")
        self.node("Add", ["apart", "middle"], "which")
        self.node("Gather", ["of distance", "which"], "near", axis=1)
        self.node("Unsqueeze", ["near", "first axis"], "nearness")

    def layer(self, number: int, states: str) -> str:
        """Return the states after self-attention and the feed-forward part."""
        part = f"encoder.layer.{number}."
        *heads, join, norm = (part + each for each in _PARTS[self._encoder.family])
        by_text = [self.node("Reshape", [self._linear(each, states), "shape"], f"{each} by text") for each in heads]
        nearness = ["", "", "nearness"] if self._encoder.buckets else []  # neither bias nor mask
        seen = self.node("MultiHeadAttention", [*by_text, *nearness], part + "seen", _MICROSOFT, num_heads=self._encoder.heads)
        joined = self._added(join, norm, self.node("Reshape", [seen, "rows"], part + "seen flat"), states)
        active = self.node("Gelu", [self._linear(part + "intermediate.dense", joined)], part + "active", _MICROSOFT)
        self.after.append(self._added(part + "output.dense", part + "output.LayerNorm", active, joined))
        return self.after[-1]

    def by_text(self, layers: int, output: str) -> str:
        """Name the states after so many layers, (texts, length, width), as an output."""
        return self.node("Reshape", [self.after[layers], "shape"], output)

    def _added(self, linear: str, norm: str, inside: str, before: str) -> str:
        """Return the normalised sum of a sublayer's output and its input."""
        return self._normalized(norm, self.node("Add", [self._linear(linear, inside), before], linear + " sum"))

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
