"""Alpaca: instruction, input, output, and LLaMA-Factory's system and history.

Every row that is written has all five columns, so that the first row tells the format of a file.
Source: LLaMA-Factory, data/README.md, 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dataprep.example import Example, Record, Turn
from dataprep.finding import Drop, Finding
from dataprep.formats import pair
from dataprep.formats.format import BuildRow, Row
from dataprep.formats.retold import retold, under
from dataprep.formats.sharegpt import is_text
from dataprep.recipe import Source, Target


def read(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """The history, then the instruction with its input below it, then the output."""
    return retold(record, source, "alpaca", _conversation)


def _conversation(row: Row) -> list[Row]:
    asked = "\n\n".join(filter(str.strip, (row["instruction"], row.get("input") or "")))
    said = [turn for pair in row.get("history") or () for turn in pair]
    turns = [*said, asked, row["output"]]
    roles = ("user", "assistant")
    told = [{"role": roles[n % 2], "content": text} for n, text in enumerate(turns)]
    return under(row.get("system"), told)


def as_pair(row: Row) -> Row:
    prompt = "\n".join(filter(None, (row["instruction"], row.get("input"))))
    return {"prompt": prompt, "completion": row["output"]}


def halves(row: Row) -> tuple[bytes, bytes]:
    """Those of the pair."""
    return pair.halves(as_pair(row))


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
