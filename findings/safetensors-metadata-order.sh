#!/usr/bin/env bash
# safetensors 0.8.0: the same tensors saved with the same metadata give other bytes each time, as soon as the metadata have two entries or more: the
# entries are written in an order that changes from call to call, within one process too. Tensors are written in a fixed order, and with one entry or
# none the bytes stay the same. Who compares files by digest, or keeps results under one, finds a difference where there is none.
#
# Needs Python 3.11 or later and the package index. Seen: 40 calls with six entries give about 40 different files, all of which load as the
# same tensors and the same metadata; 40 calls with one entry give one. Exit code 0: it does as described; 1: it no longer does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
cat > "$folder/save.py" <<'PYTHON'
import json
import sys

import numpy as np
import safetensors
from safetensors.numpy import load, save

TENSORS = {"weights": np.arange(6, dtype=np.float32), "bias": np.zeros(2, dtype=np.float32)}
SIX = {"encoder": "a", "codes": "b", "views": "c", "made by": "d", "seeds": "e", "folds": "f"}


def head(data):
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])


several = [save(TENSORS, metadata=SIX) for _ in range(40)]
one = {save(TENSORS, metadata={"all": json.dumps(SIX)}) for _ in range(40)}
print("safetensors", safetensors.__version__)
print("different files of 40 with six entries:", len(set(several)))
print("different files of 40 with one entry:", len(one))
alike = all(head(data) == head(several[0]) and all(np.array_equal(load(data)[name], TENSORS[name]) for name in TENSORS) for data in several)
print("the same tensors and metadata in all:", alike)
print("orders, of the first three:", *(list(head(data)["__metadata__"]) for data in several[:3]), sep="\n  ")
sys.exit(0 if len(set(several)) > 1 and len(one) == 1 and alike else 1)
PYTHON
if "$folder/venv/bin/python" "$folder/save.py"; then echo "as described"; else echo "changed"; exit 1; fi
