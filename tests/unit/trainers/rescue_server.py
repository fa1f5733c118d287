"""A platform on loopback that holds earlier jobs and their files, with faults on order."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

GONE = (404, {"error": {"message": "No such File object", "code": "not_found"}})


@dataclass(frozen=True)
class Answer:
    """An answer that is not the true one: cut after `cut` bytes, with `headers` of its own."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    unannounced: bool = False
    """Without content-length: the end of the connection is the end of the body."""


@dataclass
class Earlier:
    """What the account holds.

    A fault, keyed by path (or path?after=ID), is an answer, "cut" after the half, or the number of
    bytes to cut after; it is used up in turn. What is `broken` stays so until it is taken away. A
    file with an ETag is given in ranges, too.
    """

    jobs: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    broken: dict[str, Any] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    ranges: list[tuple[str, str, str]] = field(default_factory=list)
    """Each range that was asked for: the path, Range and If-Range."""
    hold: threading.Event | None = None
    """After a cut the connection stays open until this is set."""
    url: str = ""

    def add_file(self, name: str, content: bytes, purpose: str = "fine-tune") -> str:
        """Put a file there."""
        self.contents[name] = content
        self.files[name] = {
            "id": name,
            "object": "file",
            "bytes": len(content),
            "created_at": 1,
            "filename": f"{name}.jsonl",
            "purpose": purpose,
            "status": "processed",
        }
        return name

    def add_job(self, name: str, training: str, **more: Any) -> None:
        """Put a job there, the newest."""
        made = {
            "id": name,
            "object": "fine_tuning.job",
            "created_at": 1,
            "status": "succeeded",
            "model": "gpt-4o-mini-2024-07-18",
            "fine_tuned_model": f"ft:gpt-4o-mini:acme::{name}",
            "training_file": training,
            "validation_file": None,
            "result_files": [],
            "hyperparameters": {"n_epochs": 3},
            "error": {},
        }
        self.jobs.insert(0, made | more)

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        """The true answer."""
        parts = path.removeprefix("/v1/").split("/")
        match parts:
            case ["fine_tuning", "jobs"]:
                return 200, _page(self.jobs, query)
            case ["fine_tuning", "jobs", name]:
                found = [job for job in self.jobs if job["id"] == name]
                return (200, found[0]) if found else GONE
            case ["fine_tuning", "jobs", name, "events"]:
                event = {"id": f"e-{name}", "object": "fine_tuning.job.event", "message": "done"}
                return 200, _page([{**event, "created_at": 1, "level": "info"}], query)
            case ["files", name] if name in self.files:
                return 200, self.files[name]
            case ["files", name, "content"] if name in self.contents:
                return 200, self.contents[name]
        return GONE


def _in_range(raw: bytes, etag: str, asked: str, condition: str) -> Answer:
    """A file with an ETag, or the rest of it, as RFC 9110 says."""
    known = {"etag": etag, "accept-ranges": "bytes"}
    if not asked or condition != etag:
        return Answer(raw, headers=known)
    start = int(asked.removeprefix("bytes=").removesuffix("-"))
    if start >= len(raw):
        return Answer(b"", 416, {"content-range": f"bytes */{len(raw)}"})
    where = f"bytes {start}-{len(raw) - 1}/{len(raw)}"
    return Answer(raw[start:], 206, {**known, "content-range": where})


def _page(rows: list[dict[str, Any]], query: dict[str, list[str]]) -> dict[str, Any]:
    """Two rows a page, so that paging is tried."""
    after = query.get("after", [""])[0]
    start = next((n + 1 for n, row in enumerate(rows) if row["id"] == after), 0)
    end = start + 2
    return {"object": "list", "data": rows[start:end], "has_more": end < len(rows)}


@contextmanager
def earlier() -> Iterator[Earlier]:
    """A running platform; its `url` is a base URL for the client."""
    state = Earlier()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            state.calls.append(f"GET {parts.path}")
            query = parse_qs(parts.query)
            fault = self._fault(parts.path, query)
            if isinstance(fault, Answer) and fault.body is not None:
                self._send(fault)
            elif isinstance(fault, tuple):
                self._send(Answer(fault[1], fault[0]))
            else:
                self._send(self._true(parts.path, query, fault))

        def _fault(self, path: str, query: dict[str, list[str]]) -> Any:
            for key in (f"{path}?after={query.get('after', [''])[0]}", path):
                if state.faults.get(key):
                    return state.faults[key].pop(0)
                if key in state.broken:
                    return state.broken[key]
            return None

        def _true(self, path: str, query: dict[str, list[str]], fault: Any) -> Answer:
            status, body = state.answer(path, query)
            made = Answer(body, status)
            asked = self.headers.get("range", "")
            if asked:
                state.ranges.append((path, asked, self.headers.get("if-range", "")))
            name = path.removesuffix("/content").rpartition("/")[2]
            if isinstance(body, bytes) and name in state.etags:
                made = _in_range(body, state.etags[name], asked, self.headers.get("if-range", ""))
            if fault == "cut":
                fault = len(made.body) // 2
            if isinstance(fault, int):
                made = replace(made, cut=fault)
            if isinstance(fault, Answer):  # the true body, in another way
                made = replace(fault, body=made.body)
            return made

        def do_POST(self) -> None:
            state.calls.append(f"POST {self.path}")
            self._send(Answer({}, 405))

        do_DELETE = do_POST

        def _send(self, answer: Answer) -> None:
            body = answer.body
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
            headers = {"content-type": kind, "content-length": str(len(raw)), **answer.headers}
            if answer.unannounced:
                del headers["content-length"]
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw[: answer.cut])
            if answer.cut is not None and state.hold is not None:
                state.hold.wait(60)
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
