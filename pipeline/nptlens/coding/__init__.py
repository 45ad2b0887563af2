"""From vectors to codes: one calibrated linear head per code, trained on a small labelled seed set."""

from nptlens.coding.code import code
from nptlens.coding.doctor import SeedFinding, examine
from nptlens.coding.heads import Heads, load_heads, train
from nptlens.coding.mapping import map_topics
from nptlens.coding.seeds import load_seeds
from nptlens.coding.views import Excerpts, definition
from nptlens.coding.why import Why, explain

__all__ = [
    "Excerpts",
    "Heads",
    "SeedFinding",
    "Why",
    "code",
    "definition",
    "examine",
    "explain",
    "load_heads",
    "load_seeds",
    "map_topics",
    "train",
]
