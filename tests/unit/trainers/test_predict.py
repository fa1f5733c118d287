"""Using a run: prompts in, answers out, going on after a kill, and back to the annotators."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Example
from dataprep.finding import NothingToDo, UsageError
from dataprep.tokens import load_chat_tokenizer
from tests.unit.trainers.converted import KINDS, convert, convert_causal
from trainers import answers, causal, t5
from trainers.pre_annotations import annotated, located
from trainers.predict import predict, rows_in

SIZES = {"train": 90, "test": 12}


@pytest.fixture(scope="module", params=["t5", "causal"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A dataset and a run of either family."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "t5":
        dataset = convert(folder / "out", SIZES)
        return dataset, t5.train(dataset, out=folder / "run", epochs=4, batch_tokens=700)
    dataset = convert_causal(folder / "out", SIZES)
    return dataset, causal.train(dataset, out=folder / "run", epochs=8, batch_tokens=700)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def prompts(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "prompts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_each_prompt_gets_an_answer_as_a_fine_tuning_row(trained: Any, tmp_path: Path) -> None:
    said = "What is number 3, the trout? "
    path = prompts(
        tmp_path,
        {"id": "a", "prompt": said},
        {"id": "b", "messages": [{"role": "user", "content": said}]},
    )
    found = predict(trained[1], path, out=tmp_path / "out", max_new_tokens=6)
    assert (found.answers, found.new) == (2, 2)
    rows = {row["id"]: row for row in read(found.path)}
    assert rows["a"]["prompt"] == said
    assert rows["a"]["completion"].split()[0] in KINDS
    assert [m["role"] for m in rows["b"]["messages"]] == ["user", "assistant"]
    assert rows["b"]["messages"][1]["content"] == rows["a"]["completion"]


def test_what_is_answered_is_not_asked_again_and_a_torn_line_is(
    trained: Any, tmp_path: Path
) -> None:
    rows = [{"id": str(n), "prompt": f"What is number {n}, the trout? "} for n in range(4)]
    path = prompts(tmp_path, *rows)
    whole = predict(trained[1], path, out=tmp_path / "out", max_new_tokens=6).path
    lines = whole.read_bytes().splitlines(keepends=True)
    whole.write_bytes(lines[0] + lines[1] + lines[2][:9])
    again = predict(trained[1], path, out=tmp_path / "out", max_new_tokens=6)
    assert again.new == 2
    assert sorted(again.path.read_bytes().splitlines(keepends=True)) == sorted(lines)


def test_the_tools_of_a_row_are_shown_to_the_model_and_kept(
    trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template takes them; they were left out of what is asked."""
    run = shutil.copytree(trained[1], tmp_path / "run")
    path = run / "model" / "chat_template.jinja"
    if is_causal := path.is_file():  # a T5 has no template, and its prompts no tools
        path.write_text("{% if tools %}{{ tools | tojson }}{% endif %}" + path.read_text())
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    asked: list[list[int]] = []

    def generate(_: Any, __: Any, prompts: list[list[int]], *___: Any) -> list[list[int]]:
        asked.extend(prompts)
        return [[] for _ in prompts]

    monkeypatch.setattr(answers, "generate", generate)
    row = {"messages": [{"role": "user", "content": "Which?"}], "tools": [tool]}
    (line,) = read(predict(run, prompts(tmp_path, row), out=tmp_path / "out").path)
    assert line["tools"] == [tool]
    if is_causal:
        assert json.dumps(tool) in load_chat_tokenizer(str(run / "model")).decode(asked[0])


def test_a_split_is_answered_and_goes_back_to_the_annotators(trained: Any, tmp_path: Path) -> None:
    found = predict(
        trained[1], trained[0], out=tmp_path / "out", max_new_tokens=6, label_studio=True
    )
    rows = read(found.path)
    assert len(rows) == 12
    assert {row["expected"] for row in rows} == {"bird", "fish of the sea"}
    tasks = json.loads((tmp_path / "out" / "label-studio" / "tasks.json").read_text())
    said = {
        task["predictions"][0]["result"][0]["value"]["choices"][0]
        for task in tasks
        if task["predictions"][0]["result"]
    }
    assert said <= {row["answer"].strip() for row in rows}
    assert said


def test_answers_to_other_prompts_are_left_alone(trained: Any, tmp_path: Path) -> None:
    predict(trained[1], prompts(tmp_path, {"id": "a", "prompt": "x"}), out=tmp_path / "out")
    with pytest.raises(UsageError, match="answers to other prompts"):
        predict(trained[1], prompts(tmp_path, {"id": "b", "prompt": "x"}), out=tmp_path / "out")


def test_a_row_that_cannot_be_asked_is_named_before_anything_is(
    trained: Any, tmp_path: Path
) -> None:
    path = prompts(tmp_path, {"prompt": "x"}, {"wind": "y"})
    with pytest.raises(UsageError, match=r"prompts\.jsonl:2: .* no prompt"):
        predict(trained[1], path, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    path.write_text('{"prompt": "x"\n')
    with pytest.raises(UsageError):
        predict(trained[1], path, out=tmp_path / "out")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a town", "The line is no JSON: expecting value."),
        ('["a town"]', "The line is no object, and so no row."),
        ('{"prompt": 3}', "Its prompt is no text."),
        ('{"prompt": " "}', "Its prompt is empty."),
        ('{"messages": []}', "Its messages are no conversation."),
        ('{"wind": "y"}', "The row has no prompt, question, input, text or messages."),
    ],
)
def test_why_a_line_asks_nothing_is_said(line: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        [*rows_in(f"{line}\n".encode(), "prompts.jsonl")]
    assert refused.value.message == said
    assert refused.value.remedy.startswith('Write rows as {"prompt": "..."}')


def test_no_prompts_are_nothing_to_do(trained: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(NothingToDo):
        predict(trained[1], tmp_path / "empty.jsonl", out=tmp_path / "out")


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished run"):
        predict(tmp_path, tmp_path / "prompts.jsonl", out=tmp_path / "out")


def test_spans_stand_where_the_text_has_them_each_once_and_none_is_made_up() -> None:
    text = "Ada met 👩‍🚀 Ada in Rome."
    assert located(text, "PER: Ada; PER: Ada; LOC: Rome; LOC: Paris") == [
        {"start": 0, "end": 3, "label": "PER", "text": "Ada"},
        {"start": 12, "end": 15, "label": "PER", "text": "Ada"},
        {"start": 19, "end": 23, "label": "LOC", "text": "Rome"},
    ]


def test_an_answered_example_keeps_its_task_and_loses_the_peoples_answer() -> None:
    example = Example(
        id="1",
        file="a.json",
        shape="classification",
        input="x",
        output="cat",
        label="cat",
        data='{"text":"x","control":"kind","object":"text","labels":["cat"],"label":"cat"}',
    )
    made = annotated(example, " dog\n")
    assert (made.output, made.label) == ("dog", "dog")
    assert json.loads(made.data)["labels"] == ["dog"]
    assert json.loads(made.data)["control"] == "kind"
