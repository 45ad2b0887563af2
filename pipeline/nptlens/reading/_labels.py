"""What a speaker label looks like, and what only looks like one. Conservative: in doubt, words stay words."""

from __future__ import annotations

import re

_MOST_WORDS, _MOST_CHARACTERS = 5, 40

# Words of running speech and interjections: a line that holds one of them is a sentence, not a name.
_SPEECH_WORDS = """
    a about absolutely actually all also am an and are as asked at be because been being but by bye can could
    did do does done even exactly for from get going goes gone got had has have he hello her here hey hi him his
    hmm how however i i'd i'll i'm i've if in into is it it's its just know laughs laughter like me mean means mhm mm
    my no not now okay ok on one only or our perhaps quote really right said say saying says see she silence since
    so sure than thanks that that's the their them then there there's these they thing things think this those
    though thought through to told too two um uh under unless until up us very was we well went were what when where
    whereas which while who why will with would yeah yep yes you you're your
    applause beep chuckles chuckling clapping coughing coughs crosstalk giggles inaudible indistinct music overlapping
    redacted sighing sighs unintelligible
"""
_SPEECH = frozenset(_SPEECH_WORDS.split())
# Names of fields in the head of a transcript, and of asides.
_FIELDS = frozenset(
    """abstract|agenda|apologies|attendees|audio|audio file|copyright|date|date of interview|duration|example|
    file|file name|filename|http|https|interview date|interviewees|interviewers|key|keywords|language|length|location|
    n.b|nb|note|notes|page|participants|place|present|project|ps|recorded|recorded by|recording|source|start time|
    end time|study|summary|tags|time|title|topic|transcribed by|transcriber|transcript|transcription|url|venue|
    version""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_KNOWN = re.compile(
    r"(?:interviewers?|interviewees?|researcher|moderator|facilitator|respondent|participant|speaker|unknown speaker|"
    r"unidentified speaker|host|guest|question|answer|int|part|res|resp|mod|fac|doctor|patient|nurse|clinician|"
    r"male|female|man|woman|multiple speakers|all|voice)(?: ?#?[0-9]{1,3}[a-z]?)?"
)
_EVERYBODY = {"All", "ALL", "All participants", "All speakers", "Several"}
_ASIDE = re.compile(r"\s*\([^()]*\)$")  # "P3 (nurse)"
_NUMBER = re.compile(r"[A-Z]{1,4}[-_ ]?[0-9]{1,4}[A-Za-z]?|[A-Z]")
_FORBIDDEN = re.compile(r"[?!,;:\"“”<>{}=…\[\]\\]|\.\.|[^\W\d_]{5,}\.|[0-9]\.")


def can_be_label(label: str) -> bool:
    """Tell whether `label` may name a speaker at all: short, with a letter, no sentence, no field of a header."""
    words = label.split()
    if not words or len(words) > _MOST_WORDS or len(label) > _MOST_CHARACTERS or _FORBIDDEN.search(label):
        return False
    if not any(character.isalpha() for character in label) or label.casefold().strip(". ") in _FIELDS:
        return False
    if label in _EVERYBODY:
        return True
    return not any(word.casefold().replace("\u2019", "'") in _SPEECH and not _is_letter(word) for word in words)


def is_known(label: str) -> bool:
    """Tell whether a label convinces by itself: ``INT``, ``C01``, ``R``, ``J.B.``, ``Interviewer 2``, ``SMITH``."""
    capitals = label == label.upper() and any(character.isupper() for character in label)
    return capitals or _KNOWN.fullmatch(label.casefold()) is not None


def is_role(label: str) -> bool:
    """Tell whether a label is the word for a role, a participant's number or one initial; no aside looks like that."""
    parts = [part.strip() for part in re.split(r"[/&+]", _ASIDE.sub("", label))]
    return label in _EVERYBODY or all(_KNOWN.fullmatch(part.casefold()) or _NUMBER.fullmatch(part) for part in parts)


def is_name(label: str) -> bool:
    """Tell whether every word of a label starts with a capital or a digit, as in ``Mary O'Neil`` or ``Speaker 1``."""
    return all(not word[0].islower() for word in label.split()) or is_known(label)


def shape_of(label: str) -> str:
    """Return a label's pattern of capitals, small letters and digits: ``S07`` is ``A9``, ``Anna Lee`` is ``Aa Aa``."""
    pattern = re.sub(r"[0-9]+", "9", label)
    pattern = re.sub(r"[^\W\d_]+", lambda found: _case(found[0]), pattern)
    return re.sub(r"\s+", " ", pattern)


def bare_label(label: str) -> str:
    """Return a label as a person would say it: without mark-up, colon and outer white space."""
    return label.strip().strip("*_").rstrip(":").strip().strip("*_").strip()


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _case(letters: str) -> str:
    if letters.isupper():
        return "A"
    return "Aa" if letters[0].isupper() else "a"
