"""One part of `make bench` in a process of its own; the last line it prints is its figures as JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

SIZE = 2_048  # of the square matrices whose product is the machine's limit
SECONDS = 8.0


def sgemm(texts: list[str], out: Path) -> dict[str, float]:
    """The machine's limit: numpy's float32 matrix product on all cores, in GFLOP/s, over as many seconds as embedding takes; a processor
    is faster in its first second."""
    rng = np.random.default_rng(1)
    a, b = rng.random((2, SIZE, SIZE), dtype=np.float32)
    rates = []
    begun = time.perf_counter()
    while (started := time.perf_counter()) < begun + SECONDS:
        a @ b
        rates.append(2 * SIZE**3 / 1e9 / (time.perf_counter() - started))
    return {"gflops": float(np.median(rates)), "best": max(rates)}


def sentence_transformers(texts: list[str], out: Path) -> dict[str, float]:
    """What a user would call: SentenceTransformer.encode on PyTorch, its defaults, all cores."""
    from sentence_transformers import SentenceTransformer

    from nptlens.embedding import find_encoder

    model = SentenceTransformer(str(find_encoder("all-MiniLM-L6-v2").folder), device="cpu", local_files_only=True)
    model.encode(texts[:8])
    started = time.perf_counter()
    vectors = model.encode(texts, normalize_embeddings=True)
    seconds = time.perf_counter() - started
    np.save(out, vectors)
    return {"embed_s": seconds}


def ours(name: str, backend: str) -> Callable[[list[str], Path], dict[str, float]]:
    """Return the part that embeds as a run does, into a fresh cache on the disk."""

    def part(texts: list[str], out: Path) -> dict[str, float]:
        from nptlens.embedding import embed, find_encoder, load_encoder, vectors_key
        from nptlens.store.vectors import VectorCache

        card = find_encoder(name, backend=backend)
        encoder = load_encoder(card)
        encoder.encode(texts[:8])
        with tempfile.TemporaryDirectory() as folder, closing(VectorCache(Path(folder) / "v.sqlite", vectors_key(card))) as cache:
            started = time.perf_counter()
            made = embed(texts, encoder=lambda: encoder, cache=cache)
            seconds = time.perf_counter() - started
        np.save(out, made.vectors)
        return {"embed_s": seconds}

    return part


def script(texts: list[str], out: Path) -> dict[str, float]:
    """What a user would write: sentence-transformers, then BERTopic with its defaults."""
    started = time.perf_counter()
    from bertopic import BERTopic
    from sentence_transformers import SentenceTransformer

    from nptlens.embedding import find_encoder

    imported = time.perf_counter()
    model = SentenceTransformer(str(find_encoder("all-MiniLM-L6-v2").folder), device="cpu", local_files_only=True)
    vectors = model.encode(texts)
    embedded = time.perf_counter()
    topics, _ = BERTopic(embedding_model=model).fit_transform(texts, vectors)
    done = time.perf_counter()
    return {
        "import_s": imported - started, "embed_s": embedded - imported, "topics_s": done - embedded, "topics": float(len(set(topics)))
    }  # fmt: skip


PARTS: dict[str, Callable[[list[str], Path], dict[str, float]]] = {
    "sgemm": sgemm,
    "sentence-transformers": sentence_transformers,
    "nptlens onnx": ours("all-MiniLM-L6-v2", "onnx"),
    "nptlens int8": ours("all-MiniLM-L6-v2", "int8"),
    "nptlens static": ours("static", "auto"),
    "nptlens torch": ours("all-MiniLM-L6-v2", "torch"),
    "script": script,
}


def main() -> int:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=list(PARTS))
    parser.add_argument("texts", type=Path, help="a JSON list")
    parser.add_argument("out", type=Path, help="where the vectors go")
    arguments = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    found = PARTS[arguments.part](json.loads(arguments.texts.read_text(encoding="utf-8")), arguments.out)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
