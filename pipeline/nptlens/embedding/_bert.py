"""Which sentence-transformers folders hold an encoder that the graph can say, BERT or MPNet; read from their JSON alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PIPELINES = (("Transformer", "Pooling"), ("Transformer", "Pooling", "Normalize"))
_FIRST_POSITION = {"bert": 0, "mpnet": 2}  # MPNet leaves two rows to padding
_BUCKETS = 32  # what MPNet has where its file says nothing


@dataclass(frozen=True, slots=True)
class Bert:
    """A sentence-transformers folder that holds a BERT encoder whose token states are averaged, or one that differs as MPNet does.

    `family` is "bert" or "mpnet"; `first` the row of a text's first token among the positions; `buckets` how many distances between two
    tokens have a weight of their own in attention, 0 where attention knows no distance (BERT).
    """

    folder: Path
    family: str
    layers: int
    heads: int
    width: int
    epsilon: float
    max_tokens: int
    first: int = 0
    buckets: int = 0


def bert(folder: Path) -> Bert | None:
    """Return the encoder in a folder where the graph can say all that it does, None where it is of another kind."""
    try:
        config = _json(folder / "config.json")
        modules = tuple(str(each["type"]).rsplit(".", 1)[-1] for each in _json(folder / "modules.json"))
        reading = _json(folder / "sentence_bert_config.json")
        limit = reading.get("max_seq_length")
        family = str(config["model_type"])
        first = _FIRST_POSITION[family]
        positions = int(config["max_position_embeddings"]) - first
        fits = (
            positions > 0
            and config.get("hidden_act") == "gelu"
            and config.get("position_embedding_type", "absolute") == "absolute"
            and modules in _PIPELINES
            and not reading.get("do_lower_case")
            and _averages(_json(folder / "1_Pooling" / "config.json"))
            and not any(_json(folder / "config_sentence_transformers.json", {}).get("prompts", {}).values())
            and (folder / "model.safetensors").is_file()
            and (folder / "tokenizer.json").is_file()
        )
        if not fits:
            return None
        return Bert(
            folder,
            family,
            layers=int(config["num_hidden_layers"]),
            heads=int(config["num_attention_heads"]),
            width=int(config["hidden_size"]),
            epsilon=float(config["layer_norm_eps"]),
            max_tokens=min(int(limit or positions), positions),
            first=first,
            buckets=int(config.get("relative_attention_num_buckets", _BUCKETS)) if family == "mpnet" else 0,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _json(path: Path, otherwise: Any = None) -> Any:
    if otherwise is not None and not path.is_file():
        return otherwise
    return json.loads(path.read_text(encoding="utf-8"))


def _averages(pooling: Any) -> bool:
    if "pooling_mode" in pooling:
        return bool(pooling["pooling_mode"] == "mean")
    return {key for key, value in pooling.items() if key.startswith("pooling_mode_") and value} == {"pooling_mode_mean_tokens"}
