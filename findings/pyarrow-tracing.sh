#!/usr/bin/env bash
# pyarrow 26.0.1, the public wheel for Linux: OpenTelemetry and a client that sends over HTTP are built in. It is off, but a single variable of the
# environment, ARROW_TRACING_BACKEND=otlp_http, which may be there for another program's sake, has every program that reads a table send what it does
# to a collector (by default one on this machine; OTEL_EXPORTER_OTLP_ENDPOINT names another): names of files and columns, and the values that rows are
# filtered by. Arrow's documentation of its C++ library names the variable, but says that tracing is not built in by default and that one must make a
# build of one's own for it.
#
# A server of this script's own on this machine takes the place of the collector. Needs Linux, Python 3.11 or 3.12 and the package index.
# Seen: one request or more that holds the word of the filter; none without the variable. Exit code 0: as described; 1: no longer so.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyarrow==26.0.1
cat > "$room/watch.py" <<'PYTHON'
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

READ = """
import pyarrow as pa, pyarrow.parquet as pq
pq.write_table(pa.table({"said": ["canary", "other"]}), "invented.parquet")
assert pq.read_table("invented.parquet", filters=[("said", "=", "canary")]).num_rows == 1
"""
bodies = []


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass


def requests(**more):
    bodies.clear()
    plain = {"PATH": os.environ["PATH"], "HOME": os.getcwd(), "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}"}
    subprocess.run([sys.executable, "-c", READ], env={**plain, **more}, check=True)
    return len(bodies), sum(b"canary" in body for body in bodies), sum(b"invented.parquet" in body for body in bodies)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=server.serve_forever, daemon=True).start()
without, with_it = requests(), requests(ARROW_TRACING_BACKEND="otlp_http")
import pyarrow
print("pyarrow", pyarrow.__version__, "with OpenTelemetry" if pyarrow.is_opentelemetry_enabled() else "")
print("requests without the variable:", without[0])
print("requests with it: %d, with the filter's word: %d, with the file's name: %d" % with_it)
sys.exit(0 if without[0] == 0 and with_it[1] and with_it[2] else 1)
PYTHON
cd "$room"
if venv/bin/python watch.py; then echo "as described"; else echo "changed"; exit 1; fi
