"""A conversation that ends with a question, beside a column that looks like its answer.

Nobody says that it is one: the user is asked, and the flag that says so puts the answer behind the
question. Keys that graders compare with (answer, reference_answer, ...) are theirs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dataprep.finding import Fault, excerpt
from dataprep.formats import anthropic, bedrock, chat, gemini, reinforcement, sharegpt
from dataprep.formats.catalogue import recognise
from dataprep.formats.flags import (
    ANSWERED,
    column_flag,
    is_nameable,
    template_flag,
    variable,
    with_filter,
)
from dataprep.formats.format import Reading, Row, RowRead
from dataprep.formats.literals import from_cell
from dataprep.formats.meanings import folded, several
from dataprep.formats.open_end import GRADED
from dataprep.formats.sharegpt_turns import role_of

_ANSWERS = frozenset(
    map(
        folded,
        several(
            "response completion output reply assistant bot gpt generation assistant_response "
            "assistant_message bot_response model_response model_output gpt_response llm_response "
            "final_response"
        ),
    )
)
_LISTS = ("messages", "contents", *sharegpt.LISTS)
_OPEN = (
    *(chat.NAME, reinforcement.NAME, sharegpt.NAME),
    *(gemini.NAME, anthropic.NAME, bedrock.NAME),
)
"""Formats of conversations that may end with a question, and hold no answer elsewhere."""

_SAID = "The conversation ends with a question, and {} looks like its answer; nothing says so"


def answer_beside(row: Row, read: RowRead, reading: Reading) -> str | None:
    """The column that looks like the answer to a question at the end; None where none does."""
    if reading.kind not in ("chat", "reinforcement") or any(key in GRADED for key in row):
        return None
    ends = reading.messages[-1]["role"] if reading.messages else ""
    if ends == "assistant" and all(fault.code != "C002" for fault in read.mended):
        return None
    said = (key for key in row if folded(key) in _ANSWERS and _is_said(row[key]))
    return next((key for key in said if is_nameable(key)), None)


def _is_said(value: Any) -> bool:
    return not isinstance(value, list | dict) and str(value).strip() not in ("", "None")


def unnamed_answer(key: str, row: Row, reading: Reading, first: Sequence[Row]) -> Fault:
    """S004 for such a column, with the flag that makes it the answer in all rows of its file."""
    learn = template_flag("completion", _template(key, first))
    ways = [f"Learn it: {learn}"]
    if any(message["role"] == "assistant" for message in reading.messages):
        carry, leave = column_flag("carry", key), column_flag("leave-out", key)
        ways += [f"carry it along: {carry}", f"leave it out: {leave}"]
    elif reading.kind == "reinforcement":
        ways.append("or write all of it for a grader: --to reinforcement")
    return Fault("S004", excerpt(key), _SAID.format(excerpt(key)), f"{'; '.join(ways)}.")


def _template(key: str, first: Sequence[Row]) -> str:
    """The template of a column; where only some rows have it, the answer of the others stays."""
    own = variable(key, {name for row in first for name in row})
    ours = next((n for n in ANSWERED if all(n not in row for row in first)), None)
    if ours is None or all(key in row for row in first):
        return own
    return with_filter(own, f"default({ours})")


def with_answer(row: Row) -> Row:
    """The row with an empty answer behind a question at its end, for a template to fill."""
    form = recognise(row)
    if form is None or form.name not in _OPEN or "completions" in row:
        return row
    for key in _LISTS:
        turns = from_cell(row[key]) if isinstance(row.get(key), str) else row.get(key)
        if isinstance(turns, list) and turns and isinstance(turns[-1], dict):
            last = turns[-1]
            role = role_of(last.get("role", last.get("from")))
            if role in (None, "assistant"):
                return row
            whole = [*turns, _empty(last)]
            is_text = isinstance(row[key], str)
            return {**row, key: json.dumps(whole, ensure_ascii=False) if is_text else whole}
    return row


def _empty(last: Row) -> Row:
    """An empty answer as the turn before it is written."""
    if "from" in last:
        return {"from": "gpt", "value": ""}
    if "parts" in last:
        return {"role": "model", "parts": [{"text": ""}]}
    content = last.get("content")
    if isinstance(content, list) and all("type" not in part for part in content):
        return {"role": "assistant", "content": [{"text": ""}]}
    return {"role": "assistant", "content": ""}
