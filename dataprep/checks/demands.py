"""What only some providers demand of a row: rules of family C that name them as targets.

Rows here keep their format's schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dataprep.checks.per_row.images import urls
from dataprep.finding import Fault, excerpt
from dataprep.formats.format import Row

_CALL_ID = re.compile(r"[a-zA-Z0-9]{9}")


def demand_faults(row: Row, form_name: str, provider: str) -> Iterator[Fault]:
    """What this provider refuses beyond what all do: C013 to C015, C109, C114, C115, C308, C309."""
    demands = _DEMANDS.get(provider, ())
    if form_name == "openai-chat":
        for demand in demands:
            yield from demand(row)
    elif form_name == "preference":
        for demand in demands:
            for code, path, message in demand(row["input"]):
                yield Fault(code, f"input.{path}", message.replace("messages[", "input.messages["))


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
    if role not in ("system", "developer", "user"):
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
    for path, url in urls(row["messages"]):
        if not url.startswith("data:"):
            yield Fault("C308", path, f"{path} is a URL")


def _one_kind(row: Row) -> Iterator[Fault]:
    """C309; a message of calls alone has no content of either kind."""
    kinds = [isinstance(m["content"], list) for m in row["messages"] if m.get("content")]
    if len(set(kinds)) > 1:
        words = f"{sum(kinds)} of {len(kinds)} contents are lists of parts, the others strings"
        yield Fault("C309", "messages", words)


_DEMANDS: dict[str, tuple[Callable[[Row], Iterator[Fault]], ...]] = {
    "together": (_alternation, _opening, _function_role, _bytes_only, _one_kind),
    "mistral": (_opening, _function_role, _call_ids, _descriptions),
    "fireworks": (_function_role,),
}
