"""What each file of a study holds, by its name: words, names, vectors, digests of any of these, or settings (and figures)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from nptlens.safety.tables import KINDS

WORDS, NAMES, VECTORS, DIGESTS, SETTINGS, UNKNOWN = "words", "names", "vectors", "digests", "settings", "unknown"
_YOURS = "until you delete it"
_RUN = "until the next run replaces it, or you delete .nptlens"
_RESULT = "until the next run replaces it, or you delete it"
_KILLED = "left by a run that was killed; the next run removes it"
_FORGET = "nptlens forget; all of it: delete it"
_STORE = "nptlens forget; all of it: delete .nptlens, and run again"
_RESULTS = "nptlens forget; all of it: delete results, and run again"


_TABLES = ("transcripts", "participants", "practices", "projects_coded")


@dataclass(frozen=True, slots=True)
class Rule:
    """Files (patterns of paths relative to the study's folder), what they hold, how long they are kept, how they are removed."""

    patterns: tuple[str, ...]
    holds: tuple[str, ...]
    kept: str
    remove: str


def _rules(transcripts: str) -> tuple[Rule, ...]:
    """Return the rules, the first that fits holds; `transcripts` is the folder of the sources."""
    return (
        Rule((".*.tmp", "*/.*.tmp"), (WORDS, NAMES), _KILLED, "run nptlens run, or delete it"),
        Rule((f"{transcripts}/*",), (WORDS, NAMES), _YOURS, "nptlens forget"),
        Rule(("study.toml",), (SETTINGS, NAMES), _YOURS, "by hand"),
        Rule(tuple(f"{name}{kind}" for name in _TABLES for kind in KINDS), (NAMES,), _YOURS, _FORGET),
        Rule(("manual*.csv",), (WORDS, NAMES, DIGESTS), _YOURS, _FORGET),
        Rule(tuple(f"seeds*{kind}" for kind in KINDS), (WORDS, NAMES), _YOURS, _FORGET),
        Rule(("memos*.csv", "cases_*.csv", "not_found_*.csv", "topic_names.csv"), (WORDS, NAMES), _YOURS, _FORGET),
        Rule((*(f"projects{kind}" for kind in KINDS), "summaries.csv", "checklist_answers.csv"), (WORDS, NAMES), _YOURS, _FORGET),
        Rule((*(f"codebook*{kind}" for kind in KINDS), "codebook*.toml"), (SETTINGS,), _YOURS, "by hand"),
        Rule(("sheets/*",), (NAMES, DIGESTS), _YOURS, _FORGET),
        Rule((".nptlens/salt",), (SETTINGS,), "as long as the study", "delete .nptlens: kept runs cannot be compared without it"),
        Rule((".nptlens/lock",), (SETTINGS,), "as long as the study; it is empty", "delete .nptlens"),
        Rule((".nptlens/forget.json",), (NAMES,), "until the erasure that was interrupted is ended", "nptlens forget"),
        Rule((".nptlens/runs/*/digests.json",), (DIGESTS,), _YOURS, _STORE),
        Rule((".nptlens/runs/*/salt.json", ".nptlens/runs/*/heads.json", ".nptlens/runs/*/settings.json"), (SETTINGS,), _YOURS, _STORE),
        Rule((".nptlens/runs/*",), (NAMES, DIGESTS), _YOURS, "nptlens forget; all of it: delete its folder in .nptlens/runs"),
        Rule((".nptlens/vectors.sqlite*",), (VECTORS, DIGESTS), "of every text that was ever embedded, until you delete it", _STORE),
        Rule((".nptlens/sentences.sqlite*",), (DIGESTS,), "of every turn that was ever cut, until you delete it", _STORE),
        Rule((".nptlens/pictures.sqlite*",), (WORDS, NAMES, DIGESTS), "until no report asks for the picture", _STORE),
        Rule((".nptlens/ledger.sqlite*",), (NAMES, DIGESTS), _RUN, _STORE),
        Rule((".nptlens/outputs.new/*",), (WORDS, NAMES), _KILLED, "run nptlens run"),
        Rule((".nptlens/outputs.*",), (NAMES, DIGESTS), _RUN, _STORE),
        Rule((".nptlens/segments.parquet", ".nptlens/topic_cards*.json", ".nptlens/projects.parquet"), (WORDS, NAMES), _RUN, _STORE),
        Rule((".nptlens/transcripts.json",), (NAMES, DIGESTS), _RUN, _STORE),
        Rule((".nptlens/vectors.rows", ".nptlens/transcripts.digest", ".nptlens/topic_stability_of.json"), (DIGESTS,), _RUN, _STORE),
        Rule((".nptlens/heads.safetensors", ".nptlens/*.npy"), (VECTORS,), _RUN, _STORE),
        Rule((".nptlens/topic_method", ".nptlens/topic_stability.json", ".nptlens/heads.json"), (SETTINGS,), _RUN, _STORE),
        Rule((".nptlens/topic_codes.parquet", ".nptlens/topic_readings.parquet", ".nptlens/code_links.parquet"), (SETTINGS,), _RUN, _STORE),
        Rule((".nptlens/*.parquet", ".nptlens/*.json"), (NAMES,), _RUN, _STORE),
        Rule(("results/*.qdc",), (SETTINGS,), _RESULT, _RESULTS),
        Rule(("results/*",), (WORDS, NAMES, DIGESTS), _RESULT, _RESULTS),
    )


NOT_OURS = Rule(("*",), (UNKNOWN,), "not made by nptlens", "look at it yourself")


@cache
def _cached(transcripts: str) -> tuple[Rule, ...]:
    return _rules(transcripts)


def rule_of(path: str, transcripts: str, named: Iterable[tuple[str, Rule]] = ()) -> Rule:
    """Return what is known of a file; `named` are the rules of files that study.toml names, by path."""
    own = dict(named).get(path)
    return own or next((rule for rule in _cached(transcripts) if any(fnmatchcase(path, pattern) for pattern in rule.patterns)), NOT_OURS)
