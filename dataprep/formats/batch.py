"""OpenAI's Batch files: requests hold no answer, results hold no question; a joined row has both.

Source: OpenAI's OpenAPI document 2.3.0 (BatchRequestInput, BatchRequestOutput).
"""

from __future__ import annotations

from typing import Any

from dataprep.finding import Fault
from dataprep.formats import chat, spellings
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    placed_pieces,
    without_nulls,
)

NAME = "openai-batch"
_ENDED = ("stop", "tool_calls", "function_call")


def recognise(row: Row) -> bool:
    """Whether there is an id of the user's, or a request, beside a response."""
    answered = "response" in row or "choices" in row
    if ("custom_id" in row and ("body" in row or answered)) or (
        isinstance(row.get("request"), dict) and answered
    ):
        return True
    return isinstance(row.get("choices"), list) and row.get("object") == "chat.completion"


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls."""
    return without_nulls(row)


def read(row: Row) -> Reading:
    """The messages of the request with the answer of the response behind them."""
    request = row.get("body", row.get("request", row))
    if not isinstance(request, dict):
        request = {}
    asked = request.get("messages")
    answered = _answer(row)
    if answered is None:
        words = "the row is a request of a batch: its answer is in the file of results"
        raise Unreadable("C001", "", words)
    if not isinstance(asked, list):
        words = "the row is a result of a batch: what was asked is in the file of requests"
        raise Unreadable("C207", "", words)
    told = {"messages": [*asked, answered]}
    told.update((key, request[key]) for key in chat.BESIDE if key in request)
    known = {k: v for k, v in spellings.CHAT.items() if k != "drop-trailing-turns"}
    mended, _ = spellings.spelled(told, known)
    strict, _, carried = chat.own(mended)
    reading = chat.read(strict)
    where = next((key for key in ("body", "request") if key in row), "messages")
    answer = "response" if "response" in row else "choices"
    last = len(reading.messages) - 1
    inside = "messages" if where == "messages" else f"{where}.messages"
    places = {f"messages[{n}]": f"{inside}[{n}]" for n in range(last)}
    places[f"messages[{last}]"] = answer
    uses = {where: "prompt", answer: "answer"}
    if _choices(row)[1:]:
        uses[f"{answer}.choices[1:]"] = "left out"
    aside: Row = {key: row[key] for key in ("custom_id", "method", "url", "id") if key in row}
    return Reading(
        kind="chat",
        messages=reading.messages,
        beside=reading.beside,
        uses=uses,
        places=places,
        pieces=placed_pieces(reading.messages, places),
        carried={**aside, **carried},
    )


def _answer(row: Row) -> Row | None:
    """The message of the first choice; raises Unreadable for one that failed or was cut off."""
    response = row.get("response")
    if isinstance(response, dict):
        if response.get("status_code", 200) != 200 or row.get("error"):
            words = f"the request failed with the status {response.get('status_code')}"
            raise Unreadable("C001", "response", words)
    elif "choices" not in row:
        return None
    choices = _choices(row)
    if not choices or not isinstance(choices[0], dict):
        raise Unreadable("C001", "response", "the response holds no choice")
    if choices[0].get("finish_reason", "stop") not in _ENDED:
        words = f"the answer was cut off: finish_reason is {choices[0]['finish_reason']}"
        raise Unreadable("C001", "response", words)
    message = choices[0].get("message")
    if not isinstance(message, dict):
        raise Unreadable("C001", "response", "the first choice holds no message")
    if message.get("role") != "assistant":
        words = "the message of the first choice is not the assistant's"
        raise Unreadable("C007", "response", words)
    return {key: value for key, value in message.items() if value not in (None, [], "")}


def _choices(row: Row) -> list[Any]:
    """The answers that were given, of which the first is taken."""
    response = row.get("response")
    body = response.get("body", response) if isinstance(response, dict) else row
    choices = body.get("choices") if isinstance(body, dict) else None
    return choices if isinstance(choices, list) else []


FORMAT = RowFormat(NAME, "requests and results of a batch (OpenAI)", recognise, read, tidy)
