"""A target that no example fits: alone it refuses the run, beside others it is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.conversion import convert
from dataprep.finding import NothingToDo, UsageError
from dataprep.recipe import Recipe, Source, Target

PAIR = '{"prompt": "Who wrote Faust?", "completion": "Goethe."}\n'


def recipe(tmp_path: Path, *names: str) -> Recipe:
    (tmp_path / "rows.jsonl").write_text(PAIR)
    wanted = [Target(name=name) for name in names]
    return Recipe(sources=[Source(path="rows.jsonl")], targets=wanted)


def test_no_folder_is_made_for_targets_that_take_nothing(tmp_path: Path) -> None:
    wanted = recipe(tmp_path, "preference", "trl-preference")
    with pytest.raises(NothingToDo) as refused:
        convert(wanted, tmp_path, tmp_path / "out")
    assert refused.value.message == (
        "No row came of it for preference and trl-preference: 2 not-for-this-target."
    )
    assert "--to openai-chat" in refused.value.remedy
    assert not (tmp_path / "out").exists()


def test_an_empty_target_beside_others_is_named(tmp_path: Path) -> None:
    made = convert(recipe(tmp_path, "preference", "openai-chat"), tmp_path, tmp_path / "out")
    assert "preference is empty: 1 not-for-this-target" in made.notes
    assert (tmp_path / "out" / "openai-chat" / "train.jsonl").exists()


def rows_recipe(tmp_path: Path, row: dict[str, object], *names: str, **source: object) -> Recipe:
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n")
    wanted = [Target(name=name) for name in names]
    return Recipe(sources=[Source(path="rows.jsonl", **source)], targets=wanted)


def test_an_item_that_nobody_answered_teaches_nobody_but_a_grader(tmp_path: Path) -> None:
    item = {"messages": [{"role": "user", "content": "6 x 7?"}], "ground_truth": "42"}
    with pytest.raises(NothingToDo, match="1 no-answer"):
        convert(rows_recipe(tmp_path, item, "openai-chat"), tmp_path, tmp_path / "out")
    convert(rows_recipe(tmp_path, item, "reinforcement"), tmp_path, tmp_path / "out")
    assert '"ground_truth":"42"' in (tmp_path / "out/reinforcement/train.jsonl").read_text()


def test_no_verdict_is_made_up_where_nobody_judged_an_answer(tmp_path: Path) -> None:
    pair = {"prompt": "6 x 7?", "completion": "42"}
    with pytest.raises(NothingToDo, match="1 not-judged") as refused:
        convert(rows_recipe(tmp_path, pair, "kto"), tmp_path, tmp_path / "out")
    assert "--approved '{{ true }}'" in refused.value.remedy
    assert "thumbs and ratings are learned by --to kto alone" in refused.value.remedy
    approved = rows_recipe(tmp_path, pair, "kto", approved="{{ true }}")
    convert(approved, tmp_path, tmp_path / "out")
    assert '"label":true' in (tmp_path / "out/kto/train.jsonl").read_text()


@pytest.mark.parametrize("target", ["alpaca", "prompt-completion", "sharegpt"])
def test_a_refusal_is_dropped_by_its_name_where_there_is_no_word_for_it(
    tmp_path: Path, target: str
) -> None:
    said = [{"role": "user", "content": "Hi"}, {"role": "assistant", "refusal": "I cannot."}]
    with pytest.raises(NothingToDo, match="1 refusal"):
        convert(rows_recipe(tmp_path, {"messages": said}, target), tmp_path, tmp_path / "out")


def test_a_key_that_was_named_in_vain_is_told(tmp_path: Path) -> None:
    said = [
        {"role": "user", "content": "Hi", "name": "Ann"},
        {"role": "assistant", "content": "Yo"},
    ]
    named = {"carry": ["messages[].nmae"], "leave_out": ["messages[].name"]}
    recipe = rows_recipe(tmp_path, {"messages": said}, "openai-chat", **named)
    notes = convert(recipe, tmp_path, tmp_path / "out").notes
    assert [note for note in notes if "no row" in note] == [
        "rows.jsonl: no row that was read has messages[].nmae (--carry)"
    ]


def test_a_verdict_far_down_a_file_judges_its_own_row_alone(tmp_path: Path) -> None:
    rows = [{"question": f"{n} x 7?", "answer": f"{n * 7}"} for n in range(3_000)]
    rows[2_500]["is_correct"] = False  # type: ignore[assignment]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    targets = [Target(name="kto"), Target(name="openai-chat")]
    recipe = Recipe(sources=[Source(path="rows.jsonl")], targets=targets)
    result = convert(recipe, tmp_path, tmp_path / "out")
    drops = {name: dict(stage.dropped) for name, stage in result.ledger.stages.items()}
    assert drops["write kto"] == {"not-judged": 2_999}
    assert drops["write openai-chat"] == {"not-approved": 1}


@pytest.mark.parametrize("target", ["alpaca", "prompt-completion", "sharegpt", "kto"])
def test_an_answer_of_weight_0_is_taught_to_no_reader_without_weights(
    tmp_path: Path, target: str
) -> None:
    talk = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello there"},
        {"role": "user", "content": "And?"},
        {"role": "assistant", "content": "Go away", "weight": 0},
    ]
    with pytest.raises(NothingToDo, match="1 weight-0"):
        convert(rows_recipe(tmp_path, {"messages": talk}, target), tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    ("row", "source", "said"),
    [
        ({"text": "Some text.", "is_good": False}, {"way": "plain"}, "is_good judges the text"),
        (
            {"text": "Some text."},
            {"way": "plain", "approved": "{{ text }}"},
            "approved is for rows",
        ),
        (
            {"question": "Who?", "answer": "Ada", "ok": True},
            {"approved": "{{ ok }}", "leave_out": ["ok"]},
            "approved reads the column 'ok'",
        ),
    ],
)
def test_a_verdict_that_no_way_reads_is_refused(
    tmp_path: Path, row: dict[str, object], source: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        convert(rows_recipe(tmp_path, row, "causal", **source), tmp_path, tmp_path / "out")


def test_no_worker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="0 workers"):
        convert(recipe(tmp_path, "openai-chat"), tmp_path, tmp_path / "out", workers=0)


def test_a_converted_folder_that_nobody_judged_is_to_be_made_again(tmp_path: Path) -> None:
    convert(recipe(tmp_path, "openai-chat"), tmp_path, tmp_path / "made")
    again = Recipe(sources=[Source(path="made")], targets=[Target(name="kto")])
    with pytest.raises(NothingToDo, match="1 not-judged") as refused:
        convert(again, tmp_path, tmp_path / "out")
    assert refused.value.remedy.startswith(
        "The examples are those of a converted folder, and nobody judged them. Convert again what"
        " they were made from, and say there which answers were approved: --approved"
    )
    both = Recipe(
        sources=[Source(path="made")], targets=[Target(name="kto"), Target(name="alpaca")]
    )
    (note,) = [n for n in convert(both, tmp_path, tmp_path / "out").notes if "kto is empty" in n]
    assert "Convert again what they were made from" in note
