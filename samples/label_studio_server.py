"""A live Label Studio on loopback, for `make_samples.py` and the real test.

It is installed in a virtual environment of its own (it needs `openai<2`), keeps its data in a
temporary folder and is gone, with every process it started, when the context ends.
"""

import contextlib
import dataclasses
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import types
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

VERSION = "1.23.2"
REPOSITORY = Path(__file__).resolve().parent.parent
DEFAULT_VENV = REPOSITORY / ".venv-label-studio"
CONSTRAINTS = Path(__file__).resolve().with_name("label-studio-constraints.txt")

HEALTH_SECONDS = 240.0
INSTALL_SECONDS = 1500.0
INIT_SECONDS = 240.0
STOP_SECONDS = 15.0
LOG_LINES_SHOWN = 60

log = logging.getLogger("label_studio_server")


class ServerError(RuntimeError):
    """Label Studio could not be installed, started or reached; the message ends with its log."""


@dataclasses.dataclass(frozen=True, slots=True)
class Annotator:
    """A user of the server, with the legacy token that `LabelStudio(api_key=...)` takes."""

    id: int
    email: str
    token: str


@dataclasses.dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it answers, where it logs, and its two annotators."""

    base_url: str
    log_file: Path
    annotators: tuple[Annotator, Annotator]


def install(venv: Path = DEFAULT_VENV) -> Path:
    """Install Label Studio in `venv` unless it is there; return the environment's Python.

    The marker file is written last, so an interrupted install is taken up again.
    """
    venv = venv.resolve()
    python = venv / "bin" / "python"
    marker = venv / f"label-studio-{VERSION}.installed"
    if marker.exists() and python.exists():
        return python
    log.info("installing label-studio==%s in %s (about 1 GB, a few minutes)", VERSION, venv)
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(venv)], INSTALL_SECONDS)
    (venv / ".gitignore").write_text("*\n", encoding="utf-8")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", f"label-studio=={VERSION}"]
    if CONSTRAINTS.exists():
        pip += ["--constraint", str(CONSTRAINTS)]
    _run(pip, INSTALL_SECONDS)
    marker.touch()
    return python


@contextlib.contextmanager
def running(
    venv: Path = DEFAULT_VENV,
    emails: tuple[str, str] = ("ada@example.com", "ben@example.com"),
    log_file: Path | None = None,
) -> Iterator[Server]:
    """Install if need be, start, yield the server with both annotators, stop.

    The first start runs the migrations: about 40 seconds on two cores. The server's output goes
    to `log_file` (default: a temporary file that stays when the context ends with an error).
    Raises `ServerError`.
    """
    binary = install(venv).with_name("label-studio")
    own_log = None
    if log_file is None:
        own_log = Path(tempfile.mkdtemp(prefix="label-studio-log-"))
        log_file = own_log / "server.log"
    data = Path(tempfile.mkdtemp(prefix="label-studio-data-"))
    port = _free_port()
    base_url = f"http://127.0.0.1:{port}"
    environment = _environment(data)
    first, second = ((email, secrets.token_hex(20)) for email in emails)
    command = [str(binary), "start", "--no-browser", "--internal-host", "127.0.0.1"]
    command += ["--port", str(port), "--host", base_url, *_user_options(*first)]
    with _sigterm_raises(), log_file.open("ab") as output:
        log.info("starting Label Studio at %s, log in %s", base_url, log_file)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=data,
            start_new_session=True,
        )
        try:
            _wait_for_health(base_url, process, log_file)
            _add_user(binary, second, environment, log_file)
            annotators = (_whoami(base_url, *first), _whoami(base_url, *second))
            yield Server(base_url, log_file, annotators)
        finally:
            _stop(process)
            shutil.rmtree(data, ignore_errors=True)
    if own_log:
        shutil.rmtree(own_log, ignore_errors=True)


def _environment(data: Path) -> dict[str, str]:
    """The caller's environment without settings of another Label Studio, and with ours."""
    theirs = ("LABEL_STUDIO_", "DJANGO_", "POSTGRE_", "SENTRY_", "FRONTEND_SENTRY_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(theirs)}
    return kept | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        # Only counts while the organisation is created, that is at the first start.
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "COLLECT_ANALYTICS": "False",
        "LATEST_VERSION_CHECK": "False",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "SECRET_KEY": secrets.token_hex(20),
        "PYTHONUNBUFFERED": "1",
    }


def _user_options(email: str, token: str) -> list[str]:
    return ["--username", email, "--password", secrets.token_hex(12), "--user-token", token]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_health(base_url: str, process: "subprocess.Popen[bytes]", log_file: Path) -> None:
    deadline = time.monotonic() + HEALTH_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerError(f"Label Studio ended with {process.returncode}\n{_tail(log_file)}")
        with contextlib.suppress(OSError), _open(f"{base_url}/health") as reply:
            if reply.status == 200:
                return
        time.sleep(0.5)
    raise ServerError(
        f"no answer at {base_url}/health in {HEALTH_SECONDS:.0f} s\n{_tail(log_file)}"
    )


def _add_user(
    binary: Path, user: tuple[str, str], environment: dict[str, str], log_file: Path
) -> None:
    """Make the second annotator in the same database; the API makes users without a token."""
    command = [str(binary), "init", "--no-browser", "-q", *_user_options(*user)]
    try:
        _run(command, INIT_SECONDS, environment)
    except ServerError as error:
        raise ServerError(f"{error}\n{_tail(log_file)}") from error


def _whoami(base_url: str, email: str, token: str) -> Annotator:
    try:
        with _open(f"{base_url}/api/current-user/whoami", token) as reply:
            user = json.load(reply)
    except urllib.error.HTTPError as error:
        raise ServerError(f"the token of {email} was refused: {error}") from error
    return Annotator(int(user["id"]), email, token)


def _open(url: str, token: str | None = None) -> "urllib.request._UrlopenRet":
    """Open a loopback URL, past any proxy of the environment."""
    request = urllib.request.Request(url)  # noqa: S310
    if token:
        request.add_header("Authorization", f"Token {token}")
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30)


def _run(command: list[str], seconds: float, environment: dict[str, str] | None = None) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ServerError(f"{command[0]} took more than {seconds:.0f} s") from error
    if done.returncode:
        tail = done.stdout.decode("utf-8", "replace").splitlines()[-LOG_LINES_SHOWN:]
        raise ServerError("\n".join([f"{command[0]} ended with {done.returncode}", *tail]))


def _tail(log_file: Path) -> str:
    lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join([f"the end of {log_file}:", *lines[-LOG_LINES_SHOWN:]])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the whole process group: first asked, then killed."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    log.info("Label Studio stopped")


@contextlib.contextmanager
def _sigterm_raises() -> Iterator[None]:
    """Turn SIGTERM into SystemExit, so that a stopped test run leaves no server behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _frame: types.FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def main() -> None:
    """Start a server and keep it until interrupted, to try things by hand."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with contextlib.suppress(KeyboardInterrupt), running() as server:
        for annotator in server.annotators:
            log.info("%s  token %s", annotator.email, annotator.token)
        signal.pause()


if __name__ == "__main__":
    main()
