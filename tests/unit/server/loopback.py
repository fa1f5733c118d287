"""A small server on loopback that behaves as Label Studio does, faults included, and a Wire to it.

The SDK is no part of the tests' environment; what it really does is proven in tests/real.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from dataprep.server.wire import CutOff, NoAnswer, TimedOut

Json = dict[str, Any]
CONFIG = '<View><Text name="text" value="$text"/></View>'
PAGE = b"<!DOCTYPE html><title>Page not found</title>"


@dataclass
class Studio:
    """The state of the server, and the faults that a test asks for."""

    export: bytes = b'[{"id": 1, "data": {"text": "a"}}]'
    md5: str | None = None
    statuses: list[str] = field(default_factory=lambda: ["in_progress", "completed"])
    late: list[str] = field(default_factory=list)  # POST paths whose answer comes too late
    fails: dict[str, int] = field(default_factory=dict)  # paths, with the status they answer
    cuts: list[int] = field(default_factory=list)  # downloads that end after so many bytes
    ranges: bool = True
    page: bool = False
    tasks: list[Json] = field(default_factory=list)
    exports: list[Json] = field(default_factory=list)
    projects: list[Json] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """The endpoints that push and pull use."""

    studio: Studio

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.studio.seen.append(f"GET {url.path}" + self._range())
        if status := self.studio.fails.get(url.path):
            return self._answer({"detail": "It is broken"}, status)
        if url.path.endswith("/download"):
            return self._download()
        if url.path == "/api/tasks/":
            return self._tasks(parse_qs(url.query))
        if match := re.fullmatch(r"/api/projects/(\d+)/", url.path):
            found = [p for p in self.studio.projects if p["id"] == int(match[1])]
            return self._answer(found[0]) if found else self._answer({"detail": "No"}, 404)
        if url.path.endswith("/exports/"):
            return self._answer(self.studio.exports)
        made = self.studio.exports[-1]
        left = self.studio.statuses
        made["status"] = left.pop(0) if len(left) > 1 else left[0]
        return self._answer(made)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = urlsplit(self.path).path
        self.studio.seen.append(f"POST {path}")
        if (status := self.studio.fails.get(path)) and status != 504:
            return self._answer({"detail": "It is broken"}, status)
        if path == "/api/projects/":
            self.studio.projects.append({"id": len(self.studio.projects) + 1, **body})
            answer: Any = self.studio.projects[-1]
        elif path.endswith("/import"):
            self.studio.tasks += body
            answer = {"task_count": len(body)}
        else:
            md5 = hashlib.md5(self.studio.export, usedforsecurity=False).hexdigest()
            md5 = md5 if self.studio.md5 is None else self.studio.md5
            answer = {"id": 40 + len(self.studio.exports), "status": "created", "md5": md5} | body
            self.studio.exports.append(answer)
        if path in self.studio.late:
            self.studio.held.wait(5)
            return None
        return self._answer(answer, self.studio.fails.get(path, 201))

    def _range(self) -> str:
        given = self.headers.get("Range")
        return f" {given}" if given else ""

    def _tasks(self, query: dict[str, list[str]]) -> None:
        size, page = int(query["page_size"][0]), int(query["page"][0])
        rows = [{"id": n, "data": t["data"]} for n, t in enumerate(self.studio.tasks, 1)]
        some = rows[(page - 1) * size : page * size]
        self._answer({"total": len(rows), "tasks": some})

    def _download(self) -> None:
        studio = self.studio
        if studio.page:
            return self._answer(PAGE, kind="text/html")
        match = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(match[1]) if match and studio.ranges else 0
        body = studio.export[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body[: studio.cuts.pop(0)] if studio.cuts else body)
        return None

    def _answer(self, value: Any, status: int = 200, kind: str = "application/json") -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(studio: Studio) -> Iterator[LoopbackWire]:
    """The server in a thread, and a Wire to it."""
    handler = type("Of", (Handler,), {"studio": studio})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield LoopbackWire(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        studio.held.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Answer:
    """A Reply of http.client."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes = b""
    body: http.client.HTTPResponse | None = None

    def read(self) -> bytes:
        assert self.body is not None
        return self.body.read()

    def iter_bytes(self) -> Iterator[bytes]:
        assert self.body is not None
        while piece := self.body.read1(7):
            yield piece


class LoopbackWire:
    """What `connect` gives, over the standard library."""

    def __init__(self, address: str) -> None:
        self.address = address

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Json | None = None,
        json: Any = None,
        timeout: float | None = None,
    ) -> Answer:
        path += f"?{urlencode(params)}" if params else ""
        with self._asked(method, path, json, {}, timeout) as reply:
            return Answer(reply.status, _headers(reply), reply.read())

    @contextmanager
    def stream(self, path: str, *, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        with self._asked("GET", path, None, headers or {}, None) as reply:
            yield Answer(reply.status, _headers(reply), body=reply)

    @contextmanager
    def _asked(
        self, method: str, path: str, value: Any, headers: Mapping[str, str], timeout: float | None
    ) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=timeout)
        try:
            body = None if value is None else json.dumps(value).encode()
            connection.request(method, "/" + path, body, dict(headers))
            yield connection.getresponse()
        except TimeoutError:
            raise TimedOut(f"{self.address} did not answer in time.") from None
        except ConnectionRefusedError:
            raise NoAnswer(f"Nobody answers at {self.address}.") from None
        except (http.client.HTTPException, ConnectionError):
            raise CutOff(f"The connection to {self.address} broke.") from None
        finally:
            connection.close()


def _headers(reply: http.client.HTTPResponse) -> Mapping[str, str]:
    return {name.lower(): value for name, value in reply.getheaders()}
