"""The words of a command line before they are parsed: what cannot be what it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from dataprep.cli.flag_owners import known_command, takes
from dataprep.devices import refuse_device
from dataprep.finding import UsageError

OUTPUTS = ("--out", "-o", "--output")
"""Flags whose value is written, and who writes it says what it cannot be."""

_STREAM = "-"


class WordValue(NamedTuple):
    """A value, and the flag before it; "" for an argument, as far as that can be told."""

    flag: str
    value: str


def values(arguments: Sequence[str]) -> Iterator[WordValue]:
    """The values of a command line, its command among them, without flags that stand alone."""
    for before, part in pairwise(["", *arguments]):
        flag, equals, value = part.partition("=")
        if not part.startswith("-") or part == _STREAM:
            is_flag = before.startswith("-") and before != _STREAM
            yield WordValue(before if is_flag else "", part)
        elif equals:
            yield WordValue(flag, value)


def refuse_words(arguments: Sequence[str]) -> None:
    """Raise UsageError for a word that cannot be what it stands for, in any command.

    That is a device, a socket or nothing in the place of a file, standard output in the place of an
    output, and `--fix all`: --fix alone is a flag too, so that `all` would be a file.
    """
    for flag, value in values(arguments):
        if not value and not flag:
            raise UsageError(
                "An argument is empty, and names nothing.", "Is a variable of the shell unset?"
            )
        if value == _STREAM and flag in OUTPUTS and takes(known_command(arguments), flag):
            raise UsageError(
                f"{flag} names a file or a folder, and - is standard output.",
                "Give a name; one that is really called so is ./-",
            )
        if value not in ("", _STREAM) and flag not in OUTPUTS:
            refuse_device(Path(value), value)
        if flag == "--fix" and value in ("safe", "all") and f"--fix={value}" not in arguments:
            _refuse_blank(value)


def _refuse_blank(value: str) -> None:
    if not Path(value).exists():
        raise UsageError(f"{value}: no such file.", f"Did you mean --fix={value}?")
