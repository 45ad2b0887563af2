"""The language of speech, and those of a set of short texts, by langdetect with a fixed seed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from nptlens.core.text import count_words

_FEWEST_WORDS = 20
_ENOUGH = 20_000  # characters; more do not change the answer, only the time it takes
_SURE = 0.8
_MOSTLY = 0.5  # of all letters
_LONGEST = 40  # texts of a set that are looked at: the longest are told best
_SHARE = 0.1  # of them, that make a language one of the set; a short text is now and then taken for a neighbour of its language
_SCRIPTS = tuple(
    (language, re.compile(f"[{first}-{last}]"))
    for language, first, last in (
        ("ko", "\uac00", "\ud7a3"),
        ("th", "\u0e01", "\u0e7f"),
        ("el", "\u0370", "\u03ff"),
        ("he", "\u0590", "\u05ff"),
    )
)
_HAN, _KANA = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"), re.compile("[\u3041-\u30ff]")


def language_of(words: str) -> str:
    """Return the ISO 639-1 code of the language of `words`, "" where they are too few or leave it open."""
    if count_words(words) < _FEWEST_WORDS:
        return ""
    likely = _likely(words)
    return next((language for language, share in likely.items() if share >= _SURE), "")


def languages_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the ISO 639-1 codes of the languages that a set of texts, such as seeds, is written in, the commonest first."""
    found: defaultdict[str, float] = defaultdict(float)
    longest = sorted(dict.fromkeys(texts), key=lambda text: (-len(text), text))[:_LONGEST]
    for text in longest:
        for language, likely in _likely(text).items():
            found[language] += likely
    return tuple(sorted((each for each in found if found[each] >= _SHARE * len(longest)), key=lambda each: (-found[each], each)))


def _likely(words: str) -> dict[str, float]:
    """Return how likely each language is, 0 to 1; nothing where there are no letters."""
    written = _by_script(words[:_ENOUGH])
    if written:
        return {written: 1.0}
    from langdetect import DetectorFactory, detect_langs
    from langdetect.lang_detect_exception import LangDetectException

    DetectorFactory.seed = 0
    try:
        return {str(each.lang): float(each.prob) for each in detect_langs(words[:_ENOUGH])}
    except LangDetectException:
        return {}


def _by_script(words: str) -> str:
    """Return the language that a script belongs to alone: langdetect takes short Chinese for Korean."""
    letters = sum(character.isalpha() for character in words)
    for language, pattern in _SCRIPTS:
        if len(pattern.findall(words)) > _MOSTLY * letters:
            return language
    han = len(_HAN.findall(words))
    kana = len(_KANA.findall(words))
    if han + kana > _MOSTLY * letters:
        return "ja" if kana > han / 20 else "zh-cn"
    return ""
