"""From turns to meaning units: the stretches that are embedded, clustered and coded."""

from nptlens.segmenting.segment import Segmentation, segment

__all__ = ["Segmentation", "segment"]
