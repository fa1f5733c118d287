"""The options of a call: of the types and within the ranges of the command line's, or refused."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Collection, Mapping
from collections.abc import Sequence as SequenceType
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from dataprep.api.numbers import ANY, NumberRange, Ranges, one_of
from dataprep.finding import UsageError, excerpt
from dataprep.shell import flag_of

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")
_RECIPE = "Recipe"


def checked(
    ranges: Ranges | None = None,
) -> Callable[[Callable[Arguments, Returned]], Callable[Arguments, Returned]]:
    """A function that raises UsageError for values that its parameters do not take.

    Their types are those of its annotations, their numbers those of `ranges`. What it takes as
    `**options` it looks at itself.
    """

    def decorate(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
        @functools.wraps(function)
        def call(*args: Arguments.args, **options: Arguments.kwargs) -> Returned:
            try:
                given = inspect.signature(function).bind(*args, **options)
            except TypeError:
                return function(*args, **options)  # which says what is wrong with its names
            kinds = _kinds(function)
            for name, parameter in given.signature.parameters.items():
                if name in kinds and name in given.arguments:
                    value = given.arguments[name]
                    given.arguments[name] = _looked_at(parameter, value, kinds[name], ranges or {})
            return function(*given.args, **given.kwargs)

        return call

    return decorate


def typed(name: str, value: Any, kind: Any, numbers: NumberRange = ANY) -> Any:
    """The value of an option as its type wants it; a number of NumPy is a number.

    Raises UsageError for one of another type, or out of range.
    """
    return _taken(flag_of(name), value, kind, numbers)


def _looked_at(parameter: inspect.Parameter, value: Any, kind: Any, ranges: Ranges) -> Any:
    name = parameter.name.removesuffix("_")
    if parameter.kind is parameter.VAR_POSITIONAL:
        return tuple(_taken(name, each, kind) for each in value)
    by_flag = parameter.kind is parameter.KEYWORD_ONLY and name != "progress"
    return _taken(flag_of(name) if by_flag else name, value, kind, ranges.get(name, ANY))


def _taken(said: str, value: Any, kind: Any, numbers: NumberRange = ANY) -> Any:
    """The value, if it is of the kind and one of the numbers; `said` is what a message calls it."""
    members = _members(kind)
    plain = value.item() if getattr(value, "shape", None) == () else value
    number = isinstance(plain, int | float) and not isinstance(plain, bool)
    if not any(_fits(plain, member) for member in members):
        raise UsageError(f"{said} is {excerpt(repr(value))}.", _asked(plain, members, numbers))
    if _names_nothing(plain, members):
        what = f"{said} is {excerpt(repr(value))}, and names nothing."
        raise UsageError(what, "As a path, . is this folder.")
    if number and not numbers.holds(plain):
        raise UsageError(f"{said} is {excerpt(repr(plain))}.", numbers.advice(plain))
    return float(plain) if number and int not in members else plain


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a kind: one member of a union."""
    origin = get_origin(kind) or kind
    if origin is Literal:
        return isinstance(value, str) and value in get_args(kind)
    if origin in (int, float):
        numbers = (int, float) if origin is float else int
        return isinstance(value, numbers) and not isinstance(value, bool)
    if origin is SequenceType:
        (of,) = get_args(kind)
        several = isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping)
        return several and all(any(_fits(each, one) for one in _members(of)) for each in value)
    return callable(value) if origin is Callable else isinstance(value, origin)


def _names_nothing(value: Any, members: tuple[Any, ...]) -> bool:
    """Whether a path, or one of several, is an empty text, which pathlib takes for this folder."""
    if isinstance(value, str) and not value:
        return any((get_origin(member) or member) is os.PathLike for member in members)
    return any(
        _names_nothing(each, _members(get_args(member)[0]))
        for member in members
        if get_origin(member) is SequenceType and _fits(value, member)
        for each in value
    )


def _members(kind: Any) -> tuple[Any, ...]:
    """The types of a union, those of its unions among them; of another type itself."""
    if get_origin(kind) in (Union, UnionType):
        return tuple(one for member in get_args(kind) for one in _members(member))
    return (NoneType if kind is None else kind,)


def _asked(value: Any, members: tuple[Any, ...], numbers: NumberRange) -> str:
    """What to give in the place of a value of another kind."""
    for member in members:
        if get_origin(member) is Literal:
            return one_of(str(value), [str(each) for each in get_args(member)])
    if int in members or float in members:
        return numbers.asked(whole=float not in members)
    several = [_text_or_path(get_args(m)[0]) for m in members if get_origin(m) is SequenceType]
    if several:
        return f"Give a {several[0]}, or a list of them."
    known = {bool: "True or False", Callable: "a function"}
    named = [known[origin] for m in members if (origin := get_origin(m) or m) in known]
    own = [f" or a {m.__name__}" for m in members if getattr(m, "__name__", "") == _RECIPE]
    return f"Give {named[0]}." if named else f"Give a {_text_or_path(*members)}{''.join(own)}."


def _text_or_path(*kinds: Any) -> str:
    members = [get_origin(one) or one for kind in kinds for one in _members(kind)]
    return "path" if os.PathLike in members else "text"


@functools.cache
def _kinds(function: Callable[..., Any]) -> dict[str, Any]:
    """The types of the parameters of a function, but for those of `**options`."""
    parameters = inspect.signature(function).parameters.values()
    texts = {p.name: p.annotation for p in parameters if p.kind is not p.VAR_KEYWORD}
    late: dict[str, Any] = {"ReportStage": Callable, "ReportTraining": Callable}
    if any(_RECIPE in text for text in texts.values()):
        from dataprep.recipe import Recipe

        late[_RECIPE] = Recipe
    return get_type_hints(
        SimpleNamespace(__annotations__=texts), vars(inspect.getmodule(function)), late
    )
