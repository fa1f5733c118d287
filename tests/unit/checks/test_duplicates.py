"""Copies, conflicts and leaks."""

import random
from typing import Any

import pytest

from dataprep.checks import Context, Duplicates, Selection, check_splits
from dataprep.example import Batch, Example, Turn
from dataprep.finding import Finding, Place
from tests.unit.checks.rows import assistant, chat, check, pair, records, user


def shown(findings: list[Finding]) -> list[tuple[str, int | None, str]]:
    return [(f.code, f.place.line, f.message) for f in findings]


def example(id_: str, input_: str, output: str, **more: Any) -> Example:
    return Example(id=id_, file="e.json", shape="generation", input=input_, output=output, **more)


def of(*examples: Example) -> list[Finding]:
    duplicates = Duplicates()
    duplicates.add_examples(Batch.of(examples))
    return list(duplicates.findings())


def test_each_copy_is_found_and_points_to_the_first() -> None:
    rows = [pair("a", "1"), pair("b", "2"), pair("a", "1"), pair("a", "1")]
    assert shown(check(*rows)) == [
        ("D001", 3, "is the same as line 1"),
        ("D001", 4, "is the same as line 1"),
    ]


def test_each_other_answer_is_found_once() -> None:
    rows = [pair("a", "1"), pair("a", "2"), pair("b", "1"), pair("a", "2"), pair("a", "3")]
    assert shown(check(*rows)) == [
        ("D001", 4, "is the same as line 2"),
        ("D002", 2, "gives another answer than line 1; 3 answers in all"),
        ("D002", 5, "gives another answer than line 1; 3 answers in all"),
    ]


def test_empty_prompts_conflict_with_nothing() -> None:
    context = Context(selection=Selection(["D"]))
    assert check(pair("", "1"), pair(" ", "2"), context=context) == []
    assert check(chat(assistant("1")), chat(assistant("2")), context=context) == []


def test_prompt_and_answer_do_not_run_together() -> None:
    assert check(pair("ab", "c"), pair("a", "bc")) == []


def test_conversations_are_compared_up_to_the_last_answer() -> None:
    asked = [user("Hi"), assistant("Hello"), user("How are you?")]
    rows = [chat(*asked, assistant("Fine.")), chat(*asked, assistant("Bad."))]
    assert shown(check(*rows)) == [("D002", 2, "gives another answer than line 1")]
    assert check(chat(*asked, assistant("Fine.")), chat(*asked[2:], assistant("Bad."))) == []


def test_the_order_of_keys_and_the_weight_make_no_difference() -> None:
    turned = {"content": "Hello", "role": "assistant", "weight": 1}
    rows = [chat(user("Hi"), assistant("Hello")), chat({"content": "Hi", "role": "user"}, turned)]
    assert shown(check(*rows)) == [("D001", 2, "is the same as line 1")]


def test_other_tools_make_another_prompt() -> None:
    tools = [{"type": "function", "function": {"name": "rain"}}]
    rows = [chat(user("Hi"), assistant("a")), chat(user("Hi"), assistant("b"), tools=tools)]
    assert check(*rows) == []


def test_a_prompt_in_two_files_is_a_leak_at_the_later_file() -> None:
    train = records([pair("a", "1"), pair("b", "2"), pair("a", "1")], "train.jsonl")
    later = records([pair("c", "3"), pair("b", "9")], "validation.jsonl")
    found = list(check_splits({"train.jsonl": train, "validation.jsonl": later}))
    assert [(f.code, str(f.place), f.message) for f in found] == [
        ("D001", "train.jsonl:3", "is the same as line 1"),
        ("D003", "validation.jsonl:2", "its prompt stands in train.jsonl:2 too"),
    ]


def test_examples_of_a_run_carry_their_id_and_task() -> None:
    found = of(
        example("00000000000000aa", "a", "1", task="7"),
        example("ffffffffffffffff", "a", "1", task="9"),
    )
    assert [(f.code, f.example, str(f.place), f.message) for f in found] == [
        ("D001", "ffffffffffffffff", "e.json task 9", "is the same as task 7")
    ]


def test_examples_are_compared_within_their_split_and_leaks_between() -> None:
    found = of(
        example("0a", "a", "1", line=1, split="train"),
        example("0b", "a", "2", line=2, split="test"),
        example("0c", "b", "3", line=3, split="test"),
    )
    assert [(f.code, f.place.line, f.message) for f in found] == [
        ("D003", 2, "its prompt stands in train (line 1) too")
    ]


def test_examples_without_a_hexadecimal_id_or_a_line_are_compared_too() -> None:
    found = of(example("one", "a", "1"), example("two", "a", "1"))
    assert [(f.code, f.example, f.message) for f in found] == [
        ("D001", "", "is the same as an earlier one")
    ]


def test_dialogues_are_compared_by_their_turns_and_by_their_system_message() -> None:
    talk = (Turn(role="user", content="x"), Turn(role="assistant", content="y"))
    last = (Turn(role="user", content="a"), Turn(role="assistant", content="1"))
    found = of(
        example("01", "a", "1", turns=(*talk, *last)),
        example("02", "a", "2", turns=last),
        example("03", "b", "3", system="Be brief."),
        example("04", "b", "4", system="Be long."),
        example("05", "b", "5", system="Be long."),
    )
    assert [(f.code, f.example, f.message) for f in found] == [
        ("D002", "0000000000000005", "gives another answer than an earlier one")
    ]


def test_nothing_seen_is_nothing_found() -> None:
    assert list(Duplicates().findings()) == []


@pytest.mark.parametrize("seed", [0, 1])
def test_many_rows_are_found_as_a_plain_dictionary_finds_them(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    rows = [(dice.randrange(40_000), dice.randrange(3)) for _ in range(70_000)]
    duplicates = Duplicates()
    for line, (prompt, answer) in enumerate(rows, 1):
        duplicates.add(str(prompt).encode(), str(answer).encode(), place=Place(file="t", line=line))
    found: dict[str, set[int | None]] = {"D001": set(), "D002": set()}
    for finding in duplicates.findings():
        found[finding.code].add(finding.place.line)
    seen: set[tuple[int, int]] = set()
    first: dict[int, int] = {}
    expected: dict[str, set[int]] = {"D001": set(), "D002": set()}
    for line, (prompt, answer) in enumerate(rows, 1):
        if (prompt, answer) in seen:
            expected["D001"].add(line)
        elif first.setdefault(prompt, answer) != answer:
            expected["D002"].add(line)
        seen.add((prompt, answer))
    assert found == expected


def test_what_is_kept_of_a_row_is_at_most_64_bytes() -> None:
    duplicates = Duplicates()
    duplicates.add_examples(
        Batch.of([example(f"{n:016x}", str(n), "x" * 500, task=str(n)) for n in range(20_000)])
    )
    for n in range(80_000):
        duplicates.add(str(n).encode(), b"a", place=Place(file="t", line=n + 1))
    frames = duplicates._frames
    rows = sum(frame.height for frame in frames)
    assert rows >= 65_536
    assert sum(frame.estimated_size() for frame in frames) / rows <= 64
