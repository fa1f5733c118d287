"""Schemas that come with data, held to limits: their patterns, and how often they branch.

Patterns run on the `regex` crate, in linear time. One that looks around or refers back needs the
crate's backtracking brother, which stops after STEPS and is shown no value larger than LARGEST.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from dataprep.finding import excerpt
from dataprep.jsonio import encoded

STEPS = 10_000
"""Steps that a pattern which looks around may take on one text."""

LARGEST = 20_000
"""Bytes of a value that is held against such a pattern: from every place of a text anew."""

JUDGED = 1_000_000
"""How often the parts of a schema may be held against parts of one value."""

EXPLAINED = 20_000
"""The same where each violation is explained, which takes longer."""


_LISTS = ("allOf", "anyOf", "oneOf")
_ONES = ("not", "if", "then", "else")
_NAMED = ("dependentSchemas", "dependencies")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_REST = ("additionalProperties", "unevaluatedProperties", "propertyNames")
_ITEMS = ("items", "additionalItems", "unevaluatedItems", "contains")
TURNING = ("not", "if", "oneOf", "contains", "patternProperties", *_REST)
"""Keywords under which a pattern that is given up, and so not found, may make a value valid."""

_REVISITING = ("unevaluatedProperties", "unevaluatedItems")


class SchemaLimit(Exception):
    """A limit of this room was reached; the text says which."""


class Engine(NamedTuple):
    """A compiled schema; `looks_around` tells that its patterns need the limits."""

    validator: Any
    looks_around: bool

    def too_large(self, value: Any) -> str:
        """Why a value is not judged at all; empty when it is."""
        if self.looks_around and (size := len(encoded(value))) > LARGEST:
            return (
                f"has {size:,} bytes, and against a pattern that looks around or refers back only "
                f"{LARGEST:,} are held: write the pattern without"
            )
        return ""


def compiled(schema: Any) -> Engine:
    """The engine of a schema; raises ValueError where it is none, or points outside itself."""
    try:
        return Engine(_validator(schema, looks_around=False), looks_around=False)
    except ValueError:
        return Engine(_validator(schema, looks_around=True), looks_around=True)


def _validator(schema: Any, *, looks_around: bool) -> Any:
    import jsonschema_rs

    options = (
        jsonschema_rs.FancyRegexOptions(backtrack_limit=STEPS)
        if looks_around
        else jsonschema_rs.RegexOptions()
    )
    return jsonschema_rs.Draft202012Validator(schema, retriever=_refuse, pattern_options=options)


def _refuse(uri: str) -> Any:
    raise ValueError(f"the schema points to {uri}, and nothing outside it is ever fetched")


def search(pattern: str, text: str) -> bool:
    """Whether a pattern of a schema is found in a text; SchemaLimit after STEPS."""
    engine = _pattern(pattern)
    if engine.validator.is_valid(text):
        return True
    if engine.looks_around:
        import jsonschema_rs

        error = next(engine.validator.iter_errors(text))
        if not isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Pattern):
            raise SchemaLimit(
                f"takes more than {STEPS:,} steps on the pattern {excerpt(pattern)}, which looks "
                "around or refers back: write it without"
            )
    return False


@lru_cache(maxsize=1_024)
def _pattern(pattern: str) -> Engine:
    return compiled({"pattern": pattern})


def search_any(patterns: Iterable[str], text: str) -> bool:
    """The same for any of several patterns."""
    return any(search(pattern, text) for pattern in patterns)


def unknown_keys(value: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """The keys that neither `properties` nor `patternProperties` name."""
    named = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    return [key for key in value if key not in named and not search_any(patterns, key)]


def unknown_pattern(schema: Any) -> str:
    """The first pattern that neither engine knows, quoted; empty when all are known."""
    for part in _parts(schema):
        patterns = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
        named = part.get("patternProperties")
        for pattern in [*patterns, *(named if isinstance(named, dict) else ())]:
            try:
                _pattern(pattern)
            except ValueError:
                return excerpt(pattern)
    return ""


def branches(schema: Any) -> bool:
    """Whether a part of the schema may meet a value more often than it is written down."""
    return has(schema, *_REFERENCES, *_REVISITING)


def has(schema: Any, *keywords: str) -> bool:
    """Whether one of the keywords, or a property of that name, stands anywhere in a schema."""
    return any(key in part for part in _parts(schema) for key in keywords)


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object of a schema, itself first."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def visits(schema: Any, value: Any, *, explained: bool = False) -> int:
    """How often parts of the schema meet parts of the value when every branch is followed.

    To explain, a schema with unevaluated keys follows its branches once more. At most JUDGED + 1.
    Counted pair by pair, so that the count itself takes no longer than the
    schema's size times the value's.
    """
    try:
        return min(
            _Visits(schema, _REVISITING if explained else ()).count(schema, value), JUDGED + 1
        )
    except (SchemaLimit, RecursionError):
        return JUDGED + 1


class _Visits:
    """The counts of pairs that are known already."""

    def __init__(self, root: Any, revisiting: tuple[str, ...]) -> None:
        self._root = root
        self._revisiting = revisiting
        self._anchors: dict[str, list[Any]] = {}
        for part in _parts(root):
            for key in ("$anchor", "$dynamicAnchor", "$id"):
                if isinstance(name := part.get(key), str):
                    self._anchors.setdefault(name, []).append(part)
        self._known: dict[tuple[int, int], int] = {}

    def count(self, schema: Any, value: Any) -> int:
        if not isinstance(schema, dict):
            return 1
        pair = (id(schema), id(value))
        if (known := self._known.get(pair)) is not None:
            return known
        if len(self._known) > JUDGED:
            raise SchemaLimit
        self._known[pair] = 0  # a circle at one value adds nothing: the engines break it
        here = sum(self.count(part, value) for part in self._here(schema))
        if any(key in schema for key in self._revisiting):
            here *= 2
        below = sum(self.count(part, inner) for part, inner in _below(schema, value))
        made = self._known[pair] = min(1 + here + below, JUDGED + 1)
        return made

    def _here(self, schema: dict[str, Any]) -> Iterator[Any]:
        """The parts that meet the same value."""
        for key in _LISTS:
            if isinstance(parts := schema.get(key), list):
                yield from parts
        for key in _NAMED:
            if isinstance(named := schema.get(key), dict):
                yield from named.values()
        yield from (schema[key] for key in _ONES if key in schema)
        for key in _REFERENCES:
            if isinstance(target := schema.get(key), str):
                yield from self._targets(target)

    def _targets(self, reference: str) -> Iterable[Any]:
        base, _, pointer = reference.partition("#")
        roots = self._anchors.get(base, ()) if base else (self._root,)
        if pointer and not pointer.startswith("/"):
            return self._anchors.get(pointer, ())
        return [_at(root, pointer) for root in roots]


def _at(root: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(root, dict):
            root = root.get(key)
        elif isinstance(root, list) and key.isdecimal() and int(key) < len(root):
            root = root[int(key)]
        else:
            return None
    return root


def _below(schema: dict[str, Any], value: Any) -> Iterator[tuple[Any, Any]]:
    """The parts that meet a part of the value, with that part."""
    if isinstance(value, dict):
        own = schema.get("properties")
        own = own if isinstance(own, dict) else {}
        yield from ((part, value[key]) for key, part in own.items() if key in value)
        patterns = schema.get("patternProperties")
        rest = [schema[key] for key in _REST if isinstance(schema.get(key), dict)]
        rest += patterns.values() if isinstance(patterns, dict) else ()
        for part in rest:
            yield from ((part, inner) for inner in value.values())
    elif isinstance(value, list):
        first = schema.get("prefixItems", schema.get("items"))
        yield from zip(first if isinstance(first, list) else (), value, strict=False)
        for key in _ITEMS:
            if isinstance(part := schema.get(key), dict):
                yield from ((part, inner) for inner in value)
