"""Every row that is written keeps the contract of its target; what does not is dropped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Batch, Example, Turn
from dataprep.finding import UsageError
from dataprep.recipe import Target
from dataprep.targets import Written, write
from tests.building import example


def written(folder: Path, target: Target, *examples: Example) -> Written:
    def batches(split: str | None) -> Iterator[Batch]:
        assert split is None
        for found in examples:  # a batch each, so that files are opened once for all of them
            yield Batch.of([found])

    return write(target, folder / "staged", batches, base=folder, seed=0)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def split(examples: Iterable[int], name: str) -> list[Example]:
    return [example(n, split=name) for n in examples]


def own_target(folder: Path, schema: Any, fields: Any, sample: str | None = None) -> Target:
    (folder / "qa.schema.json").write_text(json.dumps(schema))
    if sample is not None:
        (folder / "sample.jsonl").write_text(sample)
    known = {"name": "qa", "schema": "qa.schema.json", "fields": fields}
    return Target.model_validate({**known, "sample": sample and "sample.jsonl"})


QA = {
    "type": "object",
    "required": ["question", "tags"],
    "properties": {
        "question": {"type": "string", "minLength": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
        "meta": {"type": "object", "properties": {"n": {"type": "integer"}}},
    },
    "additionalProperties": False,
}


def test_each_split_is_a_file_and_rows_keep_their_order(tmp_path: Path) -> None:
    rows = [*split([1, 2], "train"), *split([3], "test"), *split([4], "train")]
    result = written(tmp_path, Target(name="prompt-completion"), *rows)
    folder = tmp_path / "staged/prompt-completion"
    assert [r["prompt"] for r in lines(folder / "train.jsonl")] == [
        "question 1",
        "question 2",
        "question 4",
    ]
    assert lines(folder / "test.jsonl") == [{"prompt": "question 3", "completion": "answer 3"}]
    assert sorted(p.name for p in folder.iterdir()) == ["test.jsonl", "train.jsonl"]
    assert (result.rows, result.entry) == (4, {"splits": {"train": 3, "test": 1}})
    assert (result.findings, result.drops) == ([], [])


def test_texts_are_written_as_they_are_and_lines_end_with_one_byte(tmp_path: Path) -> None:
    text = 'é😀 "quoted" \\ \r\n\u2028 end'
    written(tmp_path, Target(name="prompt-completion"), example(1, input=text))
    raw = (tmp_path / "staged/prompt-completion/train.jsonl").read_bytes()
    assert raw.count(b"\n") == 1
    assert raw.endswith(b"\n")
    assert "é😀".encode() in raw
    assert json.loads(raw)["prompt"] == text


def test_a_row_that_breaks_the_contract_is_a_finding_and_a_drop(tmp_path: Path) -> None:
    broken = example(1, turns=[Turn(role="user", tool_call_id="x"), Turn(role="wizard")])
    result = written(tmp_path, Target(name="openai-chat"), broken, example(2))
    assert len(lines(tmp_path / "staged/openai-chat/train.jsonl")) == 1
    assert {(f.code, f.severity, str(f.place)) for f in result.findings} == {
        ("S001", "error", "t.jsonl:2")
    }
    assert all("(openai-chat)" in f.message for f in result.findings)
    assert {f.place.path.split(".")[0] for f in result.findings} == {"messages[0]", "messages[1]"}
    assert [(d.unit, d.reason, str(d.place)) for d in result.drops] == [
        ("example", "S001", "t.jsonl:2")
    ]
    assert result.rows == 1


@pytest.mark.parametrize(
    ("target", "shape"),
    [
        ("prompt-completion", "chunk"),
        ("openai-chat", "chunk"),
        ("openai-chat", "plain"),
        ("openai-chat", "denoising"),
    ],
)
def test_a_shape_that_is_not_for_a_target_is_dropped_with_a_reason(
    tmp_path: Path, target: str, shape: str
) -> None:
    result = written(tmp_path, Target(name=target), example(1, shape=shape), example(2))
    assert [(d.reason, d.detail) for d in result.drops] == [
        ("not-for-this-target", f"a {shape} example")
    ]
    assert (result.rows, result.findings) == (1, [])


def test_a_plain_text_is_a_completion_without_a_prompt(tmp_path: Path) -> None:
    plain = example(1, shape="plain", input="", output="The text.")
    written(tmp_path, Target(name="prompt-completion"), plain)
    assert lines(tmp_path / "staged/prompt-completion/train.jsonl") == [
        {"prompt": "", "completion": "The text."}
    ]


def test_a_target_of_the_users_own_needs_no_code(tmp_path: Path) -> None:
    fields = {
        "question": "{{ input }}",
        "tags": "{{ data.tags }}",
        "meta": {"n": "{{ data.n }}"},
    }
    target = own_target(tmp_path, QA, fields, '{"question": "x", "tags": []}\n')
    result = written(tmp_path, target, example(1, data='{"tags":["a","b"],"n":3}'))
    assert lines(tmp_path / "staged/qa/train.jsonl") == [
        {"question": "question 1", "tags": ["a", "b"], "meta": {"n": 3}}
    ]
    assert result.entry == {"splits": {"train": 1}}


def test_a_row_that_breaks_the_users_schema_is_a_finding_and_a_drop(tmp_path: Path) -> None:
    target = own_target(tmp_path, QA, {"question": "{{ input }}", "tags": ["{{ data.n }}"]})
    result = written(tmp_path, target, example(1, data='{"n":3}'), example(2, data='{"n":"a"}'))
    (finding,) = result.findings
    assert finding.code == "S001"
    assert finding.message == (f"tags[0] is a number, not string ({tmp_path}/qa.schema.json)")
    assert [d.reason for d in result.drops] == ["S001"]
    assert lines(tmp_path / "staged/qa/train.jsonl") == [{"question": "question 2", "tags": ["a"]}]


def test_a_template_that_does_not_fit_an_example_names_its_place(tmp_path: Path) -> None:
    target = own_target(tmp_path, QA, {"question": "{{ data.q }}", "tags": []})
    with pytest.raises(UsageError) as caught:
        written(tmp_path, target, example(6, data='{"q":"ok"}'), example(7))
    assert str(caught.value).startswith("t.jsonl:8: qa.question: data.q is undefined.")


def test_nothing_to_write_is_no_file(tmp_path: Path) -> None:
    result = written(tmp_path, Target(name="openai-chat"))
    assert not list((tmp_path / "staged").rglob("*.jsonl"))
    assert (result.rows, result.entry) == (0, {"splits": {}})
