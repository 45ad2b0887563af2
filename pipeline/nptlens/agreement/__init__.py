"""Comparing codings: machine against people, people against people, on one stated frame."""

from nptlens.agreement.calibration import expected_calibration_error
from nptlens.agreement.compare import CLUSTERS, Agreement, compare
from nptlens.agreement.frame import Frame, machine_codings, manual_frame, pair_weight

__all__ = ["CLUSTERS", "Agreement", "Frame", "compare", "expected_calibration_error", "machine_codings", "manual_frame", "pair_weight"]
