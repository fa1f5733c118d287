"""Whose the flags are that a message names: a command says of another one's that they are its.

What reads a file is the same in several commands, and so are its messages: `check` may say that
--prompt names what is asked, and only `convert` takes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from dataprep.patterns import LatePattern

if TYPE_CHECKING:
    from cyclopts import App

    from dataprep.finding import Finding
    from dataprep.report import Counts

Command = tuple[str, ...]
"""The words of a command: ("check",), ("train", "t5")."""

_FLAG = LatePattern(r"(?<![\w-])--[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![\w-]|\.\w)")
_COMMAND = LatePattern(
    r"\bdataprep((?: [a-z][a-z0-9]*)+)"
    r"|\b((?i:convert|check|export|pull)|train [a-z0-9]+)\b"
)
_END = LatePattern(r"(?<!\.)[.!?](?:\s|$)")
"""Where a sentence ends; `...` stands for words that are left out."""

_PROGRAMS = frozenset(("pip", "torchrun", "curl", "jq", "ollama", "hf"))
"""Programs of others, whose flags are theirs."""

_FIRST: tuple[Command, ...] = (("convert",), ("check",))
"""Who is named where several commands have a flag."""


class FlagMention(NamedTuple):
    """A flag in a text, and the commands that its sentence names before it."""

    flag: str
    of: tuple[Command, ...]

    @property
    def is_told(self) -> bool:
        """Whether the sentence names a command that has the flag."""
        return any(takes(command, self.flag) for command in self.of)


def mentions(text: str) -> Iterator[FlagMention]:
    """The flags that a text names, in their order, but for those of other programs."""
    for found in _FLAG.finditer(text):
        begun = max((end.end() for end in _END.finditer(text, 0, found.start())), default=0)
        before = text[begun : found.start()]
        if _PROGRAMS.isdisjoint(before.split()):
            named = (known_command((m[1] or m[2]).split()) for m in _COMMAND.finditer(before))
            yield FlagMention(found[0], tuple(filter(None, named)))


def with_owners(text: str, command: Command) -> str:
    """A message of a command, with whose those flags are that it names and has not."""
    lacking = [m.flag for m in mentions(text) if not m.is_told and not takes(command, m.flag)]
    owners: dict[Command, list[str]] = {}
    for flag in dict.fromkeys(lacking):
        if (owner := _owner(flag)) is not None:
            owners.setdefault(owner, []).append(flag)
    said = [_are_of(flags, owner) for owner, flags in owners.items()]
    if not said or text.endswith((".", "!", "?", ")")):
        return " ".join((text, *said))
    begun = max((end.end() for end in _END.finditer(text)), default=0)
    before, command_typed = text[:begun].rstrip(), text[begun:]  # it ends in what is to be typed
    if before and not any(flag in command_typed for flags in owners.values() for flag in flags):
        return " ".join((before, *said, command_typed))
    return f"{text} ({' '.join(said).removesuffix('.')})"


def owned(findings: Iterable[Finding], command: Command) -> Iterator[Finding]:
    """Findings whose remedies say so."""
    for finding in findings:
        said = with_owners(finding.remedy, command) if "--" in finding.remedy else finding.remedy
        same = said == finding.remedy
        yield finding if same else msgspec.structs.replace(finding, remedy=said)


def owned_counts(counts: Counts, command: Command) -> Counts:
    """The same of findings that were counted."""
    first = {code: [*owned(held, command)] for code, held in counts.first.items()}
    return replace(counts, first=first)


def known_command(words: Iterable[str]) -> Command:
    """The command, or the group of commands, that words begin with; empty where none is."""
    found: list[str] = []
    group: App = _app()
    for word in words:
        if word.startswith("-") or word.lower() not in group:
            break
        found.append(word.lower())
        group = group[word.lower()]
    return tuple(found)


def takes(command: Command, flag: str) -> bool:
    """Whether a command has a flag; of a group of commands, whether one of them has it."""
    return any(
        flag in flags for known, flags in _flags().items() if known[: len(command)] == command
    )


def _owner(flag: str) -> Command | None:
    has = [command for command, flags in _flags().items() if flag in flags]
    return next((command for command in (*_FIRST, *has) if command in has), None)


def _are_of(flags: list[str], owner: Command) -> str:
    named = " and ".join([", ".join(flags[:-1]), flags[-1]] if flags[1:] else flags)
    are = "are flags" if flags[1:] else "is a flag"
    return f"{named} {are} of dataprep {' '.join(owner)}."


@cache
def _flags() -> dict[Command, frozenset[str]]:
    """Every command with the names of its flags."""
    return dict(_below(_app(), ()))


def _below(group: App, words: Command) -> Iterator[tuple[Command, frozenset[str]]]:
    for name in group:
        if name.startswith("-"):
            continue
        command = group[name]
        if any(not below.startswith("-") for below in command):
            yield from _below(command, (*words, name))
        else:
            taken = command.assemble_argument_collection()
            named = (flag for argument in taken for flag in argument.names)
            yield (*words, name), frozenset((*named, "--help", "--version"))


def _app() -> App:
    from dataprep.cli import app

    return app
