"""The validator that explains, with the keywords that may explode answered by the linear engine."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from dataprep import linear

if TYPE_CHECKING:
    import jsonschema

    Errors = Iterator[jsonschema.ValidationError]
    Check = Callable[[Any, Any, Any, dict[str, Any]], Errors]

_BY_THE_ENGINE = ("uniqueItems", "multipleOf")
"""Quadratic in lists of objects, and out of range for large numbers, where jsonschema judges."""


@functools.cache
def validator() -> type[jsonschema.Draft202012Validator]:
    """Draft 2020-12 of `jsonschema`, which asks `linear` wherever it would ask Python's re."""
    import jsonschema

    extend: Any = jsonschema.validators.extend
    made: type[jsonschema.Draft202012Validator] = extend(
        jsonschema.Draft202012Validator,
        {
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
            **{keyword: _by_the_engine(keyword) for keyword in _BY_THE_ENGINE},
        },
    )
    return made


def _error() -> jsonschema.ValidationError:
    import jsonschema

    return jsonschema.ValidationError("")  # the words are ours, in `contracts`


def _pattern(_: Any, pattern: str, value: Any, __: dict[str, Any]) -> Errors:
    if isinstance(value, str) and not linear.search(pattern, value):
        yield _error()


def _pattern_properties(
    within: Any, patterns: dict[str, Any], value: Any, _: dict[str, Any]
) -> Errors:
    if isinstance(value, dict):
        for pattern, schema in patterns.items():
            for key, inner in value.items():
                if linear.search(pattern, key):
                    yield from within.descend(inner, schema, path=key, schema_path=pattern)


def _additional_properties(within: Any, rest: Any, value: Any, schema: dict[str, Any]) -> Errors:
    if not isinstance(value, dict):
        return
    unknown = linear.unknown_keys(value, schema)
    if isinstance(rest, dict):
        for key in unknown:
            yield from within.descend(value[key], rest, path=key)
    elif not rest and unknown:
        yield _error()


def _by_the_engine(keyword: str) -> Check:
    def check(_: Any, demand: Any, value: Any, __: dict[str, Any]) -> Errors:
        if not linear.compiled({keyword: demand}).validator.is_valid(value):
            yield _error()

    return check
