"""From excerpts to codes: calibrated heads trained on a small labelled seed set, what they hang on, how far to trust them."""

from nptlens.coding._workers import Workers
from nptlens.coding.attributes import Taught, attributes, code_attributes
from nptlens.coding.code import code
from nptlens.coding.doctor import SeedExam, SeedFinding, examine
from nptlens.coding.enough import teachable
from nptlens.coding.folds import deal
from nptlens.coding.heads import Heads, train
from nptlens.coding.lessons import labels
from nptlens.coding.mapping import map_topics
from nptlens.coding.panel import FEWEST as FEWEST_FOLDS
from nptlens.coding.panel import Panel, load_panel, train_panel
from nptlens.coding.readings import read_side_by_side
from nptlens.coding.seeds import load_seeds
from nptlens.coding.selective import selective
from nptlens.coding.views import Excerpts, definition
from nptlens.coding.why import Why, explain

__all__ = [
    "FEWEST_FOLDS",
    "Excerpts",
    "Heads",
    "Panel",
    "SeedExam",
    "SeedFinding",
    "Taught",
    "Why",
    "Workers",
    "attributes",
    "code",
    "code_attributes",
    "deal",
    "definition",
    "examine",
    "explain",
    "labels",
    "load_panel",
    "load_seeds",
    "map_topics",
    "read_side_by_side",
    "selective",
    "teachable",
    "train",
    "train_panel",
]
