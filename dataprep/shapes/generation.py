"""A text that annotators wrote becomes the completion: summaries, answers, translations."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.annotation import Control, Result, asks, noun_of, sentence, spoken, text_asked_for

WrittenTexts = tuple[str, ...]


def instruction(control: Control, header: str | None = None) -> str:
    """The default instruction: what the config asks, or what the name of the control says.

    `header` is an instruction, or what the text is called.
    """
    about = control.about
    if header and asks(header):
        return sentence(header)
    noun = noun_of(header) if header else spoken(control.name)
    known = text_asked_for(header or control.name, about)
    if known or not noun:
        return known or f"Write an answer to {about}."
    if len(noun.split()) > _NAME:
        return f"For {about}, write the {noun}."
    return f"Write the {noun} for {about}."


_NAME = 2
"""Words of a name that stands before what it is of."""


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
