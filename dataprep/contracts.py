"""The files in schemas/ as contracts: fast acceptance, slow and exact explanation.

`jsonschema-rs` decides; only what it refuses goes to `jsonschema` for pointer and words, where
patterns run on the same linear engine (`linear`). The registry is closed: a `$ref` to anything but
our own schemas is an error, and never fetched.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dataprep import linear
from dataprep.finding import UsageError, excerpt

if TYPE_CHECKING:
    import jsonschema

MOST = 200
"""Violations of one value that are explained; a value with more is explained in part."""

NAMED = 50
"""Names of a schema that one message repeats."""

_SUFFIX = ".schema.json"


class Violation(NamedTuple):
    """One place where a value breaks its schema; `path` like messages[2].content."""

    path: str
    message: str


class Contract:
    """A compiled JSON Schema (draft 2020-12)."""

    def __init__(
        self,
        schema: dict[str, Any] | bool,
        name: str = "schema",
        *,
        ours: bool = False,
        checked: bool = False,
    ) -> None:
        """Raises UsageError when the schema itself is not one, or points outside itself.

        One of `ours` is held against the metaschema by a test, and not each time it is used; of
        one that is `checked` the engine's own look at it is enough.
        """
        if not (ours or checked):
            _check_schema(schema, name)
        self.schema = schema
        self.name = name
        try:
            self._fast = linear.compiled(schema)
        except ValueError as error:
            raise UsageError(f"{name}: {_no_schema(schema, error)}.") from None
        self._branches = not ours and linear.branches(schema)
        self._doubts = self._fast.looks_around and linear.has(schema, *linear.TURNING)

    @functools.cached_property
    def _slow(self) -> jsonschema.Draft202012Validator:
        """It explains, and is slow to import: most rows never ask for it."""
        from referencing import Registry

        from dataprep.linear_keywords import validator

        return validator()(self.schema, registry=Registry())

    def accepts(self, value: Any) -> bool:
        """Whether the value keeps the contract; one that is too much to judge does not."""
        sound = not self._too_much(value) and self._fast.validator.is_valid(value)
        return sound and not (self._doubts and self._in_doubt(value))

    def _in_doubt(self, value: Any) -> bool:
        """Whether an accepted value may be so only because a pattern was given up at its limit."""
        if not self._explains(value):
            return True
        try:
            return any(True for _ in self._slow.iter_errors(value))
        except (RecursionError, linear.SchemaLimit):
            return True

    def _too_much(self, value: Any) -> str:
        """Why a value is not judged: a limit of `linear`; empty when it is."""
        if why := self._fast.too_large(value):
            return why
        if self._branches and linear.visits(self.schema, value) > linear.JUDGED:
            return (
                f"cannot be judged: with its $refs {self.name} branches more than "
                f"{linear.JUDGED:,} times over it"
            )
        return ""

    def violations(self, value: Any) -> Iterator[Violation]:
        """What breaks the contract, the deepest place first; nothing for an accepted value.

        Looks at MOST violations; gives one without detail where only the compiled validator
        sees it (`dependencies` of older drafts), where the schema branches too often to follow
        each branch, and one that names the limit where a value is too much to judge. Raises
        UsageError for a schema that has no end.
        """
        if why := self._too_much(value):
            yield Violation("", why)
            return
        if not self._explains(value):
            if not self.accepts(value):
                yield Violation("", "breaks the schema")
            return
        try:
            errors = list(islice(self._slow.iter_errors(value), MOST))
        except RecursionError:
            raise UsageError(
                f"{self.name} refers to itself without end.", "Break the circle of its $refs."
            ) from None
        except linear.SchemaLimit as limit:
            yield Violation("", str(limit))
            return
        if not errors and not self.accepts(value):
            yield Violation("", "breaks the schema")
        for error in sorted(errors, key=lambda e: (-len(e.path), str(e.path))):
            for leaf in _leaves(error):
                yield Violation(_pointer(leaf.absolute_path), _words(leaf))

    def _explains(self, value: Any) -> bool:
        """Whether each violation can be looked for without branching too often."""
        if not self._branches:
            return True
        if linear.has(self.schema, "unevaluatedProperties") and linear.has(
            self.schema, "patternProperties"
        ):
            return False
        return linear.visits(self.schema, value, explained=True) <= linear.EXPLAINED


def _no_schema(schema: Any, error: ValueError) -> str:
    """Why the engine refused a schema."""
    if pattern := linear.unknown_pattern(schema):
        return f"the pattern {pattern!r} is not known here, or larger than 10 MB when compiled"
    return str(error).splitlines()[0]


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
            missing = [repr(str(k)) for k in value if k not in instance]
            return f"lacks {_first(missing)}"
        case "additionalProperties":
            extra = linear.unknown_keys(instance, schema)
            return f"has the unknown key {excerpt(', '.join(map(repr, extra[:3])))}"
        case "unevaluatedProperties":
            return "has a key that no part of the schema allows"
        case "type":
            return f"is {_kind(error.instance)}, not {_either(value)}"
        case "enum":
            values = _first([*map(json.dumps, value)])
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


def _first(names: list[str]) -> str:
    """The first NAMED of them, and how many more there are."""
    shown = ", ".join(names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} and {len(names) - NAMED:,} more"


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
        raise UsageError(f"{path}: {error.strerror}.", "Check the path of the schema.") from None
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}.") from None
    except RecursionError:
        raise UsageError(f"{path} nests too deeply.", "Use $defs and $ref.") from None
    return Contract(schema, str(path))


@functools.cache
def _folder() -> Path:
    here = Path(__file__).parent  # told without the package, of which another one may own a part
    return here / "schemas" if (here / "schemas").is_dir() else here.parent / "schemas"
