"""nptlens reads interview transcripts through a theory's lens: coded excerpts, topics, agreement, a report."""

from nptlens.safety.network import go_offline

__version__ = "0.1.0"

go_offline()
