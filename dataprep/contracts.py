"""The files in schemas/ as contracts: fast acceptance, slow and exact explanation.

`jsonschema-rs` decides; only what it refuses goes to `jsonschema` for pointer and words. The
registry is closed: a `$ref` to anything but our own schemas is an error, and never fetched.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

from dataprep.finding import UsageError, excerpt

if TYPE_CHECKING:
    import jsonschema

MOST = 200
"""Violations of one value that are explained; a value with more is explained in part."""

_SUFFIX = ".schema.json"


class Violation(NamedTuple):
    """One place where a value breaks its schema; `path` like messages[2].content."""

    path: str
    message: str


class Contract:
    """A compiled JSON Schema (draft 2020-12)."""

    def __init__(
        self, schema: dict[str, Any] | bool, name: str = "schema", *, ours: bool = False
    ) -> None:
        """Raises UsageError when the schema itself is not one, or points outside itself.

        One of `ours` is held against the metaschema by a test, and not each time it is used.
        """
        if not ours:
            _check_schema(schema, name)
        self.schema = schema
        self.name = name
        try:
            self._fast = jsonschema_rs.Draft202012Validator(
                schema, retriever=_refuse, pattern_options=jsonschema_rs.RegexOptions()
            )
        except ValueError as error:
            raise UsageError(f"{name}: {str(error).splitlines()[0]}.") from None

    @functools.cached_property
    def _slow(self) -> jsonschema.Draft202012Validator:
        """It explains, and is slow to import: most rows never ask for it."""
        import jsonschema
        from referencing import Registry

        return jsonschema.Draft202012Validator(self.schema, registry=Registry())

    def accepts(self, value: Any) -> bool:
        """Whether the value keeps the contract."""
        return self._fast.is_valid(value)

    def violations(self, value: Any) -> Iterator[Violation]:
        """What breaks the contract, the deepest place first; nothing for an accepted value.

        Looks at MOST violations; gives one without detail where only the compiled validator
        sees it (`dependencies` of older drafts, ECMA's character classes). Raises UsageError for a
        schema that has no end.
        """
        try:
            errors = list(islice(self._slow.iter_errors(value), MOST))
        except RecursionError:
            raise UsageError(
                f"{self.name} refers to itself without end.", "Break the circle of its $refs."
            ) from None
        if not errors and not self.accepts(value):
            yield Violation("", "breaks the schema")
        for error in sorted(errors, key=lambda e: (-len(e.path), str(e.path))):
            for leaf in _leaves(error):
                yield Violation(_pointer(leaf.absolute_path), _words(leaf))


def _check_schema(schema: dict[str, Any] | bool, name: str) -> None:
    """Raises UsageError where the schema is none."""
    import jsonschema

    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise UsageError(f"{name} is not a JSON Schema: {error.message}.") from None


def _leaves(error: jsonschema.ValidationError) -> Iterator[jsonschema.ValidationError]:
    """Under anyOf and oneOf, the branch that came furthest says most."""
    if not error.context:
        yield error
        return
    branches: dict[Any, list[jsonschema.ValidationError]] = {}
    for child in error.context:
        branches.setdefault(next(iter(child.relative_schema_path), None), []).append(child)
    best = min(branches.values(), key=lambda errors: (_blame(errors), len(errors)))
    for child in best:
        yield from _leaves(child)


def _blame(errors: list[jsonschema.ValidationError]) -> int:
    """A branch that fails on a `const` or `enum` was never meant."""
    return sum(error.validator in ("const", "enum") for error in errors)


def _pointer(path: Any) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{excerpt(step)}"
    return text.removeprefix(".")


def _words(error: jsonschema.ValidationError) -> str:
    """One clause about the place, quoting at most 40 characters of the user's text."""
    value: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    match error.validator:
        case None:
            return "is not allowed here"
        case "required":
            missing = [k for k in value if k not in instance]
            return f"lacks {', '.join(repr(str(k)) for k in missing)}"
        case "additionalProperties":
            patterns = schema.get("patternProperties", {})
            extra = [
                key
                for key in instance
                if key not in schema.get("properties", {})
                and not any(re.search(pattern, key) for pattern in patterns)
            ]
            return f"has the unknown key {excerpt(', '.join(map(repr, extra[:3])))}"
        case "unevaluatedProperties":
            return "has a key that no part of the schema allows"
        case "type":
            return f"is {_kind(error.instance)}, not {_either(value)}"
        case "enum":
            values = ", ".join(map(json.dumps, value))
            return f"is {excerpt(json.dumps(error.instance))}, not one of {values}"
        case "minItems" | "minLength" | "minProperties":
            return "is empty" if not error.instance else f"is shorter than {value}"
        case "maxItems" | "maxLength":
            return f"is longer than {value}"
        case _:
            return f"breaks {error.validator}: {excerpt(json.dumps(value))}"


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), "a number")


def _either(types: Any) -> str:
    return " or ".join(types) if isinstance(types, list) else str(types)


def _refuse(uri: str) -> Any:
    raise ValueError(f"the schema points to {uri}, and nothing outside it is ever fetched")


def schema_names() -> list[str]:
    """The names that `load` knows."""
    return sorted(p.name.removesuffix(_SUFFIX) for p in _folder().iterdir())


@functools.cache
def load(name: str) -> dict[str, Any]:
    """The schema of that name, from the installed package or, in a checkout, from beside it."""
    path = _folder() / f"{name}{_SUFFIX}"
    if not path.is_file():
        raise UsageError(f"There is no schema {name!r}.", f"Known: {', '.join(schema_names())}.")
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


@functools.cache
def keys_of(name: str) -> tuple[str, ...]:
    """The top-level keys that a schema names, in its order."""
    return tuple(load(name).get("properties", ()))


@functools.cache
def is_closed(name: str) -> bool:
    """Whether a schema allows no top-level key but those that it names."""
    return load(name).get("additionalProperties") is False


@functools.cache
def contract(name: str) -> Contract:
    """The compiled contract of that name."""
    return Contract(load(name), name, ours=True)


def from_file(path: Path) -> Contract:
    """A user's own schema; raises UsageError when it cannot be read or is none."""
    try:
        schema = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path in the recipe.") from None
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}.") from None
    return Contract(schema, str(path))


@functools.cache
def _folder() -> Path:
    installed = Path(str(files("dataprep"))) / "schemas"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "schemas"
