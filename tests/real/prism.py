"""Stoplight Prism (npm) as the judge of requests, by the official OpenAPI document.

`judging(behind)` stands in front of a server that behaves: every request goes to Prism, which
says whether the document allows it, and is answered by the server behind.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from tests.real.environments import installing_below

VERSION = "5.16.0"
HOME = Path(__file__).resolve().parents[2] / ".prism"
INSTALL_SECONDS = 300
START_SECONDS = 90.0
PATHS = re.compile(r"/(files|uploads|fine_tuning)(/|$)")
_REF = "#/components/"
_NOT_FORWARDED = frozenset({"host", "connection", "accept-encoding", "transfer-encoding"})


class PrismError(RuntimeError):
    """It could not be installed or started; the message ends with what it said."""


@dataclass
class Judge:
    """A base URL for a client, and what Prism said to each request."""

    base_url: str
    verdicts: list[tuple[str, int, str]] = field(default_factory=list)

    def refused(self) -> list[str]:
        """The requests that the document does not allow, with Prism's words.

        Its 406 is none of them: it says that Prism itself cannot make up an answer.
        """
        judged = [verdict for verdict in self.verdicts if verdict[1] >= 400 and verdict[1] != 406]
        return [f"{asked}: {said}" for asked, _, said in judged]

    def asked(self) -> list[str]:
        """All requests so far, as "METHOD path"."""
        return [asked for asked, _, _ in self.verdicts]


def install() -> Path:
    """The program, installed unless it is there already in this version."""
    program = HOME / VERSION / "node_modules" / ".bin" / "prism"
    with installing_below(HOME):
        if not program.exists():
            _install(program)
    return program


def _install(program: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise PrismError("npm is not installed; the test needs Node.js 20 or newer")
    folder = HOME / VERSION
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--prefix", str(folder), f"@stoplight/prism-cli@{VERSION}"]
    command += ["--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )
    if done.returncode or not program.exists():
        raise PrismError(f"npm install failed:\n{done.stdout}{done.stderr}")


def cut_document(document: Path) -> dict[str, Any]:
    """The official document with the paths of files and jobs alone: Prism starts sooner."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    whole = yaml.load(document.read_bytes(), Loader=loader)  # noqa: S506  a safe loader
    kept = {path: item for path, item in whole["paths"].items() if PATHS.match(path)}
    components: dict[str, dict[str, Any]] = {
        "securitySchemes": whole["components"].get("securitySchemes", {})
    }
    waiting: list[Any] = [kept]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
            ref = part.get("$ref")
            if isinstance(ref, str) and ref.startswith(_REF):
                kind, name = ref.removeprefix(_REF).split("/", 1)
                held = components.setdefault(kind, {})
                if name not in held:
                    held[name] = whole["components"][kind][name]
                    waiting.append(held[name])
    top = {key: whole[key] for key in ("openapi", "info", "security") if key in whole}
    return {**top, "paths": kept, "components": components}


@contextmanager
def running(document: Path) -> Iterator[str]:
    """Prism on a free loopback port, by this document; the base URL of its API."""
    program = install()
    with tempfile.TemporaryDirectory() as folder:
        cut = Path(folder) / "openapi.json"
        cut.write_text(json.dumps(cut_document(document)), "utf-8")
        log = Path(folder) / "log"
        command = [str(program), "mock", str(cut), "--host", "127.0.0.1", "--port", "0"]
        command += ["--multiprocess", "false"]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield _wait(process, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        text = log.read_text("utf-8", errors="replace")
        if found := re.search(r"listening on (http://127\.0\.0\.1:\d+)", text):
            return found[1]
        if process.poll() is not None:
            raise PrismError(f"prism ended with {process.returncode}:\n{text}")
        time.sleep(0.05)
    raise PrismError(f"prism did not start in {START_SECONDS:.0f} s:\n{text}")


@contextmanager
def judging(prism: str, behind: str) -> Iterator[Judge]:
    """A server that asks Prism about every request, and lets the one behind answer it."""
    judge = Judge("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_FORWARDED}
            path = self.path.removeprefix("/v1")
            status, _, said = _ask(prism, self.command, path, headers, body)
            asked = f"{self.command} {path.split('?')[0]}"
            judge.verdicts.append((asked, status, said.decode("utf-8", "replace")[:2000]))
            status, kind, answer = _ask(behind, self.command, path, headers, body)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_DELETE = _pass_on

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    judge.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield judge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _ask(
    base: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, str, bytes]:
    where = urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    try:
        connection.request(method, where.path + path, body=body, headers=headers)
        answer = connection.getresponse()
        kind = answer.headers.get("content-type", "application/json")
        return answer.status, kind, answer.read()
    finally:
        connection.close()
