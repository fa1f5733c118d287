"""A small server of chat completions on loopback, which answers by rule, with faults on order."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


def message(content: str | None, finish: str = "stop", **more: Any) -> Body:
    """A choice as the protocol has it."""
    return {"finish_reason": finish, "message": {"role": "assistant", "content": content, **more}}


@dataclass
class Chat:
    """`answer` makes a choice, or a status with a body, of each request; faults come first."""

    answer: Callable[[Body], Body | tuple[int, Any]]
    faults: list[Any] = field(default_factory=list)
    requests: list[Body] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def chat_server(answer: Callable[[Body], Body | tuple[int, Any]]) -> Iterator[Chat]:
    """A running server; its `url` is a base URL for the client."""
    state = Chat(answer)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with state.lock:
                state.requests.append(body)
                state.keys.add(self.headers.get("authorization", ""))
                fault = state.faults.pop(0) if state.faults else None
            if fault == "reset":
                self.connection.close()
                return
            made = fault or state.answer(body)
            if isinstance(made, tuple):
                self._send(*made)
                return
            usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
            whole = {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"]}
            self._send(200, {**whole, "choices": [{"index": 0, **made}], "usage": usage})

        def _send(self, status: int, body: Any) -> None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(raw)

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
