"""Batches: requests hold no answer, results hold no question; a row that joins them has both.

OpenAI's Batch files, of chat completions and of responses; its stored completions; and those of
Vertex AI and Gemini, which have contents in the request and candidates in the response. Source:
OpenAI's OpenAPI document 2.3.0 (BatchRequestInput, BatchRequestOutput); Vertex AI, batch
inference, 2026-11.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataprep.contracts import contract
from dataprep.finding import Fault, excerpt
from dataprep.formats import chat, gemini, responses, spellings
from dataprep.formats.endings import refuse_reasons
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    objects_of,
    placed_pieces,
    without_deep_nulls,
)
from dataprep.formats.meanings import several
from dataprep.formats.transcript import is_nothing

NAME = "openai-batch"
_ENDED = ("stop", "tool_calls", "function_call")


def recognise(row: Row) -> bool:
    """Whether there is an id of the user's, or a request, beside a response."""
    answered = "response" in row or "choices" in row
    if ("custom_id" in row and ("body" in row or answered)) or (
        isinstance(row.get("request"), dict) and answered
    ):
        return True
    if not isinstance(row.get("choices"), list):
        return False
    stored = any("message" in choice for _, choice in objects_of(row["choices"]))
    asked = "messages" in row or "input" in row
    return row.get("object") == "chat.completion" or (stored and asked)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls."""
    return without_deep_nulls(row)


class _Half(NamedTuple):
    """The request or the response of a row, and its path there; the row itself has none."""

    path: str
    value: Row

    def at(self, key: str) -> str:
        """The path of a key of it."""
        return f"{self.path}.{key}" if self.path else key

    def top(self, key: str) -> str:
        """The key of the row under which a key of it stands."""
        return self.at(key).partition(".")[0]


def read(row: Row) -> Reading:
    """The messages of the request with the answer of the response behind them."""
    request, response = _request(row), _response(row)
    if response is None:
        words = "the row is a request of a batch: its answer is in the file of results"
        raise Unreadable("C001", "", words)
    for at, holder in (("", row), ("response", row.get("response")), response):
        refuse_reasons(holder if isinstance(holder, dict) else {}, at)
    if "choices" in response.value:
        reading, known = _of_chat(request, response), _CHAT
    elif "candidates" in response.value or "contents" in request.value:
        reading, known = _of_gemini(request, response), _GEMINI
    elif "output" in response.value:
        reading, known = _of_responses(request, response), _RESPONSES
    else:
        raise Unreadable("C001", "response", "the response holds no choice")
    aside = dict(_aside(row, request, response, known))
    reading.carried = {**aside, **reading.carried}
    reading.unjudged |= {path for path in aside if path.rpartition(".")[2] in _DEFINED}
    return reading


class _KnownKeys(NamedTuple):
    """The keys of a request and of a response that are read, and those of its first answer."""

    asked: frozenset[str]
    answered: frozenset[str]
    of_answer: frozenset[str]


_CHAT = _KnownKeys(
    frozenset(chat.BESIDE),
    frozenset(("choices",)),
    frozenset(("message", "index", "finish_reason")),
)
_GEMINI = _KnownKeys(
    frozenset(gemini.KEYS),
    frozenset(("candidates",)),
    frozenset(("content", "index", "finishReason")),
)
_RESPONSES = _KnownKeys(frozenset(responses.ASKED), frozenset(responses.ANSWERED), frozenset())

_OF_ROW = ("custom_id", "method", "url", "id", "usage")
_DEFINED = several(
    "object created created_at createTime model modelVersion usage usageMetadata service_tier "
    "system_fingerprint logprobs logprobsResult avgLogprobs tokenCount stop_reason safetyRatings "
    "safety_ratings safetySettings safety_settings citationMetadata groundingMetadata "
    "urlContextMetadata promptFeedback content_filter_results content_filter_result "
    "prompt_filter_results response_format generationConfig generation_config text reasoning "
    "tool_choice toolConfig tool_config prediction request_id"
)
"""Keys of requests and responses that the interfaces themselves define, and that judge nothing."""


def _aside(
    row: Row, request: _Half, response: _Half, known: _KnownKeys
) -> Iterator[tuple[str, Any]]:
    """What stands beside what is read, by path: around the halves, in them, and in the answer."""
    yield from ((key, row[key]) for key in _OF_ROW if key in row)
    for half, keys in _holders(row, request, response, known):
        for key, value in half.value.items():
            if key not in keys and not is_nothing(value):
                yield half.at(key), value
    for name in known.answered & {"choices", "candidates"}:
        for _, answer in objects_of(response.value.get(name))[:1]:
            for key, value in answer.items():
                if key not in known.of_answer and not is_nothing(value):
                    yield response.at(f"{name}[].{key}"), [value]


def _holders(
    row: Row, request: _Half, response: _Half, known: _KnownKeys
) -> Iterator[tuple[_Half, frozenset[str]]]:
    """The objects of a row, each with its keys that are read; the row's own are its columns."""
    listed, _ = _asked_in(request)
    if request.path:
        yield request, known.asked | ({listed.partition(".")[0]} if known is _CHAT else set())
    if response.path:
        yield response, known.answered | {"status_code"}
    for half, name in ((request, "request"), (response, "response")):
        if half.path == f"{name}.body":
            yield _Half(name, row[name]), frozenset(("body", "status_code"))
    if known is _CHAT and listed == "input.messages":
        yield _Half(request.at("input"), request.value["input"]), frozenset(("messages",))


def _request(row: Row) -> _Half:
    """What was asked: a body, perhaps in a request; a request; or what stands in the row."""
    request = row.get("request")
    inner = request.get("body") if isinstance(request, dict) else None
    for path, value in (("body", row.get("body")), ("request.body", inner), ("request", request)):
        if isinstance(value, dict):
            return _Half(path, value)
    return _Half("", row)


def _response(row: Row) -> _Half | None:
    """What was answered; None for a request alone. Raises Unreadable for one that failed."""
    response = row.get("response")
    if not isinstance(response, dict):
        return _Half("", row) if "choices" in row else None
    status = response.get("status_code", 200)
    said = row.get("status")
    if status != 200 or row.get("error") or (isinstance(said, str) and not response and said):
        shown = status if status != 200 else excerpt(str(row.get("error") or said))
        words = f"the request failed with the status {shown}"
        raise Unreadable("C001", "response", words)
    body = response.get("body")
    return _Half("response.body", body) if isinstance(body, dict) else _Half("response", response)


# Chat completions.


def _of_chat(request: _Half, response: _Half) -> Reading:
    """The messages, and the first choice behind them."""
    answered = _answer(response)
    asked = _messages(request)
    for place, message in (*asked.items(), (response.at("choices[0].message"), answered)):
        refuse_reasons(message if isinstance(message, dict) else {}, place)
    told = {"messages": [*asked.values(), answered]}
    beside = [key for key in chat.BESIDE if key in request.value]
    told.update((key, request.value[key]) for key in beside)
    known = {k: v for k, v in spellings.CHAT.items() if k != "drop-trailing-turns"}
    mended, _ = spellings.spelled(told, known)
    reading = chat.read(mended)
    answer = response.top("choices")
    places = {f"messages[{n}]": place for n, place in enumerate((*asked, answer))}
    uses = {key: use for key, use in reading.uses.items() if "[]" in key}
    uses[request.top(_asked_in(request)[0].partition(".")[0])] = "prompt"
    uses[answer] = "answer"
    uses.update((key, key) for key in beside if not request.path)
    if response.value["choices"][1:]:
        uses[response.at("choices[] (not the first)")] = "left out"
    return Reading(
        kind="chat",
        messages=reading.messages,
        beside=reading.beside,
        uses=uses,
        places=places,
        pieces=placed_pieces(reading.messages, places),
        carried=reading.carried,
    )


def _messages(request: _Half) -> dict[str, Any]:
    """The messages of a request by their places: a stored completion has them as its input."""
    path, asked = _asked_in(request)
    if isinstance(asked, str):
        return {request.at(path): {"role": "user", "content": asked}}
    if asked is None:
        raise _unasked()
    return {f"{request.at(path)}[{n}]": message for n, message in enumerate(asked)}


def _asked_in(request: _Half) -> tuple[str, Any]:
    """Where in a request stands what was asked of a chat: the path of messages, or of a text."""
    said = request.value.get("input")
    for path, asked in (
        ("messages", request.value.get("messages")),
        ("input.messages", said.get("messages") if isinstance(said, dict) else None),
        ("input", said),
    ):
        if isinstance(asked, list) or (path == "input" and isinstance(asked, str)):
            return path, asked
    return "", None


def _unasked() -> Unreadable:
    words = "the row is a result of a batch: what was asked is in the file of requests"
    return Unreadable("C207", "", words)


def _answer(response: _Half) -> Row:
    """The message of the first choice; raises Unreadable for one that was cut off."""
    choices = response.value.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise Unreadable("C001", "response", "the response holds no choice")
    refuse_reasons(choices[0], response.at("choices[0]"))
    ended = choices[0].get("finish_reason", "stop")
    if ended not in _ENDED:
        raise Unreadable("C001", "response", f"the answer was cut off: finish_reason is {ended}")
    message = choices[0].get("message")
    if not isinstance(message, dict):
        raise Unreadable("C001", "response", "the first choice holds no message")
    if message.get("role") != "assistant":
        words = "the message of the first choice is not the assistant's"
        raise Unreadable("C007", "response", words)
    return {key: value for key, value in message.items() if value not in (None, [], "")}


# The same in the formats of other interfaces.


def _of_responses(request: _Half, response: _Half) -> Reading:
    """The input of the request, and the items of the response."""
    keys = [key for key in responses.ASKED if key in request.value]
    if "input" not in keys:
        raise _unasked()
    ended = [key for key in responses.ANSWERED if key in response.value]
    moves = {k: half.at(k) for half, held in ((request, keys), (response, ended)) for k in held}
    whole = {k: request.value[k] for k in keys} | {k: response.value[k] for k in ended}
    reading = _read_as(responses.FORMAT, whole, moves)
    reading.uses = {**{request.top(k): "prompt" for k in keys}, response.top("output"): "answer"}
    return reading


def _of_gemini(request: _Half, response: _Half) -> Reading:
    """The contents of the request, and the first candidate behind them."""
    contents, candidates = request.value.get("contents"), response.value.get("candidates")
    if not isinstance(contents, list):
        raise _unasked()
    if not isinstance(candidates, list) or not candidates or not isinstance(candidates[0], dict):
        raise Unreadable("C001", response.path, "the response holds no candidate")
    refuse_reasons(candidates[0], response.at("candidates[0]"))
    answer = response.at("candidates[0].content")
    keys = [key for key in gemini.KEYS if key in request.value]
    moves = {f"contents[{len(contents)}]": answer, **{key: request.at(key) for key in keys}}
    whole = {key: request.value[key] for key in keys}
    whole["contents"] = [*contents, candidates[0].get("content")]
    reading = _read_as(gemini.FORMAT, whole, moves)
    if reading.messages[-1]["role"] != "assistant":
        raise Unreadable("C001", answer, "the first candidate holds no answer")
    reading.uses = {
        **{request.top(k): "prompt" for k in keys},
        response.top("candidates"): "answer",
    }
    if candidates[1:]:
        reading.uses[response.at("candidates[] (not the first)")] = "left out"
    return reading


def _read_as(form: RowFormat, row: Row, moves: dict[str, str]) -> Reading:
    """What a row says that was put together in another format, with the places of its parts."""
    row, _ = form.tidy(row)
    held = contract(form.name)
    if not held.accepts(row):
        first = next(held.violations(row))
        path = _moved(first.path, moves)
        raise Unreadable("S001", path, f"{path or 'the row'} {first.message}")
    try:
        reading = form.read(row)
    except Unreadable as unreadable:
        code, path, message, remedy, _ = unreadable.fault
        place = _moved(path, moves)
        raise Unreadable(code, place, message.replace(path, place, 1), remedy) from None
    places = {key: _moved(path, moves) for key, path in reading.places.items()}
    pieces = [piece._replace(path=_moved(piece.path, moves)) for piece in reading.pieces or ()]
    carried = {
        path if "[]" in path else _moved(path, moves): v for path, v in reading.carried.items()
    }
    return dataclasses.replace(reading, places=places, pieces=pieces, carried=carried)


def _moved(path: str, moves: dict[str, str]) -> str:
    """A path as it is in the row, by the first of its beginnings that was moved."""
    for old, new in moves.items():
        rest = path.removeprefix(old)
        if rest != path and rest[:1] in ("", ".", "["):
            return new + rest
    return path


FORMAT = RowFormat(NAME, "requests and results of a batch", recognise, read, tidy)
