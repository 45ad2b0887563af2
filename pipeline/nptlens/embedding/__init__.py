"""From segments to vectors, with an encoder whose files are checked before they load."""

from nptlens.embedding._tokens import count_truncated
from nptlens.embedding.embed import embed
from nptlens.embedding.encoder import Encoder
from nptlens.embedding.registry import EncoderCard, find_encoder, load_encoder

__all__ = ["Encoder", "EncoderCard", "count_truncated", "embed", "find_encoder", "load_encoder"]
