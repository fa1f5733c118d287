"""What single providers demand of a conversation beyond the format: one table, asked by all.

check reports what is demanded, convert drops by it: both by the code of the same rule. Sources:
docs.together.ai (data preparation, function calling), docs.fireworks.ai (supervised and vision
fine-tuning), docs.tokenfactory.nebius.com (dataset formats), Mistral's fine-tuning guide, all seen
2026-11. Rows here keep the schema of the chat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dataprep.example import INSTRUCTING
from dataprep.finding import Fault, excerpt
from dataprep.formats.chat import BESIDE, image_urls
from dataprep.formats.format import Row
from dataprep.patterns import LatePattern

Demand = Callable[[Row], Iterator[Fault]]

_CALL_ID = LatePattern(r"[a-zA-Z0-9]{9}")
_TAKEN_BESIDE = ("tools",)


def demand_faults(row: Row, form_name: str, provider: str) -> Iterator[Fault]:
    """What this provider refuses of a row of a chat or a preference, beyond what all do."""
    demands = DEMANDS.get(provider, ())
    if form_name == "openai-chat":
        for demand in demands:
            yield from demand(row)
    elif form_name == "preference":
        for demand in demands:
            if demand is not _says_something:
                for fault in demand(row["input"]):
                    words = fault.message.replace("messages[", "input.messages[")
                    yield Fault(fault.code, f"input.{fault.path}", words)


def _alternation(row: Row) -> Iterator[Fault]:
    """C013; results of several calls may follow each other."""
    previous = ""
    for index, message in enumerate(row["messages"]):
        role = message["role"]
        if role == previous and role != "tool":
            words = f"messages[{index}] and the one before it have the role {role}"
            yield Fault("C013", f"messages[{index}]", words)
        previous = role


def _opening(row: Row) -> Iterator[Fault]:
    role = row["messages"][0]["role"]
    if role not in (*INSTRUCTING, "user"):
        yield Fault("C014", "messages[0]", f"the first message is of the role {role}")


def _function_role(row: Row) -> Iterator[Fault]:
    for index, message in enumerate(row["messages"]):
        if message["role"] == "function":
            yield Fault("C015", f"messages[{index}].role", f"messages[{index}] is a function's")


def _call_ids(row: Row) -> Iterator[Fault]:
    """C109 and C114."""
    for index, message in enumerate(row["messages"]):
        calls = message.get("tool_calls") or ()
        if calls and message.get("content"):
            yield Fault("C114", f"messages[{index}]", f"messages[{index}] has a text, and calls")
        ids = [(f"tool_calls[{n}].id", call["id"]) for n, call in enumerate(calls)]
        if message["role"] == "tool":
            ids.append(("tool_call_id", message["tool_call_id"]))
        for name, value in ids:
            if not _CALL_ID.fullmatch(value):
                path = f"messages[{index}].{name}"
                yield Fault("C109", path, f"{path} is {excerpt(value)!r}")


def _descriptions(row: Row) -> Iterator[Fault]:
    for number, tool in enumerate(row.get("tools") or ()):
        missing = [key for key in ("description", "parameters") if key not in tool["function"]]
        if missing:
            path = f"tools[{number}].function"
            yield Fault("C115", path, f"{path} has no {' and no '.join(missing)}")


def _bytes_only(row: Row) -> Iterator[Fault]:
    for path, url in image_urls(row["messages"]):
        if not url.startswith("data:"):
            yield Fault("C308", path, f"{path} is a URL")


def _one_kind(row: Row) -> Iterator[Fault]:
    """C309; a message of calls alone has no content of either kind."""
    kinds = [isinstance(m["content"], list) for m in row["messages"] if m.get("content")]
    if len(set(kinds)) > 1:
        words = f"{sum(kinds)} of {len(kinds)} contents are lists of parts, the others strings"
        yield Fault("C309", "messages", words)


def _late_system(row: Row) -> Iterator[Fault]:
    """C019."""
    for index, message in enumerate(row["messages"]):
        if index and message["role"] in INSTRUCTING:
            words = f"messages[{index}], a {message['role']} message, stands behind others"
            yield Fault("C019", f"messages[{index}]", words)


def _says_something(row: Row) -> Iterator[Fault]:
    """C020."""
    last = len(row["messages"]) - 1
    message, at = row["messages"][last], f"messages[{last}]"
    if message["role"] != "assistant":
        yield Fault("C020", at, f"{at}, the last message, is of the role {message['role']}")
    elif message.get("tool_calls") or not message.get("content"):
        yield Fault("C020", at, f"{at}, the last message, says nothing in words")


def _known_keys(row: Row) -> Iterator[Fault]:
    """C021."""
    for key in BESIDE:
        if key in row and key not in _TAKEN_BESIDE:
            yield Fault("C021", key, f"the row has the key {key!r}")
    for index, message in enumerate(row["messages"]):
        if "function_call" in message:
            path = f"messages[{index}].function_call"
            yield Fault("C021", path, f"messages[{index}] has the key 'function_call'")


DEMANDS: dict[str, tuple[Demand, ...]] = {
    "together": (
        _known_keys,
        _function_role,
        _late_system,
        _opening,
        _alternation,
        _bytes_only,
        _one_kind,
    ),
    "fireworks": (_known_keys, _function_role, _late_system, _bytes_only),
    "nebius": (_says_something,),
    "mistral": (_opening, _function_role, _call_ids, _descriptions),
}
"""By the name of a provider; what is not here demands nothing beyond the format."""
