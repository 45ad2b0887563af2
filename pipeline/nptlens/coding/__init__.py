"""From excerpts to codes: calibrated heads trained on a small labelled seed set, what they hang on, how far to trust them."""

from nptlens.coding._workers import Workers
from nptlens.coding.attributes import Taught, attributes, code_attributes
from nptlens.coding.code import code
from nptlens.coding.cross_fitting import FEWEST as FEWEST_FOLDS
from nptlens.coding.cross_fitting import CrossFittedHeads, load_cross_fitted, train_cross_fitted
from nptlens.coding.enough import teachable
from nptlens.coding.folds import balanced_folds
from nptlens.coding.heads import Heads, train
from nptlens.coding.mapping import map_topics
from nptlens.coding.readings import read_side_by_side
from nptlens.coding.seed_doctor import SeedExam, SeedFinding, examine
from nptlens.coding.seeds import load_seeds
from nptlens.coding.selective import selective
from nptlens.coding.training_set import labels
from nptlens.coding.views import Excerpts, Scales, definition, scales_of
from nptlens.coding.why import Why, explain

__all__ = [
    "FEWEST_FOLDS",
    "CrossFittedHeads",
    "Excerpts",
    "Heads",
    "Scales",
    "SeedExam",
    "SeedFinding",
    "Taught",
    "Why",
    "Workers",
    "attributes",
    "balanced_folds",
    "code",
    "code_attributes",
    "definition",
    "examine",
    "explain",
    "labels",
    "load_cross_fitted",
    "load_seeds",
    "map_topics",
    "read_side_by_side",
    "scales_of",
    "selective",
    "teachable",
    "train",
    "train_cross_fitted",
]
