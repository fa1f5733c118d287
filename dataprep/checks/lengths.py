"""T001: an example so long that the platform cuts its answer off, without a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.checks.context import Context, Fault, Row

USUAL = 4
"""Characters a token, the usual rule of thumb for English (OpenAI's tokenizer page)."""

SPARSE = 6
"""Characters a token that ordinary text does not exceed: an estimate over it is sure enough."""


def length_faults(row: Row, context: Context) -> Iterator[Fault]:
    """Whether a chat row is over the limit; an estimate speaks only where it can be sure."""
    characters = sum(map(_characters, row["messages"]))
    if characters <= context.token_limit and context.count_tokens is None:
        return
    limit = f"over the limit of {context.token_limit:,}: its end would be cut off"
    if context.count_tokens is not None:
        tokens = context.count_tokens(row)
        if tokens > context.token_limit:
            yield Fault("T001", "messages", f"the example has {tokens:,} tokens, {limit}")
    elif characters // SPARSE > context.token_limit:
        estimate = f"about {characters // USUAL:,} tokens, at least {characters // SPARSE:,}"
        yield Fault(
            "T001",
            "messages",
            f"the example has {estimate} (an estimate from {characters:,} characters), {limit}",
        )


def _characters(message: Row) -> int:
    content = message.get("content")
    size = len(content) if isinstance(content, str) else sum(map(_part, content or ()))
    for call in message.get("tool_calls") or ():
        size += len(call["function"]["name"]) + len(call["function"]["arguments"])
    return size


def _part(part: dict[str, Any]) -> int:
    return len(part.get("text", ""))
