"""Answers that are calls of the tools beside them, as xLAM has them: query, tools, answers.

xLAM declares the parameters of a function by their names, with Python's types (`str, optional`);
the JSON Schema that providers want is made of them. Source: the data card of
xlam-function-calling-60k and its rows, 2026-11.
"""

from __future__ import annotations

from typing import Any

from dataprep.formats.calls import call_of, is_call
from dataprep.formats.format import Row
from dataprep.formats.literals import from_cell
from dataprep.patterns import LatePattern

TOOLS = "tools"

_TYPES = {
    **dict.fromkeys(("str", "string"), "string"),
    **dict.fromkeys(("int", "integer"), "integer"),
    **dict.fromkeys(("float", "number"), "number"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    **dict.fromkeys(("list", "tuple", "set", "array"), "array"),
    **dict.fromkeys(("dict", "object"), "object"),
}
"""Python's types, in lower case, in JSON Schema's words."""

_TYPE = LatePattern(r"(?:Optional\[)?(\w+)")


def calls_answered(row: Row, answered: str) -> tuple[list[Row], list[Row]] | None:
    """The calls that a row answers with, and its tools in OpenAI's form; None for other answers.

    Raises Unreadable (S004) for a call with a key that would vanish.
    """
    calls, tools = _objects(row.get(answered)), _objects(row.get(TOOLS))
    if not calls or not tools or not all(map(is_call, calls)):
        return None
    told = [call_of(call, f"{answered}[{number}]") for number, call in enumerate(calls)]
    return told, [_declared(tool) for tool in tools]


def calls_nothing(row: Row, answered: str) -> bool:
    """Whether a row has tools, and an empty list of calls of them."""
    value = row.get(answered)
    is_empty = value == [] or (isinstance(value, str) and from_cell(value.strip()) == [])
    return is_empty and bool(_objects(row.get(TOOLS)))


def _objects(value: Any) -> list[Row]:
    """The objects of a list, or of the text of one; none where there are others in it."""
    if isinstance(value, str):
        value = from_cell(value.strip())
    listed = value if isinstance(value, list) else []
    return listed if all(isinstance(one, dict) for one in listed) else []


def _declared(tool: Row) -> Row:
    """A tool in OpenAI's form."""
    if "function" in tool:
        return {"type": "function", **tool}
    function = dict(tool)
    if isinstance(parameters := tool.get("parameters"), dict):
        function["parameters"] = _schema(parameters)
    return {"type": "function", "function": function}


def _schema(parameters: Row) -> Row:
    """The JSON Schema of parameters that are declared by name; one that is one stays."""
    by_name = all(isinstance(one, dict) for one in parameters.values())
    if "properties" in parameters or not by_name:
        return parameters
    required = [name for name, one in parameters.items() if _is_required(one)]
    properties = {name: _property(one) for name, one in parameters.items()}
    schema: Row = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _is_required(parameter: Row) -> bool:
    return "default" not in parameter and "optional" not in str(parameter.get("type", "")).lower()


def _property(parameter: Row) -> Row:
    """One parameter; a type that JSON Schema has no word for stands in the description."""
    said = parameter.get("type")
    if not isinstance(said, str):
        return parameter
    rest = {key: value for key, value in parameter.items() if key != "type"}
    found = _TYPE.match(said.strip())
    if found and (known := _TYPES.get(found[1].lower())):
        return {"type": known, **rest}
    described = str(rest.get("description", "")).strip()
    return {**rest, "description": f"{described} ({said})".strip()}
