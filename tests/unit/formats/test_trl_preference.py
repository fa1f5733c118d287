"""What stands beside two answers is asked with them: a system, a history, a dialogue in a text."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.checks import Context, RowJudge
from dataprep.formats import RowReader
from dataprep.formats.format import RowRead
from tests.unit.formats.rows import example

Row = dict[str, Any]
ASKED = {"role": "user", "content": "Q"}
LISTS = {
    "chosen": [ASKED, {"role": "assistant", "content": "A"}],
    "rejected": [ASKED, {"role": "assistant", "content": "B"}],
}
TEXTS = {
    "chosen": "\n\nHuman: Q\n\nAssistant: A",
    "rejected": "\n\nHuman: Q\n\nAssistant: B",
}
TOLD = [{"role": "user", "content": "h1"}, {"role": "assistant", "content": "h2"}]
GOOD, BAD = ({"role": "system", "content": f"Be {how}"} for how in ("good", "bad"))


def read(row: Row) -> RowRead:
    return RowReader([row], broken=RowJudge(Context()).broken).read(row)


def said(row: Row) -> list[tuple[str, str]]:
    reading = read(row).reading
    assert reading is not None
    assert [m["content"] for m in reading.rejected or ()] == ["B"]
    return [(m["role"], m["content"]) for m in reading.messages]


def below(*before: Row) -> Row:
    """Both lists with messages before the question."""
    return {name: [*before, *messages] for name, messages in LISTS.items()}


QA = [("user", "Q"), ("assistant", "A")]
SYSTEM = ("system", "Be good")


@pytest.mark.parametrize("key", ["system", "system_prompt"])
@pytest.mark.parametrize(
    "rest",
    [
        {"prompt": "Q", **LISTS},
        LISTS,
        TEXTS,
        {"prompt": "\n\nHuman: Q\n\nAssistant:", "chosen": " A", "rejected": " B"},
        {"messages": [ASKED], "chosen": "A", "rejected": "B"},
        {"messages": LISTS["chosen"], "rejected_response": "B"},
    ],
)
def test_a_system_beside_the_answers_is_the_system_message(key: str, rest: Row) -> None:
    row = {key: "Be good", **rest}
    assert said(row) == [SYSTEM, *QA]
    found = read(row)
    assert found.keys[key] == "system"
    assert found.reading
    assert found.reading.places["messages[0]"] == key


def test_the_system_of_a_prompt_stays_where_the_lists_have_none() -> None:
    assert said({"prompt": [GOOD, ASKED], **LISTS}) == [SYSTEM, *QA]


def test_a_system_that_the_lists_hold_is_a_copy() -> None:
    row = {"system": "Be good", "prompt": "Q", **below(GOOD)}
    assert said(row) == [SYSTEM, *QA]
    assert read(row).keys["system"] == "copy of another"


@pytest.mark.parametrize(
    "row",
    [
        {"system": "Be good", "prompt": "Q", **below(BAD)},
        {"system": "Be good", "messages": [BAD, ASKED], "chosen": "A", "rejected": "B"},
        {"system": "Be good", "system_prompt": "Be bad", **LISTS},
    ],
)
def test_another_system_than_that_of_the_lists_is_asked_for(row: Row) -> None:
    (fault,) = read(row).faults
    assert fault.code == "S004"
    assert f"--carry {fault.path}" in fault.remedy
    assert f"--leave-out {fault.path}" in fault.remedy


@pytest.mark.parametrize(
    ("rest", "use"),
    [
        ({"prompt": "Q", **LISTS}, "prompt"),
        (LISTS, "prompt"),
        (TEXTS, "prompt"),
        ({"prompt": "Q", "chosen": "A", "rejected": "B"}, "prompt"),
        ({"messages": LISTS["chosen"], "rejected_response": "B"}, "prompt"),
        ({"prompt": "Q", **below(*TOLD)}, "copy of another"),
        (below(*TOLD), "copy of another"),
    ],
)
def test_a_history_stands_before_the_question_once(rest: Row, use: str) -> None:
    row = {"history": [["h1", "h2"]], **rest}
    assert said(row) == [("user", "h1"), ("assistant", "h2"), *QA]
    assert read(row).keys["history"] == use
    assert said({"system": "Be good", **row})[:2] == [SYSTEM, ("user", "h1")]


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "\n\nHuman: Q\n\nAssistant:", "chosen": " A", "rejected": " B"},
        {"prompt": "\n\nHuman: Q\n\nAssistant:", **TEXTS},
        {"prompt": "Human: Q", "chosen": "\n\nAssistant: A", "rejected": "\n\nAssistant: B"},
        {"prompt": "H: Q\n\nA:", "chosen": " A", "rejected": " B"},
    ],
)
def test_a_prompt_that_is_a_dialogue_is_split_as_dialogues_are(row: Row) -> None:
    assert said(row) == QA


def test_a_prompt_of_several_turns_keeps_them() -> None:
    text = "\n\nHuman: h1\n\nAssistant: h2\n\nHuman: Q\n\nAssistant:"
    row = {"prompt": text, "chosen": "A", "rejected": "B"}
    assert said(row) == [("user", "h1"), ("assistant", "h2"), *QA]


def test_a_prompt_that_only_begins_with_a_letter_stays_as_it_is() -> None:
    row = {"prompt": "H: is it a letter?", "chosen": "A", "rejected": "B"}
    assert said(row)[0] == ("user", "H: is it a letter?")


def test_what_messages_hold_beside_what_is_said_is_carried_along_or_asked_for() -> None:
    better = {"role": "assistant", "content": "A", "score": 5, "train": True}
    row = {"prompt": "Q", "chosen": [better], "rejected": "B"}
    found = read(row)
    assert found.keys["chosen[].score"] == "carried along"
    assert found.reading is not None
    assert found.reading.carried == {"chosen[].score": [5]}
    spans = {"role": "assistant", "content": "A", "train_detail": [{"train": False}]}
    (fault,) = read({"prompt": "Q", "chosen": spans, "rejected": "B"}).faults
    assert (fault.code, fault.path) == ("S004", "chosen[].train_detail")


def test_a_system_alone_is_no_question() -> None:
    lists = {**LISTS, "rejected": [{"role": "user", "content": "R"}, LISTS["rejected"][1]]}
    (fault,) = read({"messages": [GOOD], **lists}).faults
    assert fault.code == "C202"


def test_a_question_that_the_lists_do_not_hold_is_refused() -> None:
    (fault,) = read({"prompt": "Another one", **LISTS}).faults
    assert fault.code == "C207"


def test_tools_beside_the_answers_are_used_and_not_carried_along() -> None:
    made = read({**LISTS, "tools": [{"type": "function", "function": {"name": "f"}}]})
    assert made.reading is not None
    assert made.reading.carried == {}
    assert made.keys["tools"] == "tools"


def test_a_number_beside_two_answers_may_be_an_index_and_is_asked_for() -> None:
    assert [fault.code for fault in read({**LISTS, "label": 0}).faults] == ["S004"]


def test_a_conversation_of_exchanges_beside_the_answers_is_what_is_asked() -> None:
    said = [("user", "Hi"), ("assistant", "Hello"), ("user", "And?")]
    asked = [{"role": role, "content": text} for role, text in said]
    row = {
        "conversation": [{"input": "Hi", "output": "Hello"}, {"input": "And?", "output": None}],
        "chosen": [*asked, {"role": "assistant", "content": "Good"}],
        "rejected": [*asked, {"role": "assistant", "content": "Bad"}],
    }
    made = example(row)
    assert [turn.content for turn in made.turns] == ["Hi", "Hello", "And?", "Good"]
    assert (made.rejected, made.meta) == ("Bad", "{}")
