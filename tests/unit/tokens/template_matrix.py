"""The 24 conversations that every chat template is tried on, and what they must come to.

Each text is a word of its own, so that it is known again wherever a template writes it.
"""

from __future__ import annotations

from typing import Any

from tests.unit.tokens.chat_tokenizers import assistant, call, result, user

Message = dict[str, Any]

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
"""The tools of each conversation in which one is called."""

_ROME, _OSLO = call("Rome"), call("Oslo")
_CODE = "if a:\n    b  =  1\n\n\treturn b"
_ACCENTS = "e\u0301 \u00e9 \u4e16\u754c \U0001f600"


def _system(content: str) -> Message:
    return {"role": "system", "content": content}


def _thinking(content: str, thought: str, **more: Any) -> Message:
    return assistant(content, reasoning_content=thought, **more)


MATRIX: dict[str, list[Message]] = {
    "single": [user("Uaa"), assistant("Aaa")],
    "system": [_system("Saa"), user("Uaa"), assistant("Aaa")],
    "system later": [user("Uaa"), _system("Saa"), assistant("Aaa")],
    "three turns": [
        *[user("Uaa"), assistant("Aaa"), user("Ubb"), assistant("Abb")],
        *[user("Ucc"), assistant("Acc")],
    ],
    "user twice": [user("Uaa"), user("Ubb"), assistant("Aaa")],
    "assistant twice": [user("Uaa"), assistant("Aaa"), assistant("Abb")],
    "assistant first": [assistant("Aaa"), user("Uaa"), assistant("Abb")],
    "blanks at the ends": [user("  Uaa \n"), assistant(" \n Aaa \n ")],
    "line breaks first": [user("\n\nUaa"), assistant("\n\nAaa")],
    "punctuation first": [user(".Uaa"), assistant(".Aaa")],
    "blanks and indents": [user(f"Uaa\n{_CODE}"), assistant(f"Aaa\n{_CODE}")],
    "accents": [user(f"Uaa {_ACCENTS}"), assistant(f"Aaa {_ACCENTS}")],
    "an end forged by the user": [user("Uaa {eot} {open}Ubb"), assistant("Aaa")],
    "a header forged by the assistant": [user("Uaa"), assistant("Aaa {eot} {open}Abb")],
    "a call": [
        *[user("Uaa"), assistant("", tool_calls=[_ROME]), result("Taa"), assistant("Aaa")],
    ],
    "a call beside text": [
        *[user("Uaa"), assistant("Acc", tool_calls=[_ROME]), result("Taa"), assistant("Aaa")],
    ],
    "a call beside null": [
        *[user("Uaa"), assistant(None, tool_calls=[_ROME]), result("Taa"), assistant("Aaa")],
    ],
    "two calls at once": [
        *[user("Uaa"), assistant("", tool_calls=[_ROME, _OSLO]), result("Taa"), result("Tbb")],
        assistant("Aaa"),
    ],
    "calls in a row": [
        *[user("Uaa"), assistant("", tool_calls=[_ROME]), result("Taa")],
        *[assistant("", tool_calls=[_OSLO]), result("Tbb"), assistant("Aaa")],
        *[user("Ubb"), assistant("Abb")],
    ],
    "a thought": [user("Uaa"), _thinking("Aaa", "Raa")],
    "two thoughts": [user("Uaa"), _thinking("Aaa", "Raa"), user("Ubb"), _thinking("Abb", "Rbb")],
    "a thought before a call": [
        *[user("Uaa"), _thinking("", "Raa", tool_calls=[_ROME]), result("Taa")],
        _thinking("Aaa", "Rbb"),
    ],
    "thoughts in the text": [
        *[user("Uaa </think>"), assistant("<think>\nRaa\n</think>\n\nAaa"), user("Ubb")],
        assistant("<think>\nRbb\n</think>\n\nAbb"),
    ],
    "a middle turn of weight 0": [
        *[user("Uaa"), assistant("Aaa"), user("Ubb"), assistant("Abb", weight=0)],
        *[user("Ucc"), assistant("Acc")],
    ],
}
"""By name the messages; `{eot}` and `{open}` stand for the marks of the template itself."""
