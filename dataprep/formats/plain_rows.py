"""The short way of writing: plain pairs and plain talks, which are most, with nothing to look up.

A quick row has the bytes that the long way writes, keeps the schema as built, and loses nothing;
a test holds the two ways together. None says that an example must go the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from dataprep.example import Example
from dataprep.recipe import Target

Quick = Callable[[Example], Struct | None]


class Said(Struct, gc=False):
    """A message that is a text."""

    role: str
    content: str


class Weighed(Struct, gc=False):
    """An answer that says whether it is learned, by 1 or 0."""

    role: str
    content: str
    weight: int


class Chat(Struct, gc=False):
    """A row of messages."""

    messages: Sequence[Said | Weighed]


class Pair(Struct, gc=False):
    """A row of prompt and completion."""

    prompt: str
    completion: str


class Preferred(Struct, gc=False):
    """A row of a preference."""

    input: Chat
    preferred_output: list[Said]
    non_preferred_output: list[Said]


class Item(Struct, gc=False):
    """A row for a grader."""

    messages: list[Said]
    reference_answer: str


_ROLES = ("user", "assistant")
_BESIDE = ('"tools"', '"functions"', '"parallel_tool_calls"', '"of_messages"')
"""Keys of the data that stand beside or inside the messages, as JSON spells them."""


def quick_pair(_: Target) -> Quick:
    """The short way of `pair_row`."""

    def build(example: Example) -> Pair | None:
        if example.turns or example.rejected is not None:
            return None
        if example.system:
            return Pair(f"{example.system}\n\n{example.input}", example.output)
        return Pair(example.input, example.output)

    return build


def quick_chat(target: Target) -> Quick:
    """The short way of `chat_row`, and of the providers' own: all of them take a plain talk."""
    usual = target.system

    def build(example: Example) -> Chat | None:
        if example.rejected is not None:
            return None
        if example.turns:
            return _talk(example, usual)
        system = example.system
        if system is None:
            system = usual
        answer = Said("assistant", example.output)
        if system is None:
            return Chat([Said("user", example.input), answer])
        return Chat([Said("system", system), Said("user", example.input), answer])

    return build


def _talk(example: Example, usual: str | None) -> Chat | None:
    """User and assistant in turn, in texts alone, perhaps under a system message."""
    turns = example.turns
    first = turns[0].role == "system"
    if (len(turns) - first) % 2 or any(key in example.data for key in _BESIDE):
        return None
    said: list[Said | Weighed] = []
    if usual is not None and not first:
        said.append(Said("system", usual))
    for number, turn in enumerate(turns):
        role, content = turn.role, turn.content
        if (
            not content
            or turn.parts is not None
            or turn.tool_calls is not None
            or turn.name is not None
            or turn.tool_call_id is not None
            or role != ("system" if first and not number else _ROLES[number - first & 1])
        ):
            return None
        if turn.weight is None:
            said.append(Said(role, content))
        elif role == "assistant" and turn.weight in (0, 1):
            said.append(Weighed(role, content, int(turn.weight)))
        else:
            return None
    return Chat(said) if len(turns) > first else None


def quick_preference(target: Target) -> Quick:
    """The short way of `preference_row`; its schema allows no empty text."""
    usual = target.system

    def build(example: Example) -> Preferred | None:
        asked, better, worse = example.input, example.output, example.rejected
        system = usual if example.system is None else example.system
        if example.turns or not (asked and better and worse) or system == "":
            return None
        said = [Said("user", asked)]
        if system is not None:
            said.insert(0, Said("system", system))
        return Preferred(Chat(said), [Said("assistant", better)], [Said("assistant", worse)])

    return build


def quick_item(_: Target) -> Quick:
    """The short way of `reinforcement_row`."""

    def build(example: Example) -> Item | None:
        if example.turns or example.rejected is not None:
            return None
        said = [Said("user", example.input)]
        if example.system is not None:
            said.insert(0, Said("developer", example.system))
        return Item(said, example.output)

    return build
