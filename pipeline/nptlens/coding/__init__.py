"""From vectors to codes: one calibrated linear head per code, trained on a small labelled seed set."""

from nptlens.coding.code import code
from nptlens.coding.doctor import SeedExam, SeedFinding, examine
from nptlens.coding.heads import Heads, train
from nptlens.coding.mapping import map_topics
from nptlens.coding.readings import read_side_by_side
from nptlens.coding.seeds import load_seeds
from nptlens.coding.selective import selective

__all__ = [
    "Heads",
    "SeedExam",
    "SeedFinding",
    "code",
    "examine",
    "load_seeds",
    "map_topics",
    "read_side_by_side",
    "selective",
    "train",
]
