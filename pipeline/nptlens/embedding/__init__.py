"""From segments to vectors, with an encoder whose files are checked before they load."""

from nptlens.embedding.embed import count_truncated, embed
from nptlens.embedding.encoder import Encoder
from nptlens.embedding.keys import code_digest, vectors_key
from nptlens.embedding.load import load_encoder, remarks
from nptlens.embedding.registry import BACKENDS, EncoderCard, encoder_languages, find_encoder

__all__ = [
    "BACKENDS",
    "Encoder",
    "EncoderCard",
    "code_digest",
    "count_truncated",
    "embed",
    "encoder_languages",
    "find_encoder",
    "load_encoder",
    "remarks",
    "vectors_key",
]
