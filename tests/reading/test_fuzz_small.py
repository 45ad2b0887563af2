"""A small run of the fuzzer: damaged and hostile files are read or refused, and never touch the good ones beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks._bases import bases

from nptlens.reading import kinds, read_file

ROOT = Path(__file__).resolve().parents[2]


def test_sixty_hostile_files_break_no_rule(tmp_path):
    out = tmp_path / "fuzz.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks.fuzz",
        "--cases",
        "60",
        "--seed",
        "7",
        "--data",
        str(tmp_path / "absent"),
        "--out",
        str(out),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    records = json.loads(out.read_text())["records"]
    assert sum(r["value"] for r in records if r["metric"] in ("read", "noted", "refused")) == 60
    assert {r["value"] for r in records if r["metric"] == "violations"} == {0.0}


def test_every_format_has_a_seed_that_reads(tmp_path):
    seeds = bases(tmp_path / "absent")
    assert set(kinds()) <= {seed.suffix for seed in seeds}
    for number, seed in enumerate(seeds):
        path = tmp_path / f"{number}{seed.suffix}"
        path.write_bytes(seed.data)
        assert read_file(path, transcript_id="t", source=path.name, max_megabytes=1).utterances
