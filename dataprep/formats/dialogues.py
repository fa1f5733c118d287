"""Dialogues in one text (HH-RLHF), `\\n\\nHuman: ...\\n\\nAssistant: ...`, as messages."""

from __future__ import annotations

from typing import Any

from dataprep.example import Message
from dataprep.patterns import LatePattern

_TURN = LatePattern(r"(?:\A|\n\n)(Human|Assistant|H|A): ?")
_ANSWER = LatePattern(r"\A\s*(?:Assistant|A): ?")

Talks = tuple[list[Message], list[Message]]


def dialogues(asked: str, chosen: Any, rejected: Any) -> Talks | None:
    """Two dialogues, each with what was asked before it; None for texts that are none.

    What was asked may be empty, stand at the beginning of both, or end where they begin.
    """
    if not isinstance(chosen, str) or not isinstance(rejected, str):
        return None
    before = _opening(asked)
    if before and not (chosen.startswith(asked) and rejected.startswith(asked)):
        answers = [_ANSWER.sub("", text, count=1) for text in (chosen, rejected)]
        better, worse = ([*before, _answer(text)] for text in answers)
        return better, worse
    if asked and not before:
        return None
    both = _dialogue(chosen), _dialogue(rejected)
    return None if both[0] is None or both[1] is None else (both[0], both[1])


def _answer(text: str) -> Message:
    return {"role": "assistant", "content": text.strip()}


def _opening(text: str) -> list[Message]:
    """The turns of a dialogue that waits for its answer; none for any other text."""
    said = _turns(text)
    if said[-1:] == [_answer("")]:
        return said[:-1]
    waits = len(said) > 1 or text.lstrip().startswith("Human")
    return said if waits and said[-1:] and said[-1]["role"] == "user" else []


def _dialogue(text: str) -> list[Message] | None:
    """The turns of a dialogue that ends with its answer."""
    said = _turns(text)
    return said if len(said) > 1 and said[-1]["role"] == "assistant" else None


def _turns(text: str) -> list[Message]:
    """The turns of a text that begins with a mark of the human's; none for any other."""
    marks = list(_TURN.finditer(text))
    if not marks or text[: marks[0].start()].strip() or marks[0][1][0] != "H":
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [
        {
            "role": "user" if mark[1].startswith("H") else "assistant",
            "content": text[mark.end() : end].strip(),
        }
        for mark, end in zip(marks, ends, strict=True)
    ]
