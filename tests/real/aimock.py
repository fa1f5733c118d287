"""A third-party mock of OpenAI's files and fine-tuning jobs: `@copilotkit/aimock`, from npm.

Installed below `.aimock/` in the repository, started on a free loopback port, and gone when the
context ends.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.real.environments import installing_below

VERSION = "1.43.0"
HOME = Path(__file__).resolve().parents[2] / ".aimock"
INSTALL_SECONDS = 300
START_SECONDS = 60.0


class AimockError(RuntimeError):
    """It could not be installed or started; the message ends with what it said."""


@dataclass(frozen=True)
class Aimock:
    """A running mock: the base URL for a client, and its own record of what was asked."""

    base_url: str

    def calls(self) -> list[str]:
        """All requests so far, as "METHOD path"."""
        url = self.base_url.removesuffix("/v1") + "/__aimock/journal"
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  loopback
            entries: list[dict[str, Any]] = json.load(answer)
        return [f"{entry['method']} {entry['path'].split('?')[0]}" for entry in entries]


def install() -> Path:
    """The program, installed unless it is there already in this version."""
    program = HOME / VERSION / "node_modules" / ".bin" / "llmock"
    with installing_below(HOME):
        if not program.exists():
            _install(program)
    return program


def _install(program: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise AimockError("npm is not installed; the test needs Node.js 20 or newer")
    folder = HOME / VERSION
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--prefix", str(folder), f"@copilotkit/aimock@{VERSION}"]
    command += ["--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )
    if done.returncode or not program.exists():
        raise AimockError(f"npm install failed:\n{done.stdout}{done.stderr}")


@contextmanager
def running(*options: str) -> Iterator[Aimock]:
    """The mock with these options (`--chaos-ratelimit 1`), until the context ends."""
    program = install()
    with tempfile.TemporaryDirectory() as folder:
        fixtures = Path(folder) / "fixtures"
        fixtures.mkdir()
        log = Path(folder) / "log"
        command = [str(program), "--port", "0", "--fixtures", str(fixtures), *options]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield Aimock(_wait(process, log) + "/v1")
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
            raise AimockError(f"aimock ended with {process.returncode}:\n{text}")
        time.sleep(0.05)
    raise AimockError(f"aimock did not start in {START_SECONDS:.0f} s:\n{text}")
