"""From vectors to topics: what the interviews talk about, before any theory is laid on them."""

from nptlens.topics.discover import Discovery, discover, transcript_order
from nptlens.topics.naming import Named, TopicName, apply_names, names_csv, read_names
from nptlens.topics.projection import topic_map
from nptlens.topics.stability import measure_stability

__all__ = [
    "Discovery",
    "Named",
    "TopicName",
    "apply_names",
    "discover",
    "measure_stability",
    "names_csv",
    "read_names",
    "topic_map",
    "transcript_order",
]
