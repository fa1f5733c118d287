"""ShareGPT and its relatives: a list of turns that say `from` whom the `value` is.

The list has many names (conversations, dialogs, turns, ...), the speakers too (human, gpt, Human,
observation, function_call), and the keys of a turn (from/value, role/content, speaker/text). Turns
may come in pairs (Capybara: input, output) or as texts alone (LIMA), the user first.
Source: LLaMA-Factory, data/README.md; Axolotl, docs/dataset-formats; 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dataprep.example import Example, Message, Turn
from dataprep.finding import Fault, excerpt
from dataprep.formats import spellings
from dataprep.formats.calls import CALLING, call_of, calls_said, is_call
from dataprep.formats.format import (
    BuildRow,
    NotTaken,
    Reading,
    Row,
    RowFormat,
    Unreadable,
    without_nulls,
)
from dataprep.formats.literals import from_cell
from dataprep.formats.loss_marks import WEIGHT, marks_of, weight_of
from dataprep.formats.sharegpt_turns import SPEAKER, TEXT, role_of, with_calls
from dataprep.formats.sides import sides_of
from dataprep.formats.transcript import Transcript

if TYPE_CHECKING:
    from dataprep.recipe import Target

NAME = "sharegpt"
LISTS = (
    *("conversations", "conversation", "dialogs", "dialog", "dialogue", "interactions", "chat"),
    "turns",
)
"""What the list of turns is called; `messages` too, where its turns say `from` and `value`."""

_PAIRS = (("input", "output"), ("human", "assistant"), ("user", "assistant"))
_WRITTEN = {"system": "system", "user": "human", "assistant": "gpt"}


def recognise(row: Row) -> bool:
    """Whether there is a list of turns under one of its names.

    Plain texts beside a question and its answer are what is asked about, and no conversation.
    """
    key = _list(row)
    turns = row.get(key) if key is not None else None
    is_read = isinstance(turns, list) and bool(turns) and isinstance(turns[0], str)
    return key is not None and not (is_read and sides_of(row) is not None)


def _list(row: Row) -> str | None:
    """The key of the list of turns."""
    for key in (*LISTS, "messages"):
        turns = row.get(key)
        if isinstance(turns, str):
            turns = from_cell(turns)
        if isinstance(turns, list) and (turns or key == "conversations"):
            first = turns[0] if turns else {}
            if isinstance(first, str) or (isinstance(first, dict) and _is_turn(first, key)):
                return key
    return None


def _is_turn(turn: Row, key: str) -> bool:
    if any(question in turn and answer in turn for question, answer in _PAIRS):
        return True
    speaks = any(name in turn for name in SPEAKER) and any(name in turn for name in TEXT)
    return speaks or key == "conversations"


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls; its turns as a list where a cell holds them as a string."""
    row, _ = without_nulls(row)
    key = _list(row)
    if key is not None and isinstance(row[key], str):
        words = f"{key} is a string that holds the list"
        faults = [Fault("C018", key, words)]
        row = {**row, key: from_cell(row[key])}
    else:
        faults = []
    if key is not None:
        turns, in_texts = with_calls(row[key], key)
        row, faults = ({**row, key: turns}, [*faults, *in_texts]) if in_texts else (row, faults)
    return row, faults


Told = tuple[str, str, str, Row]


def read(row: Row) -> Reading:
    """The turns under their system message, in OpenAI's words; calls get ids."""
    key = _list(row)
    assert key is not None  # noqa: S101  recognised by it
    uses = {key: "messages"}
    made = Transcript()
    told = [turn for n, t in enumerate(row[key]) for turn in _turns(t, n, key)]
    for name in ("system", "system_prompt"):
        if isinstance(system := row.get(name), str):
            uses[name] = "system"
            if system and (not told or told[0][0] != "system"):
                made.add("system", system, name)
    carried: Row = {}
    for number, (role, text, path, turn) in enumerate(told):
        used = _add(made, role, text, path, turn)
        uses.update((f"{key}[].{name}", use) for name, use in used.items())
        for name, value in turn.items():
            if name not in used and value not in (None, "", []):
                carried.setdefault(f"{key}[].{name}", [None] * len(told))[number] = value
    beside = _tools(row, uses)
    _pair(made.messages, told, beside)
    return Reading(
        kind="chat",
        messages=made.messages,
        beside=beside,
        uses=uses,
        places=made.places,
        pieces=made.pieces,
        carried=carried,
    )


def _pair(messages: list[Message], told: Sequence[Told], beside: Row) -> None:
    """Give the calls ids, and the results those of their calls: by name where turns have one."""
    before = len(messages) - len(told)
    named = {before + n: t[3]["name"] for n, t in enumerate(told) if _is_named_result(t)}
    for index, name in named.items():
        messages[index]["name"] = name
    list(spellings.call_ids({"messages": messages}))
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    called = {call.get("id"): call["function"]["name"] for call in calls}
    known = {tool["function"].get("name") for tool in beside.get("tools", ()) if "function" in tool}
    for index, name in named.items():
        del messages[index]["name"]
        mine = called.get(messages[index].get("tool_call_id"))
        if name != mine and name in {*known, *called.values()}:
            path = told[index - before][2]
            words = f"{path} is the result of {excerpt(name)}, which is not the call before it"
            raise Unreadable("C104", path, words)


def _is_named_result(told: Told) -> bool:
    return told[0] == "tool" and isinstance(told[3].get("name"), str)


def _turns(turn: Any, number: int, key: str) -> list[Told]:
    """Role, text and path of a turn, or of the two that a pair of texts is."""
    at = f"{key}[{number}]"
    if isinstance(turn, str):
        return [("assistant" if number % 2 else "user", turn, at, {})]
    if not isinstance(turn, dict):
        raise Unreadable("S001", at, f"{at} is no turn")
    for question, answer in _PAIRS:
        if isinstance(turn.get(question), str) and isinstance(turn.get(answer), str):
            rest = {k: v for k, v in turn.items() if k not in (question, answer)}
            return [
                ("user", turn[question], f"{at}.{question}", {}),
                ("assistant", turn[answer], f"{at}.{answer}", rest),
            ]
    spoken = next((name for name in SPEAKER if name in turn), "")
    speaker = turn.get(spoken)
    name = next((name for name in TEXT if name in turn), None)
    role = role_of(speaker)
    if role is None:
        words = f"is {speaker!r}" if isinstance(speaker, str) else "is missing"
        raise Unreadable("C007", f"{at}.from", f"who speaks in {at} {words}")
    if turn.get("tool_calls") and (name is None or turn[name] is None):
        turn, name = {**turn, TEXT[0]: ""}, TEXT[0]  # a call needs no text
    if name is None or not isinstance(turn[name], str):
        raise Unreadable("S001", at, f"{at} has no text")
    rest = {k: v for k, v in turn.items() if k not in (spoken, name)}
    if str(speaker).lower() in CALLING:
        rest["is_call"] = True
    return [(role, turn[name], f"{at}.{name}", rest)]


def _add(made: Transcript, role: str, text: str, path: str, turn: Row) -> dict[str, str]:
    """Add a turn: calls as calls, what was thought beside what is said, its loss mark.

    Gives the keys of the turn that were used beside what is said, and as what.
    """
    used = dict.fromkeys(marks_of(turn), WEIGHT)
    more: Row = {**weight_of(turn, role)}
    for key in spellings.REASONING:
        if isinstance(thought := turn.get(key), str) and thought:
            used[key] = "reasoning"
            more["reasoning"] = thought
            made.note(f"{path.rpartition('.')[0]}.{key}", thought, role)
    calls = _calls_beside(turn, path)
    if calls:
        used["tool_calls"] = "tool_calls"
    if turn.pop("is_call", False):
        if not (called := calls_said(text, path)):
            words = f"{path} is a call by who speaks, and holds none as JSON"
            raise Unreadable("C006", path, words)
        if calls:
            words = f"{path} holds a call, and tool_calls stand beside it"
            raise Unreadable("S004", path, words, "Take one of the two out.")
        made.add(role, "", path, tool_calls=called, **more)
        made.note(path, text, role)
    elif calls:
        made.add(role, text, path, tool_calls=calls, **more)
    else:
        if role == "tool" and isinstance(turn.get("tool_call_id"), str):
            used["tool_call_id"] = "tool_call_id"
            more["tool_call_id"] = turn["tool_call_id"]
        made.add(role, text, path, **more)
    return used


def _calls_beside(turn: Row, path: str) -> list[Row]:
    """The calls that stand beside a text, as a list or as the string of one."""
    given = turn.get("tool_calls")
    if given in (None, "", [], "[]"):
        return []
    calls = from_cell(given, arrays=False) if isinstance(given, str) else given
    at = f"{path.rpartition('.')[0]}.tool_calls"
    if not isinstance(calls, list) or not all(map(is_call, calls)):
        raise Unreadable("S001", at, f"{at} is no list of calls")
    return [call_of(call, f"{at}[{number}]") for number, call in enumerate(calls)]


def _tools(row: Row, uses: dict[str, str]) -> Row:
    """The tools in OpenAI's form, from the string or the list that is there."""
    given = row.get("tools")
    if given in (None, "", [], "[]"):
        if "tools" in row:
            uses["tools"] = "tools"
        return {}
    whole: Row = {"tools": given}
    list(spellings.tools_as_list(whole))
    if not isinstance(whole.get("tools"), list):
        raise Unreadable("S001", "tools", "tools is no list of tools, nor the JSON of one")
    uses["tools"] = "tools"
    return whole


def sharegpt_row(target: Target) -> BuildRow:
    """Who said what: system, human, gpt; a call as function_call, its result as observation.

    One call a turn, without a text beside it: LLaMA-Factory wants the two sides to alternate.
    """

    def build(example: Example) -> Row:
        said = [_written(turn) for turn in example.turns]
        if not said:
            said = [("human", example.input), ("gpt", example.output)]
            if example.system is not None:
                said.insert(0, ("system", example.system))
        if target.system is not None and said[0][0] != "system":
            said.insert(0, ("system", target.system))
        row: Row = {"conversations": [{"from": who, "value": text} for who, text in said]}
        if '"tools"' in example.data:
            tools = json.loads(example.data).get("tools") or ()
            if functions := [tool["function"] for tool in tools]:
                row["tools"] = json.dumps(functions, ensure_ascii=False)
        return row

    return build


def _written(turn: Turn) -> tuple[str, str]:
    """Who speaks and what, as LLaMA-Factory reads it."""
    if is_text(turn):
        return _WRITTEN[turn.role], turn.content or ""
    if turn.role == "tool" and turn.content is not None and turn.parts is None:
        return "observation", turn.content
    calls = json.loads(turn.tool_calls) if turn.tool_calls else []
    if len(calls) != 1 or turn.content:
        what = "a text beside a call" if calls and turn.content else "more than texts"
        raise NotTaken("more-than-texts", f"a message of the role {turn.role} holds {what}")
    function = calls[0]["function"]
    arguments = json.loads(function["arguments"] or "{}")
    called = {"name": function["name"], "arguments": arguments}
    return "function_call", json.dumps(called, ensure_ascii=False)


def is_text(turn: Turn) -> bool:
    """Whether the turn is a text and nothing else, said by one of three roles."""
    return (
        turn.role in _WRITTEN
        and turn.content is not None
        and turn.parts is None
        and turn.tool_calls is None
    )


FORMAT = RowFormat(NAME, "conversations (ShareGPT)", recognise, read, tidy, writes=True)
