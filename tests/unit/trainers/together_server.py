"""A small Together on loopback: its paths, its upload by redirect, its words for a job's states."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.unit.trainers.openai_server import QuietServer

Fault = Callable[[], tuple[int, Any] | None]
Hooks = dict[str | int, Callable[[], object]]


@dataclass
class Together:
    """What the server holds, what was asked of it, and faults by call, used up from the front.

    What is in `arriving` and `answered` is called before and after such a call is done, or the one
    of that number.
    """

    files: list[dict[str, Any]] = field(default_factory=list)
    waiting: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    faults: dict[str, list[tuple[int, Any] | None]] = field(default_factory=dict)
    statuses: list[str] = field(default_factory=lambda: ["pending", "running", "completed"])
    cancelled: set[str] = field(default_factory=set)
    arriving: Hooks = field(default_factory=dict)
    answered: Hooks = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    @property
    def alive(self) -> list[str]:
        """The ids of the jobs that were made and not cancelled."""
        return [job["id"] for job in self.jobs if job["id"] not in self.cancelled]

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        """The true answer, after doing what was asked."""
        match method, path.split("/")[2:]:
            case "POST", ["files"]:
                return self._begin(body)
            case "PUT", ["storage", file_id]:
                self.contents[file_id] = body
                return 200, {}, {}
            case "POST", ["files", file_id, "preprocess"]:
                return 200, self._read(file_id), {}
            case "GET", ["files"]:
                return 200, {"data": self.files}, {}
            case "GET", ["files", file_id]:
                return 200, next(f for f in self.files if f["id"] == file_id), {}
            case "POST", ["fine-tunes"]:
                return 200, self._create(json.loads(body)), {}
            case "GET", ["fine-tunes"]:
                return 200, {"data": self.jobs}, {}
            case "GET", ["fine-tunes", job_id]:
                return 200, self._step(job_id), {}
            case "GET", ["fine-tunes", _, "events"]:
                return 200, {"data": _EVENTS}, {}
            case "POST", ["fine-tunes", job_id, "cancel"]:
                self.cancelled.add(job_id)
                return 200, self._step(job_id), {}
        return 404, {"error": {"message": f"no {method} {path}"}}, {}

    def _begin(self, body: bytes) -> tuple[int, Any, dict[str, str]]:
        name = re.search(rb'name="file_name"\r\n\r\n(.*?)\r\n', body)
        digest = re.search(rb'name="checksum"\r\n\r\n([0-9a-f]{64})\r\n', body)
        assert name
        assert digest
        file_id = f"file-t{len(self.waiting) + 1}"
        self.waiting[file_id] = (name[1].decode(), digest[1])
        place = self.url.removesuffix("/v1") + f"/v1/storage/{file_id}"
        return 302, {}, {"location": place, "x-together-file-id": file_id}

    def _read(self, file_id: str) -> dict[str, Any]:
        made = {
            "id": file_id,
            "filename": self.waiting[file_id][0],
            "bytes": len(self.contents[file_id]),
            "processing_status": "COMPLETED",
        }
        self.files.insert(0, made)
        return made

    def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        made = {
            "id": f"ft-{len(self.jobs) + 1}",
            "status": "pending",
            "created_at": "2026-11-22T10:00:00Z",
            "polls": 0,
            **request,
        }
        self.jobs.append(made)
        return made

    def _step(self, job_id: str) -> dict[str, Any]:
        job = next(job for job in self.jobs if job["id"] == job_id)
        job["status"] = self.statuses[min(job["polls"], len(self.statuses) - 1)]
        job["polls"] += 1
        if job_id in self.cancelled:
            job["status"] = "cancelled"
        if job["status"] == "completed":
            job["model_output_name"] = f"acme/{job['model']}-{job['suffix']}-1234"
            job["token_count"] = 777
        return job


_EVENTS = [
    {"created_at": "2026-11-22T10:00:00Z", "type": "job_start", "message": "Job started"},
    {"created_at": "2026-11-22T10:01:00Z", "type": "epoch_complete", "message": "Epoch 1"}
    | {"step": 5, "total_steps": 10},
]


@contextmanager
def together() -> Iterator[Together]:
    """A running server; its `url` is a base URL for the client."""
    state = Together()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def do_PUT(self) -> None:
            self._serve("PUT")

        def _serve(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            call = f"{method} {self.path.split('?')[0]}"
            self._tell(state.arriving, call, len(state.calls) + 1)
            state.calls.append(call)
            state.keys[call] = self.headers.get("authorization", "")
            with state.lock:  # two processes may ask at once
                status, made, headers = state.answer(method, self.path.split("?")[0], body)
            self._tell(state.answered, call, len(state.calls))
            if state.faults.get(call):
                fault = state.faults[call].pop(0)
                if fault is None:
                    self.connection.close()
                    return
                (status, made), headers = fault, {}
            raw = json.dumps(made).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def _tell(self, hooks: Hooks, *names: str | int) -> None:
            for name in names:
                if name in hooks:
                    hooks[name]()

    server = QuietServer(("127.0.0.1", 0), Handler)
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
