"""Conversations: chats that annotators wrote on, and dialogues that they answered.

Who speaks for the assistant is read from the names of the speakers, and never guessed: a
dialogue of unknown speakers is a text with a line a turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dataprep.annotation import Control, ObjectTag, Result, paragraphs
from dataprep.example import INSTRUCTING, Turn
from dataprep.finding import excerpt
from dataprep.shapes import generation
from dataprep.shapes.kind import Problems, SeenText, WrittenAnswer

ROLES = (*INSTRUCTING, "user", "assistant")
_ASSISTANT = frozenset(
    (
        *("assistant", "agent", "bot", "chatbot", "ai", "model"),
        *("advisor", "operator", "support", "representative"),
    )
)
_USER = frozenset(["user", "human", "customer", "client", "caller", "visitor", "guest"])

SaidTurn = tuple[str, str]
"""A role, and what was said."""


@dataclass(frozen=True, slots=True)
class Chats:
    """Chat: the turns that came with the task, and those that the annotator wrote after them."""

    control: Control
    field: str
    instruction: str
    reads: frozenset[str]
    name: str = "chat"
    relations: bool = False
    parts: bool = False
    partition: None = None
    unwritten: str = "no-answer"

    def read(
        self, results: Sequence[Result], seen: SeenText
    ) -> tuple[tuple[SaidTurn, ...], Problems]:
        """The whole conversation; none where the annotator wrote no turn."""
        problems: Problems = []
        written = [(r.value or {}).get("chatmessage") for r in results]
        if not written:
            return (), problems
        given = seen.data.get(self.field)
        before = given if isinstance(given, list) else []
        said = [said_turn(message, problems) for message in (*before, *written)]
        return tuple(each for each in said if each), problems

    def write(self, answer: tuple[SaidTurn, ...], seen: SeenText) -> Iterator[WrittenAnswer]:
        """The turns up to the last of the assistant, which is the completion."""
        last = max((i for i, (role, _) in enumerate(answer) if role == "assistant"), default=0)
        if last == 0 or not any(role == "user" for role, _ in answer[:last]):
            return
        turns = [Turn(role=role, content=content) for role, content in answer[: last + 1]]
        before = "\n".join(f"{role}: {content}" for role, content in answer[:last])
        yield WrittenAnswer(answer[last][1], None, {}, turns=turns, text=before)


def said_turn(message: Any, problems: Problems) -> SaidTurn | None:
    known = message if isinstance(message, dict) else {}
    role, content = known.get("role"), known.get("content")
    if role not in ROLES or not isinstance(content, str):
        shown = excerpt(repr(role))
        problems.append(("A010", f"a message has the role {shown} and no text, or is no message"))
        return None
    return (role, content) if content.strip() else None


@dataclass(frozen=True, slots=True)
class Responses:
    """A text area on a dialogue: what the assistant says next."""

    control: Control
    shown: ObjectTag
    instruction: str
    reads: frozenset[str]
    name: str = "generation"
    relations: bool = False
    parts: bool = False
    partition: None = None
    unwritten: str = ""

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[Any, Problems]:
        """The submitted texts."""
        return generation.answer(results, self.control)

    def write(self, answer: Any, seen: SeenText) -> Iterator[WrittenAnswer]:
        """One conversation a text; the pair holds the dialogue as a text."""
        before = turns_of(seen.data.get(self.shown.field), self.shown)
        for text in answer:
            turns = [*before, Turn(role="assistant", content=text)] if before else []
            yield WrittenAnswer(text, None, {}, turns=turns)


def turns_of(items: Any, shown: ObjectTag) -> list[Turn]:
    """The turns of a dialogue; none where it is not known who the assistant is."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return []
    ordered = paragraphs.in_order(items, by_time=shown.by_time)
    said = [(_name(item, shown), item.get(shown.text_key)) for item in ordered]
    roles = _roles(list(dict.fromkeys(name for name, _ in said)))
    if roles is None or "user" not in roles.values():
        return []
    return [
        Turn(role=roles[name], content=text)
        for name, text in said
        if isinstance(text, str) and text.strip()
    ]


def _roles(names: Sequence[str]) -> dict[str, str] | None:
    """The role of each name; with two speakers, one known name is enough."""
    roles = {name: role for name in names if (role := _role(name))}
    unknown = [name for name in names if name not in roles]
    if len(unknown) == 1 and len(set(roles.values()) & {"user", "assistant"}) == 1:
        taken = "user" in roles.values()
        roles[unknown[0]] = "assistant" if taken else "user"
        unknown = []
    return None if unknown or not names else roles


def _role(name: str) -> str | None:
    if name in _ASSISTANT:
        return "assistant"
    return "user" if name in _USER else "system" if name == "system" else None


def _name(item: Mapping[str, Any], shown: ObjectTag) -> str:
    return str(item.get(shown.name_key, "")).strip().removesuffix(":").lower()
