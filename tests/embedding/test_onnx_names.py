from __future__ import annotations

import uuid

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from nptlens.embedding._onnx import quantized


def test_no_temporary_file_is_named_after_the_network_card(monkeypatch):
    def refused(*_, **__):
        raise AssertionError("the network card was asked for its address")

    monkeypatch.setattr(uuid, "uuid1", refused)
    given, made = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 64]) for name in ("x", "y"))
    weights = numpy_helper.from_array(np.eye(64, dtype=np.float32), "w")
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"], name="only")], "tiny", [given], [made], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    assert b"MatMulInteger" in quantized(model.SerializeToString())
