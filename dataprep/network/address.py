"""Addresses of servers: what one is, which two are the same place, and which are this machine."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

from dataprep.finding import UsageError, excerpt

_PORTS = {"http": 80, "https": 443}
_MOST_SHOWN = 200


class ServerAddress(NamedTuple):
    """The parts of an address; `path` without a slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def encrypted(self) -> bool:
        """Whether nobody on the way can read what is sent."""
        return self.scheme == "https"

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        return is_loopback(self.host)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: another of any of them is another server."""
        return self.scheme, self.host, self.port

    @property
    def site(self) -> str:
        """The origin as one writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        shown = f"{self.scheme}://{host}"
        return shown if self.port == _PORTS[self.scheme] else f"{shown}:{self.port}"

    def __str__(self) -> str:
        return self.site + self.path


def server_address(url: str, example: str = "https://HOST/v1") -> ServerAddress:
    """The address that a person typed or an environment variable holds.

    Raises UsageError, which repeats no password, for one that is no http address, or that holds
    more than a server and a path: a user, a password, a query.
    """
    found = address_in(url)
    if found is None:
        quoted = "This" if "@" in url else repr(excerpt(url))
        raise UsageError(f"{quoted} is not the address of a server.", f"Give it like {example}.")
    if "@" in url or "?" in url or "#" in url:
        raise UsageError(
            f"The address of {excerpt(found.host, 80)} holds more than a server and a path:"
            " a user, a password or a query.",
            f"Give the address alone, like {example}; a key stands in an environment variable.",
        )
    return found


def address_in(url: str) -> ServerAddress | None:
    """The address in a text; None where there is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or not url.isprintable() or " " in url:
        return None
    host, port = host.lower(), _PORTS[parts.scheme] if port is None else port
    bare = host.removesuffix(".")
    # With a dot behind it the name of this machine is a question to the network.
    return ServerAddress(
        parts.scheme, host if is_loopback(bare) else bare, port, parts.path.rstrip("/")
    )


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address."""
    found = address_in(url)
    return found.origin if found else None


def same_place(one: str, other: str) -> bool:
    """Whether two addresses are the same server and the same path on it."""
    found = address_in(one)
    return found is not None and found == address_in(other) and "@" not in one + other


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its number or as localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown(url: str) -> str:
    """An address that somebody else gave, fit for a terminal: no user, password or query."""
    found = address_in(url)
    return excerpt(str(found), _MOST_SHOWN) if found else "an address that is none"
