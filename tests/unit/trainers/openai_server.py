"""A small platform on loopback: files, jobs and events, with faults on order."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]
Hooks = dict[str | int, Callable[[], object]]
WIND_DOWN = {
    "error": {
        "message": "OpenAI is winding down the fine-tuning platform and your organization is no "
        "longer able to create new fine-tuning training jobs. Learn more https://developers."
        "openai.com/api/docs/deprecations#update-to-openais-self-serve-fine-tuning",
        "type": "invalid_request_error",
        "param": None,
        "code": "training_not_available",
    }
}


def problem(message: str, code: str | None = None) -> dict[str, Any]:
    """An error body as the platform writes it."""
    return {"error": {"message": message, "type": "x", "param": None, "code": code}}


@dataclass
class Platform:
    """What the server holds, what was asked of it, and which faults it shall show.

    A fault is keyed by "METHOD path" and used up from the front of its list: an answer in the
    place of the real one, or a function that is given the platform and the real answer. What is
    in `arriving` is called when such a call (or the one of that number) arrives, before anything
    is done, and what is in `answered` when it was done, before the answer goes out. Lists do not
    show the jobs in `hidden`.
    """

    files: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    api_keys: set[str] = field(default_factory=set)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    statuses: list[str] = field(
        default_factory=lambda: ["validating_files", "running", "succeeded"]
    )
    error: dict[str, Any] | None = None
    results: dict[str, bytes] = field(default_factory=dict)
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: list[tuple[str, bytes]] = field(default_factory=list)
    at: dict[int, Any] = field(default_factory=dict)
    keeps_metadata: bool = True
    cancelled: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    arriving: Hooks = field(default_factory=dict)
    answered: Hooks = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def clear(self) -> None:
        """Forget everything but the address."""
        fresh = Platform(url=self.url)
        vars(self).update(vars(fresh))

    @property
    def alive(self) -> list[str]:
        """The ids of the jobs that were made and not cancelled."""
        return [job["id"] for job in self.jobs if job["id"] not in self.cancelled]

    @property
    def copies(self) -> int:
        """How often the most often uploaded content became a file."""
        made = Counter(self.contents)
        return max(made.values(), default=0)

    def count(self, call: str) -> int:
        """How often a call such as "POST /v1/files" arrived."""
        return self.calls.count(call)

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """The true answer, after doing what was asked."""
        if path == "/v1/files":
            return self._add_file(body) if method == "POST" else (200, _page(self.files))
        if path == "/v1/fine_tuning/jobs":
            return self._add_job(body) if method == "POST" else (200, _page(self._listed()))
        if path.endswith("/events"):
            return 200, _page(self.events[::-1])
        if path.startswith("/v1/uploads"):
            return self._upload(path.split("/")[3:], body)
        if path.endswith("/checkpoints"):
            return 200, _page(self.checkpoints)
        if path.endswith("/content"):
            return 200, self.results[path.split("/")[3]]
        if path.endswith("/cancel"):
            path = path.removesuffix("/cancel")
            self.cancelled.add(path.rsplit("/", 1)[1])
        here = path.rsplit("/", 1)[1]
        for row in self.files + self.jobs:
            if row["id"] == here:
                return 200, self._step(row) if row["object"] == "fine_tuning.job" else row
        return 404, problem(f"No such thing: {here}")

    def _listed(self) -> list[dict[str, Any]]:
        return [job for job in self.jobs if job["id"] not in self.hidden]

    def _add_file(self, body: bytes) -> Answer:
        name = re.search(rb'filename="([^"]+)"', body)
        content = re.search(rb"Content-Type: application/jsonl\r\n\r\n(.*?)\r\n--", body, re.DOTALL)
        assert name and content
        return 200, self._file(name[1].decode(), content[1])

    def _upload(self, path: list[str], body: bytes) -> Answer:
        if not path:
            made = {
                "id": f"upload-{len(self.uploads) + 1}",
                "object": "upload",
                "status": "pending",
                "expires_at": int(time.time()) + 3600,
                "parts": {},
                **json.loads(body),
            }
            self.uploads[made["id"]] = made
            return 200, {k: v for k, v in made.items() if k != "parts"}
        upload = self.uploads[path[0]]
        if upload["status"] != "pending":
            return 400, problem(f"Upload {path[0]} is {upload['status']}")
        if path[1] == "parts":
            sent = re.search(rb"octet-stream\r\n\r\n(.*)\r\n--", body, re.DOTALL)
            assert sent
            part = f"part-{path[0]}-{len(upload['parts']) + 1}"
            upload["parts"][part] = sent[1]
            return 200, {"id": part, "object": "upload.part", "upload_id": path[0]}
        if path[1] == "cancel":
            upload["status"] = "cancelled"
            return 200, {"id": path[0], "status": "cancelled"}
        return self._complete(upload, json.loads(body))

    def _complete(self, upload: dict[str, Any], asked: dict[str, Any]) -> Answer:
        content = b"".join(upload["parts"][part] for part in asked["part_ids"])
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if len(content) != upload["bytes"] or digest != asked["md5"]:
            return 400, problem("The bytes do not match what was declared")
        upload["status"] = "completed"
        made = self._file(upload["filename"], content)
        return 200, {"id": upload["id"], "status": "completed", "file": made}

    def _file(self, name: str, content: bytes) -> dict[str, Any]:
        made = {
            "id": f"file-{len(self.files) + 1}",
            "object": "file",
            "bytes": len(content),
            "created_at": 1,
            "filename": name,
            "purpose": "fine-tune",
            "status": "processed",
        }
        self.files.insert(0, made)
        self.contents.append((name, content))
        return made

    def _add_job(self, body: bytes) -> Answer:
        request = json.loads(body)
        self.bodies.append(request)
        made = {
            "id": f"ftjob-{len(self.jobs) + 1}",
            "object": "fine_tuning.job",
            "created_at": 1,
            "status": self.statuses[0],
            "error": {},
            "fine_tuned_model": None,
            "trained_tokens": None,
            "polls": 0,
            **request,
        }
        if not self.keeps_metadata:
            made["metadata"] = None
        self.jobs.insert(0, made)
        return 200, made

    def _step(self, job: dict[str, Any]) -> dict[str, Any]:
        job["status"] = self.statuses[min(job["polls"], len(self.statuses) - 1)]
        job["polls"] += 1
        if job["id"] in self.cancelled:
            job["status"] = "cancelled"
        if job["status"] == "succeeded":
            job["fine_tuned_model"] = f"ft:{job['model']}:acme::{job['id']}"
            job["trained_tokens"] = 3456
            job["result_files"] = sorted(self.results)
        if job["status"] == "failed":
            job["error"] = self.error
        return job


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": rows, "has_more": False}


class QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that are gone, as those that were killed."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def lost(status: int = 500, body: Any = None) -> Callable[[Platform, Answer], Answer]:
    """A fault that comes after the work was done: the answer is lost."""
    return lambda _, __: (status, body if body is not None else problem("internal error"))


def in_base64(text: str) -> bytes:
    """A result file as OpenAI sends it."""
    return base64.b64encode(text.encode())


@contextmanager
def platform() -> Iterator[Platform]:
    """A running platform; its `url` is a base URL for the client."""
    state = Platform()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = self.path.split("?", maxsplit=1)[0]
            call = f"{method} {path}"
            self._tell(state.arriving, call, len(state.calls) + 1)
            state.calls.append(call)
            state.keys.add(self.headers.get("authorization", ""))
            state.api_keys.add(self.headers.get("api-key", ""))
            faults = state.faults.get(call)
            fault = faults.pop(0) if faults else state.at.get(len(state.calls))
            if isinstance(fault, tuple):
                self._send(*fault)
            elif fault is None:
                self._send(*self._answer(method, path, body))
            else:
                made = fault(state, self._answer(method, path, body))
                self._send(*made) if made else self._reset()

        def _answer(self, method: str, path: str, body: bytes) -> Answer:
            with state.lock:  # two processes may ask at once
                made = state.answer(method, path, body)
            self._tell(state.answered, f"{method} {path}", len(state.calls))
            return made

        def _tell(self, hooks: Hooks, *names: str | int) -> None:
            for name in names:
                if name in hooks:
                    hooks[name]()

        def _reset(self) -> None:
            """Close without an answer, and with a reset in the place of a farewell."""
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

        def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

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
