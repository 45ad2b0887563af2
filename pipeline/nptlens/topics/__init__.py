"""From vectors to topics: what the interviews talk about, before any theory is laid on them."""

from nptlens.topics.discover import Discovery, discover

__all__ = ["Discovery", "discover"]
