"""A preference as one JSON row, in OpenAI's fields for direct preference optimisation."""

from __future__ import annotations

from typing import Any

from dataprep.example import Example
from dataprep.recipe import Target
from dataprep.targets.rows import BuildRow, Row

WITHOUT_REJECTED = (
    *("classification", "spans", "generation", "taxonomy", "rating", "number", "datetime"),
    *("structured", "chat", "messages", "pairs", "columns", "qa", "sections"),
    *("continuation", "denoising", "plain", "chunk"),
)
"""The shapes that say what is right, and not what is worse."""


def preference_row(target: Target) -> BuildRow:
    """What is asked, the answer that was chosen, and the one that was rejected."""

    def build(example: Example) -> Row:
        messages: list[dict[str, Any]] = [{"role": "user", "content": example.input}]
        system = example.system if example.system is not None else target.system
        if system is not None:
            messages.insert(0, {"role": "system", "content": system})
        return {
            "input": {"messages": messages},
            "preferred_output": [_answer(example.output)],
            "non_preferred_output": [_answer(example.rejected or "")],
        }

    return build


def _answer(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}
