"""The language of speech, by langdetect with a fixed seed."""

from __future__ import annotations

from nptlens.core.text import count_words

_FEWEST_WORDS = 20
_ENOUGH = 20_000  # characters; more do not change the answer, only the time it takes
_SURE = 0.8


def language_of(words: str) -> str:
    """Return the ISO 639-1 code of the language of `words`, "" where they are too few or leave it open."""
    if count_words(words) < _FEWEST_WORDS:
        return ""
    from langdetect import DetectorFactory, detect_langs
    from langdetect.lang_detect_exception import LangDetectException

    DetectorFactory.seed = 0
    try:
        best = detect_langs(words[:_ENOUGH])[0]
    except LangDetectException:
        return ""
    return str(best.lang) if best.prob >= _SURE else ""
