"""From turns to meaning units: the stretches that are embedded, clustered and coded."""

from nptlens.segmenting.segment import Segmentation, segment
from nptlens.segmenting.sentences import cutter

__all__ = ["Segmentation", "cutter", "segment"]
