"""The platform's own messages, word for word, and what is made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.rules import CATALOGUE
from trainers.openai import failures
from trainers.openai.failures import SentFile, told, translate

FAILED = "The job failed due to an invalid training file. "

VERBATIM = [
    ("Training file has 7 example(s), but must have at least 10 examples", "U002", ()),
    ("Invalid file format for Fine-Tuning API. Must be .jsonl", "U001", ()),
    (
        "Expected file to have JSONL format, where every line is a JSON dictionary. "
        'Line 1 is not a dictionary (HINT: line starts with: "{"p...").',
        "J005",
        (1,),
    ),
    (
        "Invalid file format. Example 1273 cannot be parsed. Error: line contains invalid json: "
        "Expecting ',' delimiter: line 1 column 79 (char 78) (line 1273)",
        "J001",
        (1273,),
    ),
    (
        FAILED
        + "Unexpected file format, expected either prompt/completion pairs or chat messages.",
        "S003",
        (),
    ),
    (FAILED + "Invalid file format. Example 1 is missing key 'messages'.", "S001", (1,)),
    (FAILED + "Invalid file format. Example 3 is missing key 'input'.", "S001", (3,)),
    (FAILED + 'Invalid file format. Example 1 contains an extra "weight".', "C011", (1,)),
    (FAILED + 'Example 536 contains an extra "tools".', "C009", (536,)),
    (FAILED + "Example 100, message 2 Discriminator 'role' is missing in value", "C007", (100,)),
    (
        'Invalid file format. Line 1, message 3, key "content": Input should be a valid string',
        "S001",
        (1,),
    ),
    (
        "The job failed due to a file format error in the training file. Invalid file format.",
        "S001",
        (),
    ),
    (
        "Input file file-X is in the fine-tune-chat format, but the specified fine-tuning job is "
        "not using 'supervised' as the training method (provided method=dpo).",
        "U014",
        (),
    ),
    (
        "This training file was blocked because too many examples were flagged by our moderation "
        "API for containing content that violates OpenAI's usage policies in the following "
        "categories: hate. Use the free OpenAI Moderation API to identify these examples",
        None,
        (),
    ),
    (
        "This file failed moderation safety checks. Flagged lines: 4, 13, 14, 18, 35",
        None,
        (4, 13, 14, 18, 35),
    ),
    ("Fine-tuning jobs cannot be created on an Explore plan.", None, ()),
    ("Model X is not available for fine-tuning or does not exist.", None, ()),
    ("invalid training_file: foobar", None, ()),
    ("The job failed due to an internal error", None, ()),
    ("You exceeded your quota", None, ()),
]


@pytest.mark.parametrize(("message", "rule", "lines"), VERBATIM)
def test_each_verbatim_message_is_led_to_its_line_and_rule(
    message: str, rule: str | None, lines: tuple[int, ...]
) -> None:
    found = translate(message)
    assert (found.rule, found.lines) == (rule, lines)
    assert bool(found.rule) != bool(found.advice)


def test_every_rule_of_the_table_is_in_the_catalogue() -> None:
    assert {code for _, code in failures._MESSAGES} <= set(CATALOGUE)


def test_every_message_that_a_rule_says_it_prevents_is_translated() -> None:
    ours = {rule.code: rule.provider_message for rule in CATALOGUE.values()}
    for code in ("J001", "J005", "S001", "S003", "C007", "C011", "U001", "U002", "C104", "C302"):
        assert translate(ours[code]).rule == code


def file_with(folder: Path, *lines: str) -> list[SentFile]:
    path = folder / "train.jsonl"
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return [SentFile("train", str(path), "")]


def chat(content: str) -> str:
    messages = [{"role": "user", "content": content}, {"role": "assistant", "content": "yes"}]
    return json.dumps({"messages": messages, "note": "x"})


def test_the_line_is_shown_by_at_most_forty_characters_of_what_it_asks(tmp_path: Path) -> None:
    files = file_with(tmp_path, chat("Is the tea still warm enough to drink, or not?"), chat("b"))
    said = told(FAILED + 'Example 1 contains an extra "note".', files)
    assert f"That is {files[0].path}:1, about 'Is the tea still warm enough to drink, …'." in said
    assert "Rule C009" in said


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('{"prompt": "Who?", "completion": "I."}', "Who?"),
        ('{"input": {"messages": [{"role": "user", "content": "How?"}]}}', "How?"),
        ('{"messages": 1}', '{"messages": 1}'),
        ("[1]", "[1]"),
        ("{", "{"),
    ],
)
def test_a_row_is_known_again_by_what_it_asks(line: str, shown: str) -> None:
    assert failures._asked(line) == shown


@pytest.mark.parametrize(
    "private", ["write to ann.smith@example.org soon", "sk-proj-abcdefghijklmnopqrstuvwx0123456789"]
)
def test_a_line_with_private_text_is_named_and_not_shown(tmp_path: Path, private: str) -> None:
    files = file_with(tmp_path, private + chat(private))
    said = told("Invalid file format. Example 1 is missing key 'messages'.", files)
    assert f"That is {files[0].path}:1." in said
    assert "ann.smith" not in said
    assert "sk-proj" not in said


def test_a_message_about_validation_speaks_of_the_validation_file(tmp_path: Path) -> None:
    files = [
        SentFile("train", "a/train.jsonl", ""),
        SentFile("validation", "a/validation.jsonl", ""),
    ]
    said = told('Example 2 contains an extra "x".', files, "validation_file")
    assert "a/validation.jsonl:2" in said


def test_many_flagged_lines_are_listed(tmp_path: Path) -> None:
    files = file_with(tmp_path, "{}")
    said = told("This file failed moderation safety checks. Flagged lines: 4, 13", files)
    assert f"In {files[0].path}: lines 4, 13." in said
    assert "moderation judged the content" in said


def test_an_unknown_message_is_left_as_it_is() -> None:
    assert told("The moon is full.", []) == ""
