"""`make bench-training`: how training grows with seeds and codes.

Vectors, middle layers and words of seeds and of 2,000 excerpts are drawn. Each size is trained in a process of its own, on the threads of
`--threads`. Seconds are those of the processor, over all threads, which other programs on the machine do not lengthen; beside them stands
what the clock said. Where a fit is made quickly (many seeds or codes), sizes up to `MOST_EXACT` are trained exactly too, in the same run:
`ratio` is the exact seconds over the quick ones, `apart` the share of decisions on which the two differ.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.records import Record, write
from nptlens.coding import Excerpts, Workers, train
from nptlens.coding import training_set as training_set_module
from nptlens.coding.heads import Heads
from nptlens.schemas.records import Code, Codebook, Embedded, Seed
from nptlens.schemas.settings import default_settings

SIZES = ((800, 25), (2_000, 60), (4_000, 60), (5_000, 27), (2_500, 500), (20_000, 27))
MOST_EXACT = 400_000
"""Seeds times codes that are trained exactly beside."""
_EXCERPTS, _WIDTH, _WORDS = 2_000, 384, 6_000
NOTE = "synthetic seeds: vectors, layers and words are drawn; seconds are of the processor, over all threads"


@dataclass(frozen=True, slots=True)
class Row:
    """What training on so many seeds and codes took."""

    seeds: int
    codes: int
    seconds: float
    clock: float
    peak_mb: float
    ratio: float = math.nan
    apart: float = math.nan


def case(seeds: int, codes: int) -> tuple[Excerpts, tuple[Seed, ...], Codebook, np.ndarray, Excerpts]:
    """Return examples, seeds, a codebook, its definitions' vectors and the excerpts of a study."""
    rng = np.random.default_rng(1)
    letters, common = np.array(list("etaoinshrdlucmfwypvbgk")), 1 / np.arange(1, 23)
    vocabulary = np.array(["".join(rng.choice(letters, rng.integers(2, 10), p=common / common.sum())) for _ in range(_WORDS)])
    often = 1 / np.arange(3, _WORDS + 3)
    own = rng.integers(0, _WORDS, (codes, 8))
    centres, turned = rng.normal(size=(codes, _WIDTH)), rng.normal(size=(_WIDTH, 3 * _WIDTH)) / np.sqrt(_WIDTH)

    def excerpts(of: np.ndarray) -> Excerpts:
        vectors = centres[of] + rng.normal(scale=1.5, size=(len(of), _WIDTH))
        vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        layers = (vectors @ turned + 0.03 * rng.normal(size=(len(of), 3 * _WIDTH))).astype(np.float32)
        marks = vocabulary[own[of[:, None], rng.integers(0, 8, (len(of), 4))]]
        said = np.hstack([rng.choice(vocabulary, (len(of), 18), p=often / often.sum()), marks])
        return Excerpts(tuple(" ".join(row) for row in said), Embedded(vectors, layers))

    of = rng.permutation(np.arange(seeds) % codes)
    examples = excerpts(of)
    made = tuple(Seed(f"s{i:05}", examples.texts[i], (f"C{code:03}",)) for i, code in enumerate(of))
    book = Codebook("synthetic", "1", tuple(Code(f"C{i:03}", f"code {i}", "what it is") for i in range(codes)))
    definitions = (centres / np.linalg.norm(centres, axis=1, keepdims=True)).astype(np.float32)
    return examples, made, book, definitions, excerpts(rng.integers(0, codes, _EXCERPTS))


def measure(seeds: int, codes: int, threads: int) -> Row:
    """Train, exactly too where that can be waited for."""
    given = case(seeds, codes)

    def trained() -> tuple[Heads, float, float]:
        start, clock = time.process_time(), time.perf_counter()
        heads = train(*given, default_settings().coding, seed=1, workers=Workers(threads))
        return heads, time.process_time() - start, time.perf_counter() - clock

    heads, seconds, clock = trained()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    ratio = apart = math.nan
    if training_set_module.are_many(seeds, codes) and seeds * codes <= MOST_EXACT:
        training_set_module.MOST_IN_SPAN, training_set_module.MOST_PRECISELY = seeds, seeds * codes
        exact, longer, _ = trained()
        one, other = (each.probabilities(given[4]) >= each.thresholds for each in (heads, exact))
        ratio, apart = longer / seconds, float((one != other).mean())
    return Row(seeds, codes, round(seconds, 1), round(clock, 1), round(peak), round(ratio, 2), apart)


def main() -> int:
    """Measure, print and write benchmarks/results/training_growth.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/training_growth.json"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sizes", nargs="+", default=[f"{seeds}x{codes}" for seeds, codes in SIZES], metavar="SEEDSxCODES")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        seeds, codes = map(int, arguments.one.split("x"))
        print(json.dumps(asdict(measure(seeds, codes, arguments.threads))))
        return 0
    print(NOTE)
    records = []
    for size in arguments.sizes:
        command = [sys.executable, "-m", "benchmarks.training_growth", "--one", size, "--threads", str(arguments.threads)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
        row = Row(**json.loads(done.stdout.splitlines()[-1]))
        print(f"{row.seeds:>7,} seeds {row.codes:>4} codes {row.seconds:8.1f} s ({row.clock:.1f} s by the clock) {row.peak_mb:6.0f} MB "
              f"exact / quick {row.ratio:.2f}, decisions apart {row.apart:.5f}", flush=True)  # fmt: skip
        told = {"seconds": row.seconds, "seconds by the clock": row.clock, "peak memory, MB": row.peak_mb}
        told |= {"exact / quick": row.ratio, "decisions apart": row.apart}
        what = f"{row.seeds} seeds, {row.codes} codes"
        records += [Record(what, "training", "", name, value, math.nan, math.nan, row.seeds) for name, value in told.items()]
    write(arguments.out, records, [NOTE])
    return 0


if __name__ == "__main__":
    sys.exit(main())
