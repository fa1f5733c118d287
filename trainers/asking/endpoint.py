"""Puts questions to a server that speaks OpenAI's chat completions, several at a time.

The SDK retries 429, 5xx and lost connections, and honours Retry-After. Nothing is ever sent to a
server that the user did not type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from dataprep import network
from dataprep.finding import DataprepError, EnvironmentProblem, UsageError
from dataprep.network import KeyGrant
from trainers.asking.kept import Kept, KeptAnswer, key_of
from trainers.asking.questions import Question
from trainers.openai import client as clients
from trainers.openai import platform_words, troubles, words
from trainers.taught import said

if TYPE_CHECKING:
    from openai import OpenAI

RETRIES = 5
PATIENCE = 5
"""So many questions may fail before the first is answered; then it is not the questions."""
AGAIN = "What was answered is kept: run the same command again, and it goes on from there."
_THIS_ONE = (400, 413, 422)
ShowAsked = Callable[[int, int], None]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One model at one server, and the manner of asking."""

    url: str
    model: str
    key_variable: str | None = None
    max_tokens: int | None = 512
    temperature: float | None = 0.0

    @property
    def manner(self) -> dict[str, Any]:
        """What goes with each question; what is None is left to the server."""
        given = {"max_tokens": self.max_tokens, "temperature": self.temperature}
        return {name: value for name, value in given.items() if value is not None}

    def key(self, question: Question) -> str:
        """By what an answer is found again."""
        return key_of(self.url.rstrip("/"), self.model, question.request, self.manner)


def connect(endpoint: Endpoint) -> OpenAI:
    """A client for the server; raises where the key is missing, or would go over open http."""
    return clients.connect(_grant(endpoint), endpoint.url, max_retries=RETRIES)


def _grant(endpoint: Endpoint) -> KeyGrant:
    return network.granted(endpoint.url, endpoint.key_variable)


def ask(
    endpoint: Endpoint,
    questions: Sequence[Question],
    kept: Kept,
    *,
    concurrency: int = 4,
    on_progress: ShowAsked | None = None,
) -> dict[str, KeptAnswer]:
    """The answer to each question, by its id; only what is not kept yet is asked.

    Raises UsageError, EnvironmentProblem or Refused where the server cannot be asked at all.
    """
    keys = {q.id: endpoint.key(q) for q in questions}
    # Equal questions are asked once.
    open_ = {keys[q.id]: q for q in questions if keys[q.id] not in kept.known}
    if open_:
        client = connect(endpoint)
        if on_progress is not None:
            on_progress(0, len(open_))
        _ask_all(client, endpoint, open_, kept, concurrency=concurrency, on_progress=on_progress)
    return {name: kept.known[key] for name, key in keys.items()}


def _ask_all(
    client: OpenAI,
    endpoint: Endpoint,
    open_: Mapping[str, Question],
    kept: Kept,
    *,
    concurrency: int,
    on_progress: ShowAsked | None,
) -> None:
    left = iter(open_.items())
    failed = done = 0
    running: dict[Future[KeptAnswer], str] = {}
    with ThreadPoolExecutor(max(1, concurrency)) as pool:
        try:
            while True:
                for key, question in islice(left, max(1, concurrency) - len(running)):
                    running[pool.submit(_one, client, endpoint, question)] = key
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    answer = future.result()
                    kept.add(running.pop(future), answer)
                    done += 1
                    failed += answer.kind == "failed"
                    if on_progress is not None:
                        on_progress(done, len(open_))
                if failed == done and (failed >= PATIENCE or failed == len(open_)):
                    raise _refuses_all(answer)
        finally:
            # What is on its way was paid for: it is waited for, and kept.
            for future in wait(running).done:
                if future.exception() is None:
                    kept.add(running[future], future.result())


def _refuses_all(answer: KeptAnswer) -> UsageError:
    return UsageError(
        f"The server refuses every question: {answer.why}.",
        "Check --model and the options of asking (--max-tokens, --temperature).",
    )


def _one(client: OpenAI, endpoint: Endpoint, question: Question) -> KeptAnswer:
    try:
        answer = client.chat.completions.create(
            model=endpoint.model, **question.request, **endpoint.manner
        )
    except troubles() as error:
        if getattr(error, "status_code", None) in _THIS_ONE:
            return KeptAnswer(kind="failed", why=platform_words(error))
        raise _explained(error, endpoint) from None
    try:
        return _said(answer)
    except (AttributeError, TypeError, ValueError, LookupError):  # anything may stand anywhere
        return KeptAnswer(kind="failed", why="the answer is not what the protocol says")


def _said(answer: Any) -> KeptAnswer:
    """What an answer is; the SDK does not check what a server sends."""
    choices = getattr(answer, "choices", None)
    choice: Any = choices[0] if isinstance(choices, list) and choices else None
    if getattr(choice, "message", None) is None:
        return KeptAnswer(kind="failed", why="the answer has no message")
    message = choice.message.model_dump(exclude_none=True, warnings=False)
    usage = getattr(answer, "usage", None)
    tokens_in = _number(getattr(usage, "prompt_tokens", 0))
    tokens_out = _number(getattr(usage, "completion_tokens", 0))
    text, kind, why = said(message), "answered", ""
    if message.get("refusal") or choice.finish_reason == "content_filter":
        text, kind, why = "", "refused", words(str(message.get("refusal") or "content_filter"))
    elif not text.strip():
        kind = "empty"
    elif choice.finish_reason == "length":
        kind = "cut"
    return KeptAnswer(text=text, kind=kind, tokens_in=tokens_in, tokens_out=tokens_out, why=why)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _explained(error: Exception, endpoint: Endpoint) -> DataprepError:
    status = getattr(error, "status_code", None)
    doing = f"Asking {endpoint.model} at {urlsplit(endpoint.url).hostname}"
    name = _grant(endpoint).variable
    match status:
        case 401 | 403:
            remedy = f"Check {name}." if name else "Name the variable of its key: --key-variable."
            return EnvironmentProblem(f"{doing}: {status}, {platform_words(error)}.", remedy)
        case 404 | 410:
            return UsageError(
                f"{doing}: {status}, {platform_words(error)}.",
                "Check --endpoint (it often ends in /v1) and --model; the model may be shut down.",
            )
        case int():
            return EnvironmentProblem(f"{doing}: {status}, {platform_words(error)}.", AGAIN)
        case _:
            cause = words(str(error.__cause__ or error))
            return EnvironmentProblem(f"{doing}: no answer ({cause}).", AGAIN)
