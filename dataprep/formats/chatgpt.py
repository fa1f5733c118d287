"""ChatGPT's export: a tree of messages under `mapping`, read along the path to `current_node`.

Left out are hidden messages, those to or from tools, and other branches (edits and answers made
again), each counted by what it is. What else stands in a node is carried along, and an answer that
was cut off is refused. Source: conversations.json of exports, 2023 to 2026.
"""

from __future__ import annotations

from typing import Any

from dataprep.finding import Fault
from dataprep.formats.endings import cut_off, is_cut_off, refuse_reasons
from dataprep.formats.format import Reading, Row, RowFormat, Unreadable, without_nulls
from dataprep.formats.transcript import Known, Transcript, is_nothing, read_keys

NAME = "chatgpt-export"
_READ = ("text", "multimodal_text")
_FINISHED = "finished_successfully"

_NODE: Known = read_keys("id parent children")
_MESSAGE: Known = {
    **read_keys("id create_time update_time end_turn recipient"),
    "author": read_keys("role"),
    "content": read_keys("content_type parts"),
    "metadata": {},
}
_USUAL = {"status": (_FINISHED,), "weight": (1,), "channel": ("final",)}
"""What keys of a message say of one that is shown, so that they say nothing more."""

_METADATA = read_keys(
    "finish_details is_complete timestamp_ message_type model_slug default_model_slug request_id "
    "parent_id turn_exchange_id message_source citations content_references search_result_groups "
    "search_queries image_results safe_urls blocked_urls attachments requested_model_slug "
    "gizmo_id targeted_reply targeted_reply_label selected_github_repos selected_sources "
    "serialization_metadata voice_mode_message dictation dictation_asset_pointer "
    "rebase_developer_message rebase_system_message can_save pad command args "
    "reasoning_status finished_duration_sec finished_text initial_text skip_reasoning_title "
    "thinking_effort paragen_variants_info paragen_variant_choice model_adjustments invoked_plugin "
    "caterpillar_selected_sources canvas jit_plugin_data sonic_classification_result"
)
"""Keys of a message's metadata that the export itself writes."""

_OF_CHAT = read_keys(
    "title create_time update_time id conversation_id conversation_template_id conversation_origin "
    "gizmo_id gizmo_type plugin_ids is_archived is_starred is_read_only is_study_mode "
    "is_do_not_remember safe_urls blocked_urls default_model_slug voice async_status "
    "disabled_tool_ids memory_scope context_scopes owner pinned_time sugar_item_id "
    "sugar_item_visible"
)
"""Keys of a conversation that the export itself writes."""


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
    shown = _path(row)
    for key in shown:
        _add(made, row["mapping"][key], f"mapping.{key}", uses)
    if any(_says(node) for key, node in row["mapping"].items() if key not in shown):
        uses["mapping[] (another branch)"] = "left out"
    for key in _OF_CHAT:
        if not is_nothing(row.get(key)):
            made.carry_whole(key, row[key])
    return made.reading(uses)


def _says(node: Row) -> bool:
    """Whether a node holds more than its place in the tree."""
    return any(key not in _NODE and not is_nothing(value) for key, value in node.items())


def _path(row: Row) -> list[str]:
    """The keys of the nodes from the root to the one that was shown last."""
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
    return keys[::-1]


def _add(made: Transcript, node: Row, at: str, uses: dict[str, str]) -> None:
    """Add what one node says, and carry along what it holds beside it."""
    message = node.get("message")
    if isinstance(message, dict):
        if reason := _unread(message):
            uses[f"mapping[] ({reason})"] = "left out"
        else:
            _add_text(made, message, at)
            _carry(made, message)
    made.carry(node, "mapping[]", {**_NODE, "message": "read"})


def _add_text(made: Transcript, message: Row, at: str) -> None:
    """Add the text of a message, below what the same role said just before."""
    role = message["author"]["role"]
    if role == "assistant":
        _refuse_unfinished(message, f"{at}.message")
    parts = [part for part in message["content"]["parts"] if isinstance(part, str)]
    if len(parts) < len(message["content"]["parts"]):
        key = at.partition(".")[2]
        words = f"the message {key} holds pictures or files, which the export does not hold"
        raise Unreadable("S004", at, words)
    text = "\n\n".join(parts)
    path = f"{at}.message.content.parts[0]"
    if made.messages and made.messages[-1]["role"] == role:
        made.messages[-1]["content"] += f"\n\n{text}"
        made.note(path, text, role)
    elif text.strip():
        made.add(role, text, path)


def _refuse_unfinished(message: Row, at: str) -> None:
    """Raise Unreadable for an answer that was cut off or interrupted."""
    status = message.get("status", _FINISHED)
    if status != _FINISHED:
        raise cut_off(f"{at}.status", str(status))
    metadata = message.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for holder, where in ((message, at), (metadata, f"{at}.metadata")):
        refuse_reasons(holder, where)
    details = metadata.get("finish_details")
    ended = details.get("type") if isinstance(details, dict) else None
    if is_cut_off(ended):
        raise cut_off(f"{at}.metadata.finish_details.type", str(ended))
    if metadata.get("is_complete") is False:
        raise cut_off(f"{at}.metadata.is_complete", "false")


def _carry(made: Transcript, message: Row) -> None:
    """Carry along what a message holds beside its text; the export's own metadata as one."""
    rest = {key: v for key, v in message.items() if v not in _USUAL.get(key, ())}
    metadata = message.get("metadata")
    if isinstance(metadata, dict):
        own = {key: value for key, value in metadata.items() if key in _METADATA}
        made.carry({"metadata": own}, "mapping[].message", {"metadata": "defined"})
        rest["metadata"] = {key: v for key, v in metadata.items() if key not in _METADATA}
    made.carry(rest, "mapping[].message", _MESSAGE)


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
