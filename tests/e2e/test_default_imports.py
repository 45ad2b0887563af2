"""A run with the settings as shipped imports these libraries and no others; half of an installation is never touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.model
ROOT = Path(__file__).resolve().parents[2]
NEVER = {"torch", "sentence_transformers", "transformers", "bertopic", "umap", "pynndescent", "hdbscan", "numba", "llvmlite", "plotly", "model2vec"}
SCRIPT = """
import importlib.metadata, json, sys
from nptlens.cli.main import main
try:
    main()
except SystemExit as end:
    code = end.code
owners = importlib.metadata.packages_distributions()
names = {name.split(".")[0] for name in sys.modules}
found = {name: sorted(owners[name]) for name in sorted(names) if name in owners}
print(json.dumps({"code": code, "modules": sorted(names), "packages": found}), file=sys.stderr)
"""


def test_a_default_run_names_what_it_imports(make_tiny_study, tmp_path):
    study = make_tiny_study(tmp_path / "study")
    study.edit("study.toml", 'encoder = "encoder"', 'encoder = "all-MiniLM-L6-v2"')
    study.edit("study.toml", "[topics]\nmethod = \"small\"\n", "[topics]\nstability_resamples = 2\nstability_reseeds = 0\n")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "pipeline"), "PYTHONWARNINGS": "ignore"}
    result = subprocess.run([sys.executable, "-c", SCRIPT, "run", study.root, "--json"], capture_output=True, text=True, env=env, check=True)
    told = json.loads(result.stderr.splitlines()[-1])
    assert told["code"] in (0, 1, None)
    assert (study.root / "results" / "report.html").is_file()
    assert {"numpy", "pandas", "onnxruntime"} <= set(told["packages"])  # the run did what it is for, and its imports were seen
    assert NEVER & set(told["modules"]) == set(), f"a default run imports {', '.join(told['packages'])}"
