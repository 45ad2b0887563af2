"""What a transcript should not give away."""

from nptlens.privacy.file_names import names_in_ids
from nptlens.privacy.names import spoken_names

__all__ = ["names_in_ids", "spoken_names"]
