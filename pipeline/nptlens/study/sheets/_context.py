"""What was said before and after a unit: read by whoever codes it, and not coded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nptlens.core.text import Span
from nptlens.schemas.records import Speaker, SpeakerRole, Transcript, Utterance

_TURNS, _FOLLOWING = 3, 2
_MOST = 600


class Contexts:
    """Gives the turns before a unit, back to the interviewer's last question and at most three, and two after it; speakers by their ids."""

    def __init__(self, transcripts: Iterable[Transcript], speakers: Iterable[Speaker]) -> None:
        self.transcripts: Mapping[str, Transcript] = {each.id: each for each in transcripts}
        self.speakers = {(each.transcript_id, each.label): each for each in speakers}

    def before(self, transcript_id: str, utterance: int, start: int) -> str:
        """Return what was said before the unit at `start` of a transcript, in its turn and in those before; "" where nothing was."""
        transcript = self.transcripts[transcript_id]
        turns: list[str] = []
        for each in reversed(transcript.utterances[max(0, utterance - _TURNS) : utterance]):
            asks = self._asks(transcript, each)
            turns.insert(0, self._told(transcript, each, each.span))
            if asks:
                break
        own = transcript.utterances[utterance]
        if start > own.span.start:
            turns.append(self._told(transcript, own, Span(own.span.start, start)))
        return "\n".join(turn for turn in turns if turn)

    def after(self, transcript_id: str, utterance: int, end: int) -> str:
        """Return what was said after the unit that ends at `end`, in its turn and in the next two; "" where nothing was."""
        transcript = self.transcripts[transcript_id]
        own = transcript.utterances[utterance]
        rest = [self._told(transcript, own, Span(end, own.span.end), begins=True)] if end < own.span.end else []
        following = transcript.utterances[utterance + 1 : utterance + 1 + _FOLLOWING]
        turns = rest + [self._told(transcript, each, each.span, begins=True) for each in following]
        return "\n".join(turn for turn in turns if turn)

    def _asks(self, transcript: Transcript, turn: Utterance) -> bool:
        speaker = self.speakers.get((transcript.id, turn.speaker))
        return speaker is not None and speaker.role is SpeakerRole.INTERVIEWER

    def _told(self, transcript: Transcript, turn: Utterance, span: Span, *, begins: bool = False) -> str:
        """Return who says what; of long talk the end, or what it `begins` with."""
        said = transcript.quote(span).strip()
        if not said:
            return ""
        speaker = self.speakers.get((transcript.id, turn.speaker))
        who = "interviewer" if self._asks(transcript, turn) else speaker.participant.id if speaker else ""
        if len(said) > _MOST:
            said = f"{said[:_MOST]} …" if begins else f"… {said[-_MOST:]}"
        return f"[{who or 'somebody'}] {said}"
