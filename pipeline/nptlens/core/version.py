"""The version of nptlens, as results and fingerprints tell it."""

__version__ = "0.1.0"
