#!/usr/bin/env bash
# onnxruntime 1.32.0: in a model that `quantize_dynamic` made, what comes out for one row depends on the other rows of the batch. The scale of an input
# is measured anew at each call over the whole tensor (operator DynamicQuantizeLinear), so one row with a large value makes the steps of all others
# coarse. Who encodes texts in batches gets another vector for a text beside other neighbours, and not in the last bits alone.
#
# A linear layer of invented weights takes the place of an encoder. Needs Python 3.11 or later and the package index. Seen: exact, the row is the
# same alone and beside others; int8, it changes by .6 of its length beside a row a hundred times larger, by .006 beside one like it.
# Exit code 0: as described; 1: no longer so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export ORT_DISABLE_TELEMETRY=1
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cat > "$folder/rows.py" <<'PYTHON'
import logging
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import quantize_dynamic

logging.disable(logging.WARNING)
DIMENSION = 64
draw = np.random.default_rng(7)
weights = numpy_helper.from_array(draw.standard_normal((DIMENSION, DIMENSION)).astype(np.float32), "weights")
given, made = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", DIMENSION]) for name in ("x", "y"))
graph = helper.make_graph([helper.make_node("MatMul", ["x", "weights"], ["y"])], "layer", [given], [made], [weights])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), "exact.onnx")
quantize_dynamic("exact.onnx", "int8.onnx")

row = draw.standard_normal((1, DIMENSION)).astype(np.float32)
alike = draw.standard_normal((1, DIMENSION)).astype(np.float32)
large = 100 * draw.standard_normal((1, DIMENSION)).astype(np.float32)


def change(model, neighbour):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    alone = session.run(None, {"x": row})[0][0]
    beside = session.run(None, {"x": np.vstack([row, neighbour])})[0][0]
    return float(np.linalg.norm(beside - alone) / np.linalg.norm(alone))


print("onnxruntime", onnxruntime.__version__)
found = {(model, name): change(f"{model}.onnx", other) for model in ("exact", "int8") for name, other in (("like", alike), ("large", large))}
for (model, name), share in found.items():
    print(f"{model}: beside a {name} row, the row's result changes by {share:.2g} of its length")
sys.exit(0 if max(found["exact", "like"], found["exact", "large"]) < 1e-5 and found["int8", "like"] > 1e-3 and found["int8", "large"] > 0.1 else 1)
PYTHON
cd "$folder"
if venv/bin/python rows.py; then echo "as described"; else echo "changed"; exit 1; fi
