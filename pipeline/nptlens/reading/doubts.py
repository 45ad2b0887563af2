"""What makes it doubtful that a transcript was read rightly: transcripts and their speakers in, warnings out, each with what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from nptlens.core.close_names import nearest
from nptlens.core.hints import quoted
from nptlens.core.text import count_words
from nptlens.reading._language import language_of
from nptlens.reading.layouts._labels import Strength, strength
from nptlens.reading.roles import SHEET
from nptlens.schemas.records import MANY_LANGUAGES, Participant, Problem, Severity, Speaker, SpeakerRole, Transcript

# Interviewers say a fifth to a half of the words of semi-structured interviews, and rarely more.
_MOST_ASKED = 0.6
_FEWEST_TURNS, _FEWEST_WORDS = 6, 200  # what is shorter says little
_HALF = 0.5
_MOST_A_MINUTE, _LEAST_A_MINUTE = 400, 5  # words; fast speech has 200 to 250
_LEAST_MINUTES = 1.0
_MOST_SPEAKERS = 12  # more are no conversation but a table of comments
_FEW = 5
_LANGUAGES = {
    "af": "Afrikaans", "ar": "Arabic", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hu": "Hungarian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh-cn": "Chinese", "zh-tw": "Chinese",
}  # fmt: skip


def doubts(transcripts: Sequence[Transcript], speakers: Sequence[Speaker], participants: Sequence[Participant]) -> tuple[Problem, ...]:
    """Return a warning for each sign that speech was given to the wrong speaker, or that somebody is missing."""
    by_transcript: dict[str, dict[str | None, Speaker]] = {}
    for speaker in speakers:
        by_transcript.setdefault(speaker.transcript_id, {})[speaker.label] = speaker
    found: list[Problem] = []
    for transcript in transcripts:
        known = by_transcript.get(transcript.id, {})
        words: Counter[str | None] = Counter()
        turns: Counter[str | None] = Counter()
        longest = 0
        for utterance in transcript.utterances:
            said = count_words(transcript.quote(utterance.span))
            words[utterance.speaker] += said
            turns[utterance.speaker] += 1
            longest = max(longest, said)
        found += _asked_most(transcript, known, words)
        found += _rare(transcript, known, turns)
        found += _long(transcript, longest, words.total())
        found += _pace(transcript, words.total())
    return (*found, *_elsewhere(participants, {transcript.id for transcript in transcripts}), *_silent(participants, speakers))


def foreign(said: Mapping[str, str], encoder: Sequence[str], seeds: Sequence[str]) -> tuple[Problem, ...]:
    """Return a warning for each language of participants' speech that the encoder is not made for, or that no seed is written in.

    `said` gives what participants say, by the name of the file or transcript; `encoder` and `seeds` are languages, none where they are
    unknown. Seeds in another language teach through an encoder that knows both.
    """
    places: dict[str, list[str]] = {}
    for place, words in said.items() if encoder or seeds else ():
        language = language_of(words)
        if language:
            places.setdefault(language, []).append(place)
    lacking = sorted(language for language in places if _lacks(language, encoder, seeds))
    return tuple(_foreign(language, places[language], encoder, seeds) for language in lacking)


def _lacks(language: str, encoder: Sequence[str], seeds: Sequence[str]) -> str:
    """Return which of the two does not know a language: "encoder", "seeds", "" where it can be coded."""
    known, taught = ({_family(each) for each in languages} for languages in (encoder, seeds))
    if known and MANY_LANGUAGES not in known and _family(language) not in known:
        return "encoder"
    across = MANY_LANGUAGES in known or not known.isdisjoint(taught)  # the encoder knows this language, and one of the seeds
    return "seeds" if taught and _family(language) not in taught and not across else ""


def _family(language: str) -> str:
    """Return a language without its region or standard."""
    plain = language.partition("-")[0]
    return "no" if plain in ("nb", "nn") else plain


def _foreign(language: str, sources: Sequence[str], encoder: Sequence[str], seeds: Sequence[str]) -> Problem:
    where = sources[0] if len(sources) == 1 else f"{sources[0]} and {len(sources) - 1} more"
    what, hint = f"the language of the talk is {_named([language])}", "write seeds in that language"
    if _lacks(language, encoder, seeds) == "seeds":
        told = f"{what}; the seeds are in {_named(seeds)} and teach little of it"
        return Problem(where, told, f"{hint}, or take a multilingual encoder (embedding.encoder in study.toml)")
    multilingual = "name the folder of a multilingual sentence-transformers model as embedding.encoder in study.toml"
    if not seeds or _family(language) in map(_family, seeds):
        return Problem(where, f"{what}; the encoder is made for {_named(encoder)} and will code it badly", multilingual)
    told = f"{what}; the encoder is made for {_named(encoder)}, the seeds are in {_named(seeds)}, and will code it badly"
    return Problem(where, told, f"{multilingual} and {hint}, or leave the file out")


def _named(languages: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(_LANGUAGES.get(each, each) for each in languages))


def _asked_most(transcript: Transcript, known: Mapping[str | None, Speaker], words: Counter[str | None]) -> Iterator[Problem]:
    """Yield a warning where interviewers say nearly everything."""
    asked = sum(count for label, count in words.items() if label in known and known[label].role is SpeakerRole.INTERVIEWER)
    names = ", ".join(f'"{label}"' for label, speaker in known.items() if speaker.role is SpeakerRole.INTERVIEWER)
    if not asked:
        return
    if asked == words.total():
        what = f"only {names} speaks, read as interviewer: nothing of this file is coded"
        hint = f"a participant whose label was not found? give {names} another role in participants.csv, or {_look(transcript)}"
        yield Problem(transcript.source, what, hint)
    elif asked > _MOST_ASKED * words.total():
        what = f"the interviewer ({names}) says {asked / words.total():.0%} of the words, and these are not coded"
        hint = f"is {names} a participant? give the label another role in participants.csv, or {_look(transcript)}"
        yield Problem(transcript.source, what, hint)


def _rare(transcript: Transcript, known: Mapping[str | None, Speaker], turns: Counter[str | None]) -> Iterator[Problem]:
    """Yield who speaks once or twice among many turns: a word of the talk taken for a label, or a label that was seldom found."""
    if len(turns) > _MOST_SPEAKERS or turns.total() < _FEWEST_TURNS or "columns" in transcript.layout:
        return
    few = 2 if turns.total() > 4 * _FEWEST_TURNS else 1
    rare = [label for label in turns if label and turns[label] <= few and known[label].why != SHEET]
    unlike = [label for label in rare if strength(label) < Strength.KNOWN]
    for labels, severity in ((unlike, Severity.WARNING), ([label for label in rare if label not in unlike], Severity.NOTE)):
        if labels:
            shown = ", ".join(f'"{label}" (turn {_first(transcript, label)})' for label in labels[:_FEW])
            more = f" and {len(labels) - _FEW} more" if len(labels) > _FEW else ""
            what = f"{'speaks' if len(labels) == 1 else 'speak'} {'once' if few == 1 else 'once or twice'} in this file: {shown}{more}"
            hint = "if that is no speaker but words of the turn before, change the line; if it is, add a row to participants.csv"
            yield Problem(transcript.source, what, f"{hint}; {_look(transcript)}", severity)


def _look(transcript: Transcript) -> str:
    return f"look at it with: nptlens check STUDY {quoted(Path(transcript.source))} --show"


def _first(transcript: Transcript, label: str) -> int:
    return next(number for number, utterance in enumerate(transcript.utterances, start=1) if utterance.speaker == label)


def _long(transcript: Transcript, longest: int, total: int) -> Iterator[Problem]:
    if len(transcript.utterances) >= _FEWEST_TURNS and total >= _FEWEST_WORDS and longest > _HALF * total:
        what = f"one turn has {longest} of the {total} words: labels that were not found?"
        yield Problem(transcript.source, what, _look(transcript))


def _pace(transcript: Transcript, total: int) -> Iterator[Problem]:
    """Yield a warning where the times leave no possible pace of speech."""
    starts = [utterance.start_s for utterance in transcript.utterances if utterance.start_s is not None]
    ends = [utterance.end_s for utterance in transcript.utterances if utterance.end_s is not None]
    if len(starts) < _HALF * len(transcript.utterances) or len(starts) < 2:
        return
    minutes = (max([*starts, *ends]) - min(starts)) / 60
    if minutes >= _LEAST_MINUTES and total >= _FEWEST_WORDS and not _LEAST_A_MINUTE <= total / minutes <= _MOST_A_MINUTE:
        what = f"{total} words in {minutes:.0f} minutes: nobody speaks so {'fast' if total / minutes > _MOST_A_MINUTE else 'slowly'}"
        yield Problem(transcript.source, what, "are its times in another unit, or words lost?")


def _elsewhere(participants: Sequence[Participant], transcripts: set[str]) -> Iterator[Problem]:
    """Yield the transcripts that the sheet names and that are not there."""
    for name in dict.fromkeys(each for person in participants for each in person.transcripts if each not in transcripts):
        close = nearest(name, sorted(transcripts))
        hint = f"is {close} meant?" if close else "write its id, as it is listed by: nptlens check STUDY"
        yield Problem("participants.csv", f"it names the transcript {name}, which is not there", hint)


def _silent(participants: Sequence[Participant], speakers: Sequence[Speaker]) -> Iterator[Problem]:
    """Yield the people of the sheet who never speak, with the label that is nearest to theirs."""
    heard = {speaker.participant.id for speaker in speakers}
    strange = [speaker.label for speaker in speakers if speaker.label and speaker.why != SHEET]
    silent = [person for person in participants if person.id not in heard]
    for person in silent[:_FEW]:
        close = next((near for name in (person.id, *person.labels) if (near := nearest(name, strange))), None)
        hint = (
            f'is "{close}" this person? then add it to the labels of the row'
            if close
            else "look for the label in the transcript, and add it to the row"
        )
        yield Problem("participants.csv", f"{person.id} never speaks", hint)
    if len(silent) > _FEW:
        hint = "the speakers of each file are listed by: nptlens check STUDY"
        yield Problem("participants.csv", f"{len(silent) - _FEW} more people never speak", hint)
