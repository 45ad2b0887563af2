"""What a speaker label looks like by itself. Whether it is one is decided over the whole source (`_candidates`)."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

_INVISIBLE = " \t\n\r\xa0\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # blanks and marks of direction
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
    actually anyway basically eventually finally frankly generally honestly however maybe meanwhile obviously otherwise personally plus
    presumably probably seriously sometimes today tomorrow unfortunately usually yesterday applause beep chuckles chuckling clapping
    coughing coughs crosstalk giggles inaudible indistinct music overlapping redacted sighing sighs unintelligible
"""
_SPEECH = frozenset(_SPEECH_WORDS.split())
# Names of fields in the head of a transcript, and of asides.
_FIELDS = frozenset(
    field.strip()
    for field in """abstract|agenda|apologies|attendees|audio|audio file|comment|comments|copyright|date|date of interview|duration|
    end time|example|    field note|field notes|fieldnotes|file|file name|filename|http|https|interview date|interviewees|interviewer note|
    interviewernotes|interviewer's note| interviewer's
    notes|interviewers|key|keywords|language|length|location|memo|n.b|nb|note|notes|observation|observations|observer's note|observer's
    notes|participants|place| present|project|ps|reflection|reflections|pseudonym|recorded|recorded
    by|recording|remark|remarks|source|start time|study|summary|tags|time|title|topic|transcribed by| transcriber|transcriber
    note|transcriber notes|transcriber's note|transcriber's notes|transcript|transcription|transcription note| transcription
    notes|url|venue|version""".split("|")
)
_KNOWN = re.compile(
    r"(?:interviewers?|interviewees?|researcher|moderator|facilitator|respondent|participant|speaker|unknown speaker|"
    r"unidentified speaker|host|guest|question|answer|int|part|res|resp|mod|fac|doctor|patient|nurse|clinician|"
    r"male|female|man|woman|multiple speakers|all|voice|befragte[rn]?|sprecher|sprecherin|moderatorin|interviewerin|teilnehmer|"
    r"teilnehmerin|(?:interviewer|sprecher|moderator|teilnehmer)[*:_·/]?in(?:nen)?|enqu[êe]teur|enqu[êe]trice|intervieweuse|entrevistadora?|entrevistad[oa])"
    r"(?: ?#?[0-9]{1,3}[a-z]?| [a-z]| (?:one|two|three|four|five|six|seven|eight|nine|ten))?"
)
_LONGEST_WORDS, _LONGEST = 9, 70
_NEVER = re.compile(  # marks of sentences and addresses, and dates
    r"[?!;\"“”{}=…]|\.\.|://|,$|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-zé]* [0-9]{1,2},? (?:19|20)[0-9]{2}\b|"
    r"\b[0-9]{1,2}\.? [a-zäéû]{3,9} (?:19|20)[0-9]{2}\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?[0-9][0-9 ()\-./]{5,20}[0-9]|[\*+][0-9*+ ]{4,20}")
_NUMBERED = re.compile(r"[^\W\d_]+ [0-9]{1,3}")
_ADDRESS = re.compile(r"@|\w\.\w")
# A label of several words that ends in one of these, or begins with one of those, tells what somebody said or did.
_TELLING = frozenset(
    "am are asked be been did do goes had has have is like mean replied said say saying says think thought told was went were".split()
)
_OPENING = frozenset(
    """and as at because but first for from he how i i'd i'll i'm i've if in it it's no of oh okay on or second she so that that's then
    there there's these they this third those to well what when where which who why with yeah yes you""".split()
)
_PARTICLES = frozenset("al and bin da de del della den der di do dos du el ibn la le of ter und van von y zu zum".split())
_EVERYBODY = {"All", "ALL", "All participants", "All speakers", "Several"}
_ASIDE = re.compile(r"\s*\([^()]*\)$")  # "P3 (nurse)"
_NUMBER = re.compile(r"[A-Z]{1,4}[-_ ]?[0-9]{1,4}[A-Za-z]?|[A-Z]")
_FORBIDDEN = re.compile(r"[?!,;:\"“”<>{}=…\[\]\\]|\.\.|[^\W\d_]{5,}\.|[0-9]\.")


class Strength(IntEnum):
    """How much the spelling of a label says for it."""

    NONE = 0  # a sentence, a field of a header, nothing
    TOLD = 1  # reads like the start of a sentence: "And I said", "The thing is"
    SOFT = 2  # may be anything: "The nurse", "Social worker", "Said"
    NAME = 3  # holds no word of speech: "Will" does, "Anna Lee" does not
    KNOWN = 4  # a role, an id, capitals


@lru_cache(maxsize=65_536)
def strength(label: str) -> Strength:
    """Return what the spelling of `label` says for it, whatever comes after it in the source."""
    words = label.split()
    if not words or len(words) > _LONGEST_WORDS or len(label) > _LONGEST or _NEVER.search(label):
        return Strength.NONE
    if is_field(label) or not (_PHONE.fullmatch(label) or any(character.isalpha() for character in label)):
        return Strength.NONE
    if _KNOWN.fullmatch(label.casefold()):
        return Strength.KNOWN
    plain = label.lower() == label.upper() and not any(character.isdigit() for character in label)  # a script without capitals
    if can_be_label(label) and not plain:
        return (
            Strength.KNOWN
            if is_known(label)
            else Strength.NAME
            if len(words) == 1 or is_name(label) or _NUMBERED.fullmatch(label)
            else Strength.SOFT
        )
    first, last = words[0].casefold().replace("\u2019", "'"), words[-1].casefold()
    follows = len(words) > 1 and (not words[1][0].isupper() or words[1].casefold().split("'")[0] == "i")  # "So I wrote", no "So Young"
    if (follows and (last in _TELLING or first in _OPENING)) or (label[0].islower() and not _ADDRESS.search(label)):
        return Strength.TOLD
    return Strength.SOFT


def can_be_label(label: str) -> bool:
    """Tell whether `label` may name a speaker at all: short, with a letter, no sentence, no field of a header."""
    words = label.split()
    if not words or len(words) > _MOST_WORDS or len(label) > _MOST_CHARACTERS or _FORBIDDEN.search(label):
        return False
    if not any(character.isalpha() for character in label) or is_field(label):
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


@lru_cache(maxsize=65_536)
def is_name(label: str) -> bool:
    """Tell whether every word of a label starts with a capital or a digit, as in ``Mary O'Neil`` or ``Speaker 1``."""
    return all(not word[0].islower() or word in _PARTICLES for word in label.split()) or is_known(label)


@lru_cache(maxsize=65_536)
def shape_of(label: str) -> str:
    """Return a label's pattern of capitals, small letters and digits: ``S07`` is ``A9``, ``Anna Lee`` is ``Aa Aa``."""
    pattern = re.sub(r"[0-9]+", "9", label)
    pattern = re.sub(r"[^\W\d_]+", lambda found: _case(found[0]), pattern)
    return re.sub(r"\s+", " ", pattern)


def is_field(label: str) -> bool:
    """Tell whether a label is the name of a field in the head of a transcript."""
    return label.casefold().replace("\u2019", "'").strip(". ") in _FIELDS


def initial_of(label: str) -> str:
    """Return how a label begins: "A" a capital, "a" a small letter, "9" a digit, "" a script without capitals, else the sign."""
    first = label[:1]
    if first.isalpha() and first.lower() == first.upper():
        return ""
    return shape_of(label)[:1]


def bare_label(label: str) -> str:
    """Return a label as a person would say it: without mark-up, colon and outer white space."""
    return label.strip(_INVISIBLE).strip("*_").rstrip(":").strip().strip("*_").strip(_INVISIBLE)


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _case(letters: str) -> str:
    if letters.isupper():
        return "A"
    return "Aa" if letters[0].isupper() else "a"
