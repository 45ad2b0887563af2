"""Names and merges of topics: written by a verb, applied by the next run, which does no more than it must."""

from __future__ import annotations

import pandas as pd
import pytest

from nptlens.core.errors import UsageError
from nptlens.study.folder import open_study
from nptlens.study.run.runner import run
from nptlens.study.topics import list_topics, merge_topics, rename_topic

RERUN = ("name", "map", "report")


@pytest.fixture
def study(ran_with_topics):
    opened = open_study(ran_with_topics.root)
    assert len(list_topics(opened).topics) >= 2
    return opened


def reran(result):
    return tuple(stage.stage for stage in result.stages if stage.reran)


def test_the_list(study):
    found = list_topics(study)
    assert found.method == "small"
    assert [each.topic for each in found.topics] == list(range(len(found.topics)))
    assert all(0 <= each.stability <= 1 and each.unstable == (each.stability < 0.6) for each in found.topics)
    assert sum(each.size for each in found.topics) + found.outside == len(pd.read_parquet(study.store / "segments.parquet"))
    assert found.stability.resamples == 3


def test_a_name_is_applied_by_the_next_run_which_codes_nothing_again(study):
    change = rename_topic(study, 1, "Time for huddles")
    assert change.path == study.root / "topic_names.csv"
    result = run(study)
    assert reran(result) == ("name", "report")  # which topic an excerpt has is as it was, so the map stands
    assert next(stage for stage in result.stages if stage.stage == "name").why == "changed: topic_names.csv"
    assert [each.name for each in list_topics(study).topics][:2] == ["", "Time for huddles"]
    assert "Time for huddles" in (study.results / "report.html").read_text(encoding="utf-8")
    assert "Time for huddles" in (study.results / "topics.csv").read_text(encoding="utf-8")
    assert reran(run(study)) == ()


def test_a_merge_is_applied_and_taken_back(study):
    before = list_topics(study).topics
    merge_topics(study, 1, 0)
    assert reran(run(study)) == RERUN
    after = list_topics(study).topics
    assert (after[0].topic, after[0].merged, after[0].size) == (0, (1,), before[0].size + before[1].size)
    assert 1 not in {each.topic for each in after}
    assert set(pd.read_parquet(study.store / "topic_codes.parquet")["topic"]) == {each.topic for each in after}
    with pytest.raises(UsageError, match="part of topic 0"):
        rename_topic(study, 1, "x")
    (study.root / "topic_names.csv").unlink()
    run(study)
    assert list_topics(study).topics == before


def test_another_name_takes_the_place_of_the_first_and_keeps_the_merge(study):
    rename_topic(study, 1, "One")
    merge_topics(study, 1, 0)
    change = rename_topic(study, 1, "Two")
    assert [(each.topic, each.name, len(each.merge_into) > 0) for each in change.names] == [("1", "Two", True)]
    assert rename_topic(study, 0, "Zero").names[1].name == "Zero"
    assert [each.name for each in rename_topic(study, 0, "").names] == ["Two"]


def test_a_name_that_no_longer_fits_stays_in_the_file_and_is_told(study):
    text = "topic,words,exemplars,name,merge_into\n4,,P01:0-9; P02:0-9,Secret name,\n"
    (study.root / "topic_names.csv").write_text(text, encoding="utf-8")
    result = run(study)
    assert result.needs_a_look()
    assert [problem.where for problem in result.problems if problem.where.startswith("topic_names")] == ["topic_names.csv line 2"]
    assert list_topics(study).needs_a_look()
    assert [each.name for each in rename_topic(study, 0, "New").names] == ["Secret name", "New"]


def test_what_cannot_be_changed(study, tiny_study):
    with pytest.raises(UsageError, match="there is no topic 99"):
        rename_topic(study, 99, "x")
    with pytest.raises(UsageError, match="there is no topic 99"):
        merge_topics(study, 0, 99)
    with pytest.raises(UsageError, match="itself"):
        merge_topics(study, 0, 0)
    tiny_study.edit("transcripts/P03.txt", "in March", "in May")
    with pytest.raises(UsageError, match="not up to date"):
        rename_topic(study, 0, "x")
    assert not (study.root / "topic_names.csv").exists()


def test_before_the_first_run(tiny_study):
    with pytest.raises(UsageError, match="never run"):
        list_topics(open_study(tiny_study.root))
