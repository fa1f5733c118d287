"""Tools as other vendors declare them, in OpenAI's form; tools that are no functions are named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.formats.format import Row, objects_of
from dataprep.formats.transcript import Known, Transcript, read_keys

_SCHEMAS = ("parameters", "parametersJsonSchema", "input_schema")
"""What the schema of a function's arguments is called."""

_LISTS = ("functionDeclarations", "function_declarations")
_FUNCTION: Known = read_keys(f"name description strict {' '.join(_SCHEMAS)}")
_FLAT: Known = {**_FUNCTION, **read_keys("type cache_control")}
_TOOL: Known = {"type": "read", "function": _FUNCTION}


def declared(made: Transcript, tools: Any, uses: dict[str, str]) -> list[Row]:
    """The functions among the tools of a row, whichever vendor's form they have.

    Read are OpenAI's form, a flat one, and Gemini's lists of declarations. What else there is (a
    search, the execution of code) is carried along under its name; so is all where no function is.
    """
    found = [_function(held) for _, tool in objects_of(tools) for held in _functions(tool)]
    if not found:
        if tools:
            made.carry_whole("tools", tools)
        return []
    uses["tools"] = "tools"
    for _, tool in objects_of(tools):
        _carry_rest(made, tool)
    return [{"type": "function", "function": function} for function in found]


def _functions(tool: Row) -> Iterator[Row]:
    """The declarations that stand in one tool."""
    if isinstance(tool.get("function"), dict):
        yield tool["function"]
    elif _is_flat(tool):
        yield tool
    for key in _LISTS:
        yield from (function for _, function in objects_of(tool.get(key)))


def _is_flat(tool: Row) -> bool:
    """Whether a tool is a function itself: one of a type of its own has no schema."""
    is_function = tool.get("type") in (None, "function") or "input_schema" in tool
    return isinstance(tool.get("name"), str) and is_function


def _function(declaration: Row) -> Row:
    """A declaration in OpenAI's keys."""
    told = {key: declaration.get(key) for key in ("name", "description", "strict")}
    told["parameters"] = next((declaration[key] for key in _SCHEMAS if key in declaration), None)
    return {key: value for key, value in told.items() if value is not None}


def _carry_rest(made: Transcript, tool: Row) -> None:
    """Carry along what a tool holds beside its functions."""
    if isinstance(tool.get("function"), dict) or _is_flat(tool):
        made.carry(tool, "tools[]", _TOOL if "function" in tool else _FLAT, 0)
    elif isinstance(kind := tool.get("type"), str):
        made.carry_whole(f"tools[] ({kind})", tool)
    else:
        for key, value in tool.items():
            if key in _LISTS:
                made.carry(value, f"tools[].{key}", _FUNCTION, 0)
            else:
                made.carry_whole(f"tools[].{key}", value)
