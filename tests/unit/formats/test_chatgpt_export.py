"""ChatGPT's export: what its nodes hold beside the texts, and answers that are no whole ones."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.formats import RowRead, RowReader
from tests.unit.formats.rows import example

Row = dict[str, Any]


def export(answer: Row, **node: Any) -> Row:
    """A conversation of one question and its answer, which has these keys too."""
    said = {"content_type": "text", "parts": ["Where is Quito?"]}
    asked = {"author": {"role": "user"}, "content": said}
    told = {"content_type": "text", "parts": ["In Ecuador."]}
    answered = {"author": {"role": "assistant"}, "content": told, **answer}
    return {
        "current_node": "b",
        "mapping": {
            "a": {"id": "a", "parent": None, "children": ["b"], "message": asked},
            "b": {"id": "b", "parent": "a", "children": [], "message": answered, **node},
        },
    }


def read(row: Row) -> RowRead:
    return RowReader([row]).read(row)


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"status": "in_progress"}, "status"),
        ({"status": "finished_partial_completion"}, "status"),
        ({"finish_reason": "length"}, "finish_reason"),
        ({"metadata": {"finish_details": {"type": "max_tokens"}}}, "metadata.finish_details.type"),
        ({"metadata": {"finish_details": {"type": "interrupted"}}}, "metadata.finish_details.type"),
        ({"metadata": {"is_complete": False}}, "metadata.is_complete"),
    ],
)
def test_an_answer_that_was_cut_off_or_interrupted_is_refused(answer: Row, path: str) -> None:
    (fault,) = read(export(answer)).faults
    assert (fault.code, fault.path) == ("C001", f"mapping.b.message.{path}")


def test_what_the_export_says_of_every_message_is_structure() -> None:
    usual = {
        "id": "b",
        "create_time": 1.5,
        "status": "finished_successfully",
        "end_turn": True,
        "weight": 1.0,
        "recipient": "all",
        "channel": "final",
    }
    found = read(export(usual))
    assert found.faults == []
    assert found.keys == {"mapping": "messages", "current_node": "messages"}


def test_the_metadata_of_the_export_is_carried_along_as_one_and_judges_nothing() -> None:
    metadata = {
        "model_slug": "m",
        "finish_details": {"type": "stop"},
        "skip_reasoning_title": "It was skipped",
    }
    made = example(export({"metadata": metadata}))
    assert made.shape == "messages"
    assert '"mapping[].message.metadata":[null,{' in made.meta


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"rating": "thumbs_down"}, "mapping[].message.rating"),
        ({"metadata": {"approved": False}}, "mapping[].message.metadata.approved"),
        ({"author": {"role": "assistant", "approved": False}}, "mapping[].message.author.approved"),
    ],
)
def test_a_verdict_in_a_node_is_on_its_answer(answer: Row, path: str) -> None:
    row = export(answer)
    assert read(row).keys[path] == "verdict"
    assert example(row).shape == "disapproved"


def test_a_verdict_beside_a_message_is_on_its_answer() -> None:
    assert example(export({}, approved=False)).shape == "disapproved"


def test_a_verdict_on_a_question_is_none_on_the_answer() -> None:
    row = export({})
    row["mapping"]["a"]["message"]["rating"] = "thumbs_down"
    assert read(row).keys["mapping[].message.rating"] == "carried along"
    assert example(row).shape == "messages"


def test_what_the_export_says_of_a_conversation_is_metadata() -> None:
    first = {**export({}), "is_archived": True, "safe_urls": ["https://a.example"]}
    second = {**export({}), "is_archived": False, "safe_urls": []}
    found = [RowReader([first, second]).read(row) for row in (first, second)]
    assert [one.faults for one in found] == [[], []]
    assert found[0].keys["safe_urls"] == "carried along"


def test_another_branch_that_holds_more_than_its_place_is_named() -> None:
    row = export({})
    row["mapping"]["c"] = {"id": "c", "parent": "a", "children": [], "message": None, "note": "x"}
    assert read(row).keys["mapping[] (another branch)"] == "left out"
