"""Templates for prompts and completions: minijinja, strict (but in an `if`) and fenced.

Chosen over a jinja2 sandbox by measurement (1.0 against 6.6 microseconds a render) and attack:
no attribute with underscores is reachable, repeated strings and ranges are capped, and fuel
ends loops. A method of a Python value can be called, and is refused where a text is wanted, as
are a list, an object and null: only a template that says how writes them out. User text is data,
never template source.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

import minijinja

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.patterns import LatePattern
from dataprep.templates import growth
from dataprep.templates import process as beside
from dataprep.templates.code import called, filters_and_tests, refusal
from dataprep.templates.fields_read import first_missing, piped
from dataprep.templates.process import TemplateProcess, Unfinished
from dataprep.templates.values import (
    BOUNDED_FILTERS,
    MAX_OUTPUT,
    PRINTED,
    STRUCTURE,
    TIMES,
    NotText,
    Printed,
    StructurePrinted,
    guarded,
    printed_text,
    size,
    text_length,
)

FUEL = 200_000
WORK = 1_000_000_000
"""Characters that a template may write in this process, were each of its letters a field."""

TURNS = 50_000
"""Turns of loops that FUEL allows at most; each may read all fields, and FUEL bounds no reading."""

GLOBALS = frozenset(("range", "dict", "debug", "namespace"))
"""Functions that a template may call, where no field has the name."""

_SELF = LatePattern(r"\bself\b")
_NAME = LatePattern(r"\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}")

Render = Callable[[Mapping[str, Any]], str]
Fill = Callable[[Mapping[str, Any]], str | None]


class OversizedResult(UsageError):
    """A template takes more memory or time than any may."""


_ERRORS = {error.__name__: error for error in (UsageError, StructurePrinted, OversizedResult)}


@functools.lru_cache(maxsize=256)
def compile_template(source: str, name: str = "template") -> Render:
    """A function from fields to text.

    Raises UsageError for a template that is wrong whatever the fields: one that does not parse,
    or names what there is not. The function itself raises it for an unknown field, a template
    that would not end or takes too much, and what is no text; StructurePrinted for a list or an
    object.
    """
    _refuse_halves(source, name)
    if len(source) > growth.LONGEST:
        raise UsageError(
            f"{name}: the template has {len(source):,} characters, over {growth.LONGEST:,}.",
            "Put what is long into the data.",
        )
    apart = _until_refused(functools.partial(_ask, "render", source, name))
    if not growth.is_short(source):
        _ask("check", source, name)
        return apart
    fast, here = _compiled(source, name)
    most = 0 if growth.grows(source) else _longest_here(source)

    def render(fields: Mapping[str, Any]) -> str:
        if fast is not None and (plain := fast(fields)) is not None:
            return plain
        if size(fields) > most:
            return apart(fields)
        return here(fields, text_length(fields))

    return render


def _refuse_halves(source: str, name: str) -> None:
    """Raise UsageError for a source that is no text: the engine takes UTF-8 alone."""
    try:
        source.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"{name}: the template holds half of a character.", "Write it whole, in UTF-8."
        ) from None


def _longest_here(source: str) -> int:
    """The characters of fields up to which a template runs in this process, by memory and time."""
    longer = growth.longer(source)
    by_memory = WORK // (longer * max(len(source), 1))
    if not (loops := growth.loops(source)):
        return by_memory
    by_fuel, by_fields = WORK // longer // TURNS, int((WORK // longer) ** (1 / (loops + 1)))
    return min(by_memory, max(by_fuel, by_fields))


def _until_refused(apart: Render) -> Render:
    """A template that was too much once is refused from then on, and not tried at each row."""
    refused: list[OversizedResult] = []

    def render(fields: Mapping[str, Any]) -> str:
        if refused:
            raise refused[0]
        try:
            return apart(fields)
        except OversizedResult as error:
            refused.append(error)
            raise

    return render


def _compiled(source: str, name: str) -> tuple[Fill | None, Callable[..., str]]:
    """A short way or None, and the whole way, from fields and their length to the text."""
    environment: minijinja.Environment = minijinja.Environment(  # type: ignore[call-overload]
        undefined_behavior="semi_strict",  # an if may ask for what is absent
        auto_escape_callback=lambda _: False,
        keep_trailing_newline=True,
        finalizer=printed_text,
        filters=BOUNDED_FILTERS,
    )
    environment.fuel = FUEL
    try:
        environment.add_template(name, source)
    except minijinja.TemplateError as error:
        raise UsageError(
            f"{name}: {error.message or error.kind}.",
            "Fields stand in double braces, like {{ text }}.",
        ) from None
    _check(source, name, environment)
    needed = piped(source, _names_read(source) - GLOBALS)

    def render(fields: Mapping[str, Any], length: int) -> str:
        for path in sorted(needed):
            if (missing := first_missing(fields, path)) is not None:
                beside = functools.reduce(lambda held, key: held[key], missing[:-1], fields)
                raise _refused(name, f"{'.'.join(missing)} is undefined", beside or {})
        printed = Printed(length)
        reset = PRINTED.set(printed)
        try:
            text = environment.render_template(name, **guarded(fields, source, printed))
        except minijinja.TemplateError as error:
            raise _failed(name, error, fields) from None
        except RecursionError:
            raise _refused(name, "a field nests too deep", fields) from None
        except NotText as found:
            if printed.is_too_long:
                raise _too_long(name, printed.length) from None
            raise _refused(name, str(found), fields, found.error) from None
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            reason = f"a method of a value fails ({type(error).__name__})"
            raise _refused(name, reason, fields) from None
        finally:
            PRINTED.reset(reset)
        if printed.structure:
            raise _refused(name, STRUCTURE, fields, StructurePrinted)
        if len(text) > printed.limit:
            raise _too_long(name, len(text))
        return text

    return _substitution(source, environment, name), render


_PROCESS = TemplateProcess()


def _ask(what: str, source: str, name: str, fields: Mapping[str, Any] | None = None) -> Any:
    """The answer of the process with limits: see `_answer`."""
    try:
        said = _PROCESS.ask(what, source, name, fields)
    except RecursionError:
        raise _refused(name, "a field nests too deep", fields or {}) from None
    except OSError as error:
        raise EnvironmentProblem(
            f"{name}: the process for templates cannot be started: {error.strerror}.",
            "Free memory or processes, and run the command again.",
        ) from None
    except Unfinished as reason:
        raise OversizedResult(
            f"{name}: the template {reason}.", "Let it write each field once, not in a loop."
        ) from None
    if "refused" in said:
        raise _ERRORS[said["error"]](*said["refused"])
    return said["value"]


@functools.lru_cache(maxsize=8)
def _compiled_apart(source: str, name: str) -> Callable[..., str]:
    return _compiled(source, name)[1]


def _answer(what: str, source: str, name: str, fields: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the process with limits says: a value, or an error in its parts."""
    try:
        match what:
            case "evaluate":
                return {"value": _evaluated(source, fields or {}, name)}
            case "names":
                return {"value": sorted(_names_read(source))}
            case "check":
                _compiled_apart(source, name)
                return {"value": None}
        return {"value": _compiled_apart(source, name)(fields, text_length(fields))}
    except UsageError as error:
        return {"error": type(error).__name__, "refused": [error.message, error.remedy]}


def serve() -> None:
    """Answer requests from standard input, in the process with limits."""
    beside.serve(_answer)


def _check(source: str, name: str, environment: minijinja.Environment) -> None:
    """Raise UsageError for what is wrong in a template whatever its fields."""
    import difflib

    for kind, word in filters_and_tests(source):
        if not environment.eval_expr(f"word is {kind}", word=word):
            near = difflib.get_close_matches(word, _USUAL[kind], n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(_USUAL[kind])}."
            raise UsageError(f"{name}: there is no {kind} {word!r}.", remedy)
    for word in sorted(called(source) & names_read(source) - GLOBALS):
        raise UsageError(
            f"{name}: there is no function {word!r}.", f"Known: {', '.join(sorted(GLOBALS))}."
        )
    if reason := refusal(source, MAX_OUTPUT):
        raise UsageError(f"{name}: {reason}.", "Fields stand in double braces, like {{ text }}.")


_FILTERS = (
    "capitalize default first float indent int join last length list lower map replace reverse "
    "round select sort split string title tojson trim unique upper"
)
_TESTS = "defined undefined none string number mapping sequence true false odd even in"
_USUAL = {"filter": _FILTERS.split(), "test": _TESTS.split()}


def _substitution(source: str, environment: minijinja.Environment, name: str) -> Fill | None:
    """A short way for a template of nothing but names, eight times as fast; None for another.

    The way itself gives None where a field is missing or no text. What it gives is no longer than
    its fields and the template, so no limit is needed.
    """
    pieces = pieces_of(source)
    if pieces is None:
        return None
    names = pieces[1::2]

    def fill(fields: Mapping[str, Any]) -> str | None:
        filled = pieces.copy()
        for at, field in enumerate(names):
            value = fields.get(field)
            if type(value) is not str:
                return None
            filled[2 * at + 1] = value
        return "".join(filled)

    probe = {field: f"\x00{field}\x00" for field in names}
    try:
        same = environment.render_template(name, **probe) == fill(probe)
    except (minijinja.TemplateError, NotText):
        return None
    return fill if same else None


def pieces_of(source: str) -> list[str] | None:
    """Text and names by turns, of a template of nothing but names; None for any other.

    Text as it stands comes first and last. What it renders is those, one behind the other, where
    `compile_template` takes it and every field is a text.
    """
    pieces = _NAME.split(source)
    return None if any("{" in piece for piece in pieces[::2]) else pieces


@functools.lru_cache(maxsize=256)
def names_read(source: str) -> frozenset[str]:
    """The names that a template reads, functions among them; none for one that does not parse."""
    if growth.is_short(source):
        return _names_read(source)
    try:
        return frozenset(_ask("names", source, "template"))
    except OversizedResult:
        return frozenset()


def _names_read(source: str) -> frozenset[str]:
    try:
        found = frozenset(minijinja.Environment().undeclared_variables_in_str(source))
        return found | ({"self"} if _SELF.search(source) else frozenset())
    except (minijinja.TemplateError, UnicodeEncodeError):
        return frozenset()


def evaluate(expression: str, fields: Mapping[str, Any], name: str = "field") -> Any:
    """The value of one expression, as JSON types, not as text.

    Raises UsageError for an unknown field, unless the expression gives it a default.
    """
    here = growth.is_short(code := f"{{{{{expression}}}}}") and not growth.grows(code)
    if here and size(fields) <= _longest_here(code):
        return _evaluated(expression, fields, name)
    return _ask("evaluate", expression, name, fields)


def _evaluated(expression: str, fields: Mapping[str, Any], name: str) -> Any:
    environment = minijinja.Environment(undefined_behavior="strict")
    environment.fuel = FUEL
    known = {key: value for key, value in fields.items() if key != "self"}  # Python's own word
    try:
        value = environment.eval_expr(expression, **known)
        if value is None and environment.eval_expr(f"({expression}) is undefined", **known):
            raise _refused(name, f"{expression} is undefined", fields)
        text = json.dumps(value, allow_nan=False)
    except minijinja.TemplateError as error:
        raise _failed(name, error, fields) from None
    except RecursionError:
        raise _refused(name, "a field nests too deep", fields) from None
    except (TypeError, ValueError):
        raise _refused(name, f"{expression} is no JSON value", fields) from None
    length = text_length(fields)
    if len(text) > 6 * max(MAX_OUTPUT, TIMES * length):
        raise _too_long(name, len(text))
    return json.loads(text)


def _too_long(name: str, length: int) -> UsageError:
    return UsageError(
        f"{name}: the text has {length:,} characters, over {TIMES} times its fields'.",
        "Let the template write each field once, not in a loop.",
    )


_OVER = {
    "engine ran out of fuel": f"takes over {FUEL:,} steps",
    "repeated string is too large": "repeats a text too often",
    "range has too many elements": "counts too far in `range`",
    "recursion limit exceeded": "calls itself too often",
}
"""What the engine says of its own limits, and how a person would."""


def _failed(name: str, error: minijinja.TemplateError, fields: Mapping[str, Any]) -> UsageError:
    """What the engine says, in words that a person can act on."""
    reason = (error.message or error.kind).splitlines()[0].removeprefix("invalid operation: ")
    for said, words in _OVER.items():
        if reason.startswith(said):
            return UsageError(
                f"{name}: the template {words}.", "Let it write each field once, not in a loop."
            )
    return _refused(name, reason, fields)


def _refused(
    name: str, reason: str, fields: Mapping[str, Any], error: type[UsageError] = UsageError
) -> UsageError:
    known = ", ".join(sorted(map(str, fields))) or "none"
    return error(f"{name}: {reason}.", f"The fields here are: {known}.")
