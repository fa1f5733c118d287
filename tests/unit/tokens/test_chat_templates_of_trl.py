"""The chat templates that TRL ships: no call, no thought's answer and no end is lost unsaid."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from dataprep.tokens import TemplateError
from tests.unit.tokens.chat_tokenizers import (
    assistant,
    call,
    learned,
    result,
    tokenizer_of,
    user,
)

_FOUND = importlib.util.find_spec("trl")
FOLDERS = (_FOUND.submodule_search_locations if _FOUND else None) or []
TEMPLATES = sorted(
    path
    for folder in FOLDERS
    for path in Path(folder, "chat_templates").glob("*.jinja")
    if not path.stem.endswith("_training")
)
_MARK = re.compile(
    r"<\|[\w-]{1,40}\|>|<[a-z_]+\|>|<\|[a-z_]+>|<(?:start|end)_of_\w+>|<｜[^｜>]+｜>|\[/?[A-Z_]+\]"
)
_PLAIN = ("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>")
TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "DDD",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]
ROME, OSLO = call("Rome"), call("Oslo")
THOUGHT = "<think>\nHm.\n</think>\n\n"
TALKS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "plain": (
        [user("UUU"), assistant("AAA"), user("VVV"), assistant("BBB")],
        ["AAA", "BBB"],
    ),
    "thoughts": (
        [user("UUU"), assistant(f"{THOUGHT}AAA"), user("VVV"), assistant(f"{THOUGHT}BBB")],
        ["AAA", "BBB"],
    ),
    "call": (
        [user("UUU"), assistant("", tool_calls=[ROME]), result("TTT"), assistant("AAA")],
        ["weather", "Rome", "AAA"],
    ),
    "call beside text": (
        [user("UUU"), assistant("CCC", tool_calls=[ROME]), result("TTT"), assistant("AAA")],
        ["CCC", "weather", "Rome", "AAA"],
    ),
    "two calls": (
        [
            *[user("UUU"), assistant("", tool_calls=[ROME, OSLO]), result("TTT"), result("TTT")],
            *[assistant("AAA"), user("VVV"), assistant("BBB")],
        ],
        ["Rome", "Oslo", "AAA", "BBB"],
    ),
    "a call at the end": (
        [user("UUU"), assistant("", tool_calls=[ROME])],
        ["weather", "Rome"],
    ),
}


def learned_of(path: Path, talk: list[dict[str, Any]]) -> str | None:
    """What is learned of a conversation; None where it is refused."""
    template = path.read_text("utf-8")
    tokenizer = tokenizer_of(template, sorted({*_MARK.findall(template)}), _PLAIN)
    tools = TOOLS if any(m.get("tool_calls") for m in talk) else None
    try:
        return "".join(learned(tokenizer, talk, tools))
    except TemplateError:
        return None


@pytest.mark.parametrize("name", TALKS)
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_what_an_assistant_says_is_learned_whole_or_refused(path: Path, name: str) -> None:
    talk, wanted = TALKS[name]
    said = learned_of(path, talk)
    if said is None:
        return
    assert [text for text in wanted if text not in said] == []
    assert [text for text in ("UUU", "VVV", "TTT", "DDD") if text in said] == []
    assert (said.count("AAA"), said.count("BBB")) == ("AAA" in wanted, "BBB" in wanted)


@pytest.mark.skipif(not TEMPLATES, reason="TRL is not installed")
def test_hardly_a_template_refuses_a_plain_conversation_and_most_learn_a_call() -> None:
    assert len(TEMPLATES) > 30
    takes = {
        name: [path.stem for path in TEMPLATES if learned_of(path, TALKS[name][0])]
        for name in ("plain", "call", "call beside text")
    }
    assert len(takes["plain"]) >= len(TEMPLATES) - 3, takes["plain"]
    assert len(takes["call"]) > 20, takes["call"]
    assert len(takes["call beside text"]) > 15, takes["call beside text"]
