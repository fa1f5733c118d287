"""Other spellings of a chat, made into OpenAI's: each by the rule whose safe fix it is.

A spelling changes a row in place and names every place that it changed. Nothing that is learned
changes by any of them, and no message moves, so that a place stays a place. The forms that they
read: Arrow's nulls, transformers' and TRL's arguments as objects and calls without ids (TRL,
docs/dataset_formats, 2026-11), Mistral's weights, the functions of 2023.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dataprep import jsonio
from dataprep.example import Message
from dataprep.finding import Fault, excerpt
from dataprep.formats.called_in_text import calls_from_text
from dataprep.formats.calls import ARGUMENTS, CALLING, as_string, calls_said
from dataprep.formats.cell_messages import messages_as_list
from dataprep.formats.format import Row, Unreadable, objects_of
from dataprep.formats.literals import from_cell
from dataprep.formats.loss_marks import WEIGHT, learned, marks_of
from dataprep.formats.open_end import closed_end

Spelling = Callable[[Row], Iterator[Fault]]

ROLES = {
    **dict.fromkeys(("user", "human", "prompter"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "bing", "bard", "model", "bot"), "assistant"),
    **dict.fromkeys(("chatbot", "ai", "output"), "assistant"),
    **dict.fromkeys(("tool", "observation", "tool_response", "function_response"), "tool"),
    **dict.fromkeys(("function_call", "tool_call"), "assistant"),
    "input": "user",
    "system": "system",
    "developer": "developer",
    "function": "function",
}
"""Who speaks, as trainers and exports call them, in OpenAI's words (lower case is compared)."""

REASONING = ("reasoning", "reasoning_content", "thinking")
"""Keys of a message under which vendors keep what the model thought before it answered."""

DECLARED = ("tools", "functions")
"""The keys beside messages that say what may be called."""

_ALWAYS = ("system", "developer", "user", "assistant", "tool", "function")


def messages_of(row: Row) -> list[tuple[int, Message]]:
    """The messages of a row that are objects, with their indices."""
    return objects_of(row.get("messages"))


def no_nulls(row: Row) -> Iterator[Fault]:
    """C016: keys that hold null, or an empty list, where they should be absent."""
    for key in [k for k in (*DECLARED, "parallel_tool_calls") if k in row and _is_nothing(row[k])]:
        del row[key]
        yield Fault("C016", key, f"{key} holds nothing")
    for index, message in messages_of(row):
        empty = [key for key, value in message.items() if _is_nothing(value)]
        for key in (key for key in empty if key not in ("content", "role")):
            del message[key]
            path = f"messages[{index}].{excerpt(key)}"
            yield Fault("C016", path, f"{path} holds nothing")
        if isinstance(parts := message.get("content"), list) and _have_nulls(parts):
            message["content"] = [_without_nulls(part) for part in parts]
            path = f"messages[{index}].content"
            yield Fault("C016", path, f"{path} has parts with keys that hold nothing")


def _have_nulls(parts: Sequence[Any]) -> bool:
    return any(isinstance(part, dict) and None in part.values() for part in parts)


def _without_nulls(part: Any) -> Any:
    return {k: v for k, v in part.items() if v is not None} if isinstance(part, dict) else part


def _is_nothing(value: Any) -> bool:
    return value is None or value in ([], "")


def tools_as_list(row: Row) -> Iterator[Fault]:
    """C118: tools as a string that holds their JSON, or without the wrapper that names a type."""
    for key in DECLARED:
        value = row.get(key)
        if isinstance(value, str) and isinstance(tools := from_cell(value), list):
            row[key] = tools
            yield Fault("C118", key, f"{key} is a string that holds the list")
            if not tools:
                del row[key]
    tools = row.get("tools")
    if isinstance(tools, list) and any(_is_bare(tool) for tool in tools):
        wrapped = [{"type": "function", "function": t} if _is_bare(t) else t for t in tools]
        row["tools"] = wrapped
        yield Fault("C118", "tools", "tools holds functions without {type, function} around them")


def _is_bare(tool: Any) -> bool:
    return isinstance(tool, dict) and isinstance(tool.get("name"), str) and "function" not in tool


def known_roles(row: Row) -> Iterator[Fault]:
    """C017: a role by the name that another format has for it."""
    for index, message in messages_of(row):
        role = message.get("role")
        if isinstance(role, str) and role not in _ALWAYS and (known := ROLES.get(role.lower())):
            if role.lower() in CALLING and not _calls(message):
                continue
            message["role"] = known
            path = f"messages[{index}].role"
            yield Fault("C017", path, f"{path} is {excerpt(role)!r}, which is {known} here")


def _calls(message: Message) -> bool:
    """Let a message call what its text says; whether it says a call."""
    try:
        calls = calls_said(message.get("content"), "")
    except Unreadable:
        return False
    if calls:
        message["tool_calls"] = calls
        del message["content"]
    return bool(calls)


def system_for_developer(row: Row) -> Iterator[Fault]:
    """C008: only reinforcement fine-tuning takes what a developer says."""
    for index, message in messages_of(row):
        if message.get("role") == "developer":
            message["role"] = "system"
            yield Fault("C008", f"messages[{index}].role", f"messages[{index}] is the developer's")


def arguments_as_string(row: Row) -> Iterator[Fault]:
    """C103: arguments as the object that OpenAI wants as its JSON in a string."""
    for index, message in messages_of(row):
        for path, function in _functions(message, f"messages[{index}]"):
            given = [key for key in ARGUMENTS if key in function]
            if len(given) == 1 and given != ["arguments"]:
                function["arguments"] = as_string(function.pop(given[0]))
                yield Fault("C103", f"{path}.{given[0]}", f"{path} has {given[0]} for arguments")
            if isinstance(function.get("arguments"), dict):
                arguments = json.dumps(function["arguments"], ensure_ascii=False)
                function["arguments"] = arguments
                yield Fault("C103", f"{path}.arguments", f"{path}.arguments is an object")


def _functions(message: Message, at: str) -> Iterator[tuple[str, Row]]:
    calls = message.get("tool_calls")
    for number, call in enumerate(calls if isinstance(calls, list) else ()):
        if isinstance(call, dict) and isinstance(call.get("function"), dict):
            yield f"{at}.tool_calls[{number}].function", call["function"]
    if isinstance(called := message.get("function_call"), dict):
        yield f"{at}.function_call", called


def call_ids(row: Row) -> Iterator[Fault]:
    """C119 and C113: ids for calls that have none, and for the results that follow them.

    An id is nine letters and digits, as Mistral wants it.
    """
    made = 0
    waiting: list[tuple[str, str]] = []
    for index, message in messages_of(row):
        at = f"messages[{index}]"
        if message.get("role") == "tool":
            yield from _result_id(message, at, waiting)
            continue
        calls = message.get("tool_calls")
        waiting = []
        for number, call in enumerate(calls if isinstance(calls, list) else ()):
            if not isinstance(call, dict):
                continue
            if _is_bare(call):  # Hermes, Mistral, Llama: no wrapper
                inner = ("name", *ARGUMENTS)
                call["function"] = {k: call.pop(k) for k in inner if k in call}
            lacks = [key for key in ("id", "type") if not isinstance(call.get(key), str)]
            if lacks:
                call.setdefault("type", "function")
                if "id" in lacks:
                    made += 1
                    call["id"] = f"call{made:05}"
                path = f"{at}.tool_calls[{number}]"
                yield Fault("C119", path, f"{path} has no {' and no '.join(lacks)}")
            name = call["function"].get("name") if isinstance(call.get("function"), dict) else None
            waiting.append((str(call.get("id")), str(name)))


def _result_id(message: Message, at: str, waiting: list[tuple[str, str]]) -> Iterator[Fault]:
    """The id of a result: of the first waiting call of its name, else of the first."""
    answered = message.get("tool_call_id")
    if isinstance(answered, str):
        waiting[:] = [call for call in waiting if call[0] != answered]
        return
    if not waiting:
        return
    called = [call for call in waiting if call[1] == message.get("name")]
    chosen = (called or waiting)[0]
    waiting.remove(chosen)
    message["tool_call_id"] = chosen[0]
    yield Fault("C113", at, f"{at} does not say which call it answers")


def results_without_names(row: Row) -> Iterator[Fault]:
    """C120: the name of a function in the result of its call, which the id says already.

    Another name than that of the call stays: it says something else.
    """
    names: dict[str, Any] = {}
    for index, message in messages_of(row):
        for _, call in objects_of(message.get("tool_calls")):
            function = call.get("function")
            names[str(call.get("id"))] = function.get("name") if isinstance(function, dict) else ""
        answered = message.get("tool_call_id")
        named = message.get("role") == "tool" and "name" in message and isinstance(answered, str)
        if named and names.get(str(answered)) == message["name"]:
            del message["name"]
            path = f"messages[{index}].name"
            yield Fault("C120", path, f"messages[{index}] names the function that it answers")


def tools_for_functions(row: Row) -> Iterator[Fault]:
    """C111: the functions of 2023 as the tools that replaced them."""
    if "tools" in row or not _uses_functions(row):
        return
    if isinstance(row.get("functions"), list):
        functions = row.pop("functions")
        row["tools"] = [{"type": "function", "function": function} for function in functions]
        yield Fault("C111", "functions", "the row declares functions, not tools")
    made, name = 0, None
    for index, message in messages_of(row):
        if isinstance(called := message.get("function_call"), dict) and "tool_calls" not in message:
            made, name = made + 1, called.get("name")
            del message["function_call"]
            call = {"id": f"call{made:05}", "type": "function", "function": called}
            message["tool_calls"] = [call]
            path = f"messages[{index}].function_call"
            yield Fault("C111", path, f"messages[{index}] has a function_call, not tool_calls")
        elif message.get("role") == "function" and made:
            message["role"], message["tool_call_id"] = "tool", f"call{made:05}"
            if message.get("name") == name:
                message.pop("name", None)
            if message.get("content") is None:
                message["content"] = ""


def _uses_functions(row: Row) -> bool:
    """Whether every result of a function follows a call of it, so that an id can tie the two."""
    called = "functions" in row
    waiting = False
    for _, message in messages_of(row):
        if message.get("role") == "function":
            if not waiting:
                return False
            waiting = False
        elif isinstance(message.get("function_call"), dict):
            called = waiting = True
        else:
            waiting = False
    return called


def results_as_text(row: Row) -> Iterator[Fault]:
    """C112: a tool's result as a list of text parts, where it must be one string."""
    for index, message in messages_of(row):
        content = message.get("content")
        if message.get("role") != "tool" or not isinstance(content, list) or not content:
            continue
        if all(_is_text(part) for part in content):
            message["content"] = "".join(part["text"] for part in content)
            path = f"messages[{index}].content"
            yield Fault("C112", path, f"{path} is a list of parts")


def _is_text(part: Any) -> bool:
    return (
        isinstance(part, dict)
        and part.keys() == {"type", "text"}
        and part["type"] == "text"
        and isinstance(part["text"], str)
    )


def integer_weights(row: Row) -> Iterator[Fault]:
    """C010: a weight of 1.0, true or "1" says 1, and so do other marks of an answer (loss: true).

    0.5 says nothing that could be kept.
    """
    for index, message in messages_of(row):
        for mark in (mark for mark in marks_of(message) if mark != WEIGHT):
            says = learned(mark, message.pop(mark))
            path = f"messages[{index}].{excerpt(mark)}"
            yield Fault("C010", path, f"{path} says what a weight says elsewhere")
            if ROLES.get(str(message.get("role")).lower()) == "assistant" and not says:
                message[WEIGHT] = 0
        weight = message.get(WEIGHT)
        says = learned(WEIGHT, weight)
        if says is not None and type(weight) is not int:
            message[WEIGHT] = int(says)
            path = f"messages[{index}].weight"
            yield Fault("C010", path, f"the weight is written {excerpt(json.dumps(weight))}")


def weights_of_answers(row: Row) -> Iterator[Fault]:
    """C011: a weight says whether an answer is learned; a message of another has none."""
    for index, message in messages_of(row):
        role = message.get("role")
        if "weight" in message and isinstance(role, str) and role != "assistant":
            del message["weight"]
            path = f"messages[{index}].weight"
            yield Fault("C011", path, f"messages[{index}] is the {role}'s, and has a weight")


CHAT: dict[str, Spelling] = {
    "messages-as-list": messages_as_list,
    "drop-null-keys": no_nulls,
    "name-roles": known_roles,
    "tools-as-list": tools_as_list,
    "functions-as-tools": tools_for_functions,
    "calls-from-text": calls_from_text,
    "call-ids": call_ids,
    "drop-result-name": results_without_names,
    "arguments-as-string": arguments_as_string,
    "text-parts-as-string": results_as_text,
    "integer-weight": integer_weights,
    "drop-weight-of-others": weights_of_answers,
    "developer-as-system": system_for_developer,
    "drop-trailing-turns": closed_end,
}
"""By the name of the fix, in the order in which they are made."""


def spelled(row: Row, spellings: dict[str, Spelling]) -> tuple[Row, list[Fault]]:
    """A copy of the row with all these spellings, and what was mended; the row itself if none."""
    mended: Row = jsonio.copied(row)
    faults = [fault for spelling in spellings.values() for fault in spelling(mended)]
    return (mended, faults) if faults else (row, [])
