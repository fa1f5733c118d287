"""Preferences in OpenAI's fields: input, preferred_output, non_preferred_output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataprep.contracts import keys_of
from dataprep.example import Example
from dataprep.finding import Fault
from dataprep.formats import chat, spellings
from dataprep.formats.cell_messages import lists_from_cells
from dataprep.formats.format import (
    BuildRow,
    Piece,
    Reading,
    Row,
    RowFormat,
    Unreadable,
    message_pieces,
    without_nulls,
)

if TYPE_CHECKING:
    from dataprep.recipe import Target

NAME = "preference"
INPUT, PREFERRED, REJECTED = keys_of(NAME)
OUTPUTS = (PREFERRED, REJECTED)

RENAMED = {
    "preferred_completion": PREFERRED,
    "non_preferred_completion": REJECTED,
}
"""Names of OpenAI's OpenAPI document, where the platforms read others."""

_NOT_HERE = ("drop-trailing-turns", "integer-weight")
"""Spellings of a conversation that are none of a preference, which ends open and has no weights."""

WITHOUT_REJECTED = (
    *("classification", "spans", "generation", "taxonomy", "rating", "number", "datetime"),
    *("structured", "chat", "messages", "pairs", "columns", "qa", "sections", "feedback"),
    *("continuation", "denoising", "plain", "chunk", "reinforcement", "disapproved"),
)
"""The shapes that say what is right, and not what is worse."""


def recognise(row: Row) -> bool:
    """Whether an output is there under one of its names."""
    return any(key in row for key in (*OUTPUTS, *RENAMED))


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row under the names that platforms read, in OpenAI's spelling."""
    row, _ = without_nulls(row)
    faults = []
    old_names = [old for old, new in RENAMED.items() if old in row and new not in row]
    if old_names:
        row = {RENAMED.get(k, k) if k in old_names else k: v for k, v in row.items()}
        words = "the field is called {}, not {}"
        faults = [Fault("C205", old, words.format(old, RENAMED[old])) for old in old_names]
    row, in_cells = lists_from_cells(row, (INPUT, *OUTPUTS))
    faults += in_cells
    asked = row.get(INPUT)
    if not isinstance(asked, dict):
        return row, faults
    known = {k: v for k, v in spellings.CHAT.items() if k not in _NOT_HERE}
    told, mended = spellings.spelled(asked, known)
    if mended:
        row = {**row, INPUT: told}
        faults += [_inside(fault, "messages[", "input.messages[") for fault in mended]
    for name in OUTPUTS:
        answers = row.get(name)
        if isinstance(answers, list):
            told, mended = spellings.spelled({"messages": answers}, known)
            if mended:
                row = {**row, name: told["messages"]}
                faults += [_inside(fault, "messages[", f"{name}[") for fault in mended]
    return row, faults


def _inside(fault: Fault, old: str, new: str) -> Fault:
    path = fault.path if fault.path.startswith(old) else f"input.{fault.path}"
    return Fault(fault.code, path.replace(old, new, 1), fault.message.replace(old, new))


def read(row: Row) -> Reading:
    """What is asked with the better answer behind it, and the worse one."""
    asked = row[INPUT]
    better, worse = row[PREFERRED], row[REJECTED]
    for name, answers in zip(OUTPUTS, (better, worse), strict=True):
        if len(answers) != 1:
            words = f"{name} holds {len(answers)} messages, not one"
            raise Unreadable("C202", name, words)
    messages = asked["messages"]
    places = {f"messages[{n}]": f"input.messages[{n}]" for n in range(len(messages))}
    places[f"messages[{len(messages)}]"] = f"{PREFERRED}[0]"
    pieces: list[Piece] = [
        *message_pieces("input.messages", messages),
        *message_pieces(PREFERRED, better),
        *message_pieces(REJECTED, worse),
    ]
    return Reading(
        kind="preference",
        messages=[*messages, *better],
        rejected=list(worse),
        beside={key: asked[key] for key in chat.BESIDE if key in asked},
        uses={INPUT: "prompt", PREFERRED: "answer", REJECTED: "rejected"},
        places=places,
        pieces=pieces,
    )


def preference_row(target: Target) -> BuildRow:
    """What is asked, the answer that was chosen, and the one that was rejected.

    The names are those that the platform takes: its OpenAPI document calls them otherwise.
    """
    write = chat.chat_row(target)

    def build(example: Example) -> Row:
        if not example.turns:
            asked: Row = {"messages": asked_messages(example, target.system)}
        else:
            asked = write(example)
            del asked["messages"][-1]
        return {
            INPUT: asked,
            PREFERRED: [_answer(example.output)],
            REJECTED: [_answer(example.rejected or "")],
        }

    return build


def asked_messages(example: Example, system: str | None) -> list[Row]:
    """The question of an example without turns, under its system message or the target's."""
    messages = [{"role": "user", "content": example.input}]
    said = example.system if example.system is not None else system
    if said is not None:
        messages.insert(0, {"role": "system", "content": said})
    return messages


def _answer(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


FORMAT = RowFormat(
    NAME,
    "preferences (input, preferred_output, non_preferred_output)",
    recognise,
    read,
    tidy,
    writes=True,
)
