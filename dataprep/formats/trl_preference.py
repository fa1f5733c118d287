"""Preferences in TRL's fields and their many relatives: chosen and rejected beside what is asked.

What is asked stands under `prompt`, `question`, `instruction`, `input` or `query` (Orca pairs,
LLaMA-Factory), as messages or conversations beside the answers (Axolotl, LLaMA-Factory), or at the
beginning of both answers: as messages, or as a dialogue in one text (HH-RLHF). Where chosen is the
whole conversation and `messages` a copy of it (UltraFeedback, binarised), the copy is left aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dataprep.example import Example, Message
from dataprep.finding import Fault, excerpt
from dataprep.formats import chat, spellings
from dataprep.formats.cell_messages import begins_a_list, from_string, lists_from_cells
from dataprep.formats.cells import set_aside
from dataprep.formats.dialogues import dialogues
from dataprep.formats.format import (
    BuildRow,
    Piece,
    Reading,
    Row,
    RowFormat,
    Unreadable,
    objects_of,
    pieces_below,
    without_nulls,
)
from dataprep.formats.literals import from_cell, is_literal
from dataprep.formats.loss_marks import WEIGHT, learned
from dataprep.formats.preference import INPUT, OUTPUTS, preference_row

if TYPE_CHECKING:
    from dataprep.recipe import Target

NAME = "trl-preference"
BETTER, WORSE = "chosen", "rejected"

ANSWERS = {
    "chosen": ("rejected",),
    "chosen_response": ("rejected_response",),
    "chosen_messages": ("rejected_messages",),
    "chosen_conversations": ("rejected_conversations",),
}
"""What the better answer is called, and the worse one beside it."""

REJECTED_BESIDE = ("rejected_response", "rejected_message", "rejected_messages")
"""What the worse answer is called beside a conversation that ends with the better one."""

ASKED = ("prompt", "question", "instruction", "query", "input")
TALKS = ("messages", "conversations", "conversation")
_TOLD = frozenset(("from", "value")).union(*chat.KEYS.values())
SYSTEMS = ("system", "system_prompt")
_COPY = "copy of another"
_OF_MESSAGES = (
    *("prompt", *TALKS, *REJECTED_BESIDE),
    *(name for better, worse in ANSWERS.items() for name in (better, *worse)),
)
"""Keys of which each may hold messages, and in the cell of a table a string of them."""


def recognise(row: Row) -> bool:
    """Whether a better and a worse answer are there."""
    if _names(row) is not None:
        return True
    talk = row.get("messages")
    return isinstance(talk, list) and any(key in row for key in REJECTED_BESIDE)


def _names(row: Row) -> tuple[str, str] | None:
    for better, worse in ANSWERS.items():
        if better in row and worse[0] in row:
            return better, worse[0]
    return None


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls; its messages are spelled as they are read."""
    row, faults = without_nulls(row)
    row, in_cells = lists_from_cells(row, _OF_MESSAGES)
    return row, [*faults, *in_cells]


def read(row: Row) -> Reading:
    """What is asked with the better answer behind it, and the worse one."""
    uses: dict[str, str] = {}
    names = _names(row)
    if names is None:
        return _beside_talk(row)
    better, worse = (_said(row[name], "assistant", name) for name in names)
    uses.update({names[0]: "answer", names[1]: "rejected"})
    asked, where = _asked(row, uses)
    alone = row[where] if asked == [{"role": "user", "content": row.get(where)}] else ""
    if (alone or not asked) and (talks := dialogues(alone, *(row[name] for name in names))):
        asked, (better, worse) = [], talks
    if _repeats(row, names, where) and asked:
        better, worse = (
            [{**answer[0], "content": answer[0]["content"].removeprefix(row[where])}]
            for answer in (better, worse)
        )
    elif not asked or len(better) > 1 or len(worse) > 1:
        common = _common(better, worse)
        asked = _joined(asked, common, where, names)
        better, worse = better[len(common) :], worse[len(common) :]
    if not asked:
        words = f"nothing says what was asked: no {', '.join(ASKED[:-1])}, and no common beginning"
        raise Unreadable("C207", "", words)
    return _reading(row, (asked, better, worse), names, uses)


def _asked(row: Row, uses: dict[str, str]) -> tuple[list[Message], str]:
    """What is asked, by the keys that say it, and the first of them; nothing where none does."""
    messages, where = _talk(row, uses)
    return (messages, where) if messages else _question(row, uses)


def _talk(row: Row, uses: dict[str, str]) -> tuple[list[Message], str]:
    """The conversation beside the answers; one that is a copy of the better answer is none."""
    for key in TALKS:
        if isinstance(row.get(key), list) and row[key]:
            talk = _talk_of(row, key)
            if key == "messages" and talk == _said(row.get(BETTER, []), "assistant", BETTER):
                uses[key] = _COPY
                continue
            uses[key] = "prompt"
            return talk, key
    return [], ""


def _talk_of(row: Row, key: str) -> list[Message]:
    """The conversation under a key; one that is of no messages may be set aside."""
    try:
        return _said(row[key], "user", key)
    except Unreadable as unreadable:
        raise Unreadable(*unreadable.fault[:3], set_aside(key)) from None


def _question(row: Row, uses: dict[str, str]) -> tuple[list[Message], str]:
    """The question that stands under one of its names, below its history."""
    given = [key for key in ASKED if row.get(key)]
    if not given:
        return [], ""
    where = given[0]
    uses[where] = "prompt"
    messages = _said(row[where], "user", where)
    below = row.get("input")
    if where == "instruction" and isinstance(below, str) and below.strip():
        uses["input"] = "prompt"
        messages = [{"role": "user", "content": f"{row[where]}\n\n{below}"}]
    return messages, where


def _said(value: Any, role: str, path: str) -> list[Message]:
    """A text, a message, or a list of them, as messages in OpenAI's spelling."""
    if isinstance(value, str):
        if from_cell(value) is None and begins_a_list(value):
            words = f"{excerpt(path)} begins like a list of messages, and cannot be read as one"
            raise Unreadable("S004", path, words, "Write it as JSON.")
        if is_literal(value.strip()) and from_string(value) is None:
            words = f"{excerpt(path)} is a list or an object that Python wrote as a text"
            raise Unreadable("S004", path, words, "Write one text, or messages as JSON.")
        if (held := from_string(value)) is None:
            return [{"role": role, "content": value}]
        value = held
    turns = [value] if isinstance(value, dict) else list(value)
    messages = []
    for number, turn in enumerate(turns):
        if not isinstance(turn, dict):
            raise Unreadable("S001", path, f"{path}[{number}] is no message")
        if turn.keys() == _EXCHANGE:
            messages += _exchange(turn)
            continue
        told = {**turn}
        if "from" in told and "value" in told:
            told = {"role": told.pop("from"), "content": told.pop("value"), **told}
        messages.append(told)
    known = {k: v for k, v in spellings.CHAT.items() if k != "drop-trailing-turns"}
    mended, _ = spellings.spelled({"messages": messages}, known)
    for index, message in spellings.messages_of(mended):
        said_of_answer = learned(WEIGHT, message.get(WEIGHT)) is not None
        if not said_of_answer or index < len(messages) - 1:
            message.pop(WEIGHT, None)  # before answers it says nothing; else it is asked for
    strict = chat.own(mended)[0]
    found: list[Message] = strict["messages"]
    for number, message in enumerate(found):
        says = "content" in message or message.get("tool_calls")
        if message.get("role") not in spellings.ROLES.values() or not says:
            raise Unreadable("S001", f"{path}[{number}]", f"{path}[{number}] is no message")
    return found


_EXCHANGE = {"input", "output"}


def _exchange(turn: Row) -> list[Message]:
    """A question and its answer in one turn (Capybara); the last may have none."""
    said = zip(("user", "assistant"), (turn["input"], turn["output"]), strict=True)
    return [{"role": role, "content": text} for role, text in said if text is not None]


def _repeats(row: Row, names: tuple[str, str], where: str) -> bool:
    """Whether both answers are texts that begin with the text of the question."""
    texts = [row.get(name) for name in (where, *names)]
    asked = texts[0]
    if not all(isinstance(text, str) for text in texts) or not isinstance(asked, str):
        return False
    return bool(asked.strip()) and all(str(text).startswith(asked) for text in texts[1:])


def _joined(
    asked: Sequence[Message], common: Sequence[Message], where: str, names: Sequence[str]
) -> list[Message]:
    """What both answers begin with, under the system message of what is asked beside them.

    It holds all that is asked. Raises Unreadable where it does not, or has another system message.
    """
    systems = [m for m in asked if m["role"] == "system"]
    if asked and not _holds(common, [m for m in asked if m["role"] != "system"]):
        words = f"{where} is not what {names[0]} and {names[1]} begin with"
        raise Unreadable("C207", where, words, set_aside(where))
    if not systems or common[:1] == systems[:1]:
        return [*common]
    if common and common[0]["role"] == "system":
        raise _other_system(where)
    return [*systems, *common]


def _holds(talk: Sequence[Message], said: Sequence[Message]) -> bool:
    """Whether some messages stand in a conversation, one after the other."""
    whole, part = ([(m["role"], m.get("content")) for m in side] for side in (talk, said))
    starts = range(len(whole) - len(part) + 1)
    return any(whole[at : at + len(part)] == part for at in starts)


def _other_system(key: str) -> Unreadable:
    """The refusal of a second system message, with the flags that settle it."""
    words = f"{key} is another system message than that of the conversation: one must hold"
    remedy = f"Carry it along: --carry {key}; or leave it out: --leave-out {key}."
    return Unreadable("S004", key, words, remedy)


def _common(chosen: Sequence[Message], rejected: Sequence[Message]) -> list[Message]:
    """What both conversations begin with, short of the last turn of either."""
    shared: list[Message] = []
    for left, right in zip(chosen[:-1], rejected[:-1], strict=False):
        if left != right:
            break
        shared.append(left)
    return shared


Split = tuple[list[Message], list[Message], list[Message]]


def _beside_talk(row: Row) -> Reading:
    """A conversation that ends with the better answer, and the worse one beside it."""
    name = next(key for key in REJECTED_BESIDE if key in row)
    talk = _said(row["messages"], "user", "messages")
    worse = _said(row[name], "assistant", name)
    if not talk or talk[-1]["role"] != "assistant":
        raise Unreadable("C002", "messages", "messages does not end with the better answer")
    if len(worse) > 1 and worse[: len(talk) - 1] == talk[:-1]:
        worse = worse[len(talk) - 1 :]
    uses = {"messages": "prompt and answer", name: "rejected"}
    return _reading(row, (talk[:-1], talk[-1:], worse), ("messages", name), uses)


def _reading(row: Row, split: Split, names: tuple[str, str], uses: dict[str, str]) -> Reading:
    asked, better, worse = split
    for name, answer in zip(names, (better, worse), strict=True):
        if len(answer) != 1 or answer[0]["role"] != "assistant":
            words = f"{name} holds {len(answer)} messages that answer, not one"
            raise Unreadable("C202", name, words)
    beside = {key: row[key] for key in chat.BESIDE if isinstance(row.get(key), list | bool)}
    uses.update((key, key) for key in beside)
    where = next((key for key, use in uses.items() if use == "prompt"), names[0])
    whole = _below(row, asked, where, uses)
    asked = [message for message, _ in whole]
    places = {f"messages[{n}]": place for n, (_, place) in enumerate(whole)}
    places[f"messages[{len(asked)}]"] = names[0]
    places["rejected"] = names[1]
    return Reading(
        kind="preference",
        messages=[*asked, *better],
        rejected=list(worse),
        beside=beside,
        uses=uses,
        places=places,
        pieces=_pieces(row, uses),
        carried=_aside(row, uses),
    )


def _aside(row: Row, uses: dict[str, str]) -> Row:
    """What messages hold beside what is said in them, by path, as lists with an entry a message."""
    found: Row = {}
    for key in [key for key in uses if key not in chat.BESIDE]:
        turns = from_cell(row[key]) if isinstance(row[key], str) else row[key]
        turns = [turns] if isinstance(turns, dict) else turns
        for number, turn in objects_of(turns):
            if turn.keys() == _EXCHANGE:
                continue
            for name, value in turn.items():
                if learned(name, value) is not None:
                    uses.setdefault(f"{key}[].{name}", WEIGHT)
                elif value is not None and (name not in _TOLD or name == WEIGHT):
                    found.setdefault(f"{key}[].{name}", [None] * len(turns))[number] = value
    return found


def _below(
    row: Row, asked: Sequence[Message], where: str, uses: dict[str, str]
) -> list[tuple[Message, str]]:
    """What is asked, below its system message and its history, and where each message stands."""
    placed = [(message, where) for message in asked]
    at = int(bool(asked) and asked[0]["role"] == "system")
    told = [
        {"role": role, "content": text}
        for turn in row.get("history") or ()
        for role, text in zip(("user", "assistant"), turn, strict=True)
    ]
    if told:
        held = _holds(asked[at : at + len(told)], told)
        uses["history"] = _COPY if held else "prompt"
        if not held:
            placed[at:at] = [(m, f"history[{n // 2}][{n % 2}]") for n, m in enumerate(told)]
    for key in SYSTEMS:
        if not isinstance(system := row.get(key), str):
            continue
        uses[key] = "system"
        first = placed[0][0] if placed else {}
        if first.get("role") != "system":
            placed[:0] = [({"role": "system", "content": system}, key)] if system else []
        elif system and first.get("content") != system:
            raise _other_system(key)
        elif system:
            uses[key] = _COPY
    return placed


def _pieces(row: Row, uses: dict[str, str]) -> list[Piece]:
    """The texts of the keys that were used, where they stand."""
    found: list[Piece] = []
    for key, use in uses.items():
        if use == _COPY:
            continue
        role = {"answer": "assistant", "rejected": "assistant", "system": "system"}.get(use, "user")
        found += pieces_below(row[key], key, role)
    return found


def trl_preference_row(target: Target) -> BuildRow:
    """The same as TRL's trainers read it: prompt, chosen, rejected, each a list of messages."""
    openai = preference_row(target)

    def build(example: Example) -> Row:
        row = openai(example)
        asked = row[INPUT]
        better, worse = (row[name] for name in OUTPUTS)
        return {"prompt": asked.pop("messages"), BETTER: better, WORSE: worse, **asked}

    return build


FORMAT = RowFormat(NAME, "preferences (chosen, rejected)", recognise, read, tidy, writes=True)
