"""Rerun = same bytes, on any hash seed, number of threads and order of files: the demo study, twice, with the real encoder."""

from __future__ import annotations

import hashlib
import json

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.model]
FILES = (
    ".nptlens/segments.parquet",
    ".nptlens/vectors.npy",
    ".nptlens/topics.parquet",
    ".nptlens/topic_cards.json",
    ".nptlens/topic_stability.json",
    ".nptlens/readings.parquet",
    ".nptlens/codings.parquet",
    ".nptlens/heads.safetensors",
    ".nptlens/agreement.parquet",
    "results/report.html",
    "results/codings.csv",
    "results/excerpts.xlsx",
)


def test_the_demo_gives_the_same_bytes_however_it_is_run(run_demo):
    first = run_demo(threads=1, PYTHONHASHSEED="0", OMP_NUM_THREADS="1")
    second = run_demo(threads=2, backwards=True, PYTHONHASHSEED="1", OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2")
    digests = [{name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in FILES} for root in (first, second)]
    assert [name for name in FILES if digests[0][name] != digests[1][name]] == []
    told = [json.loads((root / "run.json").read_text(encoding="utf-8")) for root in (first, second)]
    assert told[0]["agreement"] == told[1]["agreement"]
    assert told[0]["problems"] == told[1]["problems"]
