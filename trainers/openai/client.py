"""The SDK's client, its pages and its errors, in words that a person can act on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from dataprep.finding import (
    DataprepError,
    EnvironmentProblem,
    Refused,
    UsageError,
    extra_missing,
)
from trainers.openai.gates import OTHER_ROADS

if TYPE_CHECKING:
    from openai import OpenAI

PAGE = 100
MAX_PAGES = 200
MAX_WORDS = 500
AGAIN = "Run the same command again: it goes on from where it stopped and never makes a second job."
_SECRET = re.compile(r"\b(sk|Bearer)[-_ ][\w*.-]{4,}")


def connect(base_url: str, key_variable: str) -> OpenAI:
    """A client for that server; the key comes from the environment and from nowhere else."""
    try:
        import openai
    except ImportError:
        raise extra_missing("openai", "openai") from None
    key = os.environ.get(key_variable, "").strip()
    if not key:
        raise EnvironmentProblem(
            f"{key_variable} is not set.",
            f"Put your key there: export {key_variable}=... (a dry run needs none).",
        )
    if not (key.isascii() and key.isprintable()):
        raise EnvironmentProblem(
            f"{key_variable} holds characters that no key has.", "Copy the key again."
        )
    return openai.OpenAI(api_key=key, base_url=base_url)


def troubles() -> tuple[type[Exception], ...]:
    """What a call may raise. A body that is not JSON comes as a bare JSONDecodeError."""
    import openai

    return (openai.OpenAIError, json.JSONDecodeError, UnexpectedAnswer)


class UnexpectedAnswer(Exception):
    """The server answered something that is not what the protocol says."""


def field(answer: object, name: str) -> str:
    """A text that every answer must have; the SDK does not check, and hands on anything."""
    value = getattr(answer, name, None)
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= MAX_WORDS:
        raise UnexpectedAnswer(f"the answer has no {name}")
    return value


def pages(fetch: Callable[..., Any]) -> Iterator[Any]:
    """All items of a list, newest first as the platform gives them.

    Pages are asked for one by one: the SDK's own paging never ends on a server that repeats
    itself. Raises UnexpectedAnswer for a list that does not end.
    """
    seen: set[str] = set()
    after: dict[str, str] = {}
    for _ in range(MAX_PAGES):
        page = fetch(limit=PAGE, **after)
        items = getattr(page, "data", None)
        if not isinstance(items, list):
            raise UnexpectedAnswer("the answer is no list")
        fresh = [item for item in items if field(item, "id") not in seen]
        seen.update(item.id for item in fresh)
        yield from fresh
        if not fresh or not getattr(page, "has_more", False):
            return
        after = {"after": fresh[-1].id}
    raise UnexpectedAnswer(f"a list does not end after {MAX_PAGES} pages")


def surely_refused(error: Exception) -> bool:
    """Whether the server certainly did not do what was asked: a 4xx that is no timeout."""
    status = getattr(error, "status_code", None)
    return isinstance(status, int) and 400 <= status < 500 and status not in (408, 409)


def explain(error: Exception, doing: str, key_variable: str) -> DataprepError:
    """What happened while `doing` something, and what to do; never holds a key."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _explain_status(error, status, doing, key_variable)
    if isinstance(error, json.JSONDecodeError | UnexpectedAnswer):
        what = f"{doing}: the server answered something that is not its protocol"
        detail = "the body is not JSON" if isinstance(error, json.JSONDecodeError) else str(error)
        return EnvironmentProblem(f"{what} ({detail}).", f"Is the base URL right? {AGAIN}")
    import openai

    if isinstance(error, openai.APITimeoutError):
        return EnvironmentProblem(f"{doing}: no answer in time.", AGAIN)
    if isinstance(error, openai.APIConnectionError):
        cause = words(str(error.__cause__ or error))
        return EnvironmentProblem(f"{doing}: the connection failed ({cause}).", AGAIN)
    return EnvironmentProblem(f"{doing}: {words(str(error))}.", AGAIN)


def _explain_status(error: Exception, status: int, doing: str, key_variable: str) -> DataprepError:
    said = f"{doing}: {status}, {platform_words(error)}"
    match status:
        case 401:
            return EnvironmentProblem(
                f"{doing}: the server does not accept the key.",
                f"Check {key_variable}, and that the key belongs to this server.",
            )
        case 403 if getattr(error, "code", None) == "training_not_available":
            return Refused(
                f"{doing}: the platform no longer takes fine-tuning jobs from this organisation "
                "(training_not_available). Nothing was paid.",
                f"It is winding down for everyone. {OTHER_ROADS}",
            )
        case 403:
            return Refused(said, "Ask the owner of the organisation for the permission.")
        case 410:
            return Refused(
                f"{doing}: the fine-tuning platform of this server is gone (410).", OTHER_ROADS
            )
        case 404:
            return UsageError(said, "Check the base URL and the name of the model.")
        case 429:
            return EnvironmentProblem(f"{said}{_wait(error)}", AGAIN)
        case _ if 400 <= status < 500 and status not in (408, 409):
            return UsageError(said, "Nothing was paid; correct it and run again.")
        case _:
            return EnvironmentProblem(said, AGAIN)


def platform_words(error: Exception) -> str:
    """The platform's own sentence, fit for a terminal, with its code."""
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    code = getattr(error, "code", None)
    said = words(message if isinstance(message, str) and message else str(error))
    return f"{said} [{words(code)}]" if isinstance(code, str) else said


def words(text: str) -> str:
    """At most 500 characters of a server's text, on one line, printable, without a key."""
    flat = "".join(c if c.isprintable() else " " for c in text[:MAX_WORDS])
    return _SECRET.sub("(key)", " ".join(flat.split()))


def _wait(error: Exception) -> str:
    headers = getattr(getattr(error, "response", None), "headers", {})
    seconds = headers.get("retry-after", "")
    return f" The server asks to wait {seconds} seconds." if seconds.isdigit() else ""
