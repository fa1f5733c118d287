"""Family C, 1xx: tools, calls and results. Rows here keep their format's schema.

Nothing here can be wrong with a row that has neither `tools` nor `functions`, and no message with
`tool_calls`, `function_call`, or the role tool or function.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from dataprep import jsonio
from dataprep.contracts import Contract
from dataprep.finding import Fault, UsageError, excerpt
from dataprep.formats.chat import CALLING
from dataprep.formats.format import Row
from dataprep.linear import unknown_pattern
from dataprep.patterns import LatePattern

NAME = LatePattern(r"[a-zA-Z0-9_-]{1,64}")
"""What a tool may be called."""

MOST = 128
"""Tools that one row may declare (OpenAI's input schemas)."""

COMPILED = 1_024
"""Different parameters that are kept compiled."""

_RESULT = ("tool", "function")


def tool_faults(row: Row) -> Iterator[Fault]:
    """C006, C101, C102 and C104 to C117 but for Mistral's, in one walk over the messages."""
    messages = row["messages"]
    if not ("tools" in row or "functions" in row or any(map(_calling, messages))):
        return
    declared: dict[str, Any] = {}
    yield from _declarations(row, declared)
    yield from _older(row)
    waiting: dict[str, str] = {}
    for index, message in enumerate(messages):
        at = f"messages[{index}]"
        if message["role"] == "tool":
            yield from _result(at, message, waiting)
            continue
        for call, path in waiting.items():
            yield Fault("C105", path, f"{at} comes before the result of the call {_shown(call)}")
        waiting = {}
        if any(key in message for key in CALLING):
            yield from _calls(at, message, row, declared)
            waiting = {
                call["id"]: f"{at}.tool_calls[{number}]"
                for number, call in enumerate(message.get("tool_calls") or ())
            }


def _calling(message: Row) -> bool:
    return message["role"] in _RESULT or any(key in message for key in CALLING)


def _declarations(row: Row, declared: dict[str, Any]) -> Iterator[Fault]:
    """C106, C107, C110 and C117; fills `declared` with the parameters of each name."""
    tools = [(f"tools[{n}].function", t["function"]) for n, t in enumerate(row.get("tools") or ())]
    tools += [(f"functions[{n}]", tool) for n, tool in enumerate(row.get("functions") or ())]
    if len(tools) > MOST:
        yield Fault("C117", "tools", f"{len(tools)} tools are declared, {MOST} are allowed")
    for path, tool in tools:
        name = tool.get("name") if isinstance(tool, dict) else None
        if not isinstance(name, str):
            yield Fault("C110", path, f"{path} has no name")
            continue
        if not NAME.fullmatch(name):
            yield Fault("C110", f"{path}.name", f"the name is {_shown(name)}")
        if name in declared:
            yield Fault("C107", path, f"the tool {_shown(name)} is declared twice")
        declared[name] = tool.get("parameters")
        if "parameters" in tool and (problem := _no_schema(declared[name])):
            yield Fault("C106", f"{path}.parameters", f"{path}.parameters: {problem}")


def _older(row: Row) -> Iterator[Fault]:
    """C111, once a row."""
    if "functions" in row:
        yield Fault("C111", "functions", "the row declares functions, not tools")
        return
    for index, message in enumerate(row["messages"]):
        if "function_call" in message:
            path = f"messages[{index}].function_call"
            yield Fault("C111", path, f"messages[{index}] has a function_call, not tool_calls")
            return


def _result(at: str, message: Row, waiting: dict[str, str]) -> Iterator[Fault]:
    """C104; an answered call no longer waits."""
    answered = message["tool_call_id"]
    if waiting.pop(answered, None) is None:
        words = f"{at} answers {_shown(answered)}, a call that does not wait for a result"
        yield Fault("C104", f"{at}.tool_call_id", words)


def _calls(at: str, message: Row, row: Row, declared: dict[str, Any]) -> Iterator[Fault]:
    """C006, C101, C102, C108 and C116 for the calls of one message."""
    calls = message.get("tool_calls") or ()
    yield from _ids(at, calls)
    if len(calls) > 1 and row.get("parallel_tool_calls") is False:
        words = f"{at} makes {len(calls)} calls, and parallel_tool_calls is false"
        yield Fault("C116", f"{at}.tool_calls", words)
    if message.get("weight") == 0:
        return
    for number, call in enumerate(calls):
        yield from _call(f"{at}.tool_calls[{number}].function", call["function"], declared)
    if "function_call" in message:
        yield from _call(f"{at}.function_call", message["function_call"], declared)


def _ids(at: str, calls: Any) -> Iterator[Fault]:
    seen = set()
    for number, call in enumerate(calls):
        if call["id"] in seen:
            words = f"the id {_shown(call['id'])} is given to two calls of {at}"
            yield Fault("C108", f"{at}.tool_calls[{number}].id", words)
        seen.add(call["id"])


def _call(path: str, function: Row, declared: dict[str, Any]) -> Iterator[Fault]:
    name = function["name"]
    if name not in declared:
        why = "not among the tools of the row" if declared else "called, and the row has no tools"
        yield Fault("C101", f"{path}.name", f"the tool {_shown(name)} is {why}")
    path += ".arguments"
    try:
        value = jsonio.loads(function["arguments"].encode())
    except jsonio.JsonError as error:
        yield Fault("C006", path, f"{path}: {error.message} (column {error.column})")
        return
    if not isinstance(value, dict):
        yield Fault("C006", path, f"{path}: is JSON, but not an object")
    elif isinstance(parameters := declared.get(name), dict):
        yield from _against(parameters, value, path)


def _against(parameters: Row, value: Row, path: str) -> Iterator[Fault]:
    """C102: the first thing that the declared parameters do not allow."""
    contract = _compiled(msgspec.json.encode(parameters))
    if contract is None or contract.accepts(value):
        return
    try:
        first = next(contract.violations(value), None)
    except UsageError:  # its $refs have no end
        first = None
    words = f"{first.path} {first.message}".strip() if first else "they break them"
    yield Fault("C102", path, f"{path}: {words}")


def _no_schema(parameters: Any) -> str:
    """Why these parameters are no JSON Schema, of draft 2020-12 or 7; empty where they are."""
    if not isinstance(parameters, dict):
        return "not an object"
    if _compiled(msgspec.json.encode(parameters)) is not None:
        return ""
    import jsonschema

    try:
        jsonschema.Draft7Validator.check_schema(parameters)
    except jsonschema.SchemaError as error:
        where = ".".join(str(step) for step in error.absolute_path)
        return f"{excerpt(where) or 'the whole'} is not JSON Schema"
    if pattern := unknown_pattern(parameters):
        return f"the pattern {pattern!r} is not known, or larger than 10 MB when compiled"
    return ""


@lru_cache(maxsize=COMPILED)
def _compiled(parameters: bytes) -> Contract | None:
    """The compiled schema; None where draft 2020-12 does not know it."""
    try:
        return Contract(msgspec.json.decode(parameters), "the schema", checked=True)
    except UsageError:
        return None


def _shown(name: str) -> str:
    return repr(excerpt(name))
