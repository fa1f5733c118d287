"""LLaMA-Factory's two formats of a conversation: Alpaca, with its history, and ShareGPT.

Every Alpaca row has all of its five columns, so that the first row tells the format of a file.
Source: LLaMA-Factory, data/README.md, 2026-11.
"""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.example import Example, Turn
from dataprep.recipe import Target
from dataprep.targets.rows import BuildRow, NotTaken, Row
from dataprep.tokens import render_pair

_FROM = {"system": "system", "user": "human", "assistant": "gpt"}


def alpaca_row(target: Target) -> BuildRow:
    """Instruction and output; a plain conversation keeps its earlier turns as the history.

    Another conversation becomes one text, as in a pair.
    """

    def build(example: Example) -> Row:
        system, history = example.system, []
        asked, answer = example.input, example.output
        if example.turns and (said := plain_turns(example.turns)) is not None:
            history = [list(pair) for pair in zip(said[:-2:2], said[1:-2:2], strict=True)]
            asked, answer = said[-2:]
        elif example.turns:
            pair = render_pair(example)
            system, asked, answer = None, str(pair.input), str(pair.target)
        return {
            "instruction": asked,
            "input": "",
            "output": answer,
            "system": system if system is not None else target.system or "",
            "history": history,
        }

    return build


def sharegpt_row(target: Target) -> BuildRow:
    """Who said what: system, human, gpt. Only texts are taken: calls have no ids there."""

    def build(example: Example) -> Row:
        for turn in example.turns:
            if not is_text(turn):
                raise NotTaken("more-than-texts", f"a message of the role {turn.role}")
        said = [(turn.role, turn.content or "") for turn in example.turns]
        if not said:
            said = [("user", example.input), ("assistant", example.output)]
            if example.system is not None:
                said.insert(0, ("system", example.system))
        if target.system is not None and said[0][0] not in ("system", "developer"):
            said.insert(0, ("system", target.system))
        return {"conversations": [{"from": _FROM.get(r, r), "value": text} for r, text in said]}

    return build


def plain_turns(turns: Sequence[Turn]) -> list[str] | None:
    """The texts of a user and an assistant in turn, ending with the assistant's.

    A system message may stand first. None for anything else.
    """
    rest = turns[1:] if turns[0].role == "system" else turns
    roles = [turn.role for turn in rest]
    if roles != ["user", "assistant"] * (len(roles) // 2) or not roles:
        return None
    if not all(map(is_text, turns)):
        return None
    return [turn.content or "" for turn in rest]


def is_text(turn: Turn) -> bool:
    """Whether the turn is a text and nothing else, said by one of three roles."""
    return (
        turn.role in _FROM
        and turn.content is not None
        and turn.parts is None
        and turn.tool_calls is None
    )
