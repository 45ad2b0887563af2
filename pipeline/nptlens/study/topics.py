"""Topics of a study as people see and change them; changes go to topic_names.csv and are applied by the next run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nptlens.core.delimited import as_opened, read_table_text
from nptlens.core.errors import UsageError
from nptlens.core.hints import command
from nptlens.schemas.records import Problem, TopicCard, TopicStability, worth_a_look
from nptlens.store.outputs import Outputs
from nptlens.study.folder import TOPIC_NAMES, Study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.last_run import last_run
from nptlens.topics import TopicName, names_csv, read_names
from nptlens.topics.naming import find_topic


@dataclass(frozen=True, slots=True)
class ListedTopic:
    """A topic as listed; `unstable` is None where its stability was not measured."""

    topic: int
    name: str
    words: tuple[str, ...]
    size: int
    participants: int
    transcripts: int
    stability: float | None
    unstable: bool | None
    merged: tuple[int, ...]
    exemplars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicList:
    """The topics of the last run, how far they came again, and what topic_names.csv asks for in vain."""

    method: str
    topics: tuple[ListedTopic, ...]
    outside: int
    stability: TopicStability
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


@dataclass(frozen=True, slots=True)
class TopicChange:
    """What was written: the file, and its lines; `problems` tell of a file that a person changed, and that is kept."""

    path: Path
    names: tuple[TopicName, ...]
    problems: tuple[Problem, ...] = ()

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


def list_topics(study: Study) -> TopicList:
    """Return the topics of the last run; raises UsageError where there was none or they hang on what has changed since, as `last_run`."""
    with last_run(study, "name") as artefacts:
        return _listed(artefacts)


def _listed(artefacts: Artefacts) -> TopicList:
    study = artefacts.study
    below = study.settings.topics.unstable_below
    return TopicList(
        method=artefacts.topic_method,
        topics=tuple(
            ListedTopic(
                card.topic, card.name, card.words, card.size, card.participants, card.transcripts, card.stability,
                None if card.stability is None else card.stability < below, card.merged, card.exemplars,
            )
            for card in artefacts.topic_cards
        ),
        outside=int((artefacts.topics["topic"] < 0).sum()),
        stability=artefacts.topic_stability,
        problems=artefacts.problems_of("name"),
    )


def rename_topic(study: Study, topic: int, name: str) -> TopicChange:
    """Write a name for a topic; "" takes it back. Raises UsageError where there is no such topic."""
    return _change(study, topic, lambda artefacts, line: replace(line, name=name.strip()))


def merge_topics(study: Study, topic: int, into: int) -> TopicChange:
    """Write that `topic` is a part of `into`, whose number it will bear. Raises UsageError where one is not there, or both are one."""
    if topic == into:
        raise UsageError(f"topic {topic} cannot be merged into itself", hint="name two topics")
    return _change(study, topic, lambda artefacts, line: replace(line, merge_into=_card(artefacts, into).exemplars))


def _change(study: Study, topic: int, edit: Callable[[Artefacts, TopicName], TopicName]) -> TopicChange:
    # Names that were written since the last run are no reason to refuse more of them.
    with last_run(study, "discover", whole=("name",)) as artefacts:
        card = _card(artefacts, topic)
        path = study.root / TOPIC_NAMES
        lines = list(read_names(study.topic_names_file()))
        place = dict(zip(artefacts.found_topics["segment_id"].tolist(), artefacts.found_topics["topic"].tolist(), strict=True))
        at = next((i for i, line in enumerate(lines) if find_topic(line, place, artefacts.found_cards) == topic), len(lines))
        fresh = TopicName(0, str(topic), card.words, card.exemplars, "", ())
        old = lines[at] if at < len(lines) else fresh
        changed = edit(artefacts, replace(fresh, name=old.name, merge_into=old.merge_into))
        lines[at : at + 1] = [changed] if changed.name or changed.merge_into else []
        before = read_table_text(path).text if path.is_file() else ""
        whole = names_csv(read_names(study.topic_names_file())) == before  # else rewriting it would lose something
        written = Outputs(study.store).write(path, as_opened(names_csv(lines)), holds_all=whole)
        return TopicChange(path, tuple(replace(line, line=number) for number, line in enumerate(lines, start=2)), written.problems)


def _card(artefacts: Artefacts, topic: int) -> TopicCard:
    """Return a topic as it was found, if it is still one of its own."""
    into = next((card.topic for card in artefacts.topic_cards if topic in card.merged), None)
    if into is not None:
        hint = f"name topic {into}, or delete the line in {TOPIC_NAMES}, then run: {command('run', artefacts.study.root)}"
        raise UsageError(f"topic {topic} is a part of topic {into}", hint=hint)
    found = next((card for card in artefacts.found_cards if card.topic == topic), None)
    if found is None:
        numbers = ", ".join(str(card.topic) for card in artefacts.topic_cards) or "none"
        raise UsageError(f"there is no topic {topic}", hint=f"topics are {numbers}")
    return found
