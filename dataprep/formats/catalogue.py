"""The formats of fine-tuning files, in the order in which a row is held against them.

A new one needs a row in FORMATS and a schema of its name in schemas/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dataprep import jsonio
from dataprep.formats import alpaca, chat, pair, preference, sharegpt, trl_preference
from dataprep.formats.format import Format, Row, Texts


def _fields(*names: str) -> Callable[[Row], Texts]:
    """The texts of rows whose texts stand in top-level keys."""

    def texts(row: Row) -> Texts:
        return ((name, row[name]) for name in names if isinstance(row.get(name), str))

    return texts


def _text_of(name: str) -> Callable[[Row], str | None]:
    """The answer of rows that hold it as a text under one key."""

    def answer(row: Row) -> Any:
        return row[name] if isinstance(row[name], str) else None

    return answer


FORMATS = (
    Format(
        name="preference",
        telling=(
            *("preferred_output", "non_preferred_output"),
            *("preferred_completion", "non_preferred_completion"),  # see C205
        ),
        answer=lambda _: None,
        halves=preference.halves,
        texts=preference.texts,
    ),
    Format(
        name="trl-preference",
        telling=("chosen", "rejected"),
        answer=_text_of("chosen"),
        halves=trl_preference.halves,
        texts=trl_preference.texts,
    ),
    Format(
        name="openai-chat",
        telling=("messages",),
        answer=chat.answer,
        halves=chat.halves,
        texts=chat.texts,
    ),
    Format(
        name="reinforcement",
        telling=(),
        answer=lambda _: None,
        halves=lambda row: (jsonio.canonical(row["messages"]), jsonio.canonical(row)),
        texts=chat.texts,
    ),
    Format(
        name="sharegpt",
        telling=("conversations",),
        answer=sharegpt.answer,
        halves=sharegpt.halves,
        texts=sharegpt.texts,
    ),
    Format(
        name="alpaca",
        telling=("instruction",),
        answer=_text_of("output"),
        halves=alpaca.halves,
        texts=_fields("instruction", "input", "output", "system"),
    ),
    Format(
        name="prompt-completion",
        telling=("prompt", "completion"),
        answer=_text_of("completion"),
        halves=pair.halves,
        texts=_fields("prompt", "completion"),
    ),
    Format(
        name="text",
        telling=("text",),
        answer=lambda _: None,
        halves=lambda row: (b"", row["text"].strip().encode()),
        texts=_fields("text"),
    ),
)

BY_NAME = {form.name: form for form in FORMATS}
_CHAT, _REINFORCEMENT = BY_NAME["openai-chat"], BY_NAME["reinforcement"]
_CHAT_KEYS = frozenset(("messages", "tools", "parallel_tool_calls", "functions"))


def sniff(row: Any, file: Format | None = None) -> Format | None:
    """The format that the keys of a row speak for; `file` is the one of the rows before it.

    Conversations that end with a question and carry keys of their own are reinforcement items.
    """
    if not isinstance(row, dict):
        return None
    for known in FORMATS:
        if any(key in row for key in known.telling):
            if known is not _CHAT:
                return known
            return _REINFORCEMENT if _is_item(row, file) else _CHAT
    return None


def _is_item(row: Row, file: Format | None) -> bool:
    if file in (_CHAT, _REINFORCEMENT):
        return file is _REINFORCEMENT
    messages = row["messages"]
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and last.get("role") == "user" and not _CHAT_KEYS.issuperset(row)
