"""nptlens reads interview transcripts through a theory's lens: coded excerpts, topics, agreement, a report."""

__version__ = "0.1.0"
