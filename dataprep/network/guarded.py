"""The one HTTP client of the house: it carries a key to one server and to no other.

The SDKs bring two libraries of the same shape, httpx2 (openai) and httpx (label-studio-sdk): which
one is said by `library`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

from dataprep.finding import UsageError, excerpt
from dataprep.network.address import address_in, is_loopback, origin_of, shown
from dataprep.network.body import DamagedBody, SlowBody, measured, too_large, unpacker
from dataprep.network.limits import LIMITS, NetworkLimits
from dataprep.network.pace import PacedBackend
from dataprep.network.problems import NetworkProblem, RedirectRefused

MOST_REDIRECTS = 5
_READING = ("GET", "HEAD")


def guarded(library: Any, url: str, limits: NetworkLimits = LIMITS) -> Any:
    """A `library.Client` for the server at `url`, whose redirects, bodies and waits are bounded.

    Redirects are followed within one origin (scheme, host and port), and by reading calls alone:
    what was sent is never sent again by itself. `follow_redirects=False` of one call hands the
    answer on as it is. Proxies and certificates of the environment hold; a `.netrc` does not, and
    what goes to this machine goes through no proxy.
    """
    try:
        read = library.URL(url)
    except library.InvalidURL:
        read = library.URL("")
    if origin_of(str(read)) != origin_of(url):
        raise UsageError(
            f"{shown(url)} can be read in two ways.", "Write its host in ASCII, and its port."
        )
    host = read.host
    client = _client_of(library)(
        limits,
        auth=library.Auth(),  # adds nothing, and so keeps a .netrc and a user in the address out
        mounts={f"all://{_in_url(host)}": None} if is_loopback(host) else None,
        timeout=timeouts(library, limits),
    )
    _pace(client, library, limits)
    return client


def timeouts(library: Any, limits: NetworkLimits) -> Any:
    """The limits of single waits, as the library takes them."""
    return library.Timeout(
        connect=limits.connect, read=limits.read, write=limits.write, pool=limits.pool
    )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _pace(client: Any, library: Any, limits: NetworkLimits) -> None:
    """Count the bytes of every connection, those through a proxy too."""
    core = importlib.import_module(library.__name__.replace("httpx", "httpcore"))
    for transport in (client._transport, *client._mounts.values()):
        if transport is not None:
            pool = transport._pool
            pool._network_backend = PacedBackend(pool._network_backend, core, limits)


def _client_of(library: Any) -> Any:
    """The class, for one of the two libraries."""

    class Body(library.SyncByteStream):  # type: ignore[misc]
        """The body of an answer, within its limits."""

        def __init__(self, inner: Any, pieces: Iterator[bytes]) -> None:
            self._inner, self._pieces = inner, pieces

        def __iter__(self) -> Iterator[bytes]:
            try:
                yield from self._pieces
            except DamagedBody as error:
                raise library.RemoteProtocolError(str(error)) from None
            except SlowBody as error:
                raise library.ReadTimeout(str(error)) from None

        def close(self) -> None:
            self._inner.close()

    class GuardedClient(library.Client):  # type: ignore[misc]
        """A client of the library that goes where it was sent."""

        def __init__(self, limits: NetworkLimits, **options: Any) -> None:
            super().__init__(**options)
            self._limits = limits

        def send(
            self,
            request: Any,
            *,
            stream: bool = False,
            auth: Any = library.USE_CLIENT_DEFAULT,
            follow_redirects: Any = library.USE_CLIENT_DEFAULT,
        ) -> Any:
            """The answer; raises RedirectRefused, AnswerTooLarge, and what the library raises."""
            request.headers["Accept-Encoding"] = "identity"
            for _ in range(MOST_REDIRECTS + 1):
                answer = super().send(request, stream=True, auth=auth, follow_redirects=False)
                try:
                    if follow_redirects is False or not answer.has_redirect_location:
                        return self._bounded(answer, stream)
                    request = _redirected(request, answer)
                except BaseException:
                    answer.close()
                    raise
                answer.close()
            raise RedirectRefused(
                f"{shown(str(request.url))} sends requests round in circles.",
                "Check the address and its proxy.",
            )

        def _bounded(self, answer: Any, stream: bool) -> Any:
            """The answer with its limits: a stream is large only where it is what was asked for."""
            limits = self._limits
            large = stream and answer.is_success
            most = limits.stream_bytes if large else limits.answer_bytes
            seconds = limits.stream_seconds if large else limits.answer_seconds
            where = shown(str(answer.request.url.copy_with(path="/")))
            length = answer.headers.get("content-length", "")
            if length.isdecimal() and (len(length) > 20 or int(length) > most):
                raise too_large(where, most)
            coding = answer.headers.get("content-encoding", "").strip().lower()
            unpack = unpacker(coding, where, most)
            if coding and answer.status_code == library.codes.PARTIAL_CONTENT:
                raise NetworkProblem(f"{where} packed a part of a file.", "Ask for it anew.")
            if coding:
                for name in ("content-encoding", "content-length"):
                    answer.headers.pop(name, None)
            pieces = unpack(measured(answer.stream, where, most, seconds, limits))
            answer.stream = Body(answer.stream, iter(pieces))
            if not stream:
                answer.read()
            return answer

    return GuardedClient


def _redirected(request: Any, answer: Any) -> Any:
    """The request that a redirect asks for, where it stays at the same server."""
    following = answer.next_request
    here, there = str(request.url), str(following.url)
    if origin_of(here) != origin_of(there):
        raise RedirectRefused(
            f"{shown(here)} asks to go on at {shown(there)} ({answer.status_code}). Nothing was"
            " sent there: a key goes only to the server that you named.",
            f"If that is your server, pass its address yourself: {_site(there)}",
        )
    if request.method not in _READING:
        raise RedirectRefused(
            f"{shown(here)} asks to send it again to {shown(there)} ({answer.status_code})."
            " It was not: what is sent once is not sent again by itself.",
            "Check the path of the address: a part, or a slash, is missing or too much.",
        )
    following.headers["Accept-Encoding"] = "identity"
    return following


def _site(url: str) -> str:
    found = address_in(url)
    return excerpt(found.site, 100) if found else "an http or https address"
