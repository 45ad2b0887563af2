#!/usr/bin/env bash
# onnxruntime 1.32.0, the public wheel for Linux: loading a model writes a permanent id and a queue of events below ~/.cache and opens internet
# sockets, in every process, without having asked. ORT_DISABLE_TELEMETRY=1, set before the import, prevents all of it; the library's own call
# disable_telemetry_events() after the import does not. It is documented: docs/Privacy.md in the library's repository says that telemetry is on
# in official builds, since version 1.29.0 on Linux and macOS too, and names the variable; the package's page and its Python reference do not. It is
# quiet where the variable CI is set, which is why a test may not see it.
#
# The script prints names of files and numbers of calls, no id and no host. Needs Linux, Python 3.11 or 3.12, the package index; with strace it
# counts sockets too. Seen: deviceid and onnxruntime.db as installed and with the call, with 5 to 12 sockets; nothing with either variable.
# Exit code 0: it does as described; 1: it no longer does.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cat > "$room/load.py" <<'PYTHON'
import sys
import time
from onnx import TensorProto, helper
import onnxruntime
if "call" in sys.argv:
    onnxruntime.disable_telemetry_events()
given, made = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y"))
graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "tiny", [given], [made])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
time.sleep(12)  # a program that works for some seconds; events are sent from a thread of their own
PYTHON

# watched NAME WORDS...: run load.py in a new home with only PATH, HOME and WORDS as environment; leaves files.NAME and sockets.NAME
watched() {
  name=$1; shift
  mkdir "$room/$name" "$room/$name.tmp"
  trace=()
  if command -v strace >/dev/null; then trace=(strace -f -qq -e trace=socket -o "$room/trace.$name"); fi
  env -i PATH="$PATH" HOME="$room/$name" TMPDIR="$room/$name.tmp" "$@" "${trace[@]}" "$room/venv/bin/python" "$room/load.py" ${argument:-}
  (cd "$room/$name" && find . -type f | sort) > "$room/files.$name"
  touch "$room/trace.$name"
  grep -c AF_INET "$room/trace.$name" > "$room/sockets.$name" || true
  echo "== $name"
  sed 's/^/   /' "$room/files.$name"
  echo "   $(cat "$room/sockets.$name") internet sockets"
}

"$room/venv/bin/python" -c 'import onnxruntime, platform; print("onnxruntime", onnxruntime.__version__, platform.system(), platform.machine())'
watched as-installed
argument=call watched call-after-import
watched switch-before-import ORT_DISABLE_TELEMETRY=1
watched where-CI-is-set CI=true

fail() { echo "changed: $1"; exit 1; }
grep -q deviceid "$room/files.as-installed" || fail "no id is made as installed"
grep -q onnxruntime.db "$room/files.as-installed" || fail "no queue is made as installed"
grep -q deviceid "$room/files.call-after-import" || fail "the call after the import now prevents the id"
[ ! -s "$room/files.switch-before-import" ] || fail "files are made in spite of the switch"
[ "$(cat "$room/sockets.switch-before-import")" = 0 ] || fail "sockets are opened in spite of the switch"
[ ! -s "$room/files.where-CI-is-set" ] || fail "it is no longer quiet where CI is set"
if command -v strace >/dev/null; then
  [ "$(cat "$room/sockets.as-installed")" != 0 ] || fail "no internet socket is opened as installed"
fi
echo "as described"
