"""What a row asks, whether or not it is answered."""

from __future__ import annotations

from typing import Any

from dataprep.contracts import contract
from dataprep.example import Message
from dataprep.formats import chat, columns, spellings
from dataprep.formats.catalogue import COLUMNS, recognise, strict
from dataprep.formats.format import Reading, Row, Unreadable
from dataprep.formats.meanings import folded
from dataprep.formats.sides import PAIRS

ASKING = (*dict.fromkeys(asked for asked, _ in PAIRS), "text")
"""The names of a column that asks by itself, in the order in which they are looked for."""

_ASKED_ALONE = frozenset(("answer",))
"""What is not read of a table: its options are shown, whichever of them an answer may name."""


def question_of(row: Any) -> list[Message]:
    """What is asked, as a conversation without the answer at its end; nothing where nothing is."""
    if not isinstance(row, dict):
        return []
    if said := _conversation(row):
        return said
    if (reading := _read(row)) is not None and reading.kind != "text":
        at = chat.last_answer(reading.messages)
        return reading.messages if at < 0 else reading.messages[:at]
    by_name = {folded(key): value for key, value in row.items()}
    texts = (by_name.get(folded(name)) for name in ASKING)
    return [{"role": "user", "content": t} for t in texts if isinstance(t, str) and t.strip()][:1]


def tools_of(row: Any) -> list[Row] | None:
    """The tools that are declared beside what is asked, as OpenAI has them; None without any."""
    if not isinstance(row, dict) or not any(key in row for key in spellings.DECLARED):
        return None
    kept = {key: row[key] for key in ("messages", *spellings.DECLARED) if key in row}
    told = spellings.spelled(kept, spellings.CHAT)[0].get("tools")
    is_list = isinstance(told, list) and all(isinstance(tool, dict) for tool in told)
    return told if is_list and told else None


def _conversation(row: Row) -> list[Message]:
    """The messages of a chat, of which the last may be a question."""
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages or not chat.recognise(row):
        return []
    known = {k: v for k, v in spellings.CHAT.items() if k != "drop-trailing-turns"}
    told = spellings.spelled({"messages": messages}, known)[0]["messages"]
    answered = isinstance(told[-1], dict) and told[-1].get("role") == "assistant"
    return [*told[:-1]] if answered else [*told]


def _read(row: Row) -> Reading | None:
    form = recognise(row)
    if form is None:
        return None
    tidy, _ = form.tidy(row)
    if not contract(form.name).accepts(strict(tidy, form)):
        return None
    try:
        return columns.read(tidy, alone=_ASKED_ALONE) if form is COLUMNS else form.read(tidy)
    except Unreadable:
        return None
