"""Who speaks in a turn of ShareGPT, and what; calls that stand there as text are calls."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.called_in_text import Called, ToolResult, called_in
from dataprep.formats.calls import CALLING
from dataprep.formats.format import Row
from dataprep.formats.literals import from_cell
from dataprep.formats.spellings import ROLES

SPEAKER = ("from", "role", "speaker", "sender")
TEXT = ("value", "content", "text")


def role_of(speaker: Any) -> str | None:
    """The role of a speaker in OpenAI's words; None for one who is not known."""
    return ROLES.get(speaker.lower()) if isinstance(speaker, str) else None


def with_calls(turns: list[Any], key: str) -> tuple[list[Any], list[Fault]]:
    """C121: the turns with the calls that stand as text, where the turns behind are results."""
    made: list[Any] = []
    faults: list[Fault] = []
    at = 0
    while at < len(turns):
        turn, behind = turns[at], _results_behind(turns, at)
        told = None
        if behind and (said := _said(turn, "assistant")) is not None and "tool_calls" not in turn:
            results = [ToolResult(_said(one, "tool") or "", one.get("name")) for one in behind]
            told = called_in(said, results)
        if told is None:
            made.append(turn)
            at += 1
            continue
        made.append(_calling(turn, told))
        last = len(behind) - 1
        for number, text in enumerate(told.in_order):
            result = {**behind[min(number, last)]}
            result[_text_key(result)] = text
            if "name" in result:
                result["name"] = told.calls[number]["function"]["name"]
            made.append(result)
        faults.append(Fault("C121", f"{key}[{at}]", f"{key}[{at}] holds a call as text"))
        at += 1 + len(behind)
    return made, faults


def _results_behind(turns: Sequence[Any], at: int) -> list[Row]:
    """The texts of tools that follow a turn, and do not say which call they answer."""
    said = itertools.takewhile(lambda turn: _said(turn, "tool") is not None, turns[at + 1 :])
    behind = [*said]
    return [] if any("tool_call_id" in turn for turn in behind) else behind


def _said(turn: Any, role: str) -> str | None:
    """What one of a role says in a turn; None for another turn."""
    if not isinstance(turn, dict) or not (text := _text_key(turn)):
        return None
    speaker = next((turn[name] for name in SPEAKER if name in turn), None)
    is_call = isinstance(speaker, str) and speaker.lower() in CALLING
    said = turn[text]
    return said if role_of(speaker) == role and not is_call and isinstance(said, str) else None


def _text_key(turn: Row) -> str:
    return next((name for name in TEXT if name in turn), "")


def _calling(turn: Row, told: Called) -> Row:
    """A turn that calls, as LLaMA-Factory writes it; with the calls beside what it says too."""
    if told.text:
        return {**turn, _text_key(turn): told.text, "tool_calls": told.calls}
    calls = []
    for function in (call["function"] for call in told.calls):
        given = from_cell(function["arguments"], arrays=False)
        arguments = function["arguments"] if given is None else given
        calls.append({"name": function["name"], "arguments": arguments})
    speaker = next(name for name in SPEAKER if name in turn)
    said = json.dumps(calls if len(calls) > 1 else calls[0], ensure_ascii=False)
    return {**turn, speaker: CALLING[0], _text_key(turn): said}
