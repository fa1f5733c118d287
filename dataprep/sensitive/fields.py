"""What a value of an object is called: by its key, by its parameter, by another key beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.sensitive.names import DESCRIBED, names_secret


def named(holder: dict[str, Any], name: str = "") -> Iterator[tuple[str, Any, str]]:
    """The keys and the values of an object that has a name itself, each with what it is called.

    A default and an example of a parameter are told by the name of the parameter, and the value
    of a field by what another key of the field says: {"label": "Password", "value": "..."}.
    """
    field = _field(holder)
    for key, inside in holder.items():
        if field and key in _VALUES:
            yield key, inside, field
        else:
            yield key, inside, _called(key, name)


def _called(key: str, name: str) -> str:
    """What the value of a key is called in an object that has a name itself."""
    if key in _DESCRIBES and name:
        return name.removesuffix(DESCRIBED) + DESCRIBED
    return name if key in _OF_A_PARAMETER else key


def _field(holder: dict[str, Any]) -> str:
    """What the object says that its value is, if that is a secret."""
    for key in _TELLING:
        said = holder.get(key)
        if isinstance(said, str) and len(said) <= _LONGEST_NAME:
            told = said.rstrip("])\"'*: ")
            if names_secret(told):
                return told
    return ""


_LONGEST_NAME = 80
_TELLING = (
    "name",
    "label",
    "key",
    "field",
    "id",
    "selector",
    "title",
    "type",
    "format",
    "element",
    "ParameterKey",
    "parameterName",
    "variable",
)
_VALUES = frozenset(
    (
        *("value", "text", "val", "content", "input", "data", "string", "default", "plaintext"),
        *("defaultValue", "default_value", "stringValue", "secretString", "SecretString"),
        *(
            "ParameterValue",
            "parameterValue",
            "Value",
            "Text",
            "example",
            "examples",
            "enum",
            "const",
        ),
    )
)
_DESCRIBES = ("description", "title")
"""Those that tell of the parameter in words."""

_OF_A_PARAMETER = frozenset(
    (
        *("default", "example", "examples", "const", "enum", "value"),
        *("oneOf", "anyOf", "description", "title"),
    )
)
"""Keys of a JSON Schema whose values are values of the parameter, or tell of them."""
