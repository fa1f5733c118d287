"""Runs of the command as real processes: started together, killed at a call, from any home."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from dataprep.finding import DataprepError
from tests.unit.trainers.openai_folder import example, folder_with
from tests.unit.trainers.openai_server import Hooks, platform
from tests.unit.trainers.together_server import together
from trainers.openai import plan, run

SECONDS = 60.0
"""So long a process may take before the test gives up on it."""

# One process with everything imported, from which each racer is forked: it has no threads.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    [
        *("openai.resources.files", "openai.resources.fine_tuning", "openai.types.fine_tuning"),
        *("httpcore2", "truststore", "tiktoken", "dataprep.checker", "dataprep.checks.engine"),
        __name__,
    ]
)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A provider as the tests know it: its small server, and what a plan for it needs."""

    serve: Callable[[], AbstractContextManager[Any]]
    variable: str
    options: dict[str, Any]
    jobs: str = "/v1/fine_tuning/jobs"
    target: str = "openai-chat"
    keeps_metadata: bool = True

    @property
    def create(self) -> str:
        """The call that makes a job."""
        return f"POST {self.jobs}"


_AZURE = {"provider": "azure", "today": date(2026, 9, 1)}
_LLAMA = "meta-llama/Llama-3.3-70B-Instruct"
SERVICES = {
    "openai": Service(serve=platform, variable="OPENAI_API_KEY", options={"suffix": "tea"}),
    "azure": Service(
        serve=platform, variable="AZURE_OPENAI_API_KEY", options=_AZURE, target="azure"
    ),
    "azure without metadata": Service(
        serve=platform,
        variable="AZURE_OPENAI_API_KEY",
        options=_AZURE,
        target="azure",
        keeps_metadata=False,
    ),
    "nebius": Service(
        serve=platform,
        variable="NEBIUS_API_KEY",
        options={"provider": "nebius", "model": _LLAMA},
        keeps_metadata=False,
    ),
    "together": Service(
        serve=together,
        variable="TOGETHER_API_KEY",
        options={"provider": "together", "model": "meta-llama/M", "suffix": "tea"},
        jobs="/v1/fine-tunes",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How one run ended: a status and a job, or an error with its exit code."""

    job: str = ""
    status: str = ""
    error: str = ""
    exit_code: int = 0
    news: list[tuple[str, str]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def told(self, kind: str) -> list[str]:
        """The messages of one kind."""
        return [message for known, message in self.news if known == kind]


class Racer:
    """One run in a process of its own, begun at once; `kill` sends SIGKILL.

    It writes down its pauses and takes none, unless `pauses` says so.
    """

    def __init__(
        self,
        service: Service,
        url: str,
        data: Path,
        run_dir: Path,
        home: Path,
        *,
        pauses: bool = False,
    ) -> None:
        self.run_dir = run_dir
        environment = {service.variable: "key-test-abcdefgh", "XDG_STATE_HOME": str(home)}
        options = {**service.options, "base_url": url, "run_dir": run_dir}
        self._answer, answer = _PROCESSES.Pipe(duplex=False)
        self.process = _PROCESSES.Process(
            target=_go, args=(answer, environment, data, options, pauses), daemon=True
        )
        self.process.start()
        answer.close()

    def kill(self) -> None:
        """End it as nothing can prevent, and wait until it is gone."""
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(SECONDS)

    def ended(self) -> Ended:
        """How it ended by itself."""
        if not self._answer.poll(SECONDS):
            self.kill()
            raise AssertionError("the run did not end")
        made: Ended = self._answer.recv()
        self.process.join(SECONDS)
        return made


class Start:
    """Starts runs on one data set, each with a run folder of its own."""

    def __init__(self, service: Service, server: Any, folder: Path) -> None:
        self.service, self.server, self.folder = service, server, folder
        self.data = data_for(service, folder / "out")

    def __call__(self, run_dir: str, home: str = "home") -> Racer:
        folder = self.folder
        return Racer(self.service, self.server.url, self.data, folder / run_dir, folder / home)


def killed_at(call: str | int, racer_of: Callable[[], Racer], hooks: Hooks) -> bool:
    """Kill a run at a call: one that arrives and is never done, or one that was just answered.

    `hooks` are those of the server, for the one or for the other. False for a run that ended
    before that call.
    """
    arrived, gone = threading.Event(), threading.Event()

    def hold() -> None:
        del hooks[call]
        arrived.set()
        gone.wait(SECONDS)
        raise ConnectionAbortedError

    hooks[call] = hold
    racer = racer_of()
    while not arrived.wait(0.01) and racer.process.is_alive():
        pass
    reached = arrived.is_set()
    racer.kill() if reached else racer.ended()
    hooks.pop(call, None)
    gone.set()
    return reached


def data_for(service: Service, folder: Path) -> Path:
    """Twelve examples, and two for validation, as that provider takes them."""
    if folder.exists():
        return folder
    train, validation = [example(n) for n in range(12)], [example(n) for n in (100, 101)]
    azure = service.target == "azure"
    return folder_with(folder, train, validation, target=service.target, mark=azure)


def first_ended(racers: Sequence[Racer]) -> tuple[Racer, Racer]:
    """Of two, the one that ends first, and the other."""
    done = wait([racer.process.sentinel for racer in racers], SECONDS)
    assert done, "neither run ended"
    return tuple(sorted(racers, key=lambda r: r.process.sentinel not in done))  # type: ignore[return-value]


def _go(
    answer: Connection, environment: dict[str, str], data: Path, options: Any, pauses: bool
) -> None:
    os.environ.update(environment)
    news: list[tuple[str, str]] = []
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if pauses:
            time.sleep(seconds)

    told: dict[str, Any] = {"news": news, "waited": waited}
    try:
        outcome = run(
            plan(data, **options),
            say=lambda piece: news.append((piece.kind, piece.message)),
            poll=0,
            sleep=sleep,
        )
        answer.send(Ended(job=outcome.job, status=outcome.status, **told))
    except DataprepError as error:
        answer.send(Ended(error=str(error), exit_code=error.exit_code, **told))
