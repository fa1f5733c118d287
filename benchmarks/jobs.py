"""What following a job costs: processor time and requests, against the small platform of the tests.

Time is virtual, so that hours pass in seconds: every sleep of the watch is counted and not slept.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

EVENTS = 500
MOST_SHARE = 0.01
MOST_RATE = 0.2


def add_options(parser: argparse.ArgumentParser) -> None:
    """How long the job runs, and how often it is asked for."""
    parser.add_argument("--rounds", type=int, default=360, help="rounds of two questions")
    parser.add_argument("--poll", type=float, default=10.0, help="seconds of one round")


def serve(pipe: Connection, rounds: int) -> None:
    """The platform, in a process of its own, with a job that ends after so many rounds."""
    from tests.unit.trainers.openai_server import platform

    with platform() as server:
        server.statuses = ["running"] * rounds + ["succeeded"]
        server.events = [
            {"id": f"ev-{n}", "created_at": n, "type": "metrics", "message": f"Step {n}/{EVENTS}"}
            | {"data": {"step": n, "total_steps": EVENTS, "train_loss": 1 / n}}
            for n in range(1, EVENTS + 1)
        ]
        pipe.send(server.url)
        pipe.recv()
        pipe.send(len(server.calls))


def main(options: argparse.Namespace) -> None:
    """Measure, and print the figures beside what was promised."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(there, options.rounds)
    )
    process.start()
    try:
        measure(here, options)
    finally:
        process.terminate()
        process.join()


def measure(pipe: Connection, options: argparse.Namespace) -> None:
    """One job from upload to end; start-up and upload are left out of the figures."""
    from tests.unit.trainers.openai_folder import ready_folder
    from trainers.openai import plan, run

    os.environ["OPENAI_API_KEY"] = "sk-benchmark"
    url = pipe.recv()
    slept, asked_at, began = [0.0], [], [0.0]

    def say(news: object) -> None:
        if getattr(news, "kind", "") == "watching":
            began[0] = time.process_time()

    def sleep(seconds: float) -> None:
        asked_at.append(slept[0])  # each sleep of the watch stands behind one request
        slept[0] += seconds

    with tempfile.TemporaryDirectory() as folder:
        made = plan(ready_folder(Path(folder) / "out"), base_url=url, run_dir=Path(folder) / "run")
        run(made, say=say, poll=options.poll, sleep=sleep)
        seconds = time.process_time() - began[0]
    pipe.send("done")
    calls = pipe.recv()
    share, rate = seconds / slept[0], len(asked_at) / slept[0]
    gap = min(b - a for a, b in itertools.pairwise(asked_at))
    print(f"following a job for {slept[0] / 3600:.1f} h, {EVENTS} events, {calls} requests in all")
    print(f"  processor      {share:8.3%} of a core        (promised: under {MOST_SHARE:.0%})")
    print(f"  requests       {rate:8.3f} a second        (promised: at most {MOST_RATE})")
    print(f"  smallest gap   {gap:8.1f} s between two rounds' requests")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    main(parser.parse_args())
