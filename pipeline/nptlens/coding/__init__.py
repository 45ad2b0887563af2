"""From excerpts to codes: calibrated heads trained on a small labelled seed set, what they hang on, how far to trust them."""

from nptlens.coding.code import code
from nptlens.coding.doctor import SeedExam, SeedFinding, examine
from nptlens.coding.heads import Heads, load_heads, train
from nptlens.coding.mapping import map_topics
from nptlens.coding.readings import read_side_by_side
from nptlens.coding.seeds import load_seeds
from nptlens.coding.selective import selective
from nptlens.coding.views import Excerpts, definition
from nptlens.coding.why import Why, explain

__all__ = [
    "Excerpts",
    "Heads",
    "SeedExam",
    "SeedFinding",
    "Why",
    "code",
    "definition",
    "examine",
    "explain",
    "load_heads",
    "load_seeds",
    "map_topics",
    "read_side_by_side",
    "selective",
    "train",
]
