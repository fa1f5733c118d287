"""The short way of writing: plain pairs and plain talks, which are most, with nothing to look up.

A quick row has the bytes that the long way writes, keeps the schema as built, and loses nothing;
a test holds the two ways together. None says that an example must go the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from dataprep.example import Example
from dataprep.formats.catalogue import CHAT
from dataprep.formats.chat import TURN
from dataprep.formats.format import Reading, RowFormat
from dataprep.formats.pair import SIDES

if TYPE_CHECKING:
    from dataprep.recipe import Target

Quick = Callable[[Example], Struct | None]


class PlainMessage(Struct, forbid_unknown_fields=True, gc=False):
    """A message that is a text, as it is read."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str


class PlainChat(Struct, forbid_unknown_fields=True, gc=False):
    """A conversation of texts alone, as it is read."""

    messages: list[PlainMessage]


class PlainPair(Struct, forbid_unknown_fields=True, gc=False):
    """A pair of texts alone, as it is read."""

    prompt: str
    completion: str


def reading_again(asked: str, answer: str, form: RowFormat) -> Reading:
    """The reading of a plain row, of its halves; of a pair without the blanks at its ends."""
    if form is not CHAT:
        return form.read(dict(zip(SIDES, (asked, answer), strict=True)))
    turns = asked.split(TURN) if asked else []
    said = [{"role": r, "content": c} for r, c in zip(turns[::2], turns[1::2], strict=True)]
    return form.read({"messages": [*said, {"role": "assistant", "content": answer}]})


class WrittenMessage(Struct, gc=False):
    """A message that is a text."""

    role: str
    content: str


class WeighedMessage(Struct, gc=False):
    """An answer that says whether it is learned, by 1 or 0."""

    role: str
    content: str
    weight: int


class WrittenChat(Struct, gc=False):
    """A row of messages."""

    messages: Sequence[WrittenMessage | WeighedMessage]


class WrittenPair(Struct, gc=False):
    """A row of prompt and completion."""

    prompt: str
    completion: str


class WrittenPreference(Struct, gc=False):
    """A row of a preference."""

    input: WrittenChat
    preferred_output: list[WrittenMessage]
    non_preferred_output: list[WrittenMessage]


class WrittenItem(Struct, gc=False):
    """A row for a grader."""

    messages: list[WrittenMessage]
    reference_answer: str


_ROLES = ("user", "assistant")
_BESIDE = ('"tools"', '"functions"', '"parallel_tool_calls"', '"of_messages"')
"""Keys of the data that stand beside or inside the messages, as JSON spells them."""


def quick_pair(_: Target) -> Quick:
    """The short way of `pair_row`."""

    def build(example: Example) -> WrittenPair | None:
        if example.turns or example.rejected is not None:
            return None
        if example.system:
            return WrittenPair(f"{example.system}\n\n{example.input}", example.output)
        return WrittenPair(example.input, example.output)

    return build


def quick_chat(target: Target) -> Quick:
    """The short way of `chat_row`, and of the providers' own: all of them take a plain talk."""
    usual = target.system

    def build(example: Example) -> WrittenChat | None:
        if example.rejected is not None:
            return None
        if example.turns:
            return _talk(example, usual)
        system = example.system
        if system is None:
            system = usual
        answer = WrittenMessage("assistant", example.output)
        if system is None:
            return WrittenChat([WrittenMessage("user", example.input), answer])
        asked = WrittenMessage("user", example.input)
        return WrittenChat([WrittenMessage("system", system), asked, answer])

    return build


def _talk(example: Example, usual: str | None) -> WrittenChat | None:
    """User and assistant in turn, in texts alone, perhaps under a system message."""
    turns = example.turns
    first = turns[0].role == "system"
    if (len(turns) - first) % 2 or any(key in example.data for key in _BESIDE):
        return None
    said: list[WrittenMessage | WeighedMessage] = []
    learned = False
    if usual is not None and not first:
        said.append(WrittenMessage("system", usual))
    for number, turn in enumerate(turns):
        role, content = turn.role, turn.content
        if (
            not content
            or (role == "assistant" and content.isspace())
            or turn.parts is not None
            or turn.tool_calls is not None
            or turn.name is not None
            or turn.tool_call_id is not None
            or role != ("system" if first and not number else _ROLES[number - first & 1])
        ):
            return None
        learned = learned or (role == "assistant" and turn.weight != 0)
        if turn.weight is None:
            said.append(WrittenMessage(role, content))
        elif role == "assistant" and turn.weight in (0, 1):
            said.append(WeighedMessage(role, content, int(turn.weight)))
        else:
            return None
    return WrittenChat(said) if learned else None


def quick_preference(target: Target) -> Quick:
    """The short way of `preference_row`; what its rules refuse goes the long way."""
    usual = target.system

    def build(example: Example) -> WrittenPreference | None:
        asked, better, worse = example.input, example.output, example.rejected
        system = usual if example.system is None else example.system
        if example.turns or worse is None or not asked or system == "":
            return None
        if not better.strip() or worse.strip() in ("", better.strip()):
            return None
        said = [WrittenMessage("user", asked)]
        if system is not None:
            said.insert(0, WrittenMessage("system", system))
        answers = [[WrittenMessage("assistant", text)] for text in (better, worse)]
        return WrittenPreference(WrittenChat(said), *answers)

    return build


def quick_item(_: Target) -> Quick:
    """The short way of `reinforcement_row`."""

    def build(example: Example) -> WrittenItem | None:
        if example.turns or example.rejected is not None:
            return None
        said = [WrittenMessage("user", example.input)]
        if example.system is not None:
            said.insert(0, WrittenMessage("developer", example.system))
        return WrittenItem(said, example.output)

    return build
