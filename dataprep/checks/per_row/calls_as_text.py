"""Results of calls that stand as text in an answer, as Hermes writes them, told as such."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.format import objects_of
from dataprep.patterns import LatePattern

_MARK = "<tool_call>"
_AT = LatePattern(r"messages\[(\d+)\]")
_REMEDY = (
    "Write the call as tool_calls of that message (id, type, function with name and arguments), "
    "and its id as tool_call_id of the result."
)


def of_calls_as_text(faults: Iterable[Fault], row: Any) -> list[Fault]:
    """The faults of a conversation; a result whose call is text in an answer says so, once."""
    told = list(faults)
    if not any(fault.code in ("C104", "C113") for fault in told):
        return told
    answers = {n: m for n, m in objects_of(row["messages"]) if m.get("role") == "assistant"}
    marked = {n for n, m in answers.items() if _MARK in str(m.get("content"))}
    found: list[Fault] = []
    for fault in told:
        at = _AT.match(fault.path) if fault.code in ("C104", "C113") else None
        call = max((n for n in answers if at and n < int(at[1])), default=None)
        if at is None or call not in marked:
            found.append(fault)
        elif fault.code == "C113":
            words = f"{at[0]} answers a call that stands as text ({_MARK}) in messages[{call}]"
            found.append(Fault("C113", at[0], words, _REMEDY))
        elif not fault.message.startswith(f"{at[0]} answers '',"):
            found.append(fault)
    return found
