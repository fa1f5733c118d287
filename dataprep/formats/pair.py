"""Pairs: `prompt` and `completion`, as texts or, as TRL has them too, as lists of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataprep.example import Example
from dataprep.finding import Fault
from dataprep.formats import chat, spellings
from dataprep.formats.cell_messages import from_string
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
from dataprep.formats.meanings import TOGETHER, Meaning, lettered, meaning_of

if TYPE_CHECKING:
    from dataprep.recipe import Target

NAME = "prompt-completion"
SIDES = ("prompt", "completion")


def recognise(row: Row) -> bool:
    """Whether both sides are there, and no column that would stand with the question.

    A system column stands before messages, and so with none of them.
    """
    if not all(side in row for side in SIDES):
        return False
    apart = TOGETHER
    if isinstance(row["prompt"], list):
        apart = TOGETHER - {Meaning.SYSTEM}
    return not any(meaning_of(key) in apart for key in row) and not lettered(row)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls; messages in OpenAI's spelling, also those that a cell holds."""
    row, _ = without_nulls(row)
    row, mended = with_cells(row)
    if all(isinstance(row.get(side), list) for side in SIDES):
        row, spelled = tidy_sides(row, SIDES)
        return row, [*mended, *spelled]
    return row, mended


def with_cells(row: Row) -> tuple[Row, list[Fault]]:
    """The row with the messages that a cell of a table holds as a string; a text beside is one."""
    held = {
        side: told
        for side in SIDES
        if isinstance(said := row.get(side), str) and isinstance(told := from_string(said), list)
    }
    faults = [Fault("C018", side, f"{side} is a string that holds the list") for side in held]
    for side, role in zip(SIDES, ("user", "assistant"), strict=True):
        if held and side not in held and isinstance(row.get(side), str):
            held[side] = [{"role": role, "content": row[side]}]
    return ({**row, **held} if held else row), faults


def tidy_sides(row: Row, sides: tuple[str, ...]) -> tuple[Row, list[Fault]]:
    """The row with the messages of some keys, which follow each other, in OpenAI's spelling."""
    lists = [side for side in sides if isinstance(row.get(side), list)]
    whole = {"messages": [m for side in lists for m in row[side]]}
    whole.update((key, row[key]) for key in chat.BESIDE if key in row)
    known = {k: v for k, v in spellings.CHAT.items() if k not in ("drop-trailing-turns",)}
    told, faults = spellings.spelled(whole, known)
    if not faults:
        return row, []
    mended = {key: value for key, value in row.items() if key not in chat.BESIDE}
    start = 0
    places: list[str] = []
    for side in lists:
        end = start + len(row[side])
        mended[side] = told["messages"][start:end]
        places += [f"{side}[{n}]" for n in range(end - start)]
        start = end
    mended.update((key, told[key]) for key in chat.BESIDE if key in told)
    return mended, [relocated(fault, places) for fault in faults]


def relocated(fault: Fault, places: list[str]) -> Fault:
    """A fault of messages[n] where the n-th message stands elsewhere."""
    path, message = fault.path, fault.message
    for number in range(len(places) - 1, -1, -1):
        path = path.replace(f"messages[{number}]", places[number])
        message = message.replace(f"messages[{number}]", places[number])
    return fault._replace(path=path, message=message)


def read(row: Row) -> Reading:
    """The pair; of lists, the conversation that they are together."""
    uses = dict(zip(SIDES, ("prompt", "answer"), strict=True))
    prompt, completion = row["prompt"], row["completion"]
    if isinstance(prompt, str) != isinstance(completion, str):
        words = "prompt and completion are not both texts, or both lists of messages"
        raise Unreadable("S001", "completion", words)
    if isinstance(prompt, str):
        return Reading(
            kind="pair",
            messages=[
                {"role": "user", "content": prompt},
                {"role": "assistant", "content": completion},
            ],
            uses=uses,
            places={"messages[0].content": "prompt", "messages[1].content": "completion"},
            pieces=[Piece("prompt", prompt, "user"), Piece("completion", completion, "assistant")],
        )
    reading = talk(row, SIDES)
    reading.uses.update(uses)
    if reading.messages[-1]["role"] != "assistant":
        raise Unreadable("C002", "completion", "completion does not end with the assistant")
    # TRL learns the completion alone, and no answer that stands in the prompt.
    for message in reading.messages[: len(prompt)]:
        if message["role"] == "assistant":
            message["weight"] = 0
    return reading


def talk(row: Row, sides: tuple[str, ...]) -> Reading:
    """The messages of some keys as one conversation, and where each stands."""
    messages: list[Row] = []
    places: dict[str, str] = {}
    pieces: list[Piece] = []
    uses: dict[str, str] = {}
    carried: Row = {}
    for side in sides:
        if side not in row:
            continue
        strict, inner, aside = chat.own({"messages": row[side]})
        known = chat.thoughts({"messages": row[side]})
        uses.update((k.replace("messages", side, 1), v) for k, v in inner.items() if "[]" in k)
        carried.update((k.replace("messages", side, 1), v) for k, v in aside.items())
        for number, message in enumerate(strict["messages"]):
            place, at = f"messages[{len(messages)}]", f"{side}[{number}]"
            said = dict(message)
            if number in known:
                said["reasoning"] = known[number][1]
            messages.append(said)
            places[place] = at
            for piece in message_pieces("messages", [said]):
                path = piece.path.replace("messages[0]", at, 1)
                if path.endswith("].reasoning"):
                    path = f"{at}.{known[number][0]}"
                pieces.append(piece._replace(path=path))
    beside = {key: row[key] for key in chat.BESIDE if key in row}
    uses.update((key, key) for key in beside)
    return Reading(
        kind="chat",
        messages=messages,
        beside=beside,
        uses=uses,
        places=places,
        pieces=pieces,
        carried=carried,
    )


def pair_row(_: Target) -> BuildRow:
    """Prompt and completion; a system message, and what was said before, stand in the prompt."""

    def build(example: Example) -> Row:
        if example.turns:
            from dataprep.tokens import render_pair

            pair = render_pair(example)
            return {"prompt": pair.input, "completion": pair.target}
        prompt = f"{example.system}\n\n{example.input}" if example.system else example.input
        return {"prompt": prompt, "completion": example.output}

    return build


FORMAT = RowFormat(NAME, "pairs (prompt, completion)", recognise, read, tidy, writes=True)
