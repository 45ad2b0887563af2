"""What comes from and goes to other tools: manual coding for now."""

from nptlens.exchange.manual import ManualCoding, read_manual

__all__ = ["ManualCoding", "read_manual"]
