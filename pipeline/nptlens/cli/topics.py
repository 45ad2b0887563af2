"""nptlens topics"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nptlens.cli import _show
from nptlens.core.hints import command

if TYPE_CHECKING:
    from nptlens.study.topics import ListedTopic, TopicChange, TopicList

_LIST = "Examples:\n\n  nptlens topics --study my-study\n\n  nptlens topics --json"
_MERGE = "Examples:\n\n  nptlens topics merge 3 7\n\n  nptlens topics merge 3 7 --study my-study --json"
_RENAME = 'Examples:\n\n  nptlens topics rename 3 "Time for huddles"\n\n  nptlens topics rename 3 "" --study my-study --json'


def topics_cli(context: typer.Context, study: _show.StudyOption = Path(), json: _show.Json = False) -> None:
    """List the topics of the last run, or merge and rename them: number, name, words, reach, stability."""
    from nptlens.core.errors import UsageError
    from nptlens.study.folder import open_study
    from nptlens.study.topics import list_topics

    if context.invoked_subcommand:
        if json or study != Path():
            verb = context.invoked_subcommand
            raise UsageError(f"--study and --json stand after {verb}", hint=f"run: nptlens topics {verb} --help")
        return
    result = list_topics(open_study(study))
    if json:
        _show.as_json(result)
    else:
        _show.table(
            ["topic", "name", "words", "excerpts", "participants", "stability", "merged"],
            [
                [each.topic, each.name or "–", ", ".join(each.words[:6]), each.size, each.participants, _stability(each), _numbers(each)]
                for each in result.topics
            ],
            title=_title(result),
        )
        _show.problems(result.problems)
        merge, rename = (command("topics", *words, "--study", study) for words in (("merge", "3", "7"), ("rename", "3", "NAME")))
        _show.next_step(f"{merge}; or: {rename}; then: {command('run', study)}")
    if result.needs_a_look():
        raise typer.Exit(1)


def merge_cli(
    topic: Annotated[int, typer.Argument(help="The topic that becomes a part of the other.", metavar="TOPIC")],
    into: Annotated[int, typer.Argument(help="The other topic; its number and name stay.", metavar="INTO")],
    study: _show.StudyOption = Path(),
    json: _show.Json = False,
) -> None:
    """Write into topic_names.csv that a topic is a part of another; to undo it, delete the line."""
    from nptlens.study.folder import open_study
    from nptlens.study.topics import merge_topics

    _show_change(merge_topics(open_study(study), topic, into), json=json)


def rename_cli(
    topic: Annotated[int, typer.Argument(help="The topic's number.", metavar="TOPIC")],
    name: Annotated[str, typer.Argument(help="Its name; an empty one takes the name back.")],
    study: _show.StudyOption = Path(),
    json: _show.Json = False,
) -> None:
    """Write a topic's name into topic_names.csv. The name stays with its excerpts, whatever number they get."""
    from nptlens.study.folder import open_study
    from nptlens.study.topics import rename_topic

    _show_change(rename_topic(open_study(study), topic, name), json=json)


def _show_change(result: TopicChange, *, json: bool) -> None:
    if json:
        _show.as_json(result)
    else:
        rows = [[each.topic, each.name or "–", "; ".join(each.merge_into) or "–"] for each in result.names]
        _show.table(["topic", "name", "merged into the topic of"], rows)
        typer.echo(result.path)
        _show.problems(result.problems)
        _show.next_step("nptlens run STUDY")
    if result.needs_a_look():
        raise typer.Exit(1)


def _stability(topic: ListedTopic) -> str:
    if topic.stability is None:
        return "not measured"
    return f"{topic.stability:.2f}{' unstable' if topic.unstable else ''}"


def _numbers(topic: ListedTopic) -> str:
    return ", ".join(map(str, topic.merged)) or "–"


def _title(result: TopicList) -> str:
    told = [f"Topics ({result.method}); {result.outside} excerpts stand outside them"]
    if result.stability.ari_resamples is not None:
        told.append(f"adjusted Rand index over {result.stability.resamples} resamples {result.stability.ari_resamples:.2f}")
    if result.stability.ari_reseeds is not None:
        told.append(f"over {result.stability.reseeds} other seeds {result.stability.ari_reseeds:.2f}")
    return "; ".join(told)


def add_to(app: typer.Typer) -> None:
    """Register the verbs about topics."""
    group = typer.Typer()
    group.callback(invoke_without_command=True, epilog=_LIST)(topics_cli)
    group.command("merge", epilog=_MERGE)(merge_cli)
    group.command("rename", epilog=_RENAME)(rename_cli)
    app.add_typer(group, name="topics")
