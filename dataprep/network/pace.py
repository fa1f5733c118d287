"""Connections that give up a server which lets single bytes drip: head, body and uploads alike.

The time limits of the HTTP libraries are of one wait each, and a byte ends the wait. So the bytes
of a whole call are counted where they pass, below the library.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

from dataprep.network.limits import NetworkLimits

_WRITTEN = 1 << 14


class PacedStream:
    """A connection; `core` is the module whose timeouts are raised (httpcore or httpcore2)."""

    def __init__(self, inner: Any, core: Any, limits: NetworkLimits) -> None:
        self._inner, self._core, self._limits = inner, core, limits
        self._reading = False
        self._since, self._passed = limits.clock(), 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What comes next; raises the library's ReadTimeout where it comes too slowly."""
        if not self._reading:
            self._start(reading=True)
        if self._too_slow():
            raise self._core.ReadTimeout(f"slower than {self._limits.pace:,.0f} bytes a second")
        got: bytes = self._inner.read(max_bytes, timeout)
        self._passed += len(got)
        return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send; raises the library's WriteTimeout where the server takes it too slowly."""
        if self._reading:
            self._start(reading=False)
        view = memoryview(buffer)
        for at in range(0, len(view), _WRITTEN):
            if self._too_slow():
                raise self._core.WriteTimeout("the server takes what is sent too slowly")
            piece = bytes(view[at : at + _WRITTEN])
            self._inner.write(piece, timeout)
            self._passed += len(piece)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> PacedStream:
        """The encrypted connection over this one."""
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout)
        return PacedStream(inner, self._core, self._limits)

    def get_extra_info(self, info: str) -> Any:
        """What the library asks of a connection."""
        return self._inner.get_extra_info(info)

    def _start(self, *, reading: bool) -> None:
        self._reading = reading
        self._since, self._passed = self._limits.clock(), 0

    def _too_slow(self) -> bool:
        spent = self._limits.clock() - self._since
        return spent > self._limits.grace and self._passed < self._limits.pace * spent


class PacedBackend:
    """Makes the connections of a client."""

    def __init__(self, inner: Any, core: Any, limits: NetworkLimits) -> None:
        self._inner, self._core, self._limits = inner, core, limits

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> PacedStream:
        """A connection to that host."""
        inner = self._inner.connect_tcp(
            host,
            port,
            timeout=timeout,
            local_address=local_address,
            socket_options=socket_options,
        )
        return PacedStream(inner, self._core, self._limits)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> PacedStream:
        """A connection to a socket of this machine."""
        inner = self._inner.connect_unix_socket(
            path, timeout=timeout, socket_options=socket_options
        )
        return PacedStream(inner, self._core, self._limits)

    def sleep(self, seconds: float) -> None:
        """Wait between two tries to connect."""
        self._inner.sleep(seconds)
