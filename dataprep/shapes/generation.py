"""A text that annotators wrote becomes the completion: summaries, answers, translations."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.annotation import Control, Result

WrittenTexts = tuple[str, ...]


def instruction(control: Control, header: str | None = None) -> str:
    """The default instruction: the header of the config, or the name of the control."""
    return header or f"Write the {control.name.replace('_', ' ')} for {control.about}."


def answer(
    results: Sequence[Result], control: Control
) -> tuple[WrittenTexts, list[tuple[str, str]]]:
    """The submitted texts, each different one an answer; blank ones are none."""
    texts: list[str] = []
    for result in results:
        written = (result.value or {}).get("text", [])
        for text in written if isinstance(written, list) else [written]:
            if isinstance(text, str) and text.strip():
                texts.append(text)
    return tuple(dict.fromkeys(texts)), []
