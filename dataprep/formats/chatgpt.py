"""ChatGPT's export: a tree of messages under `mapping`, read along the path to `current_node`.

Left out are hidden messages, those to or from tools, and other branches (edits and answers made
again), each counted by what it is. Source: conversations.json of exports, 2023 to 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    without_nulls,
)
from dataprep.formats.transcript import Transcript

NAME = "chatgpt-export"
_READ = ("text", "multimodal_text")


def recognise(row: Row) -> bool:
    """Whether there is a tree of nodes."""
    mapping = row.get("mapping")
    if not isinstance(mapping, dict) or not mapping:
        return False
    return all(isinstance(node, dict) and "message" in node for node in mapping.values())


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls."""
    return without_nulls(row)


def read(row: Row) -> Reading:
    """The conversation as it was shown last; texts of the assistant in a row are one answer."""
    made = Transcript()
    uses = {"mapping": "messages"}
    if "current_node" in row:
        uses["current_node"] = "messages"
    shown = set()
    for key, message in _path(row):
        shown.add(key)
        if reason := _unread(message):
            uses[f"mapping[] ({reason})"] = "left out"
            continue
        role = message["author"]["role"]
        parts = [part for part in message["content"]["parts"] if isinstance(part, str)]
        if len(parts) < len(message["content"]["parts"]):
            words = f"the message {key} holds pictures or files, which the export does not hold"
            raise Unreadable("S004", f"mapping.{key}", words)
        text = "\n\n".join(parts)
        path = f"mapping.{key}.message.content.parts[0]"
        if made.messages and made.messages[-1]["role"] == role:
            made.messages[-1]["content"] += f"\n\n{text}"
            made.note(path, text, role)
        elif text.strip():
            made.add(role, text, path)
    if any(node.get("message") for key, node in row["mapping"].items() if key not in shown):
        uses["mapping[] (another branch)"] = "left out"
    return Reading(
        kind="chat", messages=made.messages, uses=uses, places=made.places, pieces=made.pieces
    )


def _path(row: Row) -> Iterator[tuple[str, Any]]:
    """The messages from the root to the node that was shown last."""
    mapping = row["mapping"]
    node: Any = row.get("current_node")
    if node not in mapping:
        leaves = [key for key, value in mapping.items() if not value.get("children")]
        if len(leaves) != 1:
            words = "current_node is missing, and the tree has several ends"
            raise Unreadable("S001", "current_node", words)
        node = leaves[0]
    keys: list[str] = []
    while node in mapping and node not in keys:
        keys.append(node)
        node = mapping[node].get("parent")
    for key in reversed(keys):
        if isinstance(message := mapping[key].get("message"), dict):
            yield key, message


def _unread(message: Row) -> str:
    """Why a message is no turn of the conversation; empty for one that is."""
    author = message.get("author")
    role = author.get("role") if isinstance(author, dict) else None
    content = message.get("content")
    kind = content.get("content_type") if isinstance(content, dict) else None
    if message.get("weight") in (0, 0.0):
        return "hidden"
    if role not in ("user", "assistant", "system") or message.get("recipient", "all") != "all":
        return "tools"
    if kind not in _READ or not isinstance(content, dict):
        return str(kind)
    parts = content.get("parts")
    if not isinstance(parts, list) or not any(parts):
        return "empty"
    return ""


FORMAT = RowFormat(NAME, "conversations (ChatGPT's export)", recognise, read, tidy)
