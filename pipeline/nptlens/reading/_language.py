"""The language of speech, by langdetect with a fixed seed."""

from __future__ import annotations

import re

from nptlens.core.text import count_words

_FEWEST_WORDS = 20
_ENOUGH = 20_000  # characters; more do not change the answer, only the time it takes
_SURE = 0.8
_MOSTLY = 0.5  # of all letters
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
    written = _by_script(words[:_ENOUGH])
    if written:
        return written
    from langdetect import DetectorFactory, detect_langs
    from langdetect.lang_detect_exception import LangDetectException

    DetectorFactory.seed = 0
    try:
        best = detect_langs(words[:_ENOUGH])[0]
    except LangDetectException:
        return ""
    return str(best.lang) if best.prob >= _SURE else ""


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
