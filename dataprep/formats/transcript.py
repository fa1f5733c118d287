"""Collects the messages of a row of another format, and what stands in them beside what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from dataprep.example import Message
from dataprep.formats.format import Piece, Reading, Row, Unreadable
from dataprep.formats.loss_marks import WEIGHT, marks_of

Known = Mapping[str, "Known | Literal['read', 'defined']"]
"""The keys of an object that a format knows; below one, those of the objects that it holds.

Keys that are read say something of the conversation, or are its structure; those that are defined
are metadata, carried along and no verdict.
"""


def read_keys(*names: str) -> dict[str, Literal["read"]]:
    """The keys of an object that are read; several may stand in one text."""
    return dict.fromkeys((key for name in names for key in name.split()), "read")


def defined_keys(names: str) -> dict[str, Literal["defined"]]:
    """The keys of an object that are metadata by the format's own definition."""
    return dict.fromkeys(names.split(), "defined")


@dataclass(slots=True)
class MessageParts:
    """What the parts of one message say: texts with their paths, and calls in OpenAI's form."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)

    def call(self, called: str, call: Row) -> str:
        """Add a call in OpenAI's form under an id; returns its arguments as JSON."""
        self.calls.append({**call, "id": called})
        return str(call["function"]["arguments"])


class Transcript:
    """Collects the messages of a row of another format, and where each stood."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.places: dict[str, str] = {}
        self.pieces: list[Piece] = []
        self._thoughts: list[tuple[str, str]] = []
        self._beside: dict[str, dict[int, list[Any]]] = {}
        self._whole: Row = {}
        self._defined: set[str] = set()
        self._marks: dict[str, str] = {}

    def add(self, role: str, content: Any, path: str, **more: Any) -> Message:
        """Add a message whose content stands at `path`, with its texts as pieces."""
        if self._thoughts and role != "assistant":
            self.settle()
        at = f"messages[{len(self.messages)}]"
        message: Message = {"role": role, "content": content, **more}
        self.messages.append(message)
        self.places[at] = path if path.endswith("]") else path.rpartition(".")[0] or path
        self.places[f"{at}.content"] = path
        if isinstance(content, str):
            self.pieces.append(Piece(path, content, role))
        self.settle()
        return message

    def add_parts(self, role: str, parts: MessageParts, path: str, **more: Any) -> None:
        """Add the message that some parts are; `path` is that of one without a text."""
        if not (parts.texts or parts.calls):
            return
        if parts.calls:
            more["tool_calls"] = parts.calls
        joined = "\n\n".join(text for _, text in parts.texts)
        self.add(role, joined, parts.texts[0][0] if parts.texts else path, **more)
        if len(parts.texts) > 1:
            self.pieces.pop()
            for where, text in parts.texts:
                self.note(where, text, role)

    def note(self, path: str, text: str, role: str) -> None:
        """Add a text that is no content of its own: a part, a thought, arguments of a call."""
        self.pieces.append(Piece(path, text, role))

    def think(self, path: str, text: str) -> None:
        """Add what was thought: it goes with the answer that follows it."""
        self.note(path, text, "assistant")
        self._thoughts.append((path, text))

    def settle(self) -> None:
        """Give what was thought to the last message; raises Unreadable where that is no answer."""
        if not self._thoughts:
            return
        last = self.messages[-1] if self.messages else {}
        if last.get("role") != "assistant":
            path = self._thoughts[0][0]
            raise Unreadable("C003", path, f"{path} is a thought, and no answer follows it")
        thoughts = [last.get("reasoning", ""), *(text for _, text in self._thoughts)]
        last["reasoning"] = "\n\n".join(filter(None, thoughts))
        self._thoughts.clear()

    # What stands beside what is said.

    def carry(self, value: Any, path: str, known: Known, message: int | None = None) -> None:
        """Carry along what an object, or each of a list, holds that is not read, at any depth.

        It is told of the message with that index, which is the one that was added last.
        """
        if isinstance(value, list):
            for inner in value:
                self.carry(inner, f"{path}[]", known, message)
        if not isinstance(value, dict):
            return
        for key, inner in value.items():
            use = known.get(key)
            if isinstance(use, Mapping):
                self.carry(inner, f"{path}.{key}", use, message)
            elif use != "read" and not is_nothing(inner):
                at = self._current if message is None else message
                self._beside.setdefault(f"{path}.{key}", {}).setdefault(at, []).append(inner)
                if use == "defined":
                    self._defined.add(f"{path}.{key}")

    def carry_turn(self, turn: Row, path: str, known: Known) -> None:
        """The same of a turn: what says whether it is learned is read, and becomes its weight."""
        marks = marks_of(turn)
        self._marks.update({f"{path}.{key}": WEIGHT for key in marks})
        self.carry(turn, path, {**known, **read_keys(*marks)})

    def carry_whole(self, path: str, value: Any) -> None:
        """Carry along a value that is no verdict as it is; below a list, each under its path."""
        if "[]" in path:
            self._whole.setdefault(path, []).append(value)
        else:
            self._whole[path] = value

    @property
    def _current(self) -> int:
        """The index of the message that is told: of a thought, that of its answer."""
        return len(self.messages) - (0 if self._thoughts else 1)

    def reading(self, uses: dict[str, str], beside: Row | None = None) -> Reading:
        """All of it as a conversation; raises Unreadable for a thought without an answer."""
        self.settle()
        return Reading(
            kind="chat",
            messages=self.messages,
            beside=beside or {},
            uses={**uses, **self._marks},
            places=self.places,
            pieces=self.pieces,
            carried={**{path: self._by_message(path) for path in self._beside}, **self._whole},
            unjudged=frozenset(self._defined).union(self._whole),
        )

    def _by_message(self, path: str) -> list[Any]:
        """What was carried under a path, as a list with an entry a message."""
        found: list[list[Any]] = [[] for _ in self.messages or (None,)]
        for at, values in self._beside[path].items():
            found[max(0, min(at, len(found) - 1))] += values
        return [(values[0] if len(values) == 1 else values) if values else None for values in found]


class RankedAnswer(NamedTuple):
    """One of the answers of a preference: its text, and its path in the row."""

    is_better: bool
    text: str
    path: str


def preference(
    made: Transcript,
    answers: Sequence[RankedAnswer],
    where: str,
    uses: dict[str, str],
    beside: Row | None = None,
    **more: Any,
) -> Reading:
    """A conversation with its better and its worse answer, which stand in the list at `where`.

    `more` is what the message of the better answer has beside its text. Raises Unreadable unless
    there is one of each: a third would be lost.
    """
    better, worse = ([a for a in answers if a.is_better is which] for which in (True, False))
    if (len(better), len(worse)) != (1, 1):
        words = f"{where} holds {len(better)} better answers and {len(worse)} worse, not one each"
        remedy = "Keep one of each, or write a row for each pair of them."
        raise Unreadable("C202", where, words, remedy)
    made.add("assistant", better[0].text, better[0].path, **more)
    made.note(worse[0].path, worse[0].text, "assistant")
    made.places["rejected"] = worse[0].path
    reading = made.reading(uses, beside)
    reading.kind = "preference"
    reading.rejected = [{"role": "assistant", "content": worse[0].text}]
    return reading


def is_nothing(value: Any) -> bool:
    """Whether a value is null or empty, so that nothing is lost without it."""
    return value is None or value in ("", [], {})
