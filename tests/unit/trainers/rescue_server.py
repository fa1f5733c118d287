"""A platform on loopback that holds earlier jobs and their files, with faults on order."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

GONE = (404, {"error": {"message": "No such File object", "code": "not_found"}})


@dataclass
class Earlier:
    """What the account holds. A fault, keyed by path, is an answer or "cut", used up in turn."""

    jobs: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: dict[str, list[Any]] = field(default_factory=dict)
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
            faults = state.faults.get(parts.path)
            fault = faults.pop(0) if faults else None
            answer = fault if isinstance(fault, tuple) else None
            self._send(*(answer or state.answer(parts.path, parse_qs(parts.query))), fault == "cut")

        def do_POST(self) -> None:
            state.calls.append(f"POST {self.path}")
            self._send(405, {}, False)

        do_DELETE = do_POST

        def _send(self, status: int, body: Any, cut: bool) -> None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw[: len(raw) // 2] if cut else raw)
            self.close_connection = self.close_connection or cut

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
