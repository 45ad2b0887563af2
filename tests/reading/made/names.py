"""Invented names and labels of speakers, by the kinds that transcripts hold."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Cast:
    """Who speaks: the label of whoever asks, those of whoever answers, and the language they speak."""

    kind: str
    asks: str
    answers: tuple[str, ...]
    language: str = "english"


_ASKS = ("Interviewer", "INT", "I", "Researcher", "Moderator", "Q", "Facilitator", "Int", "INTERVIEWER")
_FAMILY = ("Carrow", "Lindemann", "Osei", "Varga", "Tranter", "Bello", "Hollis", "Quist", "Marchetti", "Oyelaran", "Tan", "Novak")
_EVERYDAY = ("Will", "Said", "Do", "An", "So", "May", "Mark", "Grace", "Rich", "Bill", "Hope", "Joy", "Art", "Pat", "Young", "Page", "Day", "Chance", "Sue", "Rob", "Dawn", "Faith", "Long", "In", "Be", "Good", "Ever")
_FIRST = ("Marta", "Owen", "Anneke", "Ivo", "Zara", "Tobias", "Femi", "Lotte", "Piet", "Ruth", "Sana", "Emil", "Nadia")

# kind: labels; those of one row may be of one transcript
_ROWS: dict[str, tuple[str, ...]] = {
    "pseudonyms in words": ("Participant One", "Participant Two", "Participant Three", "Participant Four"),
    "pseudonyms by letter": ("Person A", "Person B", "Person C", "Person D"),
    "colours": ("Blue", "Green", "Orange", "Violet"),
    "roles with articles": ("The nurse", "Her mother", "A carer", "The charge nurse", "My son", "An aunt"),
    "roles": ("Nurse", "Doctor", "Patient", "Wife", "Porter", "Social worker"),
    "roles in German": ("Die Pflegerin", "Der Arzt", "Ihre Mutter", "Eine Angehörige"),
    "ids": ("P07", "P08", "P11", "P12"),
    "ids with hyphen": ("GP-2", "GP-3", "RN-1", "RN-14"),
    "ids of informants": ("I01", "I02", "I03", "I04"),
    "ids with underscore": ("ID_012", "ID_013", "ID_020", "ID_021"),
    "ids with space": ("Participant 1", "Participant 2", "Participant 3", "Participant 4"),
    "focus group ids": ("FG1-P1", "FG1-P2", "FG1-P3", "FG1-P4"),
    "recogniser": ("SPEAKER_01", "SPEAKER_02", "SPEAKER_03", "SPEAKER_04"),
    "recogniser in words": ("Speaker 1", "Speaker 2", "Speaker 3", "Speaker 4"),
    "noScribe": ("S01", "S02", "S03", "S04"),
    "letters": ("B", "C", "D", "E"),
    "initials": ("KT", "ML", "RB", "JO"),
    "initials with dots": ("J.R.", "M.L.", "K.T.", "A.B."),
    "initials with spaces": ("J. R.", "M. L.", "K. T.", "A. B."),
    "initial and surname": ("J. Carrow", "M. Osei", "K. Varga", "A. Quist"),
    "hyphens": ("Anne-Marie", "Jean-Luc", "Smith-Osei", "Mei-Ling Tan"),
    "apostrophes": ("O'Neil", "D’Arcy", "N'Dour", "Ka'ala O'Hara"),
    "titles": ("Dr. Weber", "Prof. Dr. Hahn", "Mrs Patel", "Sr. Agnes", "Ms. Okoro"),
    "titles in words": ("Doctor Weber", "Sister Agnes", "Father Byrne", "Nurse Okoro"),
    "gender star": ("Teilnehmer*in 1", "Teilnehmer*in 2", "Pfleger*in", "Ärzt*in 3"),
    "gender colon": ("Teilnehmer:in 1", "Teilnehmer:in 2", "Pfleger:in", "Ärzt:in 3"),
    "gender gap": ("Befragte_r 1", "Befragte_r 2", "Pfleger_in", "Befragte/r 3"),
    "German": ("Befragte", "Person 2", "Mutter", "B2"),
    "French": ("Enquêtée", "Infirmière", "Le médecin", "Élise"),
    "Spanish": ("Entrevistada", "Enfermera", "La médica", "Íñigo"),
    "Dutch": ("Geïnterviewde", "Verpleegkundige", "De arts", "Joost van der Meer"),
    "e-mail": ("m.osei@ward.example", "kt@clinic.example", "ivo_v@home.example", "ruth.b@ward.example"),
    "phone numbers": ("01632 960147", "01632 960190", "+44 1632 960533", "01632 960002"),
    "long": ("Dr Femi Oyelaran | Northern Ward Teaching Hospital", "Anneke Lindemann (Community Nursing Team East)", "Professor Emerita Ruth Elisabeth Quist-Hollis of the County Trust", "Piet van den Berg, Director of Integrated Care Services"),
    "with a role in brackets": ("Zara (carer)", "Owen (nurse)", "Ruth (daughter)", "Ivo (GP)"),
    "with a role after a comma": ("Zara, carer", "Owen, nurse", "Ruth, daughter", "Ivo, GP"),
    "small letters": ("zara", "owen", "ruth", "ivo"),
    "accents": ("Zoë", "Jürgen", "Åse", "Małgorzata"),
    "three names": ("Maria del Carmen Ruiz", "Ole Kirk Ibsen Dahl", "Ana Sofia Reis", "Bo van der Zee"),
    "nicknames": ("Mama", "Grandad", "Auntie Bo", "Uncle Fix"),
}
_SCRIPTS: dict[str, tuple[str, ...]] = {
    "hebrew": ("מראיינת", "אחות", "רופאה", "דודה"),
    "arabic": ("المحاور", "ممرضة", "طبيب", "مريم"),
    "russian": ("Интервьюер", "Медсестра", "Врач", "Иван П."),
    "greek": ("Ερευνήτρια", "Νοσοκόμα", "Γιατρός", "Ελένη"),
    "hindi": ("साक्षात्कारकर्ता", "नर्स", "डॉक्टर", "मीरा"),
    "korean": ("면접자", "간호사", "의사", "지민"),
    "chinese": ("访谈者", "护士", "医生", "王芳"),
    "japanese": ("聞き手", "看護師", "医師", "田中"),
}
_SPEAK = {"roles in German": "german", "gender star": "german", "gender colon": "german", "gender gap": "german", "German": "german", "French": "french", "Spanish": "spanish", "Dutch": "dutch"}
_LOCAL = {"german": ("Interviewer:in", "Interviewerin", "I", "Interviewer*in"), "french": ("Enquêteur", "Q"), "spanish": ("Entrevistadora", "E"), "dutch": ("Interviewer", "I")}

KINDS = ("everyday words", "everyday words and surnames", "first names", "first and family names", "surname first", "everyday words alone", *_ROWS, "right-to-left marks", *_SCRIPTS)


def cast(kind: str, rng: random.Random, people: int) -> Cast:
    """Return one who asks and `people` (at most four) who answer, with labels of that kind."""
    if kind in _SCRIPTS or kind == "right-to-left marks":
        language = kind if kind in _SCRIPTS else rng.choice(("hebrew", "arabic"))
        mark = rng.choice(("\u200f", "\u200e", "\u202b")) if kind == "right-to-left marks" else ""
        asks, *answers = (mark + label for label in _SCRIPTS[language])
        return Cast(kind, asks, tuple(answers[:people]), language)
    if kind in _ROWS:
        row = list(_ROWS[kind])
        if not kind.startswith(("pseudonyms", "colours")):
            rng.shuffle(row)
        language = _SPEAK.get(kind, "english")
        asks = rng.choice(_LOCAL.get(language, _ASKS))
        asks = {"recogniser": "SPEAKER_00", "noScribe": "S00", "letters": "A", "ids of informants": "Interviewer", "recogniser in words": "Speaker 0", "small letters": "interviewer"}.get(kind, asks)
        return Cast(kind, asks, tuple(row[:people]), language)
    first = rng.sample(_EVERYDAY if "everyday" in kind else _FIRST, people + 1)
    family = rng.sample(_FAMILY, people + 1)
    labels = {
        "surname first": [f"{b}, {a}" for a, b in zip(first, family, strict=True)],
        "everyday words and surnames": [f"{a} {b}" for a, b in zip(first, family, strict=True)],
        "first and family names": [f"{a} {b}" for a, b in zip(first, family, strict=True)],
    }.get(kind, first)
    own = kind == "everyday words alone" or rng.random() < 0.4  # the interviewer goes by a name as well
    return Cast(kind, labels[0] if own else rng.choice(_ASKS), tuple(labels[1:]), "english")
