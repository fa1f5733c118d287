"""The real connection, by label-studio-sdk: the only place that knows the SDK.

The SDK detects legacy and personal tokens and exchanges the latter. Its own methods are not used
beyond that: they send a POST again after a 5xx or a lost answer (an import would stand twice),
`exports.as_json` ignores what it is asked for on the community server and keeps the whole body in
memory, and `exports.download` hides status and headers. So requests go through the HTTP client
inside it, where all of that can be said.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from dataprep import network
from dataprep.finding import EnvironmentProblem, UsageError, extra_missing
from dataprep.network import NetworkLimits
from dataprep.server.wire import CutOff, NoAnswer, Reply, ServerWire, TimedOut, problem

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{8,}")
SECONDS = 60.0


def address_of(url: str) -> str:
    """The address of a server without what follows; raises UsageError for one that is none."""
    whole = url if "://" in url else f"http://{url}"
    address = network.server_address(whole, "http://localhost:8080")
    return address.site + re.sub(r"/(?:api|projects)(?:/.*)?$", "", address.path)


def connect(
    url: str, token: str, *, unencrypted: bool = False, limits: NetworkLimits = network.LIMITS
) -> ServerWire:
    """A connection to `url`; raises where the SDK is missing or the token cannot be one.

    The token goes over https, or to this machine; `unencrypted` lets it go over http to another.
    """
    address = address_of(url)
    if not unencrypted:
        network.refuse_unencrypted(
            network.server_address(address),
            "The token",
            "Use https://. In a network where nobody else listens, pass --unencrypted.",
        )
    # A token with a line break would stand in the message of the HTTP library that refuses it.
    if not _TOKEN.fullmatch(token):
        raise UsageError(
            "The token does not look like one: it is too short or holds odd characters.",
            "Copy it anew from Account & Settings of Label Studio.",
        )
    try:
        import httpx  # type: ignore[import-not-found,unused-ignore]
        from label_studio_sdk import LabelStudio  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise extra_missing("label-studio", "label-studio-sdk") from None
    # The exchange of a personal access token goes through this client too.
    http = network.guarded(httpx, address, limits)
    with _translated(address), _exchanged(address):
        made = _Sdk(
            address,
            LabelStudio(base_url=address + "/", api_key=token, timeout=SECONDS, httpx_client=http),
        )
    weakref.finalize(made, http.close)  # the SDK closes only clients that it made itself
    return made


class _Sdk:
    """A Wire through the HTTP client of the SDK."""

    def __init__(self, address: str, sdk: Any) -> None:
        self.address = address
        self._http = sdk._client_wrapper.httpx_client

    def request(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        json: Any = None,
        timeout: float | None = None,
    ) -> Reply:
        options = {"max_retries": 0, "timeout_in_seconds": timeout or SECONDS}
        with _translated(self.address), _exchanged(self.address):
            reply: Reply = self._http.request(
                path, method=method, params=params, json=json, request_options=options
            )
        return reply

    @contextmanager
    def stream(self, path: str, *, headers: Mapping[str, str] | None = None) -> Iterator[Reply]:
        # Bytes as they lie on the server: a packed answer could not be taken up in the middle.
        more = {"Accept-Encoding": "identity", **(headers or {})}
        with _translated(self.address), ExitStack() as stack:
            with _exchanged(self.address):
                reply = stack.enter_context(self._http.stream(path, method="GET", headers=more))
            yield reply


@contextmanager
def _translated(address: str) -> Iterator[None]:
    """Errors of httpx and of the exchange of tokens as our own; `from None` keeps them short."""
    import httpx  # type: ignore[import-not-found,unused-ignore]
    from label_studio_sdk.core.api_error import (  # type: ignore[import-not-found,unused-ignore]
        ApiError,
    )

    try:
        yield
    except httpx.TimeoutException as error:
        if isinstance(error, httpx.ConnectTimeout):
            raise NoAnswer(*unreachable(address)) from None
        raise TimedOut(
            f"{address} did not answer in time.", "Try again when it is less busy."
        ) from None
    except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.ProxyError):
        raise NoAnswer(*unreachable(address)) from None
    except (httpx.TransportError, httpx.StreamError):
        raise CutOff(
            f"The connection to {address} broke.", "Is the server still running? Try again."
        ) from None
    except httpx.TooManyRedirects:
        raise EnvironmentProblem(
            f"{address} sends requests round in circles.", "Check the address and its proxy."
        ) from None
    except ApiError as error:
        raise problem(error.status_code or 401, "the token", address, b"") from None


@contextmanager
def _exchanged(address: str) -> Iterator[None]:
    """The exchange of a personal access token that is answered with a page, or with rubbish."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise EnvironmentProblem(
            f"{address} did not exchange the token for one that works.",
            "Is this the address of a Label Studio server?",
        ) from None


def unreachable(address: str) -> tuple[str, str]:
    """What is said where nobody answers."""
    return f"Nobody answers at {address}.", "Is the server running, and the address right?"


def api_token(environment: Mapping[str, str], ask: Callable[[str], str] | None) -> str:
    """The token from LABEL_STUDIO_API_KEY, or asked for where `ask` can (on a terminal).

    It is never a flag and never in a recipe, where history and version control would keep it.
    """
    token = environment.get("LABEL_STUDIO_API_KEY", "").strip()
    if not token and ask is not None:
        token = ask("Label Studio token (it is not shown): ").strip()
    if not token:
        raise EnvironmentProblem(
            "There is no token for the server.",
            "Set LABEL_STUDIO_API_KEY; Label Studio shows it under Account & Settings.",
        )
    return token
