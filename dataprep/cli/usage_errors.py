"""What is said of a command that cannot be read: on one line, like every other error.

A flag that a command does not know is told with whose it is, or with the nearest of its own.
"""

from __future__ import annotations

from typing import Any, get_args, get_origin

from cyclopts import (
    App,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)
from cyclopts.exceptions import RequiresEqualsError, UnknownCommandError

from dataprep.api.numbers import ANY, one_of
from dataprep.cli.numbers import FlagRange
from dataprep.finding import UsageError, excerpt


def usage_error(app: App, error: CycloptsError) -> UsageError:
    """The error of cyclopts as one of ours: what is wrong, and what to type."""
    chain = tuple(error.command_chain or ())
    message, remedy = _told(app, chain, error)
    command = " ".join(("dataprep", *chain))
    return UsageError(message, remedy or f"See: {command} --help")


def _told(app: App, chain: tuple[str, ...], error: CycloptsError) -> tuple[str, str]:
    match error:
        case UnknownOptionError():
            return _unknown_flag(app, chain, error)
        case UnknownCommandError():
            return _unknown_command(app, chain, error)
        case UnusedCliTokensError():
            more = ", ".join(map(excerpt, error.unused_tokens or ()))
            return f"{_named(chain)} takes no further argument, and there is {more}.", ""
        case ValidationError():
            return f"{_flag(error)} is {_given(error)}.", error.exception_message
        case CoercionError():
            return f"{_flag(error)} is {_given(error)}.", _asked_for(error)
        case RequiresEqualsError():
            return f"{_flag(error)} has no value.", f"Give one: {_flag(error)}=VALUE"
        case MissingArgumentError():
            return _missing(chain, error)
        case RepeatArgumentError():
            return f"{error.token.keyword} is given twice.", "Leave one of the two out."
        case _:
            return " ".join(str(error).split()), ""


def _named(chain: tuple[str, ...]) -> str:
    return " ".join(chain) or "dataprep"


def _flag(error: CycloptsError) -> str:
    """The flag as it was typed; of an argument its name in the usage."""
    token = getattr(error, "token", None)
    argument = error.argument
    tokens = [token] if token is not None else list(argument.tokens if argument else ())
    if keyword := next((each.keyword for each in tokens if each.keyword), None):
        return str(keyword)
    if (keyword := getattr(error, "keyword", None)) is not None:
        return str(keyword)
    return "The value" if argument is None else _name_of(argument)


def _name_of(argument: Any) -> str:
    """The flag, or what an argument is called in the usage."""
    name = str(argument.name)
    return name.lstrip("-").upper() if argument.index is not None else name


def _given(error: CoercionError | ValidationError) -> str:
    token = getattr(error, "token", None)
    tokens = [token] if token is not None else list(error.argument.tokens if error.argument else ())
    return excerpt(repr(tokens[-1].value) if isinstance(error, CoercionError) else tokens[-1].value)


def _asked_for(error: CoercionError) -> str:
    """What the flag takes, in words."""
    if error.target_type is bool:
        return "Give the flag alone."
    if get_origin(error.target_type) is not None:
        known = [str(each) for each in get_args(error.target_type)]
        given = error.token.value if error.token is not None else ""
        return one_of(given, known)
    validator = error.argument.parameter.validator if error.argument is not None else ()
    given_to = validator if isinstance(validator, tuple) else (validator,)
    ranges = [each.numbers for each in given_to if isinstance(each, FlagRange)]
    return (ranges[0] if ranges else ANY).asked(whole=error.target_type is int)


def _missing(chain: tuple[str, ...], error: MissingArgumentError) -> tuple[str, str]:
    argument = error.argument
    assert argument is not None  # noqa: S101  cyclopts says which
    if error.keyword is not None or any(token.keyword for token in argument.tokens):
        return f"{_flag(error)} has no value.", ""
    name = _name_of(argument)
    needed = name if argument.index is not None else f"{name} {name.lstrip('-').upper()}"
    return f"{_named(chain)} needs {needed}.", ""


def _unknown_command(
    app: App, chain: tuple[str, ...], error: UnknownCommandError
) -> tuple[str, str]:
    import difflib

    given = (error.unused_tokens or [""])[0]
    group = app
    for name in chain:
        group = group[name]
    known = _commands(group)
    near = difflib.get_close_matches(given, known, n=1)
    below = f" below {_named(chain)}" if chain else ""
    said = f"There is no command {excerpt(given)!r}{below}."
    if near:
        return said, f"Did you mean {' '.join(('dataprep', *chain, near[0]))}?"
    return said, f"It has: {', '.join(known)}."


def _unknown_flag(app: App, chain: tuple[str, ...], error: UnknownOptionError) -> tuple[str, str]:
    """A flag of sister commands (those of `train`) is told as theirs.

    The nearest flag by letters would be another one: --seed for --fsdp.
    """
    import difflib

    flag = (error.token.keyword or error.token.value).partition("=")[0]
    sisters = _flags_below(app, chain[:-1]) if len(chain) > 1 else []
    if takers := [name for name, known in sisters if flag in known]:
        named = " and ".join([", ".join(takers[:-1]), takers[-1]] if takers[1:] else takers)
        return f"{flag} is for {' '.join(chain[:-1])} {named}, not for {chain[-1]}.", ""
    said = f"{_named(chain)} has no flag {excerpt(flag)}."
    own = {name for argument in error.argument_collection for name in argument.names}
    near = difflib.get_close_matches(flag, sorted(own), n=1, cutoff=0.75)
    return said, f"Did you mean {near[0]}?" if near else ""


def _commands(group: App) -> list[str]:
    return [name for name in group if not name.startswith("-")]


def _flags_below(app: App, chain: tuple[str, ...]) -> list[tuple[str, set[str]]]:
    """The commands of a group, each with its flags."""
    for name in chain:
        app = app[name]
    return [
        (name, {f for argument in app[name].assemble_argument_collection() for f in argument.names})
        for name in _commands(app)
    ]
