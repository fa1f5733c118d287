"""What a provider does not take of a conversation: it is dropped by a reason, and never changed.

Sources: docs.together.ai (data preparation, function calling), docs.fireworks.ai (supervised and
vision fine-tuning), docs.tokenfactory.nebius.com (dataset formats), all seen 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dataprep.example import Example
from dataprep.formats.chat import chat_row
from dataprep.formats.format import BuildRow, NotTaken, Row
from dataprep.recipe import Target

Refusal = tuple[str, str]
"""The reason of the drop, and its detail."""

Refuse = Callable[[Row], Refusal | None]

_KEYS = frozenset({"messages", "tools"})
_ROLES = frozenset({"system", "user", "assistant", "tool"})


def chat_row_for(refuse: Refuse) -> Callable[[Target], BuildRow]:
    """Chat rows for a provider; a pair is taken by all of them."""

    def rows(target: Target) -> BuildRow:
        chat = chat_row(target)

        def build(example: Example) -> Row:
            row = chat(example)
            if example.turns and (refusal := refuse(row)):
                raise NotTaken(*refusal)
            return row

        return build

    return rows


def together(row: Row) -> Refusal | None:
    """Roles alternate, system first; pictures as bytes; no content lists beside strings."""
    return (
        _unknown_key(row)
        or _unknown_role(row)
        or _late_system(row)
        or _opening(row)
        or _repeated_role(row)
        or _picture_by_address(row)
        or _mixed_contents(row)
    )


def fireworks(row: Row) -> Refusal | None:
    """A system message comes first; pictures as bytes."""
    return _unknown_key(row) or _unknown_role(row) or _late_system(row) or _picture_by_address(row)


def nebius(row: Row) -> Refusal | None:
    """The last message is an answer in words."""
    last = row["messages"][-1]
    if last["role"] != "assistant":
        return "last-not-an-answer", f"the last message is of the role {last['role']}"
    if last.get("tool_calls") or not last.get("content"):
        return "last-not-an-answer", "the last message says nothing in words"
    return None


def _unknown_key(row: Row) -> Refusal | None:
    unknown = sorted(row.keys() - _KEYS)
    return ("key-not-taken", ", ".join(unknown)) if unknown else None


def _unknown_role(row: Row) -> Refusal | None:
    for message in row["messages"]:
        if message["role"] not in _ROLES:
            return "role-not-taken", f"a message of the role {message['role']}"
        if "function_call" in message:
            return "key-not-taken", "function_call"
    return None


def _late_system(row: Row) -> Refusal | None:
    if any(m["role"] == "system" for m in row["messages"][1:]):
        return "system-not-first", "a system message stands behind others"
    return None


def _opening(row: Row) -> Refusal | None:
    role = row["messages"][0]["role"]
    if role in ("system", "user"):
        return None
    return "opens-with-an-answer", f"the first message is of the role {role}"


def _repeated_role(row: Row) -> Refusal | None:
    previous = ""
    for message in row["messages"]:
        role = message["role"]
        if role == previous and role != "tool":
            return "roles-do-not-alternate", f"two messages of the role {role} in a row"
        previous = role
    return None


def _picture_by_address(row: Row) -> Refusal | None:
    for part in _parts(row):
        if part["type"] == "image_url" and not part["image_url"]["url"].startswith("data:"):
            return "picture-by-address", "a picture stands as a URL, and not as its bytes"
    return None


def _mixed_contents(row: Row) -> Refusal | None:
    kinds = {isinstance(m["content"], list) for m in row["messages"] if m.get("content")}
    if len(kinds) > 1:
        return "mixed-contents", "some contents are lists of parts, others strings"
    return None


def _parts(row: Row) -> Iterator[Row]:
    for message in row["messages"]:
        if isinstance(content := message.get("content"), list):
            yield from content
