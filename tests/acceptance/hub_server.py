"""A Hugging Face Hub on this machine: the routes that its client calls for a data set."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" * 6 + "c0ff"


class LocalHub(ThreadingHTTPServer):
    """Serves data sets by name, each a dict of files; notes what it was asked."""

    daemon_threads = True

    def __init__(self, data: dict[str, dict[str, bytes]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.data = data
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.status: int | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: LocalHub

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append(path)
        self.server.tokens.add(self.headers.get("Authorization", ""))
        if self.server.status is not None:
            self._send(self.server.status, b"{}")
        elif path.startswith("/api/datasets/"):
            self._api(path.removeprefix("/api/datasets/").split("/"))
        else:
            self._file(path.removeprefix("/datasets/"))

    def _api(self, parts: list[str]) -> None:
        name, rest = "/".join(parts[:2]), parts[2:]
        files = self.server.data.get(name)
        if files is None:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        elif rest[:1] == ["revision"] and rest[1] not in ("main", COMMIT):
            self._send(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        elif rest[:1] == ["tree"]:
            listed = [
                {"type": "file", "path": path, "size": len(content), "oid": _oid(content)}
                for path, content in files.items()
            ]
            self._send(200, json.dumps(listed).encode())
        else:
            siblings = [
                {"rfilename": path, "size": len(content), "blobId": _oid(content)}
                for path, content in files.items()
            ]
            told = {"id": name, "sha": COMMIT, "siblings": siblings, "private": False}
            self._send(200, json.dumps({**told, "tags": [], "downloads": 0}).encode())

    def _file(self, path: str) -> None:
        name, _, inside = path.partition("/resolve/")
        content = self.server.data.get(name, {}).get(inside.partition("/")[2])
        if content is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
        else:
            self._send(200, content, {"ETag": f'"{_oid(content)}"', "X-Repo-Commit": COMMIT})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _oid(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


@contextmanager
def local_hub(data: dict[str, dict[str, bytes]]) -> Iterator[LocalHub]:
    """The Hub, for as long as it is needed."""
    server = LocalHub(data)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
