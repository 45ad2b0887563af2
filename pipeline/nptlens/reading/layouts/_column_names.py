"""What columns of transcripts are called, in five languages and a little of two more: the name of a column into what it holds.

Names are compared in small letters without accents, blanks, signs and units (`core.delimited.plain_name`): ``Sprecher:in``,
``SPRECHER/IN`` and ``Sprecherin`` are one name, ``Start (s)`` and ``start_ms`` are ``start``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nptlens.core.delimited import plain_name


def _names(*listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain_name(name) for line in listed for name in line.split()))


# In the order of preference: the first that a table has is read.
WORDS = _names(
    "text utterance words comment content transcript transcription sentence speech utterances comments dialogue verbatim whatwassaid said",
    "turntext transcripttext spokentext spokenwords caption captions statement",
    "Wortlaut Äußerung Äußerungen Aeusserung Inhalt Transkript Transkription Transkripttext Redebeitrag Beitrag Aussage Gesprochenes",
    "Kommentar",
    "texte propos contenu énoncé paroles réplique discours commentaire",
    "texto transcripción enunciado intervención contenido diálogo comentario",
    "tekst uiting uitspraak transcriptie gesprokentekst inhoud opmerking",
    "testo trascrizione contenuto transcrição conteúdo original originaltext",
)
SPEAKERS = _names(
    "speaker speakername name participant respondent who speakerlabel speakerid speakers person voice talker speakercode participantname",
    "participantid respondentid interviewee displayname pseudonym",
    "Sprecher Sprecherin Sprechername SprecherInnen Teilnehmer Teilnehmerin Befragter Befragte Redner Rednerin Gesprächspartner Wer",
    "locuteur locutrice intervenant intervenante participante répondant répondante orateur oratrice nom personne qui",
    "hablante orador oradora locutor locutora interlocutor nombre persona quién",
    "spreker spreekster deelnemer deelneemster naam persoon wie",
    "parlante relatore falante",
)
STARTS = _names(
    "start starttime begin timestamp time timecode in times timespan starttimecode timecodein tcin onset begintime from",
    "Beginn Anfang Startzeit Anfangszeit Beginnzeit Zeitstempel Zeit Zeitmarke Zeitspanne von",
    "début heuredébut tempsdébut horodatage codetemporel temps heure",
    "inicio comienzo tiempoinicio horainicio marcadetiempo tiempo códigodetiempo",
    "begintijd starttijd aanvang tijdstempel tijdcode tijd van",
    "inizio início tempo",
)
ENDS = _names(
    "end endtime out endtimecode timecodeout tcout stop finish to",
    "Ende Endzeit bis",
    "fin heurefin tempsfin",
    "final tiempofin horafin hasta",
    "einde eindtijd tot",
    "fine fim",
)
QUESTIONS = _names("question questions questiontext", "Frage Fragen Fragetext", "pregunta preguntas", "vraag vragen", "domanda pergunta")
ANSWERS = _names(
    "answer answers answertext response responses reply replies openendedresponse freetext",
    "Antwort Antworten Antworttext Freitext",
    "réponse réponses",
    "respuesta respuestas",
    "antwoord antwoorden",
    "risposta resposta",
)
TRANSLATIONS = _names(
    "translation translated translatedtext translatedtranscript Übersetzung Uebersetzung traduction traducción vertaling",
    "traduzione tradução",
)
ASKING = _names(
    "interviewer interviewers moderator researcher facilitator Interviewerin Moderatorin Forscherin Forscher",
    "intervieweur intervieweuse enquêteur enquêtrice entrevistador entrevistadora entrevistadores onderzoeker interviewster",
)
ANSWERING = _names(
    "participant interviewee respondent patient informant Teilnehmer Teilnehmerin Befragter Befragte Patientin",
    "participante interviewé interviewée répondant entrevistado entrevistada respondente deelnemer geïnterviewde",
)
LANGUAGES = frozenset(
    _names(
        "english german french spanish dutch italian portuguese en de fr es nl eng ger deu fra spa",
        "deutsch englisch französisch spanisch niederländisch anglais allemand français espagnol néerlandais",
        "inglés alemán francés español neerlandés engels duits frans spaans nederlands original source",
    )
)
_MILLISECONDS = frozenset(("ms", "msec", "millisecond", "milliseconds", "millisekunden"))
_SECONDS = "s sec secs second seconds sek sekunden secondes segundos seconden"
_UNITS = frozenset((*_SECONDS.split(), *_MILLISECONDS, "h", "m", "min", "hh", "mm", "ss", "ff", "hhmmss", "hmmss", "mmss"))
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PARTS = re.compile(r"[\s_/()\[\].,;:|-]+")
_LONGEST = 60  # characters: a longer cell is no name of a column


def spellings(cell: object) -> tuple[str, ...]:
    """Return what a column may be called, the closest first: without units, without brackets, without the name of a language."""
    text = "" if cell is None else str(cell).strip()
    if not text or len(text) > _LONGEST:
        return ()
    parts = [plain_name(part) for part in _PARTS.split(text)]
    bare = "".join(part for part in parts if part not in _UNITS)
    outside = "".join(plain_name(part) for part in _PARTS.split(_BRACKETS.sub(" ", text)) if part not in _UNITS)
    spoken = "".join(part for part in parts if part not in LANGUAGES)
    return tuple(dict.fromkeys(name for name in (plain_name(text), bare, outside, spoken) if name))


def is_language(cell: object) -> bool:
    """Tell whether a column is called by a language alone, as where an original stands beside its translation."""
    text = "" if cell is None else str(cell).strip()
    parts = {plain_name(part) for part in _PARTS.split(text)} - {""} if len(text) <= _LONGEST else set()
    return bool(parts) and parts <= set(LANGUAGES)


def in_milliseconds(cell: object) -> bool:
    """Tell whether a column's name says that its times are milliseconds."""
    return not _MILLISECONDS.isdisjoint(_PARTS.split(str(cell).casefold()))


def column_called(header: list[tuple[str, ...]], names: tuple[str, ...]) -> int | None:
    """Return the first column of a header, given by its spellings, that has the first of `names` which any column has."""
    order = _order(names)
    found = [
        (order[name], depth, column) for column, spelled in enumerate(header) for depth, name in enumerate(spelled[:4]) if name in order
    ]
    return min(found)[2] if found else None


@lru_cache(maxsize=64)
def _order(names: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in reversed(list(enumerate(names)))}
