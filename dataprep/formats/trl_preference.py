"""Preferences in TRL's fields and their many relatives: chosen and rejected beside what is asked.

What is asked stands under `prompt`, `question`, `instruction`, `input` or `query` (Orca pairs,
LLaMA-Factory), as messages or conversations beside the answers (Axolotl, LLaMA-Factory), or at the
beginning of both answers: as messages, or as a dialogue in one text (HH-RLHF). Where chosen is the
whole conversation and `messages` a copy of it (UltraFeedback, binarised), the copy is left aside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dataprep.example import Example, Message
from dataprep.finding import Fault
from dataprep.formats import chat, spellings
from dataprep.formats.format import (
    BuildRow,
    Piece,
    Reading,
    Row,
    RowFormat,
    Unreadable,
    pieces_below,
    without_nulls,
)
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
_TURN = re.compile(r"(?:\A|\n\n)(Human|Assistant|H|A): ?")


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
    return without_nulls(row)


def read(row: Row) -> Reading:
    """What is asked with the better answer behind it, and the worse one."""
    uses: dict[str, str] = {}
    names = _names(row)
    if names is None:
        return _beside_talk(row)
    better, worse = (_said(row[name], "assistant", name) for name in names)
    uses.update({names[0]: "answer", names[1]: "rejected"})
    asked, where = _asked(row, uses)
    if isinstance(row[names[0]], str) and isinstance(row[names[1]], str) and not asked:
        split = _dialogues(row[names[0]], row[names[1]])
        if split is not None:
            return _reading(row, split, names, uses, whole=True)
    if asked and _begins(better, asked) and _begins(worse, asked):
        said = [m for m in asked if m["role"] != "system" or m in better]
        better, worse = better[len(said) :], worse[len(said) :]
    elif asked and _repeats(row, names, where):
        better, worse = (
            [{**answer[0], "content": answer[0]["content"].removeprefix(row[where])}]
            for answer in (better, worse)
        )
    elif not asked or len(better) > 1 or len(worse) > 1:
        common = _common(better, worse)
        if asked and not _covers(common, asked):
            words = f"{where} is not what {names[0]} and {names[1]} begin with"
            raise Unreadable("C207", where, words)
        asked = common
        better, worse = better[len(common) :], worse[len(common) :]
    if not asked:
        words = f"nothing says what was asked: no {', '.join(ASKED[:-1])}, and no common beginning"
        raise Unreadable("C207", "", words)
    return _reading(row, (asked, better, worse), names, uses)


def _asked(row: Row, uses: dict[str, str]) -> tuple[list[Message], str]:
    """What is asked, by the keys that say it, and the first of them; nothing where none does."""
    messages, where = _talk(row, uses)
    if not messages:
        messages, where = _question(row, uses)
    for key in ("system", "system_prompt"):
        if isinstance(system := row.get(key), str):
            uses[key] = "system"
            if system and messages and messages[0]["role"] != "system":
                messages = [{"role": "system", "content": system}, *messages]
    return messages, where


def _talk(row: Row, uses: dict[str, str]) -> tuple[list[Message], str]:
    """The conversation beside the answers; one that is a copy of the better answer is none."""
    for key in TALKS:
        if isinstance(row.get(key), list) and row[key]:
            talk = _said(row[key], "user", key)
            if key == "messages" and talk == _said(row.get(BETTER, []), "assistant", BETTER):
                uses[key] = "copy of another"
                continue
            uses[key] = "prompt"
            return talk, key
    return [], ""


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
    for asked, answered in row.get("history") or ():
        uses["history"] = "prompt"
        told = [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
        messages = [*messages[:-1], *told, messages[-1]]
    return messages, where


def _said(value: Any, role: str, path: str) -> list[Message]:
    """A text, a message, or a list of them, as messages in OpenAI's spelling."""
    if isinstance(value, str):
        parsed = spellings.from_cell(value)
        if not (isinstance(parsed, list) and parsed and isinstance(parsed[0], dict)):
            return [{"role": role, "content": value}]
        value = parsed
    turns = [value] if isinstance(value, dict) else list(value)
    messages = []
    for number, turn in enumerate(turns):
        if not isinstance(turn, dict):
            raise Unreadable("S001", path, f"{path}[{number}] is no message")
        told = {**turn}
        if "from" in told and "value" in told:
            told = {"role": told.pop("from"), "content": told.pop("value"), **told}
        messages.append(told)
    known = {k: v for k, v in spellings.CHAT.items() if k != "drop-trailing-turns"}
    mended, _ = spellings.spelled({"messages": messages}, known)
    strict = chat.own(mended)[0]
    found: list[Message] = strict["messages"]
    for number, message in enumerate(found):
        if message.get("role") not in spellings.ROLES.values() or "content" not in message:
            raise Unreadable("S001", f"{path}[{number}]", f"{path}[{number}] is no message")
    return found


def _begins(answer: Sequence[Message], asked: Sequence[Message]) -> bool:
    """Whether an answer repeats the whole question before it answers."""
    plain = [m for m in asked if m["role"] != "system"]
    first = answer[: len(asked)]
    return len(answer) > len(asked) and (
        list(first) == list(asked) or list(answer[: len(plain)]) == plain != []
    )


def _repeats(row: Row, names: tuple[str, str], where: str) -> bool:
    """Whether both answers are texts that begin with the text of the question."""
    texts = [row.get(name) for name in (where, *names)]
    asked = texts[0]
    if not all(isinstance(text, str) for text in texts) or not isinstance(asked, str):
        return False
    return bool(asked.strip()) and all(str(text).startswith(asked) for text in texts[1:])


def _covers(common: Sequence[Message], asked: Sequence[Message]) -> bool:
    """Whether what both answers begin with holds what is said to be asked, last."""
    last = asked[-1].get("content")
    return any(m["role"] == "user" and m.get("content") == last for m in common)


def _common(chosen: Sequence[Message], rejected: Sequence[Message]) -> list[Message]:
    """What both conversations begin with, short of the last turn of either."""
    shared: list[Message] = []
    for left, right in zip(chosen[:-1], rejected[:-1], strict=False):
        if left != right:
            break
        shared.append(left)
    return shared


Split = tuple[list[Message], list[Message], list[Message]]


def _dialogues(chosen: str, rejected: str) -> Split | None:
    """Two dialogues in one text each, `\\n\\nHuman: ...\\n\\nAssistant: ...`, as messages."""
    better, worse = _dialogue(chosen), _dialogue(rejected)
    if better is None or worse is None:
        return None
    common = _common(better, worse)
    if not common or len(better) != len(common) + 1 or len(worse) != len(common) + 1:
        return None
    return common, better[len(common) :], worse[len(common) :]


def _dialogue(text: str) -> list[Message] | None:
    marks = list(_TURN.finditer(text))
    if len(marks) < 2 or text[: marks[0].start()].strip():
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    said = [
        {
            "role": "user" if mark[1].startswith("H") else "assistant",
            "content": text[mark.end() : end].strip(),
        }
        for mark, end in zip(marks, ends, strict=True)
    ]
    if said[0]["role"] != "user" or said[-1]["role"] != "assistant":
        return None
    return said


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


def _reading(
    row: Row,
    split: Split,
    names: tuple[str, str],
    uses: dict[str, str],
    *,
    whole: bool = False,
) -> Reading:
    asked, better, worse = split
    for name, answer in zip(names, (better, worse), strict=True):
        if len(answer) != 1 or answer[0]["role"] != "assistant":
            words = f"{name} holds {len(answer)} messages that answer, not one"
            raise Unreadable("C202", name, words)
    beside = {key: row[key] for key in chat.BESIDE if isinstance(row.get(key), list | bool)}
    uses.update((key, key) for key in beside)
    where = next((key for key, use in uses.items() if use == "prompt"), names[0])
    places = {f"messages[{n}]": where for n in range(len(asked))}
    places[f"messages[{len(asked)}]"] = names[0]
    return Reading(
        kind="preference",
        messages=[*asked, *better],
        rejected=list(worse),
        beside=beside,
        uses=uses,
        places=places,
        pieces=_pieces(row, uses),
    )


def _pieces(row: Row, uses: dict[str, str]) -> list[Piece]:
    """The texts of the keys that were used, where they stand."""
    found: list[Piece] = []
    for key, use in uses.items():
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


FORMAT = RowFormat(NAME, "preferences (chosen, rejected)", recognise, read, tidy)
