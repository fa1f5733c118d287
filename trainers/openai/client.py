"""The SDK's client, its pages and its errors, in words that a person can act on."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dataprep import network
from dataprep.finding import (
    DataprepError,
    EnvironmentProblem,
    Refused,
    UsageError,
    extra_missing,
)
from dataprep.network import KeyGrant, NetworkLimits
from trainers.openai.roads import OTHER_ROADS

if TYPE_CHECKING:
    from openai import OpenAI

OPENAI_KEY = "OPENAI_API_KEY"
PAGE = 100
MAX_PAGES = 200
MAX_WORDS = 500
TRIES = 4
LONGEST_PAUSE = 60.0
LIMITS = NetworkLimits(answer_bytes=16_000_000)
"""A page of a hundred jobs has less than a megabyte, and the SDK makes far larger objects of it."""

AGAIN = "Run the same command again: it goes on from where it stopped and never makes a second job."
ONCE_MORE = "Run the same command again."
"""For what only reads, or may be sent twice."""

_SECRET = re.compile(r"\b(sk|Bearer)[-_ ][\w*.-]{4,}")


def connect(
    grant: KeyGrant,
    base_url: str,
    key_header: str | None = None,
    *,
    max_retries: int = 0,
    limits: NetworkLimits | None = None,
) -> OpenAI:
    """A client for that server; the key comes from the environment and from nowhere else.

    It goes to no other server, and by itself sends nothing twice unless `max_retries` says so:
    what may be repeated is repeated by `patient`. Raises as `key_for` does.
    """
    try:
        import httpx2
        import openai
    except ImportError:
        raise extra_missing("openai", "openai") from None
    key = network.key_for(grant)
    if grant.variable:
        _keys.add(key)
    http = network.guarded(httpx2, base_url, limits or LIMITS)
    client = openai.OpenAI(
        api_key=key,
        base_url=base_url,
        max_retries=max_retries,
        timeout=http.timeout,
        http_client=http,
        default_headers={key_header: key} if key_header else None,
    )
    weakref.finalize(client, http.close)  # the SDK closes only clients that it made itself
    # The SDK reads these from the environment for every server, whosever they are.
    client.admin_api_key = None
    if grant.variable != OPENAI_KEY:
        client.organization = client.project = None
    return client


def patient(call: Callable[[], Any], sleep: Callable[[float], None]) -> Any:
    """The answer to a reading call, which may be asked for again: four times at most."""
    for tried in range(1, TRIES):
        try:
            return call()
        except troubles() as error:
            if isinstance(error, UnexpectedAnswer) or not passing(error):
                raise
            sleep(pause_after(error, tried))
    return call()


def passing(error: Exception) -> bool:
    """Whether the same call may well succeed a little later."""
    status = getattr(error, "status_code", None)
    return not isinstance(status, int) or status in (408, 409, 429) or status >= 500


def pause_after(error: Exception, tried: int) -> float:
    """Seconds to wait: what the server asks for (at most a minute), else ever longer."""
    asked = _retry_after(error)
    if asked.replace(".", "", 1).isdecimal() and asked.isascii():
        return min(float(asked), LONGEST_PAUSE)
    return min(0.5 * 2.0**tried, 8.0)


def _retry_after(error: Exception) -> str:
    headers = getattr(getattr(error, "response", None), "headers", {})
    return str(headers.get("retry-after", ""))


def troubles() -> tuple[type[Exception], ...]:
    """What a call may raise. A body that is not JSON comes as a bare error of the decoder's."""
    try:
        import httpx2
        import openai
    except ImportError:  # as `connect` tells; without the SDK nothing of its own is raised
        return (*_NO_JSON, UnexpectedAnswer)
    return (openai.OpenAIError, httpx2.HTTPError, *_NO_JSON, UnexpectedAnswer)


_NO_JSON = (ValueError, RecursionError)
"""Of the decoders of JSON and UTF-8, of a number with more digits than Python reads, of the SDK."""


class UnexpectedAnswer(Exception):
    """The server answered something that is not what the protocol says."""


def plain(answer: object) -> dict[str, Any]:
    """An answer as the JSON that came. The SDK does not check it, and hands on anything."""
    if isinstance(answer, dict):
        return answer
    if hasattr(answer, "to_dict"):
        made: dict[str, Any] = answer.to_dict(mode="python", warnings=False)
        return made
    raise UnexpectedAnswer("the answer is no object")


def field(answer: Mapping[str, Any], name: str) -> str:
    """A text that every answer must have. It goes into names and lines, and is no key of ours."""
    value = answer.get(name)
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= MAX_WORDS:
        raise UnexpectedAnswer(f"the answer has no {name}")
    if any(key in value for key in _keys if len(key) >= _SECRET_LENGTH):
        raise UnexpectedAnswer(f"the answer has the key in its {name}")
    return value


def pages(fetch: Callable[..., Any], most: int = MAX_PAGES) -> Iterator[dict[str, Any]]:
    """All items of a list, newest first as the platform gives them.

    Pages are asked for one by one: the SDK's own paging never ends on a server that repeats
    itself. Raises UnexpectedAnswer for a list that does not end.
    """
    seen: set[str] = set()
    after: dict[str, str] = {}
    for _ in range(most):
        try:
            page = fetch(limit=PAGE, **after)
        except AttributeError:  # the SDK's, on a body that is null
            page = None
        items = page.get("data") if isinstance(page, dict) else getattr(page, "data", None)
        if not isinstance(items, list):
            raise UnexpectedAnswer("the answer is no list")
        rows = [plain(item) for item in items]
        fresh = [row for row in rows if field(row, "id") not in seen]
        seen.update(row["id"] for row in fresh)
        yield from fresh
        more = page.get("has_more") if isinstance(page, dict) else getattr(page, "has_more", 0)
        if not fresh or not more:
            return
        after = {"after": fresh[-1]["id"]}
    raise UnexpectedAnswer(f"a list does not end after {most} pages")


def surely_refused(error: Exception) -> bool:
    """Whether the server certainly did not do what was asked: a 4xx that is no timeout."""
    status = getattr(error, "status_code", None)
    return isinstance(status, int) and 400 <= status < 500 and status not in (408, 409)


def explain(error: Exception, doing: str, key_variable: str, again: str = AGAIN) -> DataprepError:
    """What happened while `doing` something, and what to do; never holds a key.

    What may pass ends with `again`.
    """
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _explain_status(error, status, doing, key_variable, again)
    if isinstance(error, (*_NO_JSON, UnexpectedAnswer)):
        what = f"{doing}: the server answered something that is not its protocol"
        detail = "the body is not JSON" if isinstance(error, _NO_JSON) else str(error)
        return EnvironmentProblem(f"{what} ({detail}).", f"Is the base URL right? {again}")
    import openai

    if isinstance(error, openai.APITimeoutError):
        return EnvironmentProblem(f"{doing}: no answer in time.", again)
    if isinstance(error, openai.APIConnectionError):
        cause = words(str(error.__cause__ or error))
        asked = getattr(error, "request", None)
        server = f" at {words(asked.url.host)}" if asked is not None else ""
        said = f"{doing}: the connection failed{server} ({cause})."
        return EnvironmentProblem(said, again)
    return EnvironmentProblem(f"{doing}: {words(str(error))}.", again)


def _explain_status(
    error: Exception, status: int, doing: str, key_variable: str, again: str
) -> DataprepError:
    said = _ended(f"{doing}: {status}, {platform_words(error)}")
    match status:
        case 401 if key_variable:
            return EnvironmentProblem(
                f"{doing}: the server does not accept the key.",
                f"Check {key_variable}, and that the key belongs to this server.",
            )
        case 401:
            return EnvironmentProblem(
                f"{doing}: the server wants a key; none was sent, as none is known to be for it.",
                "Name the environment variable that holds its key: --key-variable NAME.",
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
            return UsageError(said, "Check the base URL, the id and the name of the model.")
        case 429:
            return EnvironmentProblem(f"{said}{_wait(error)}", again)
        case _ if 400 <= status < 500 and status not in (408, 409):
            return UsageError(said, "Nothing was paid; correct it and run again.")
        case _:
            return EnvironmentProblem(said, again)


def _ended(said: str) -> str:
    return said if said.endswith((".", "!", "?")) else f"{said}."


def platform_words(error: Exception) -> str:
    """The platform's own sentence, fit for a terminal, with its code."""
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    code = getattr(error, "code", None)
    said = words(message if isinstance(message, str) and message else str(error))
    return f"{said} [{words(code)}]" if isinstance(code, str) else said


_SECRET_LENGTH = 8
"""Characters. Servers of one's own take any word as a key, and `1` stands in every id."""

_keys: set[str] = set()
"""The keys in use: a server may quote one in its answer, and it must not be shown."""


def words(text: str) -> str:
    """At most 500 characters of a server's text, on one line, printable, without a key.

    A key as short as a word is taken out where it stands alone, and does not mutilate others.
    """
    for key in sorted(_keys, key=len, reverse=True):
        found = re.escape(key)
        if len(key) < _SECRET_LENGTH:
            found = rf"(?<!\w){found}(?!\w)"
        text = re.sub(found, "(key)", text)
    flat = "".join(c if c.isprintable() else " " for c in text[:MAX_WORDS])
    return _SECRET.sub("(key)", " ".join(flat.split()))


def _wait(error: Exception) -> str:
    seconds = _retry_after(error)
    return f" The server asks to wait {seconds} seconds." if seconds.isdigit() else ""
