"""What the room needs of a connection, and its errors; `client` makes the real one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from dataprep import jsonio
from dataprep.finding import DataprepError, EnvironmentProblem, UsageError, excerpt
from dataprep.jsonio import Json

T = TypeVar("T")
_MOST_SAID = 300
_MOST_NUMBER = 2**63


class Reply(Protocol):
    """An answer of the server. Of a stream, the body is read piece by piece."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content(self) -> bytes: ...
    def read(self) -> bytes: ...
    def iter_bytes(self) -> Iterator[bytes]: ...


class ServerWire(Protocol):
    """A connection with its token. Both methods raise NoAnswer, TimedOut or CutOff."""

    @property
    def address(self) -> str: ...

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Json | None = None,
        json: Any = None,
        timeout: float | None = None,
    ) -> Reply: ...

    def stream(
        self, path: str, *, headers: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Reply]: ...


class NoAnswer(EnvironmentProblem):
    """Nobody answers at the address."""


class TimedOut(NoAnswer):
    """The server was still at work when we stopped waiting; it may go on."""


class CutOff(NoAnswer):
    """The connection broke in the middle."""


class Broken(EnvironmentProblem):
    """The server failed (5xx, 429), and might not the next time."""


def value_of(reply: Reply, what: str, address: str) -> Any:
    """The JSON of an answer; raises the error that says what went wrong and what to do.

    `what` is what was asked for, as in "the project 7".
    """
    if not 200 <= reply.status_code < 300:
        raise problem(reply.status_code, what, address, reply.content)
    if not is_page(reply.content, reply.headers):
        try:
            return jsonio.loads(reply.content)
        except jsonio.JsonError:
            pass
    raise web_page(reply.status_code, what, address)


def object_of(reply: Reply, what: str, address: str, *keys: str) -> Json:
    """The JSON object of an answer, which has `keys`; raises as `value_of` does."""
    value = value_of(reply, what, address)
    if not isinstance(value, dict) or any(key not in value for key in keys):
        raise web_page(reply.status_code, what, address)
    return value


def number_in(row: Any, key: str, what: str, address: str) -> int:
    """A number of an answer that must be there; raises the error for something else."""
    value = row.get(key) if isinstance(row, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST_NUMBER:
        raise web_page(200, what, address)
    return value


def web_page(status: int, what: str, address: str) -> EnvironmentProblem:
    """The error for a page where data was asked for: a log-in, a proxy, another server."""
    return EnvironmentProblem(
        f"{address} answered the request for {what} with something else (status {status}).",
        "Is this the address of a Label Studio server, with nothing in between that asks to log"
        " in? Nothing was written.",
    )


def is_page(body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether an answer is a web page, by its kind or its first character."""
    kind = headers.get("content-type", "")
    return kind.startswith("text/html") or body.lstrip()[:1] == b"<"


def problem(status: int, what: str, address: str, body: bytes) -> DataprepError:
    """The error of a status: what happened, and what to do next."""
    said = _said(body)
    match status:
        case 401:
            return EnvironmentProblem(
                f"{address} does not take the token (status 401).{said}",
                "Copy the token anew from Account & Settings into LABEL_STUDIO_API_KEY. A legacy"
                " token works only where the organisation allows them.",
            )
        case 403:
            return EnvironmentProblem(
                f"The token may not do this with {what} (status 403).{said}",
                "Ask an administrator of the server for the right, or use another account.",
            )
        case 404:
            return UsageError(
                f"{address} has no {what.removeprefix('the ')}, or hides it from this account"
                " (status 404).",
                "Check the number in the address of the project, and the server.",
            )
        case 400 | 413 | 422:
            return UsageError(
                f"{address} refuses {what} (status {status}).{said}",
                "Mend what it names; for too large a request pass a smaller --batch.",
            )
        case _ if status < 500 and status not in (408, 429):
            return EnvironmentProblem(
                f"{address} answered the request for {what} with status {status}.{said}",
                "Is the address right, https where the server asks for it?",
            )
        case _:
            return Broken(
                f"{address} failed at {what} (status {status}).{said}",
                "Try again in a while; if it stays so, look into the log of the server.",
            )


def patiently(
    ask: Callable[[], T], pause: Callable[[float], None], *, most: int = 4, first: float = 0.5
) -> T:
    """Ask again after an answer that may not stand; only for what changes nothing there."""
    for turn in range(most - 1):
        try:
            return ask()
        except (NoAnswer, Broken):
            pause(first * 2**turn)
    return ask()


def _said(body: bytes) -> str:
    """What the server says itself, in a few words; nothing of a web page."""
    try:
        value = jsonio.loads(body)
    except jsonio.JsonError:
        return ""
    words = " ".join(_leaves(value if not isinstance(value, dict) else _speaking(value)))
    words = re.sub(r"\s+", " ", words).strip()
    return f" It says: {excerpt(words, _MOST_SAID).rstrip('.')}." if words else ""


def _speaking(value: Json) -> Any:
    """The part of an error of Django REST framework that is meant for people."""
    return value.get("validation_errors") or value.get("detail") or value.get("predictions") or ""


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from (f"{key}: {leaf}" for leaf in _leaves(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value
