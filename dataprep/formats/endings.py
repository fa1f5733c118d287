"""Answers that are no whole ones: cut off at a limit of tokens, or stopped by a filter.

Whoever stores what a model answered stores why it stopped. An answer that stopped in its middle
teaches to stop there. Source: the APIs of OpenAI, Anthropic, Google, Amazon, Mistral, Cohere and
Ollama, 2026-11.
"""

from __future__ import annotations

from typing import Any

from dataprep.formats.format import Row, Unreadable, objects_of
from dataprep.formats.meanings import Meaning, meaning_of

REASONS = frozenset(("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"))
"""Keys that say why an answer ended."""

_NOT_WHOLE = frozenset(
    (
        *("length", "max_tokens", "max_output_tokens", "model_length", "incomplete"),
        *("model_context_window_exceeded", "content_filter", "content_filtered", "refusal"),
        *("guardrail_intervened", "safety", "recitation", "blocklist", "prohibited_content"),
        *("spii", "language", "image_safety", "malformed_function_call", "malformed_model_output"),
        *("unexpected_tool_call", "error", "error_toxic", "error_limit", "cancelled", "failed"),
        *("interrupted", "finished_partial_completion"),
    )
)

_UNFINISHED = ("incomplete", "failed", "cancelled", "in_progress", "queued")
"""What the Responses API says of a record, or of an item of its output, that is no whole one."""


def refuse_cut_off(row: Row) -> None:
    """Raise Unreadable where the row, or a message in it, says that its answer is no whole one.

    A worse answer may be any.
    """
    for key, value in row.items():
        if key in REASONS and is_cut_off(value):
            raise cut_off(key, value)
        if isinstance(value, list) and meaning_of(key) is not Meaning.REJECTED:
            for number, inner in objects_of(value):
                if not REASONS.isdisjoint(inner):
                    refuse_reasons(inner, f"{key}[{number}]")


def refuse_reasons(holder: Row, at: str) -> None:
    """The same by the keys of one object, which stands at a path."""
    for key in holder:
        if key in REASONS and is_cut_off(holder[key]):
            raise cut_off(f"{at}.{key}" if at else key, holder[key])


def is_cut_off(reason: Any) -> bool:
    """Whether a reason for which an answer ended is none of a whole one."""
    return isinstance(reason, str) and reason.strip().lower() in _NOT_WHOLE


def refuse_unfinished(record: Row) -> None:
    """The same by the status of a record of the Responses API, or of an item in it."""
    why = record.get("incomplete_details")
    reason = why.get("reason") if isinstance(why, dict) else None
    if record.get("status") in _UNFINISHED:
        raise cut_off("status", f"{record['status']} ({reason})" if reason else record["status"])
    for key in ("input", "output"):
        for number, item in objects_of(record.get(key)):
            if item.get("status") in _UNFINISHED:
                raise cut_off(f"{key}[{number}].status", item["status"])


def cut_off(path: str, reason: str) -> Unreadable:
    """The refusal of an answer that ended for such a reason, which stands at a path."""
    return Unreadable("C001", path, f"the answer was cut off: {path} is {reason}")
