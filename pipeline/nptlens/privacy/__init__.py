"""What a transcript should not give away."""

from nptlens.privacy.names import spoken_names

__all__ = ["spoken_names"]
