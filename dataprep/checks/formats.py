"""The formats of fine-tuning files: how each is recognised, read, and divided into its halves.

A new one needs a row in FORMATS and a schema of its name in schemas/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dataprep import jsonio
from dataprep.checks.context import Context, Fault, Format, Row
from dataprep.checks.per_file.lengths import length_faults
from dataprep.checks.per_row.chat import chat_faults as turn_faults
from dataprep.checks.per_row.chat import pair_faults
from dataprep.checks.per_row.images import picture_faults
from dataprep.checks.per_row.preference import preference_faults, trl_preference_faults
from dataprep.checks.per_row.reinforcement import reinforcement_faults
from dataprep.checks.per_row.tools import tool_faults

Texts = Iterator[tuple[str, str]]

TURN = "\x1e"
"""Stands between the turns of a conversation that is told as one text: ASCII's record separator."""

SHAREGPT_ROLES = {
    "human": "user",
    "user": "user",
    "observation": "user",
    "tool": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "function_call": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "model": "assistant",
    "system": "system",
}
"""Who speaks in ShareGPT files, in the words of a chat (LLaMA-Factory's data/README)."""


def _rows(*judges: Callable[[Row], Iterator[Fault]]) -> Callable[[Row, Context], Iterator[Fault]]:
    """What several judges of one row find, and whether it is too long."""

    def faults(row: Row, context: Context) -> Iterator[Fault]:
        for judge in judges:
            yield from judge(row)
        yield from length_faults(row, context)

    return faults


def _last_answer(row: Row) -> int:
    """The index of the last assistant message, or -1."""
    messages = row["messages"]
    for index in range(len(messages) - 1, -1, -1):
        if messages[index]["role"] == "assistant":
            return index
    return -1


def _chat_answer(row: Row) -> str | None:
    at = _last_answer(row)
    content = row["messages"][at].get("content") if at >= 0 else None
    return content if isinstance(content, str) else None


def _chat_halves(row: Row) -> tuple[bytes, bytes] | None:
    """All before the last answer, and the answer: as text where it is text alone."""
    at = _last_answer(row)
    if at < 0:
        return None
    before = row["messages"][:at]
    answer = {key: value for key, value in row["messages"][at].items() if key != "weight"}
    if not row.get("tools") and all(map(_is_plain, (*before, answer))):
        turns = [turn for m in before for turn in (m["role"], m["content"])]
        return TURN.join(turns).encode(), answer["content"].encode()
    asked = jsonio.canonical([before, row.get("tools")]) if before else b""
    return asked, jsonio.canonical(answer)


def _is_plain(message: Row) -> bool:
    content = message.get("content")
    return len(message) == 2 and isinstance(content, str) and TURN not in content


def _messages_texts(path: str, messages: list[Row]) -> Texts:
    for index, message in enumerate(messages):
        at = f"{path}[{index}]"
        content = message.get("content")
        if isinstance(content, str):
            yield f"{at}.content", content
        else:
            for number, part in enumerate(content or ()):
                if "text" in part:
                    yield f"{at}.content[{number}].text", part["text"]
        if isinstance(refusal := message.get("refusal"), str):
            yield f"{at}.refusal", refusal
        for number, call in enumerate(message.get("tool_calls") or ()):
            arguments = call["function"]["arguments"]
            yield f"{at}.tool_calls[{number}].function.arguments", arguments


def _chat_texts(row: Row) -> Texts:
    return _messages_texts("messages", row["messages"])


def _fields(*names: str) -> Callable[[Row], Texts]:
    """The texts of rows whose texts stand in top-level keys."""

    def texts(row: Row) -> Texts:
        return ((name, row[name]) for name in names if isinstance(row.get(name), str))

    return texts


def _pair_halves(row: Row) -> tuple[bytes, bytes]:
    return row["prompt"].strip().encode(), row["completion"].strip().encode()


def _preference_texts(row: Row) -> Texts:
    yield from _messages_texts("input.messages", row["input"]["messages"])
    yield from _messages_texts("preferred_output", row["preferred_output"])
    yield from _messages_texts("non_preferred_output", row["non_preferred_output"])


def _preference_halves(row: Row) -> tuple[bytes, bytes]:
    both = [row["preferred_output"], row["non_preferred_output"]]
    return jsonio.canonical(row["input"]), jsonio.canonical(both)


def _trl_texts(row: Row) -> Texts:
    for name in ("prompt", "chosen", "rejected"):
        value = row.get(name)
        if isinstance(value, str):
            yield name, value
        elif value:
            yield from _messages_texts(name, value)


def _trl_halves(row: Row) -> tuple[bytes, bytes]:
    asked = jsonio.canonical(row["prompt"]) if row.get("prompt") else b""
    return asked, jsonio.canonical([row["chosen"], row["rejected"]])


def _alpaca_as_pair(row: Row) -> Row:
    prompt = "\n".join(filter(None, (row["instruction"], row.get("input"))))
    return {"prompt": prompt, "completion": row["output"]}


def _alpaca_faults(row: Row) -> Iterator[Fault]:
    names = {"prompt": "instruction", "completion": "output"}
    for code, path, message in pair_faults(_alpaca_as_pair(row)):
        yield Fault(code, names[path], message.replace(path, names[path], 1))


def _sharegpt_as_chat(row: Row) -> Row:
    said = row["conversations"]
    talk = [{"role": SHAREGPT_ROLES[turn["from"]], "content": turn["value"]} for turn in said]
    return {"messages": talk}


def _sharegpt_faults(row: Row) -> Iterator[Fault]:
    for code, path, message in turn_faults(_sharegpt_as_chat(row)):
        yield Fault(code, _of_sharegpt(path), _of_sharegpt(message))


def _of_sharegpt(words: str) -> str:
    return words.replace("messages", "conversations").replace("].content", "].value")


def _sharegpt_texts(row: Row) -> Texts:
    for index, turn in enumerate(row["conversations"]):
        yield f"conversations[{index}].value", turn["value"]


def _text_faults(row: Row) -> Iterator[Fault]:
    if not row["text"].strip():
        yield Fault("C003", "text", "text is empty")


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
        faults=_rows(preference_faults),
        answer=lambda _: None,
        halves=_preference_halves,
        texts=_preference_texts,
    ),
    Format(
        name="trl-preference",
        telling=("chosen", "rejected"),
        faults=_rows(trl_preference_faults),
        answer=_text_of("chosen"),
        halves=_trl_halves,
        texts=_trl_texts,
    ),
    Format(
        name="openai-chat",
        telling=("messages",),
        faults=_rows(turn_faults, tool_faults, picture_faults),
        answer=_chat_answer,
        halves=_chat_halves,
        texts=_chat_texts,
    ),
    Format(
        name="reinforcement",
        telling=(),
        faults=_rows(reinforcement_faults),
        answer=lambda _: None,
        halves=lambda row: (jsonio.canonical(row["messages"]), jsonio.canonical(row)),
        texts=_chat_texts,
    ),
    Format(
        name="sharegpt",
        telling=("conversations",),
        faults=_rows(_sharegpt_faults),
        answer=lambda row: _chat_answer(_sharegpt_as_chat(row)),
        halves=lambda row: _chat_halves(_sharegpt_as_chat(row)),
        texts=_sharegpt_texts,
    ),
    Format(
        name="alpaca",
        telling=("instruction",),
        faults=_rows(_alpaca_faults),
        answer=_text_of("output"),
        halves=lambda row: _pair_halves(_alpaca_as_pair(row)),
        texts=_fields("instruction", "input", "output", "system"),
    ),
    Format(
        name="prompt-completion",
        telling=("prompt", "completion"),
        faults=_rows(pair_faults),
        answer=_text_of("completion"),
        halves=_pair_halves,
        texts=_fields("prompt", "completion"),
    ),
    Format(
        name="text",
        telling=("text",),
        faults=_rows(_text_faults),
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
