"""What cannot be settled is refused or named where it stands, with what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.conversion import convert
from dataprep.conversion.settled import SettledTable, write_settled
from dataprep.finding import EnvironmentProblem, Place, UsageError
from dataprep.recipe import Recipe
from tests.building import BAD, SENTIMENT, annotated, choices
from tests.unit.conversion.disputes import CLEAR, TIE, learned, ran, settled, stage


def test_a_mistake_of_the_adjudicator_is_named_in_their_file(tmp_path: Path) -> None:
    outcome = ran(tmp_path, [TIE, CLEAR], [settled(3, "Well.", annotated(choices("Bad"), by=7))])
    assert outcome.refused
    (finding,) = outcome.journal.counts.first["A001"]
    assert (finding.place.file, finding.place.task, finding.place.annotation) == (
        "settled.json",
        900,
        "01-7",
    )


def test_the_settled_file_as_one_more_input_is_refused_with_the_flag(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(json.dumps([TIE]))
    decided = [settled(3, "Well.", annotated(BAD, by=7))]
    (tmp_path / "settled.json").write_text(json.dumps(decided))
    plan = {"sources": [{"path": "export.json"}, {"path": "settled.json"}], "targets": ["alpaca"]}
    with pytest.raises(UsageError) as caught:
        convert(Recipe.model_validate(plan), tmp_path, tmp_path / "out")
    assert str(caught.value) == (
        "settled.json: holds what an adjudicator was asked about export.json, so its tasks would"
        " count twice. Pass it as --settled settled.json, or settled: in the recipe."
    )


def test_a_settled_file_alone_is_an_input_and_says_what_it_is(tmp_path: Path) -> None:
    decided = [settled(3, "Well.", annotated(BAD, by=7))]
    (tmp_path / "settled.json").write_text(json.dumps(decided))
    plan = {"sources": [{"path": "settled.json"}], "targets": ["prompt-completion"]}
    outcome = convert(Recipe.model_validate(plan), tmp_path, tmp_path / "out")
    assert [row["answer"] for row in learned(tmp_path / "out")] == ["Negative"]
    assert any("its tasks are disputes of export.json" in note for note in outcome.notes)


def test_the_export_itself_is_no_settled_file(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(json.dumps([TIE]))
    source = {"path": "export.json", "settled": "export.json"}
    plan = Recipe.model_validate({"sources": [source], "targets": ["alpaca"]})
    with pytest.raises(UsageError, match="is the input itself"):
        convert(plan, tmp_path, tmp_path / "out")


def test_what_is_no_export_is_refused_as_settled(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(json.dumps([TIE]))
    (tmp_path / "rows.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')
    source = {"path": "export.json", "settled": "rows.jsonl"}
    plan = Recipe.model_validate({"sources": [source], "targets": ["alpaca"]})
    with pytest.raises(UsageError, match=r"rows\.jsonl is no export of Label Studio"):
        convert(plan, tmp_path, tmp_path / "out")


def test_a_settled_file_that_is_cut_off_refuses_the_run(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(json.dumps([TIE, CLEAR]))
    (tmp_path / "settled.json").write_text(json.dumps([settled(3, "Well.")])[:-1])
    source = {"path": "export.json", "settled": "settled.json"}
    plan = Recipe.model_validate({"sources": [source], "targets": ["alpaca"]})
    outcome = convert(plan, tmp_path, tmp_path / "out", drop_invalid=True)
    assert outcome.refused
    assert outcome.journal.fatal


def test_a_disk_that_takes_no_table_is_a_problem_of_the_environment(tmp_path: Path) -> None:
    def nothing(_: object) -> None:
        raise AssertionError("nothing is read")

    with pytest.raises(EnvironmentProblem, match="Free some space"):
        write_settled(
            [], tmp_path / "gone" / "t.sqlite", empty_settles=False, find=nothing, drop=nothing
        )
    with pytest.raises(EnvironmentProblem, match="unable to open database file"):
        SettledTable(tmp_path / "gone.sqlite", frozenset()).find(Place(file="a", task=1), {})


@pytest.mark.parametrize("mark", [None, [], {}, {"task": [3]}, {"task": None}, {"task": 1.5}])
def test_a_mark_that_says_nothing_is_none(tmp_path: Path, mark: Any) -> None:
    decided = {**settled(3, "Well.", annotated(BAD, by=7)), "meta": {"dataprep": mark}}
    outcome = ran(tmp_path, [TIE, CLEAR], [decided])
    assert stage(outcome, "settle") == (1, 1, {})
    said = "settled.json: matched by equal data, since the server kept no meta: 1"
    assert said in outcome.notes


HEADER = "id,text,sentiment,annotator,annotation_id,created_at,updated_at,lead_time\n"


@pytest.mark.parametrize("config", [None, "given.xml"])
@pytest.mark.parametrize("content", ["[]", " [\n]\n", HEADER])
def test_a_round_in_which_nothing_is_settled_yet_stops_no_run(
    tmp_path: Path, content: str, config: str | None
) -> None:
    (tmp_path / "given.xml").write_text(SENTIMENT)
    (tmp_path / "export.json").write_text(json.dumps([TIE, CLEAR]))
    (tmp_path / "pulled").mkdir()
    (tmp_path / "pulled" / "export.json").write_text(content)
    source = {"path": "export.json", "settled": "pulled", "label_config": config}
    plan = Recipe.model_validate({"sources": [source], "targets": ["prompt-completion"]})
    outcome = convert(plan, tmp_path, tmp_path / "out")
    assert not outcome.refused
    assert [row["task"] for row in learned(tmp_path / "out")] == ["4"]
    assert stage(outcome, "settle") == (0, 0, {})
    said = "pulled/export.json: holds no task, so nothing is settled there yet"
    assert said in outcome.notes


@pytest.mark.parametrize("config", [None, "given.xml"])
def test_an_empty_file_is_no_round_but_a_broken_download(
    tmp_path: Path, config: str | None
) -> None:
    (tmp_path / "given.xml").write_text(SENTIMENT)
    (tmp_path / "export.json").write_text(json.dumps([TIE, CLEAR]))
    (tmp_path / "settled.json").write_text("")
    source = {"path": "export.json", "settled": "settled.json", "label_config": config}
    plan = Recipe.model_validate({"sources": [source], "targets": ["prompt-completion"]})
    if config is None:
        with pytest.raises(UsageError, match=r"settled\.json is no export of Label Studio"):
            convert(plan, tmp_path, tmp_path / "out")
    else:
        assert convert(plan, tmp_path, tmp_path / "out").refused
