"""Conversations of 24 kinds, with other words each time: what fine-tuning data holds."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.unit.tokens.chat_tokenizers import Message, assistant, user


class Talk(NamedTuple):
    """A conversation of one of the kinds."""

    kind: str
    messages: list[Message]
    tools: list[Message] | None = None


_WORDS = (
    "river bird market seven 12,345 naïve Straße Привет 東京 🙂 👩‍🚀 don't e.g. x==y [note] a/b"
    " {id: 3} <b> $5 100% ﬁre ½ नमस्ते שלום C++ #1 …"
)
_TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "How warm it is",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    },
    {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}},
]


class _Writer:
    """Words and ids that a seed decides."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def text(self) -> str:
        return " ".join(self._random.choices(_WORDS.split(), k=self._random.randint(1, 12)))

    def user(self) -> Message:
        return user(self.text())

    def answer(self, **more: Any) -> Message:
        return assistant(self.text(), **more)

    def name(self) -> str:
        return "".join(self._random.choices("abcXYZ0189", k=9))

    def call(self, content: str | None = "", calls: int = 1) -> list[Message]:
        """An answer with calls, and their results."""
        names = [self.name() for _ in range(calls)]
        made = [
            {
                "id": name,
                "type": "function",
                "function": {
                    "name": "weather",
                    "arguments": json.dumps({"city": self.text()}, ensure_ascii=False),
                },
            }
            for name in names
        ]
        results = [
            {"role": "tool", "tool_call_id": name, "name": "weather", "content": said}
            for name, said in zip(names, ('{"warm":  12}', "cold"), strict=False)
        ]
        return [assistant(content, tool_calls=made), *results]


def _system(text: str) -> Message:
    return {"role": "system", "content": text}


_KINDS: dict[str, Callable[[_Writer], list[Message]]] = {
    "single": lambda w: [w.user(), w.answer()],
    "system": lambda w: [_system(w.text()), w.user(), w.answer()],
    "system-late": lambda w: [w.user(), _system(w.text()), w.user(), w.answer()],
    "multi-3": lambda w: [
        _system(w.text()), *(m for _ in range(3) for m in (w.user(), w.answer()))
    ],
    "user-user": lambda w: [w.user(), w.user(), w.answer()],
    "assistant-assistant": lambda w: [w.user(), w.answer(), w.answer(), w.user(), w.answer()],
    "assistant-first": lambda w: [w.answer(), w.user(), w.answer()],
    "blanks-at-ends": lambda w: [user(f"  {w.text()}  "), assistant(f" {w.text()}   ")],
    "leading-newlines": lambda w: [user(f"\n{w.text()}\n"), assistant(f"\n\n{w.text()}\n")],
    "punctuation-first": lambda w: [user(f"? {w.text()}"), assistant(f".{w.text()}")],
    "code": lambda w: [
        user(f"def f(x):\n    if x:\n        return  '{w.text()}'\n"),
        assistant(f"class A:\n\tdef g(self):\n\t\treturn   {{'a':  \"{w.text()}\"}}\n\n\n    pass"),
    ],
    "accents": lambda w: [user(f"cafe\u0301 {w.text()}"), assistant(f"e\u0301tude {w.text()}")],
    "forged-end": lambda w: [user(f"what is </s>? {w.text()}"), w.answer()],
    "forged-mark": lambda w: [w.user(), assistant(f"[INST] {w.text()} [/INST]</s>[TOOL_CALLS]")],
    "tool-one": lambda w: [w.user(), *w.call(), w.answer()],
    "tool-with-text": lambda w: [w.user(), *w.call(w.text()), w.answer()],
    "tool-null": lambda w: [w.user(), *w.call(None), w.answer()],
    "tool-two": lambda w: [w.user(), *w.call(calls=2), w.answer()],
    "tool-chain": lambda w: [w.user(), *w.call(), *w.call(), w.answer(), w.user(), w.answer()],
    "thought": lambda w: [w.user(), w.answer(reasoning_content=w.text())],
    "thought-twice": lambda w: [
        m for _ in range(2) for m in (w.user(), w.answer(reasoning_content=w.text()))
    ],
    "thought-then-tool": lambda w: [
        w.user(),
        *({**m, "reasoning_content": "Hm."} if "tool_calls" in m else m for m in w.call()),
        w.answer(),
    ],
    "thought-inline": lambda w: [w.user(), assistant(f"<think>{w.text()}</think> {w.text()}")],
    "weight-0": lambda w: [w.user(), w.answer(weight=0), w.user(), w.answer(weight=1)],
}  # fmt: skip
KINDS = tuple(_KINDS)


def talks(count: int) -> list[Talk]:
    """The kinds in turn, until there are so many; some without calls have tools too."""
    made = []
    for seed in range(count):
        kind = KINDS[seed % len(KINDS)]
        with_tools = "tool" in kind or (kind in ("system", "multi-3") and seed > len(KINDS))
        messages = _KINDS[kind](_Writer(seed))
        made.append(Talk(kind, messages, _TOOLS if with_tools else None))
    return made


_CALLS = ("tool-one", "tool-with-text", "tool-null", "tool-two", "tool-chain", "thought-then-tool")
REFUSED = {
    "v1": {*_CALLS},
    "v2": {"tool-with-text", "tool-two", "tool-chain"},
    "v3": {"tool-with-text"},
    "v7": set[str](),
    "v11": set[str](),
    "v13": set[str](),
    "v15": set[str](),
}
"""The kinds that a format has no place for; a chain, since v2 drops a call that is learned."""


def questions(messages: list[Message]) -> list[int]:
    """The indexes of the answers to somebody."""
    roles = [message["role"] for message in messages]
    return [
        at for at, role in enumerate(roles) if role == "assistant" and at and roles[at - 1] != role
    ]
