"""A live doccano on loopback: its web server and its task queue, in a temporary folder.

Both stand in the environment of the package; a project is made, annotated and exported through
the HTTP API only, as doccano's own pages do it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.real.oracles import DOCCANO

START_SECONDS = 120.0
TASK_SECONDS = 60.0
STOP_SECONDS = 15.0
BACKEND = "import pathlib, backend; print(pathlib.Path(backend.__file__).parent)"
PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("create_roles", verbosity=0)
import os
call_command("create_admin", "--noinput", username="admin", email="admin@example.com",
             password=os.environ["ADMIN_PASSWORD"])
"""


class DoccanoError(RuntimeError):
    """It could not be started or refused a request; the message ends with what it said."""


@dataclass(frozen=True)
class Member:
    """A user of the server, by the token of a login."""

    url: str
    name: str
    token: str = field(repr=False, default="")

    def get(self, path: str) -> Any:
        """The answer to a question."""
        return json.loads(self._send("GET", path))

    def post(self, path: str, **body: Any) -> Any:
        """The answer to something new."""
        return json.loads(self._send("POST", path, json.dumps(body).encode()) or b"null")

    def upload(self, project: int, form: str, data: bytes, **how: str) -> None:
        """Import a file, and wait until the task queue has done it."""
        line = secrets.token_hex(16)
        head = f'--{line}\r\nContent-Disposition: form-data; name="filepond"; filename="rows.txt"'
        kind = "\r\nContent-Type: text/plain\r\n\r\n"
        body = (head + kind).encode() + data + f"\r\n--{line}--\r\n".encode()
        stored = self._send("POST", "fp/process/", body, f"multipart/form-data; boundary={line}")
        asked = {"uploadIds": [stored.decode()], "format": form, "encoding": "utf_8", **how}
        result = self._done(self.post(f"projects/{project}/upload", **asked)["task_id"])
        if result["error"]:
            raise DoccanoError(f"the import says {result['error']}")

    def export(
        self, project: int, to: Path, form: str = "JSONL", *, approved: bool = False
    ) -> Path:
        """Write the zip that a member downloads."""
        path = f"projects/{project}/download"
        task = self.post(path, format=form, exportApproved=approved)["task_id"]
        self._done(task)
        to.write_bytes(self._send("GET", f"{path}?taskId={task}"))
        return to

    def _done(self, task: str) -> Any:
        deadline = time.monotonic() + TASK_SECONDS
        while time.monotonic() < deadline:
            state = self.get(f"tasks/status/{task}")
            if state["error"]:
                raise DoccanoError(state["error"]["text"])
            if state["ready"]:
                return state["result"]
            time.sleep(0.1)
        raise DoccanoError(f"a task was not done after {TASK_SECONDS:.0f} s")

    def _send(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> bytes:
        request = urllib.request.Request(f"{self.url}/v1/{path}", body, method=method)  # noqa: S310
        request.add_header("Content-Type", kind)
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        try:
            with _OPENER.open(request, timeout=60) as reply:
                answer: bytes = reply.read()
                return answer
        except urllib.error.HTTPError as error:
            said = error.read()[:2000].decode("utf-8", "replace")
            raise DoccanoError(f"{method} {path}: {error.code} {said}") from error


@dataclass(frozen=True)
class Doccano:
    """A running server and its admin."""

    admin: Member

    def member(self, name: str) -> Member:
        """A new user, logged in."""
        password = secrets.token_hex(12)
        self.admin.post("users/create", username=name, password1=password, password2=password)
        return _login(self.admin.url, name, password)

    def project(self, kind: str, members: tuple[Member, ...], **settings: Any) -> int:
        """A new project of a kind, such as Seq2seq, with annotators beside its admin."""
        known = {"name": kind, "description": kind, "resourcetype": f"{kind}Project"}
        types = {"TextClassification": "DocumentClassification"}
        made = self.admin.post("projects", project_type=types.get(kind, kind), **known, **settings)
        role = next(r["id"] for r in self.admin.get("roles") if r["name"] == "annotator")
        for member in members:
            user = member.get("me")["id"]
            self.admin.post(f"projects/{made['id']}/members", user=user, role=role)
        return int(made["id"])

    def examples(self, project: int) -> list[int]:
        """The ids of the texts of a project, in the order in which they came."""
        texts = self.admin.get(f"projects/{project}/examples?limit=1000")["results"]
        return sorted(text["id"] for text in texts)


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _login(url: str, name: str, password: str) -> Member:
    key = Member(url, name).post("auth/login/", username=name, password=password)["key"]
    return Member(url, name, key)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Doccano]:
    """Install doccano if need be, start it in an empty folder, and stop it."""
    python = DOCCANO.python()
    found = subprocess.run([python, "-c", BACKEND], capture_output=True, text=True, check=True)
    backend = found.stdout.strip()
    password = secrets.token_hex(12)
    environment = os.environ | {
        "ADMIN_PASSWORD": password,
        "CELERY_BROKER_URL": f"sqla+sqlite:///{folder}/broker.sqlite3",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "MEDIA_ROOT": f"{folder}/media",
        "PYTHONPATH": backend,
        "SECRET_KEY": secrets.token_hex(20),
    }
    port = _free_port()
    web = ["gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
    queue = ["celery", "--app=config", "worker", "--pool=solo", "--loglevel=info"]
    log = folder / "doccano.log"
    with log.open("wb") as output, contextlib.ExitStack() as stack:

        def start(command: list[str]) -> subprocess.Popen[bytes]:
            """A process of the server, stopped at the end with those that it started."""
            process = subprocess.Popen(
                [str(python), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=folder,
                start_new_session=True,
            )
            stack.callback(_stop, process)
            return process

        if start(["-c", PREPARE]).wait(START_SECONDS):
            raise DoccanoError(f"its database could not be made\n{_tail(log)}")
        processes = [start(["-m", *command]) for command in (web, queue)]
        admin = _admin(f"http://127.0.0.1:{port}", password, processes, log)
        yield Doccano(admin)


def _admin(url: str, password: str, processes: list[subprocess.Popen[bytes]], log: Path) -> Member:
    """The admin, as soon as the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and all(one.poll() is None for one in processes):
        with contextlib.suppress(OSError):
            return _login(url, "admin", password)
        time.sleep(0.2)
    raise DoccanoError(f"no answer at {url}\n{_tail(log)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group: first asked, then killed."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-60:])
