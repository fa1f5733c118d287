"""Two servers on loopback: one that does as a test says, and one that only notes what arrives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STATUSES = (301, 302, 303, 307, 308)
Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Witness:
    """What came to a server: connections, and of each request its first line, headers and body."""

    url: str = ""
    connections: int = 0
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def untouched(self) -> bool:
        """Whether nobody so much as knocked."""
        return (self.connections, self.requests) == (0, [])

    @property
    def calls(self) -> list[str]:
        """Methods and paths."""
        return [line for line, _, _ in self.requests]


@contextmanager
def hostile(behave: Behaviour, host: str = "127.0.0.1") -> Iterator[Witness]:
    """A server whose every answer is written by `behave`; its `url` has no slash at the end."""
    seen = Witness()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.requests.append((f"{self.command} {self.path}", headers, body))
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):
                behave(self)

        def end_headers(self) -> None:
            self.send_header("connection", "close")  # or the next request may meet the end of it
            super().end_headers()

        do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = _serve

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def verify_request(self, *_: Any) -> bool:
            seen.connections += 1
            return True

    server = Server((host, 0), Handler)
    seen.url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(
    body: bytes = b"{}", status: int = 200, headers: dict[str, str] | None = None
) -> Behaviour:
    """The same answer to everything."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        given = {"content-type": "application/json", "content-length": str(len(body))}
        for name, value in (given | (headers or {})).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return behave


def redirecting(status: int, to: str) -> Behaviour:
    """Everything is to be had elsewhere, under the same path."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        answering(status=status, headers={"location": to + request.path})(request)

    return behave


@contextmanager
def two_hosts(status: int) -> Iterator[tuple[Witness, Witness]]:
    """A server that sends everybody on to a second one, with that status."""
    with (
        hostile(answering(b'{"id": "x", "data": []}')) as other,
        hostile(redirecting(status, other.url)) as first,
    ):
        yield first, other
