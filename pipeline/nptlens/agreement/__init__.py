"""Comparing codings: machine against people, people against people, on one stated frame."""

from nptlens.agreement.calibration import calibration_bins, expected_calibration_error
from nptlens.agreement.compare import Agreement, compare
from nptlens.agreement.cooccurrence import co_occurrence
from nptlens.agreement.frame import CLUSTERS, Frame, machine_codings, manual_frame, pair_weight
from nptlens.agreement.learning import Score, TrainingDraw, learning_curve, training_draws
from nptlens.agreement.prevalence import prevalence
from nptlens.agreement.run_diff import compare_runs
from nptlens.agreement.sample_size import advise
from nptlens.agreement.saturation import Saturation, saturation
from nptlens.agreement.theme_links import code_links, partners, themes

__all__ = [
    "CLUSTERS",
    "Agreement",
    "Frame",
    "Saturation",
    "Score",
    "TrainingDraw",
    "advise",
    "calibration_bins",
    "co_occurrence",
    "code_links",
    "compare",
    "compare_runs",
    "expected_calibration_error",
    "learning_curve",
    "machine_codings",
    "manual_frame",
    "pair_weight",
    "partners",
    "prevalence",
    "saturation",
    "themes",
    "training_draws",
]
