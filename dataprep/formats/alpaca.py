"""Alpaca: instruction, input, output, and LLaMA-Factory's system and history.

Every row that is written has all five columns, so that the first row tells the format of a file.
Source: LLaMA-Factory, data/README.md, 2026-11.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dataprep.example import Example, Turn
from dataprep.finding import Fault
from dataprep.formats.format import (
    BuildRow,
    Reading,
    Row,
    RowFormat,
    without_nulls,
)
from dataprep.formats.literals import from_cell
from dataprep.formats.meanings import Meaning, lettered, meaning_of
from dataprep.formats.sharegpt import is_text
from dataprep.formats.transcript import Transcript

if TYPE_CHECKING:
    from dataprep.recipe import Target

NAME = "alpaca"
SIDES = ("instruction", "output")
_NOT_ALPACA = frozenset((Meaning.CONTEXT, Meaning.OPTIONS))
NOTHING_SAID = ("", "nan", "none", "<noinput>", "<nooutput>")
"""How exports write that there is no input (pandas, Alpaca's first data)."""


def recognise(row: Row) -> bool:
    """Whether an instruction stands beside an output, and no context or options with them."""
    return has_sides(row) and all(isinstance(row[side], str) for side in SIDES)


def has_sides(row: Row) -> bool:
    """The same, of whatever type the two are."""
    has = all(side in row for side in SIDES)
    return has and not any(meaning_of(key) in _NOT_ALPACA for key in row) and not lettered(row)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls, and with the turns that a cell holds as text under history."""
    row, _ = without_nulls(row)
    if isinstance(said := row.get("history"), str) and (told := from_cell(said)) is not None:
        return {**row, "history": told}, []
    return row, []


def read(row: Row) -> Reading:
    """The history, then the instruction with its input below it, then the output."""
    uses = {"instruction": "prompt", "output": "answer"}
    made = Transcript()
    if "system" in row:
        uses["system"] = "system"
        if row["system"]:
            made.add("system", row["system"], "system")
    for number, (asked, answered) in enumerate(row.get("history") or ()):
        made.add("user", asked, f"history[{number}][0]")
        made.add("assistant", answered, f"history[{number}][1]")
    if "history" in row:
        uses["history"] = "prompt"
    text = row["instruction"]
    below = row.get("input")
    if below is not None:
        uses["input"] = "prompt"
        if below.strip().lower() not in NOTHING_SAID:
            text = f"{text}\n\n{below}" if text.strip() else below
    made.add("user", text, "instruction")
    if text != row["instruction"]:
        made.pieces[-1] = made.pieces[-1]._replace(text=row["instruction"])
        made.note("input", str(below), "user")
    made.add("assistant", row["output"], "output")
    return Reading(
        kind="pair" if len(made.messages) == 2 else "chat",
        messages=made.messages,
        uses=uses,
        places=made.places,
        pieces=made.pieces,
    )


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
            from dataprep.tokens import render_pair

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


FORMAT = RowFormat(NAME, "instructions (Alpaca)", recognise, read, tidy, writes=True)
