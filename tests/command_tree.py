"""Every command of the command line, by its words, with what it takes."""

from __future__ import annotations

from collections.abc import Iterator

from cyclopts import App
from cyclopts.argument import Argument

from dataprep.cli import app


def commands(group: App = app, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of each command, groups of commands left out: ("check",), ("train", "t5")."""
    for name in group:
        if name.startswith("-"):
            continue
        below = [*commands(group[name], (*words, name))]
        yield from below or [(*words, name)]


def arguments(words: tuple[str, ...]) -> list[Argument]:
    """What a command takes: its arguments and its flags, --help and --version left out."""
    found = app
    for word in words:
        found = found[word]
    return list(found.assemble_argument_collection())


def flags(words: tuple[str, ...]) -> set[str]:
    """The flags that a command takes, by all their names."""
    named = {name for argument in arguments(words) for name in argument.names}
    return {*named, "--help", "-h", "--version"}


def required(words: tuple[str, ...]) -> list[str]:
    """What must be given besides a flag, as files that are not there and a model's name."""
    given: list[str] = []
    for argument in arguments(words):
        if argument.required and argument.index is not None:
            given.append("7" if argument.hint is int else "nowhere")
        elif argument.required:
            given += [argument.name, "merged" if argument.name == "--to" else "model"]
    return given
